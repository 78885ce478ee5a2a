------------------------------------------------------------------------
-- Features of any log
------------------------------------------------------------------------

CREATE FUNCTION churn_row(
	row_type anyelement,
	profile churn_profile,
	as_of date,
	recipe jsonb
) RETURNS anyelement
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 200;
COMMENT ON FUNCTION churn_row(anyelement, churn_profile, date, jsonb) IS
	'row of features by a recipe; called by the functions that churn_define_features makes';

CREATE FUNCTION churn_count(
	profile churn_profile,
	event text,
	as_of date DEFAULT NULL,
	days integer DEFAULT NULL
) RETURNS bigint
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION churn_count(churn_profile, text, date, integer) IS
	'events of a name, or of all (NULL), in so many days before as_of';

CREATE FUNCTION churn_sum(
	profile churn_profile,
	event text,
	as_of date DEFAULT NULL,
	days integer DEFAULT NULL,
	part text DEFAULT 'sum'
) RETURNS float8
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION churn_sum(churn_profile, text, date, integer, text) IS
	'sum of the positive amounts of a name in so many days before as_of; or of refunds, or net';

CREATE FUNCTION churn_days_since(
	profile churn_profile,
	event text,
	as_of date DEFAULT NULL
) RETURNS integer
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION churn_days_since(churn_profile, text, date) IS
	'days from the last event of a name to as_of; NULL without one';

CREATE FUNCTION churn_active_days(
	profile churn_profile,
	event text DEFAULT NULL,
	as_of date DEFAULT NULL,
	days integer DEFAULT NULL
) RETURNS bigint
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION churn_active_days(churn_profile, text, date, integer) IS
	'UTC dates with an event of a name, or of any (NULL), in so many days before as_of';

CREATE FUNCTION churn_sessions(
	profile churn_profile,
	as_of date DEFAULT NULL,
	days integer DEFAULT NULL
) RETURNS bigint
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION churn_sessions(churn_profile, date, integer) IS
	'sessions with an event in so many days before as_of';

CREATE FUNCTION churn_events(
	profile churn_profile,
	OUT day date,
	OUT event text,
	OUT events bigint,
	OUT amounts bigint,
	OUT sum numeric,
	OUT refunds numeric
) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200 ROWS 200;
COMMENT ON FUNCTION churn_events(churn_profile) IS
	'what a profile counts, by UTC day and name of events; names that it did not keep are NULL';

CREATE FUNCTION churn_define_features(
	name text,
	profiles text,
	windows integer[] DEFAULT '{7,28}',
	exclude text[] DEFAULT '{}',
	families text[] DEFAULT '{activity,count,window,trend,change,since,days,amount,refund,level}',
	ratios text[] DEFAULT '{}',
	max_columns integer DEFAULT 800,
	OUT kind text,
	OUT subject text,
	OUT users bigint,
	OUT events bigint,
	OUT columns text[],
	OUT left_out text
) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE COST 1000000 ROWS 100;
COMMENT ON FUNCTION churn_define_features(text, text, integer[], text[], text[], text[], integer) IS
	'makes a type and a function of features for the names and levels that profiles have';
