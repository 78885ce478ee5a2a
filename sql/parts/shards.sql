------------------------------------------------------------------------
-- Shards of postgres_fdw: setting them up
------------------------------------------------------------------------

-- unsafe: create tables
CREATE FUNCTION churn_setup_shards(
	target regclass,
	servers text[],
	fetch_size int DEFAULT 10000,
	batch_size int DEFAULT 1000,
	OUT server text,
	OUT partition regclass,
	OUT version text
) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 10;
COMMENT ON FUNCTION churn_setup_shards(regclass, text[], int, int) IS
	'makes a foreign partition of a table, which is partitioned by hash of the user, on each of '
	'the servers of postgres_fdw, once it is seen that they compute what this one does; all of '
	'them or none';

CREATE FUNCTION churn_check_shards(
	target regclass,
	OUT server text,
	OUT partition regclass,
	OUT version text,
	OUT n_rows bigint,
	OUT n_keys bigint,
	OUT n_misplaced bigint,
	OUT analyzed boolean
) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 10;
COMMENT ON FUNCTION churn_check_shards(regclass) IS
	'asks the servers of a table''s foreign partitions whether they compute what this one does, '
	'how many rows and users they have, and how many of the rows belong elsewhere';
