------------------------------------------------------------------------
-- Features
------------------------------------------------------------------------

-- features: begin (made by tools/generate.pl)
CREATE TYPE churn_features AS (
	avg_play_hour float8,
	gender_dum integer,
	days_active integer,
	n_sessions bigint,
	avg_sess_songs float8,
	n_errors bigint,
	tenure_days float8,
	level_paid integer,
	paid_share float8,
	n_events bigint,
	n_songs bigint,
	listened_hours float8,
	sessions_per_week float8,
	avg_session_hours float8,
	avg_session_gap_days float8,
	songs_per_active_day float8,
	days_since_last float8,
	n_thumbs_up bigint,
	n_thumbs_down bigint,
	thumbs_up_ratio float8,
	n_friends bigint,
	n_playlist_adds bigint,
	n_adverts bigint,
	adverts_per_song float8,
	n_home bigint,
	n_help bigint,
	n_settings bigint,
	n_save_settings bigint,
	n_logouts bigint,
	n_about bigint,
	n_upgrade_views bigint,
	n_upgrades bigint,
	n_downgrade_views bigint,
	n_downgrades bigint,
	song_trend_7d float8,
	song_trend_14d float8
);
COMMENT ON TYPE churn_features IS 'the feature columns of one user';
COMMENT ON COLUMN churn_features.avg_play_hour IS
	'mean UTC hour (0 to 23) of NextSong events; 0 without any';
COMMENT ON COLUMN churn_features.gender_dum IS
	'1 for M, 0 for F, NULL when unknown; the last known one counts';
COMMENT ON COLUMN churn_features.days_active IS
	'UTC date of the last event minus UTC date of the first, cancel pages included';
COMMENT ON COLUMN churn_features.n_sessions IS 'distinct sessionid, cancel pages included';
COMMENT ON COLUMN churn_features.avg_sess_songs IS
	'NextSong events / distinct sessions with a NextSong; 0 without any';
COMMENT ON COLUMN churn_features.n_errors IS 'Error events';
COMMENT ON COLUMN churn_features.tenure_days IS
	'reference time minus registration, in days; NULL when registration is unknown';
COMMENT ON COLUMN churn_features.level_paid IS
	'1 when the last known level is paid, 0 when it is free, NULL when unknown';
COMMENT ON COLUMN churn_features.paid_share IS
	'events with level paid / n_events; NULL without events';
COMMENT ON COLUMN churn_features.n_events IS 'events';
COMMENT ON COLUMN churn_features.n_songs IS 'NextSong events';
COMMENT ON COLUMN churn_features.listened_hours IS 'sum of length over NextSong events, in hours';
COMMENT ON COLUMN churn_features.sessions_per_week IS
	'7 * distinct sessionid / days from the first event''s date to the reference day';
COMMENT ON COLUMN churn_features.avg_session_hours IS
	'mean over sessions of last minus first event, in hours';
COMMENT ON COLUMN churn_features.avg_session_gap_days IS
	'mean days between the starts of neighbouring sessions; NULL with fewer than two sessions';
COMMENT ON COLUMN churn_features.songs_per_active_day IS
	'NextSong events / distinct UTC dates with an event';
COMMENT ON COLUMN churn_features.days_since_last IS
	'reference time minus time of the last event, in days; 0 without as_of';
COMMENT ON COLUMN churn_features.n_thumbs_up IS 'Thumbs Up events';
COMMENT ON COLUMN churn_features.n_thumbs_down IS 'Thumbs Down events';
COMMENT ON COLUMN churn_features.thumbs_up_ratio IS
	'Thumbs Up events / (Thumbs Up + Thumbs Down events); NULL without any';
COMMENT ON COLUMN churn_features.n_friends IS 'Add Friend events';
COMMENT ON COLUMN churn_features.n_playlist_adds IS 'Add to Playlist events';
COMMENT ON COLUMN churn_features.n_adverts IS 'Roll Advert events';
COMMENT ON COLUMN churn_features.adverts_per_song IS
	'Roll Advert events / NextSong events; NULL without songs';
COMMENT ON COLUMN churn_features.n_home IS 'Home events';
COMMENT ON COLUMN churn_features.n_help IS 'Help events';
COMMENT ON COLUMN churn_features.n_settings IS 'Settings events';
COMMENT ON COLUMN churn_features.n_save_settings IS 'Save Settings events';
COMMENT ON COLUMN churn_features.n_logouts IS 'Logout events';
COMMENT ON COLUMN churn_features.n_about IS 'About events';
COMMENT ON COLUMN churn_features.n_upgrade_views IS 'Upgrade events';
COMMENT ON COLUMN churn_features.n_upgrades IS 'Submit Upgrade events';
COMMENT ON COLUMN churn_features.n_downgrade_views IS 'Downgrade events';
COMMENT ON COLUMN churn_features.n_downgrades IS 'Submit Downgrade events';
COMMENT ON COLUMN churn_features.song_trend_7d IS
	'(r - s) / (r + s), where r is NextSong events a day in the last 7 days before the reference '
	'day and s the same from the first event''s date to then; NULL without earlier days or '
	'without songs';
