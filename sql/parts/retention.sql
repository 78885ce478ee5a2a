------------------------------------------------------------------------
-- Watching: who comes back
------------------------------------------------------------------------

CREATE TYPE churn_retention_cell AS (
	cohort date,
	age int,
	users bigint,
	active bigint,
	share float8
);
COMMENT ON TYPE churn_retention_cell IS 'users of one day, week or month, so many of these later';
COMMENT ON COLUMN churn_retention_cell.cohort IS
	'the first day of the period in which they were seen for the first time; weeks begin on Monday';
COMMENT ON COLUMN churn_retention_cell.age IS 'periods later; 0 is the first one';
COMMENT ON COLUMN churn_retention_cell.users IS 'users of the cohort';
COMMENT ON COLUMN churn_retention_cell.active IS
	'users of them who were active then; NULL when that period is not wholly before the log''s end';
COMMENT ON COLUMN churn_retention_cell.share IS 'active / users';

CREATE FUNCTION sparkify_retention_transfn(internal, churn_profile, date) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_retention_transfn(internal, churn_profile, date) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_retention_transfn(internal, churn_profile, date, text) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_retention_transfn(internal, churn_profile, date, text) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_retention_transfn(internal, churn_profile, date, text, text[])
	RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_retention_transfn(internal, churn_profile, date, text, text[]) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_retention_combinefn(internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_retention_combinefn(internal, internal) IS
	'aggregate combine function';

CREATE FUNCTION sparkify_retention_serialfn(internal) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_retention_serialfn(internal) IS 'aggregate serial function';

CREATE FUNCTION sparkify_retention_deserialfn(bytea, internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_retention_deserialfn(bytea, internal) IS
	'aggregate deserial function';

CREATE FUNCTION sparkify_retention_finalfn(internal) RETURNS churn_retention_cell[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_retention_finalfn(internal) IS 'aggregate final function';

-- sspace: the first table of counts; a year of weeks makes it 64 kB
CREATE AGGREGATE churn_retention(profile churn_profile, log_end date) (
	SFUNC = sparkify_retention_transfn,
	STYPE = internal,
	SSPACE = 2048,
	FINALFUNC = sparkify_retention_finalfn,
	COMBINEFUNC = sparkify_retention_combinefn,
	SERIALFUNC = sparkify_retention_serialfn,
	DESERIALFUNC = sparkify_retention_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_retention(churn_profile, date) IS
	'of the users of each week, how many were active in each week from then on, up to log_end';

CREATE AGGREGATE churn_retention(profile churn_profile, log_end date, period text) (
	SFUNC = sparkify_retention_transfn,
	STYPE = internal,
	SSPACE = 2048,
	FINALFUNC = sparkify_retention_finalfn,
	COMBINEFUNC = sparkify_retention_combinefn,
	SERIALFUNC = sparkify_retention_serialfn,
	DESERIALFUNC = sparkify_retention_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_retention(churn_profile, date, text) IS
	'the same by day, week or month';

CREATE AGGREGATE churn_retention(
	profile churn_profile, log_end date, period text, ignore text[]
) (
	SFUNC = sparkify_retention_transfn,
	STYPE = internal,
	SSPACE = 2048,
	FINALFUNC = sparkify_retention_finalfn,
	COMBINEFUNC = sparkify_retention_combinefn,
	SERIALFUNC = sparkify_retention_serialfn,
	DESERIALFUNC = sparkify_retention_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_retention(churn_profile, date, text, text[]) IS
	'the same without events that users do not do, such as mails sent to them';
