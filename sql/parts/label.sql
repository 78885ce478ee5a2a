------------------------------------------------------------------------
-- Labels
------------------------------------------------------------------------

CREATE FUNCTION churn_label(
	profile churn_profile,
	as_of date DEFAULT NULL,
	horizon interval DEFAULT NULL,
	event text DEFAULT NULL,
	log_end date DEFAULT NULL,
	returners boolean DEFAULT false
) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 50;
COMMENT ON FUNCTION churn_label(churn_profile, date, interval, text, date, boolean) IS
	'did the user do the event, in the music log cancel or downgrade, in [as_of, as_of + horizon)? '
	'NULL when not at risk at as_of or not known, and for all when the log ends, at log_end 00:00 '
	'UTC, before the horizon does';

CREATE FUNCTION churn_inactive(
	profile churn_profile,
	as_of date,
	horizon interval,
	ignore text[] DEFAULT NULL,
	log_end date DEFAULT NULL
) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 50;
COMMENT ON FUNCTION churn_inactive(churn_profile, date, interval, text[], date) IS
	'had the user no events, but ignored ones, in [as_of, as_of + horizon)? NULL without any in '
	'as long before as_of, and for all when the log ends before the horizon does';

CREATE FUNCTION churn_label_at(
	profile churn_profile,
	as_of date,
	horizon interval,
	churned_at timestamptz,
	log_end date DEFAULT NULL
) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 50;
COMMENT ON FUNCTION churn_label_at(churn_profile, date, interval, timestamptz, date) IS
	'does churned_at, from another table, lie in [as_of, as_of + horizon)? NULL when the user was '
	'not seen before as_of or had left by then, and for all when the log ends before the horizon '
	'does';

CREATE FUNCTION churn_label_at(
	profile churn_profile,
	as_of date,
	horizon interval,
	churned_at timestamp,
	log_end date DEFAULT NULL
) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 50;
COMMENT ON FUNCTION churn_label_at(churn_profile, date, interval, timestamp, date) IS
	'the same for a time of UTC';

CREATE FUNCTION churn_label_at(
	profile churn_profile,
	as_of date,
	horizon interval,
	churned_at date,
	log_end date DEFAULT NULL
) RETURNS boolean
	AS 'MODULE_PATHNAME', 'churn_label_at_date' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 50;
COMMENT ON FUNCTION churn_label_at(churn_profile, date, interval, date, date) IS
	'the same for a date, which begins at 00:00 UTC';

CREATE FUNCTION churn_last_day(profile churn_profile) RETURNS date
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION churn_last_day(churn_profile) IS 'UTC date of the last event';
