------------------------------------------------------------------------
-- Looking at a log
------------------------------------------------------------------------

CREATE FUNCTION sparkify_user_tally_transfn(
	internal, timestamptz, "any", "any", "any", "any", timestamptz, boolean
) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_user_tally_transfn(internal, timestamptz, "any", "any", "any", "any", timestamptz, boolean) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_user_tally_transfn(
	internal, timestamp, "any", "any", "any", "any", timestamptz, boolean
) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_user_tally_transfn(internal, timestamp, "any", "any", "any", "any", timestamptz, boolean) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_user_tally_date_transfn(
	internal, date, "any", "any", "any", "any", timestamptz, boolean
) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_user_tally_date_transfn(internal, date, "any", "any", "any", "any", timestamptz, boolean) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_user_tally_combinefn(internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_user_tally_combinefn(internal, internal) IS
	'aggregate combine function';

CREATE FUNCTION sparkify_user_tally_serialfn(internal) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_user_tally_serialfn(internal) IS 'aggregate serial function';

CREATE FUNCTION sparkify_user_tally_deserialfn(bytea, internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_user_tally_deserialfn(bytea, internal) IS
	'aggregate deserial function';

CREATE FUNCTION sparkify_user_tally_finalfn(internal) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_user_tally_finalfn(internal) IS 'aggregate final function';

CREATE AGGREGATE sparkify_user_tally(
	ts timestamptz,
	event "any",
	session "any",
	amount "any",
	level "any",
	end_of_time timestamptz,
	is_done boolean
) (
	SFUNC = sparkify_user_tally_transfn,
	STYPE = internal,
	SSPACE = 1536,
	FINALFUNC = sparkify_user_tally_finalfn,
	FINALFUNC_MODIFY = READ_WRITE,
	COMBINEFUNC = sparkify_user_tally_combinefn,
	SERIALFUNC = sparkify_user_tally_serialfn,
	DESERIALFUNC = sparkify_user_tally_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sparkify_user_tally(
	timestamptz, "any", "any", "any", "any", timestamptz, boolean
) IS 'internal: what churn_describe_log runs over its source, for each user';

CREATE AGGREGATE sparkify_user_tally(
	ts timestamp,
	event "any",
	session "any",
	amount "any",
	level "any",
	end_of_time timestamptz,
	is_done boolean
) (
	SFUNC = sparkify_user_tally_transfn,
	STYPE = internal,
	SSPACE = 1536,
	FINALFUNC = sparkify_user_tally_finalfn,
	FINALFUNC_MODIFY = READ_WRITE,
	COMBINEFUNC = sparkify_user_tally_combinefn,
	SERIALFUNC = sparkify_user_tally_serialfn,
	DESERIALFUNC = sparkify_user_tally_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sparkify_user_tally(
	timestamp, "any", "any", "any", "any", timestamptz, boolean
) IS 'internal: what churn_describe_log runs over its source, for each user';

CREATE AGGREGATE sparkify_user_tally(
	ts date,
	event "any",
	session "any",
	amount "any",
	level "any",
	end_of_time timestamptz,
	is_done boolean
) (
	SFUNC = sparkify_user_tally_date_transfn,
	STYPE = internal,
	SSPACE = 1536,
	FINALFUNC = sparkify_user_tally_finalfn,
	FINALFUNC_MODIFY = READ_WRITE,
	COMBINEFUNC = sparkify_user_tally_combinefn,
	SERIALFUNC = sparkify_user_tally_serialfn,
	DESERIALFUNC = sparkify_user_tally_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sparkify_user_tally(
	date, "any", "any", "any", "any", timestamptz, boolean
) IS
	'internal: what churn_describe_log runs over its source, for each user';

-- unsafe: runs a query of its own
CREATE FUNCTION churn_describe_log(
	source text,
	user_id text,
	ts text,
	event text,
	session text DEFAULT NULL,
	amount text DEFAULT NULL,
	level text DEFAULT NULL,
	ignore text[] DEFAULT NULL,
	OUT topic text,
	OUT name text,
	OUT rows bigint,
	OUT users bigint,
	OUT ended bigint,
	OUT percent numeric,
	OUT per_user numeric,
	OUT days int,
	OUT first_at timestamptz,
	OUT last_at timestamptz,
	OUT amount numeric,
	OUT note text
) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 60;
COMMENT ON FUNCTION churn_describe_log(text, text, text, text, text, text, text, text[]) IS
	'a first look at a log of events, a table, a view or a query: its rows and users and what is '
	'wrong with them, its names, until when it is complete, how long users stay away, which event '
	'looks like leaving, and the SQL to go on with';