COMMENT ON COLUMN churn_features.song_trend_14d IS 'as song_trend_7d, with the last 14 days';
-- features: end

CREATE FUNCTION sparkify_features_finalfn(internal) RETURNS churn_features
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_features_finalfn(internal) IS 'aggregate final function';

CREATE AGGREGATE churn_features(
	ts timestamptz,
	sessionid bigint,
	page text,
	level text,
	length float8,
	gender text,
	registration timestamptz
) (
	SFUNC = sparkify_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_features_finalfn,
	COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn,
	DESERIALFUNC = sparkify_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_features(timestamptz, bigint, text, text, float8, text, timestamptz) IS
	'features of one user from all of the user''s events';

CREATE AGGREGATE churn_features(
	ts timestamptz,
	sessionid bigint,
	page text,
	level text,
	length float8,
	gender text,
	registration timestamp
) (
	SFUNC = sparkify_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_features_finalfn,
	COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn,
	DESERIALFUNC = sparkify_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_features(timestamptz, bigint, text, text, float8, text, timestamp) IS
	'features of one user from all of the user''s events; times without zone are of UTC';

CREATE AGGREGATE churn_features(
	ts timestamptz,
	sessionid bigint,
	page text,
	level text,
	length float8,
	gender text,
	registration date
) (
	SFUNC = sparkify_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_features_finalfn,
	COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn,
	DESERIALFUNC = sparkify_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_features(timestamptz, bigint, text, text, float8, text, date) IS
	'features of one user from all of the user''s events; times without zone are of UTC';

CREATE AGGREGATE churn_features(
	ts timestamp,
	sessionid bigint,
	page text,
	level text,
	length float8,
	gender text,
	registration timestamptz
) (
	SFUNC = sparkify_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_features_finalfn,
	COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn,
	DESERIALFUNC = sparkify_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_features(timestamp, bigint, text, text, float8, text, timestamptz) IS
	'features of one user from all of the user''s events; times without zone are of UTC';

CREATE AGGREGATE churn_features(
	ts timestamp,
	sessionid bigint,
	page text,
	level text,
	length float8,
	gender text,
	registration timestamp
) (
	SFUNC = sparkify_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_features_finalfn,
	COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn,
	DESERIALFUNC = sparkify_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_features(timestamp, bigint, text, text, float8, text, timestamp) IS
	'features of one user from all of the user''s events; times without zone are of UTC';

CREATE AGGREGATE churn_features(
	ts timestamp,
	sessionid bigint,
	page text,
	level text,
	length float8,
	gender text,
	registration date
) (
	SFUNC = sparkify_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_features_finalfn,
	COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn,
	DESERIALFUNC = sparkify_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_features(timestamp, bigint, text, text, float8, text, date) IS
	'features of one user from all of the user''s events; times without zone are of UTC';

CREATE AGGREGATE churn_features(
	ts date,
	sessionid bigint,
	page text,
	level text,
	length float8,
	gender text,
	registration timestamptz
) (
	SFUNC = sparkify_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_features_finalfn,
	COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn,
	DESERIALFUNC = sparkify_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_features(date, bigint, text, text, float8, text, timestamptz) IS
	'features of one user from all of the user''s events; times without zone are of UTC';

CREATE AGGREGATE churn_features(
	ts date,
	sessionid bigint,
	page text,
	level text,
	length float8,
	gender text,
	registration timestamp
) (
	SFUNC = sparkify_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_features_finalfn,
	COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn,
	DESERIALFUNC = sparkify_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_features(date, bigint, text, text, float8, text, timestamp) IS
	'features of one user from all of the user''s events; times without zone are of UTC';

CREATE AGGREGATE churn_features(
	ts date,
	sessionid bigint,
	page text,
	level text,
	length float8,
	gender text,
	registration date
) (
	SFUNC = sparkify_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_features_finalfn,
	COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn,
	DESERIALFUNC = sparkify_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_features(date, bigint, text, text, float8, text, date) IS
	'features of one user from all of the user''s events; times without zone are of UTC';

CREATE FUNCTION churn_features(
	profile churn_profile,
	as_of date DEFAULT NULL
) RETURNS churn_features
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 200;
COMMENT ON FUNCTION churn_features(churn_profile, date) IS
	'features from what happened before as_of 00:00 UTC; NULL when nothing did';
