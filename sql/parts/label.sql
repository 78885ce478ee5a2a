------------------------------------------------------------------------
-- Labels
------------------------------------------------------------------------

CREATE FUNCTION churn_label(
	profile churn_profile,
	as_of date DEFAULT NULL,
	horizon interval DEFAULT NULL,
	event text DEFAULT 'cancel',
	log_end date DEFAULT NULL
) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 50;
COMMENT ON FUNCTION churn_label(churn_profile, date, interval, text, date) IS
	'did the user cancel (or downgrade) in [as_of, as_of + horizon)? NULL when not at risk at '
	'as_of, and for all when the log ends, at log_end 00:00 UTC, before the horizon does';

CREATE FUNCTION churn_last_day(profile churn_profile) RETURNS date
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION churn_last_day(churn_profile) IS 'UTC date of the last event';
