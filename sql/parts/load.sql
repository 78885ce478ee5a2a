------------------------------------------------------------------------
-- Events: loading
------------------------------------------------------------------------

CREATE FUNCTION churn_load_events(
	target regclass,
	path text,
	on_error text DEFAULT 'stop',
	part int DEFAULT 1,
	parts int DEFAULT 1,
	columns jsonb DEFAULT NULL,
	OUT rows bigint,
	OUT rejected bigint,
	OUT bytes bigint,
	OUT seconds float8
)
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION churn_load_events(regclass, text, text, int, int, jsonb) IS
	'loads a file of JSON lines on the server, those that match a pattern, or a part of each, '
	'into a table';

CREATE FUNCTION churn_load_events(
	target regclass,
	paths text[],
	on_error text DEFAULT 'stop',
	part int DEFAULT 1,
	parts int DEFAULT 1,
	columns jsonb DEFAULT NULL,
	OUT rows bigint,
	OUT rejected bigint,
	OUT bytes bigint,
	OUT seconds float8
)
	AS 'MODULE_PATHNAME', 'churn_load_event_files' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION churn_load_events(regclass, text[], text, int, int, jsonb) IS
	'loads files of JSON lines on the server, or a part of each, into a table';

CREATE FUNCTION sparkify_loading_events(load int, target anyelement) RETURNS SETOF anyelement
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 100000;
COMMENT ON FUNCTION sparkify_loading_events(int, anyelement) IS
	'for churn_load_events only: the rows of a load that is at work, for the statement that '
	'inserts them into a table of this row type';
