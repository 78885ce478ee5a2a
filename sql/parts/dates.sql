------------------------------------------------------------------------
-- Dates to train and judge as of
------------------------------------------------------------------------

CREATE FUNCTION sparkify_dates_support(internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_dates_support(internal) IS
	'planner support: estimates the rows of churn_dates';

-- not strict: without a bound there would be no rows, and nobody would be told
CREATE FUNCTION churn_dates(first date, last date, every interval) RETURNS SETOF date
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 10 SUPPORT sparkify_dates_support;
COMMENT ON FUNCTION churn_dates(date, date, interval) IS
	'the dates from first to last, every so many days, weeks or months; the same in every time '
	'zone';
