/* sql/sparkify--0.1.0.sql */

-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION sparkify" to load this file. \quit

------------------------------------------------------------------------
-- Events: reading, loading, simulating
------------------------------------------------------------------------

-- Fixed-width columns first, then those that features need, then long texts:
-- that makes taking a row apart cheap.
CREATE TYPE churn_event AS (
    ts timestamptz,
    sessionid bigint,
    length float8,
    registration timestamptz,
    status int,
    iteminsession int,
    page text,
    level text,
    gender text,
    userid text,
    auth text,
    method text,
    firstname text,
    lastname text,
    location text,
    useragent text,
    artist text,
    song text
);
COMMENT ON TYPE churn_event IS 'one page view of the event log';
COMMENT ON COLUMN churn_event.ts IS 'when it happened';
COMMENT ON COLUMN churn_event.sessionid IS 'session; repeats across users, so a session is userid and sessionid';
COMMENT ON COLUMN churn_event.length IS 'seconds of the song, only for NextSong';
COMMENT ON COLUMN churn_event.registration IS 'when the user registered';
COMMENT ON COLUMN churn_event.status IS 'HTTP status';
COMMENT ON COLUMN churn_event.iteminsession IS 'number of the page view within its session';
COMMENT ON COLUMN churn_event.page IS 'page, such as NextSong, Thumbs Up or Cancellation Confirmation';
COMMENT ON COLUMN churn_event.level IS 'free or paid';
COMMENT ON COLUMN churn_event.gender IS 'F or M';
COMMENT ON COLUMN churn_event.userid IS 'user; empty when not logged in';
COMMENT ON COLUMN churn_event.auth IS 'Logged In, Logged Out, Guest or Cancelled';
COMMENT ON COLUMN churn_event.method IS 'HTTP method';
COMMENT ON COLUMN churn_event.firstname IS 'first name of the user';
COMMENT ON COLUMN churn_event.lastname IS 'last name of the user';
COMMENT ON COLUMN churn_event.location IS 'city and state of the user';
COMMENT ON COLUMN churn_event.useragent IS 'browser';
COMMENT ON COLUMN churn_event.artist IS 'artist, only for NextSong';
COMMENT ON COLUMN churn_event.song IS 'title of the song, only for NextSong';

CREATE FUNCTION churn_parse_event(line text) RETURNS churn_event
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION churn_parse_event(text) IS
    'the event of one line of JSON';

CREATE FUNCTION churn_read_events(path text) RETURNS SETOF churn_event
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED ROWS 100000;
COMMENT ON FUNCTION churn_read_events(text) IS
    'the events of a JSON-lines file on the server';

CREATE FUNCTION churn_load_events(
    target regclass,
    path text,
    on_error text DEFAULT 'stop',
    part int DEFAULT 1,
    parts int DEFAULT 1,
    OUT rows bigint,
    OUT rejected bigint,
    OUT bytes bigint,
    OUT seconds float8)
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION churn_load_events(regclass, text, text, int, int) IS
    'loads a file of JSON lines on the server, those that match a pattern, or a part of each, into a table';

CREATE FUNCTION churn_load_events(
    target regclass,
    paths text[],
    on_error text DEFAULT 'stop',
    part int DEFAULT 1,
    parts int DEFAULT 1,
    OUT rows bigint,
    OUT rejected bigint,
    OUT bytes bigint,
    OUT seconds float8)
    AS 'MODULE_PATHNAME', 'churn_load_event_files' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION churn_load_events(regclass, text[], text, int, int) IS
    'loads files of JSON lines on the server, or a part of each, into a table';

CREATE FUNCTION sparkify_loading_events(load int) RETURNS SETOF churn_event
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE ROWS 100000;
COMMENT ON FUNCTION sparkify_loading_events(int) IS
    'for churn_load_events only: the events of a load that is at work, for the statement that inserts them';

CREATE FUNCTION sparkify_simulate_events_support(internal) RETURNS internal
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_simulate_events_support(internal) IS
    'planner support: estimates the rows of churn_simulate_events';

CREATE FUNCTION churn_simulate_events(
    users int,
    days int DEFAULT 63,
    seed bigint DEFAULT 42) RETURNS SETOF churn_event
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
    COST 50 ROWS 620000 SUPPORT sparkify_simulate_events_support;
COMMENT ON FUNCTION churn_simulate_events(int, int, bigint) IS
    'a simulated log in order of time, from 2018-10-01 on, the same for the same arguments; no rows for a NULL argument';

------------------------------------------------------------------------
-- Reading in place
------------------------------------------------------------------------

CREATE FUNCTION sparkify_json_handler() RETURNS fdw_handler
    AS 'MODULE_PATHNAME' LANGUAGE C STRICT;
COMMENT ON FUNCTION sparkify_json_handler() IS
    'handler of the foreign data wrapper sparkify_json';

CREATE FUNCTION sparkify_json_validator(options text[], catalog oid) RETURNS void
    AS 'MODULE_PATHNAME' LANGUAGE C STRICT;
COMMENT ON FUNCTION sparkify_json_validator(text[], oid) IS
    'checks the options of the foreign data wrapper sparkify_json';

CREATE FOREIGN DATA WRAPPER sparkify_json
    HANDLER sparkify_json_handler VALIDATOR sparkify_json_validator;
COMMENT ON FOREIGN DATA WRAPPER sparkify_json IS
    'event logs in JSON lines on the server, read in place';

------------------------------------------------------------------------
-- Profiles, features, labels
------------------------------------------------------------------------

CREATE TYPE churn_profile;

CREATE FUNCTION sparkify_profile_in(cstring) RETURNS churn_profile
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_in(cstring) IS 'input: JSON text';

CREATE FUNCTION sparkify_profile_out(churn_profile) RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_out(churn_profile) IS 'output: JSON text';

CREATE FUNCTION sparkify_profile_recv(internal) RETURNS churn_profile
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_recv(internal) IS 'binary input';

CREATE FUNCTION sparkify_profile_send(churn_profile) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_send(churn_profile) IS 'binary output';

CREATE TYPE churn_profile (
	INPUT = sparkify_profile_in,
	OUTPUT = sparkify_profile_out,
	RECEIVE = sparkify_profile_recv,
	SEND = sparkify_profile_send,
	STORAGE = extended
);
COMMENT ON TYPE churn_profile IS 'mergeable summary of one user''s activity';

CREATE FUNCTION sparkify_profile_eq(churn_profile, churn_profile) RETURNS boolean
AS 'MODULE_PATHNAME', 'sparkify_value_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_eq(churn_profile, churn_profile) IS 'implementation of = operator';

CREATE FUNCTION sparkify_profile_ne(churn_profile, churn_profile) RETURNS boolean
AS 'MODULE_PATHNAME', 'sparkify_value_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_ne(churn_profile, churn_profile) IS 'implementation of <> operator';

CREATE FUNCTION sparkify_profile_lt(churn_profile, churn_profile) RETURNS boolean
AS 'MODULE_PATHNAME', 'sparkify_value_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_lt(churn_profile, churn_profile) IS 'implementation of < operator';

CREATE FUNCTION sparkify_profile_le(churn_profile, churn_profile) RETURNS boolean
AS 'MODULE_PATHNAME', 'sparkify_value_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_le(churn_profile, churn_profile) IS 'implementation of <= operator';

CREATE FUNCTION sparkify_profile_gt(churn_profile, churn_profile) RETURNS boolean
AS 'MODULE_PATHNAME', 'sparkify_value_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_gt(churn_profile, churn_profile) IS 'implementation of > operator';

CREATE FUNCTION sparkify_profile_ge(churn_profile, churn_profile) RETURNS boolean
AS 'MODULE_PATHNAME', 'sparkify_value_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_ge(churn_profile, churn_profile) IS 'implementation of >= operator';

CREATE FUNCTION sparkify_profile_cmp(churn_profile, churn_profile) RETURNS integer
AS 'MODULE_PATHNAME', 'sparkify_value_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_cmp(churn_profile, churn_profile) IS 'less-equal-greater, by bytes';

CREATE FUNCTION sparkify_profile_hash(churn_profile) RETURNS integer
AS 'MODULE_PATHNAME', 'sparkify_value_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_hash(churn_profile) IS 'hash';

CREATE FUNCTION sparkify_profile_hash_extended(churn_profile, bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'sparkify_value_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_hash_extended(churn_profile, bigint) IS 'hash with a seed';

CREATE OPERATOR = (
	LEFTARG = churn_profile, RIGHTARG = churn_profile, FUNCTION = sparkify_profile_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR = (churn_profile, churn_profile) IS 'equal in every bit';

CREATE OPERATOR <> (
	LEFTARG = churn_profile, RIGHTARG = churn_profile, FUNCTION = sparkify_profile_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (churn_profile, churn_profile) IS 'different in some bit';

CREATE OPERATOR < (
	LEFTARG = churn_profile, RIGHTARG = churn_profile, FUNCTION = sparkify_profile_lt,
	COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (churn_profile, churn_profile) IS 'less, by bytes';

CREATE OPERATOR <= (
	LEFTARG = churn_profile, RIGHTARG = churn_profile, FUNCTION = sparkify_profile_le,
	COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (churn_profile, churn_profile) IS 'less or equal, by bytes';

CREATE OPERATOR > (
	LEFTARG = churn_profile, RIGHTARG = churn_profile, FUNCTION = sparkify_profile_gt,
	COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (churn_profile, churn_profile) IS 'greater, by bytes';

CREATE OPERATOR >= (
	LEFTARG = churn_profile, RIGHTARG = churn_profile, FUNCTION = sparkify_profile_ge,
	COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (churn_profile, churn_profile) IS 'greater or equal, by bytes';

CREATE OPERATOR CLASS churn_profile_ops DEFAULT FOR TYPE churn_profile USING btree AS
	OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
	FUNCTION 1 sparkify_profile_cmp(churn_profile, churn_profile),
	FUNCTION 4 btequalimage(oid);
COMMENT ON OPERATOR CLASS churn_profile_ops USING btree IS 'profiles by their bytes';
COMMENT ON OPERATOR FAMILY churn_profile_ops USING btree IS 'profiles by their bytes';

CREATE OPERATOR CLASS churn_profile_ops DEFAULT FOR TYPE churn_profile USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 sparkify_profile_hash(churn_profile),
	FUNCTION 2 sparkify_profile_hash_extended(churn_profile, bigint);
COMMENT ON OPERATOR CLASS churn_profile_ops USING hash IS 'profiles by their bytes';
COMMENT ON OPERATOR FAMILY churn_profile_ops USING hash IS 'profiles by their bytes';

CREATE FUNCTION sparkify_profile_json(churn_profile) RETURNS json
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_json(churn_profile) IS 'the profile''s text as json';

-- to_json, to_jsonb and row_to_json look for this cast
CREATE CAST (churn_profile AS json) WITH FUNCTION sparkify_profile_json(churn_profile);
COMMENT ON CAST (churn_profile AS json) IS 'the profile''s text as json';
CREATE CAST (churn_profile AS jsonb) WITH INOUT;
COMMENT ON CAST (churn_profile AS jsonb) IS 'the profile''s text as jsonb';

-- features: begin (made by test/features.pl)
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
COMMENT ON COLUMN churn_features.avg_play_hour IS 'mean UTC hour (0 to 23) of NextSong events; 0 without any';
COMMENT ON COLUMN churn_features.gender_dum IS '1 for M, 0 for F, NULL when unknown; the last known one counts';
COMMENT ON COLUMN churn_features.days_active IS 'UTC date of the last event minus UTC date of the first, cancel pages included';
COMMENT ON COLUMN churn_features.n_sessions IS 'distinct sessionid, cancel pages included';
COMMENT ON COLUMN churn_features.avg_sess_songs IS 'NextSong events / distinct sessions with a NextSong; 0 without any';
COMMENT ON COLUMN churn_features.n_errors IS 'Error events';
COMMENT ON COLUMN churn_features.tenure_days IS 'reference time minus registration, in days; NULL when registration is unknown';
COMMENT ON COLUMN churn_features.level_paid IS '1 when the last known level is paid, 0 when it is free, NULL when unknown';
COMMENT ON COLUMN churn_features.paid_share IS 'events with level paid / n_events; NULL without events';
COMMENT ON COLUMN churn_features.n_events IS 'events';
COMMENT ON COLUMN churn_features.n_songs IS 'NextSong events';
COMMENT ON COLUMN churn_features.listened_hours IS 'sum of length over NextSong events, in hours';
COMMENT ON COLUMN churn_features.sessions_per_week IS '7 * distinct sessionid / days from the first event''s date to the reference day';
COMMENT ON COLUMN churn_features.avg_session_hours IS 'mean over sessions of last minus first event, in hours';
COMMENT ON COLUMN churn_features.avg_session_gap_days IS 'mean days between the starts of neighbouring sessions; NULL with fewer than two sessions';
COMMENT ON COLUMN churn_features.songs_per_active_day IS 'NextSong events / distinct UTC dates with an event';
COMMENT ON COLUMN churn_features.days_since_last IS 'reference time minus time of the last event, in days; 0 without as_of';
COMMENT ON COLUMN churn_features.n_thumbs_up IS 'Thumbs Up events';
COMMENT ON COLUMN churn_features.n_thumbs_down IS 'Thumbs Down events';
COMMENT ON COLUMN churn_features.thumbs_up_ratio IS 'Thumbs Up events / (Thumbs Up + Thumbs Down events); NULL without any';
COMMENT ON COLUMN churn_features.n_friends IS 'Add Friend events';
COMMENT ON COLUMN churn_features.n_playlist_adds IS 'Add to Playlist events';
COMMENT ON COLUMN churn_features.n_adverts IS 'Roll Advert events';
COMMENT ON COLUMN churn_features.adverts_per_song IS 'Roll Advert events / NextSong events; NULL without songs';
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
COMMENT ON COLUMN churn_features.song_trend_7d IS '(r - s) / (r + s), where r is NextSong events a day in the last 7 days before the reference day and s the same from the first event''s date to then; NULL without earlier days or without songs';
COMMENT ON COLUMN churn_features.song_trend_14d IS 'as song_trend_7d, with the last 14 days';
-- features: end
COMMENT ON TYPE churn_features IS 'the feature columns of one user';

CREATE FUNCTION sparkify_profile_transfn(internal, timestamptz, bigint, text, text, float8, text, timestamptz)
RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_transfn(internal, timestamptz, bigint, text, text, float8, text, timestamptz)
IS 'aggregate transition function';

-- times without zone, and dates, are of UTC
CREATE FUNCTION sparkify_profile_transfn(internal, timestamptz, bigint, text, text, float8, text, timestamp) RETURNS internal
AS 'MODULE_PATHNAME', 'sparkify_profile_transfn' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_transfn(internal, timestamptz, bigint, text, text, float8, text, timestamp)
IS 'aggregate transition function';
CREATE FUNCTION sparkify_profile_transfn(internal, timestamptz, bigint, text, text, float8, text, date) RETURNS internal
AS 'MODULE_PATHNAME', 'sparkify_profile_transfn_registration_date' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_transfn(internal, timestamptz, bigint, text, text, float8, text, date)
IS 'aggregate transition function';
CREATE FUNCTION sparkify_profile_transfn(internal, timestamp, bigint, text, text, float8, text, timestamptz) RETURNS internal
AS 'MODULE_PATHNAME', 'sparkify_profile_transfn' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_transfn(internal, timestamp, bigint, text, text, float8, text, timestamptz)
IS 'aggregate transition function';
CREATE FUNCTION sparkify_profile_transfn(internal, timestamp, bigint, text, text, float8, text, timestamp) RETURNS internal
AS 'MODULE_PATHNAME', 'sparkify_profile_transfn' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_transfn(internal, timestamp, bigint, text, text, float8, text, timestamp)
IS 'aggregate transition function';
CREATE FUNCTION sparkify_profile_transfn(internal, timestamp, bigint, text, text, float8, text, date) RETURNS internal
AS 'MODULE_PATHNAME', 'sparkify_profile_transfn_registration_date' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_transfn(internal, timestamp, bigint, text, text, float8, text, date)
IS 'aggregate transition function';
CREATE FUNCTION sparkify_profile_transfn(internal, date, bigint, text, text, float8, text, timestamptz) RETURNS internal
AS 'MODULE_PATHNAME', 'sparkify_profile_transfn_date' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_transfn(internal, date, bigint, text, text, float8, text, timestamptz)
IS 'aggregate transition function';
CREATE FUNCTION sparkify_profile_transfn(internal, date, bigint, text, text, float8, text, timestamp) RETURNS internal
AS 'MODULE_PATHNAME', 'sparkify_profile_transfn_date' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_transfn(internal, date, bigint, text, text, float8, text, timestamp)
IS 'aggregate transition function';
CREATE FUNCTION sparkify_profile_transfn(internal, date, bigint, text, text, float8, text, date) RETURNS internal
AS 'MODULE_PATHNAME', 'sparkify_profile_transfn_dates' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_transfn(internal, date, bigint, text, text, float8, text, date)
IS 'aggregate transition function';

CREATE FUNCTION sparkify_profile_merge_transfn(internal, churn_profile) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_merge_transfn(internal, churn_profile) IS 'aggregate transition function';

CREATE FUNCTION sparkify_profile_combinefn(internal, internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_combinefn(internal, internal) IS 'aggregate combine function';

CREATE FUNCTION sparkify_profile_serialfn(internal) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_serialfn(internal) IS 'aggregate serial function';

CREATE FUNCTION sparkify_profile_deserialfn(bytea, internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_deserialfn(bytea, internal) IS 'aggregate deserial function';

CREATE FUNCTION sparkify_profile_finalfn(internal) RETURNS churn_profile
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_finalfn(internal) IS 'aggregate final function';

CREATE FUNCTION sparkify_features_finalfn(internal) RETURNS churn_features
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_features_finalfn(internal) IS 'aggregate final function';

CREATE AGGREGATE churn_profile(
	ts timestamptz, sessionid bigint, page text, level text, length float8, gender text, registration timestamptz
) (
	SFUNC = sparkify_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_profile_finalfn,
	COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn,
	DESERIALFUNC = sparkify_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile(timestamptz, bigint, text, text, float8, text, timestamptz)
IS 'profile of one user from the user''s events';

CREATE AGGREGATE churn_profile(
	ts timestamptz, sessionid bigint, page text, level text, length float8, gender text, registration timestamp
) (
	SFUNC = sparkify_profile_transfn, STYPE = internal, SSPACE = 1024, FINALFUNC = sparkify_profile_finalfn, COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn, DESERIALFUNC = sparkify_profile_deserialfn, PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile(timestamptz, bigint, text, text, float8, text, timestamp)
IS 'profile of one user from the user''s events; times without zone are of UTC';
CREATE AGGREGATE churn_profile(
	ts timestamptz, sessionid bigint, page text, level text, length float8, gender text, registration date
) (
	SFUNC = sparkify_profile_transfn, STYPE = internal, SSPACE = 1024, FINALFUNC = sparkify_profile_finalfn, COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn, DESERIALFUNC = sparkify_profile_deserialfn, PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile(timestamptz, bigint, text, text, float8, text, date)
IS 'profile of one user from the user''s events; times without zone are of UTC';
CREATE AGGREGATE churn_profile(
	ts timestamp, sessionid bigint, page text, level text, length float8, gender text, registration timestamptz
) (
	SFUNC = sparkify_profile_transfn, STYPE = internal, SSPACE = 1024, FINALFUNC = sparkify_profile_finalfn, COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn, DESERIALFUNC = sparkify_profile_deserialfn, PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile(timestamp, bigint, text, text, float8, text, timestamptz)
IS 'profile of one user from the user''s events; times without zone are of UTC';
CREATE AGGREGATE churn_profile(
	ts timestamp, sessionid bigint, page text, level text, length float8, gender text, registration timestamp
) (
	SFUNC = sparkify_profile_transfn, STYPE = internal, SSPACE = 1024, FINALFUNC = sparkify_profile_finalfn, COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn, DESERIALFUNC = sparkify_profile_deserialfn, PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile(timestamp, bigint, text, text, float8, text, timestamp)
IS 'profile of one user from the user''s events; times without zone are of UTC';
CREATE AGGREGATE churn_profile(
	ts timestamp, sessionid bigint, page text, level text, length float8, gender text, registration date
) (
	SFUNC = sparkify_profile_transfn, STYPE = internal, SSPACE = 1024, FINALFUNC = sparkify_profile_finalfn, COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn, DESERIALFUNC = sparkify_profile_deserialfn, PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile(timestamp, bigint, text, text, float8, text, date)
IS 'profile of one user from the user''s events; times without zone are of UTC';
CREATE AGGREGATE churn_profile(
	ts date, sessionid bigint, page text, level text, length float8, gender text, registration timestamptz
) (
	SFUNC = sparkify_profile_transfn, STYPE = internal, SSPACE = 1024, FINALFUNC = sparkify_profile_finalfn, COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn, DESERIALFUNC = sparkify_profile_deserialfn, PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile(date, bigint, text, text, float8, text, timestamptz)
IS 'profile of one user from the user''s events; times without zone are of UTC';
CREATE AGGREGATE churn_profile(
	ts date, sessionid bigint, page text, level text, length float8, gender text, registration timestamp
) (
	SFUNC = sparkify_profile_transfn, STYPE = internal, SSPACE = 1024, FINALFUNC = sparkify_profile_finalfn, COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn, DESERIALFUNC = sparkify_profile_deserialfn, PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile(date, bigint, text, text, float8, text, timestamp)
IS 'profile of one user from the user''s events; times without zone are of UTC';
CREATE AGGREGATE churn_profile(
	ts date, sessionid bigint, page text, level text, length float8, gender text, registration date
) (
	SFUNC = sparkify_profile_transfn, STYPE = internal, SSPACE = 1024, FINALFUNC = sparkify_profile_finalfn, COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn, DESERIALFUNC = sparkify_profile_deserialfn, PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile(date, bigint, text, text, float8, text, date)
IS 'profile of one user from the user''s events; times without zone are of UTC';

CREATE AGGREGATE churn_profile_merge(profile churn_profile) (
	SFUNC = sparkify_profile_merge_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_profile_finalfn,
	COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn,
	DESERIALFUNC = sparkify_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile_merge(churn_profile) IS 'one profile from profiles of disjoint events';

CREATE FUNCTION churn_profile_merge(a churn_profile, b churn_profile) RETURNS churn_profile
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION churn_profile_merge(churn_profile, churn_profile)
IS 'one profile from two of disjoint events; NULL counts as nothing';

CREATE AGGREGATE churn_features(
	ts timestamptz, sessionid bigint, page text, level text, length float8, gender text, registration timestamptz
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
COMMENT ON AGGREGATE churn_features(timestamptz, bigint, text, text, float8, text, timestamptz)
IS 'features of one user from all of the user''s events';

CREATE AGGREGATE churn_features(
	ts timestamptz, sessionid bigint, page text, level text, length float8, gender text, registration timestamp
) (
	SFUNC = sparkify_profile_transfn, STYPE = internal, SSPACE = 1024, FINALFUNC = sparkify_features_finalfn, COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn, DESERIALFUNC = sparkify_profile_deserialfn, PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_features(timestamptz, bigint, text, text, float8, text, timestamp)
IS 'features of one user from all of the user''s events; times without zone are of UTC';
CREATE AGGREGATE churn_features(
	ts timestamptz, sessionid bigint, page text, level text, length float8, gender text, registration date
) (
	SFUNC = sparkify_profile_transfn, STYPE = internal, SSPACE = 1024, FINALFUNC = sparkify_features_finalfn, COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn, DESERIALFUNC = sparkify_profile_deserialfn, PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_features(timestamptz, bigint, text, text, float8, text, date)
IS 'features of one user from all of the user''s events; times without zone are of UTC';
CREATE AGGREGATE churn_features(
	ts timestamp, sessionid bigint, page text, level text, length float8, gender text, registration timestamptz
) (
	SFUNC = sparkify_profile_transfn, STYPE = internal, SSPACE = 1024, FINALFUNC = sparkify_features_finalfn, COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn, DESERIALFUNC = sparkify_profile_deserialfn, PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_features(timestamp, bigint, text, text, float8, text, timestamptz)
IS 'features of one user from all of the user''s events; times without zone are of UTC';
CREATE AGGREGATE churn_features(
	ts timestamp, sessionid bigint, page text, level text, length float8, gender text, registration timestamp
) (
	SFUNC = sparkify_profile_transfn, STYPE = internal, SSPACE = 1024, FINALFUNC = sparkify_features_finalfn, COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn, DESERIALFUNC = sparkify_profile_deserialfn, PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_features(timestamp, bigint, text, text, float8, text, timestamp)
IS 'features of one user from all of the user''s events; times without zone are of UTC';
CREATE AGGREGATE churn_features(
	ts timestamp, sessionid bigint, page text, level text, length float8, gender text, registration date
) (
	SFUNC = sparkify_profile_transfn, STYPE = internal, SSPACE = 1024, FINALFUNC = sparkify_features_finalfn, COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn, DESERIALFUNC = sparkify_profile_deserialfn, PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_features(timestamp, bigint, text, text, float8, text, date)
IS 'features of one user from all of the user''s events; times without zone are of UTC';
CREATE AGGREGATE churn_features(
	ts date, sessionid bigint, page text, level text, length float8, gender text, registration timestamptz
) (
	SFUNC = sparkify_profile_transfn, STYPE = internal, SSPACE = 1024, FINALFUNC = sparkify_features_finalfn, COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn, DESERIALFUNC = sparkify_profile_deserialfn, PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_features(date, bigint, text, text, float8, text, timestamptz)
IS 'features of one user from all of the user''s events; times without zone are of UTC';
CREATE AGGREGATE churn_features(
	ts date, sessionid bigint, page text, level text, length float8, gender text, registration timestamp
) (
	SFUNC = sparkify_profile_transfn, STYPE = internal, SSPACE = 1024, FINALFUNC = sparkify_features_finalfn, COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn, DESERIALFUNC = sparkify_profile_deserialfn, PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_features(date, bigint, text, text, float8, text, timestamp)
IS 'features of one user from all of the user''s events; times without zone are of UTC';
CREATE AGGREGATE churn_features(
	ts date, sessionid bigint, page text, level text, length float8, gender text, registration date
) (
	SFUNC = sparkify_profile_transfn, STYPE = internal, SSPACE = 1024, FINALFUNC = sparkify_features_finalfn, COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn, DESERIALFUNC = sparkify_profile_deserialfn, PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_features(date, bigint, text, text, float8, text, date)
IS 'features of one user from all of the user''s events; times without zone are of UTC';

CREATE FUNCTION churn_features(profile churn_profile, as_of date DEFAULT NULL) RETURNS churn_features
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 200;
COMMENT ON FUNCTION churn_features(churn_profile, date)
IS 'features from what happened before as_of 00:00 UTC; NULL when nothing did';

CREATE FUNCTION churn_label(
	profile churn_profile, as_of date DEFAULT NULL, horizon interval DEFAULT NULL, event text DEFAULT 'cancel',
	log_end date DEFAULT NULL
) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 50;
COMMENT ON FUNCTION churn_label(churn_profile, date, interval, text, date)
IS 'did the user cancel (or downgrade) in [as_of, as_of + horizon)? NULL when not at risk at as_of, and for all when the log ends, at log_end 00:00 UTC, before the horizon does';

CREATE FUNCTION churn_last_day(profile churn_profile) RETURNS date
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION churn_last_day(churn_profile) IS 'UTC date of the last event';

CREATE FUNCTION sparkify_dates_support(internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_dates_support(internal) IS 'planner support: estimates the rows of churn_dates';

-- not strict: without a bound there would be no rows, and nobody would be told
CREATE FUNCTION churn_dates(first date, last date, every interval) RETURNS SETOF date
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 10 SUPPORT sparkify_dates_support;
COMMENT ON FUNCTION churn_dates(date, date, interval)
IS 'the dates from first to last, every so many days, weeks or months; the same in every time zone';

------------------------------------------------------------------------
-- Models: types
------------------------------------------------------------------------

CREATE TYPE churn_model;

CREATE FUNCTION sparkify_model_in(cstring) RETURNS churn_model
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION sparkify_model_out(churn_model) RETURNS cstring
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION sparkify_model_recv(internal) RETURNS churn_model
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION sparkify_model_send(churn_model) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE churn_model (
	INPUT = sparkify_model_in,
	OUTPUT = sparkify_model_out,
	RECEIVE = sparkify_model_recv,
	SEND = sparkify_model_send,
	STORAGE = extended
);

CREATE TYPE churn_forest;

CREATE FUNCTION sparkify_forest_in(cstring) RETURNS churn_forest
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION sparkify_forest_out(churn_forest) RETURNS cstring
	AS 'MODULE_PATHNAME', 'sparkify_model_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION sparkify_forest_recv(internal) RETURNS churn_forest
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION sparkify_forest_send(churn_forest) RETURNS bytea
	AS 'MODULE_PATHNAME', 'sparkify_model_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE churn_forest (
	INPUT = sparkify_forest_in,
	OUTPUT = sparkify_forest_out,
	RECEIVE = sparkify_forest_recv,
	SEND = sparkify_forest_send,
	STORAGE = extended
);

CREATE FUNCTION churn_forest(churn_model) RETURNS churn_forest
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE CAST (churn_forest AS churn_model) WITHOUT FUNCTION AS IMPLICIT;
CREATE CAST (churn_model AS churn_forest) WITH FUNCTION churn_forest(churn_model) AS ASSIGNMENT;

-- A churn_forest is compared by these, too: it is a churn_model without a cast.  Operators of its own would be
-- ambiguous between the two.
CREATE FUNCTION sparkify_model_eq(churn_model, churn_model) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sparkify_value_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION sparkify_model_ne(churn_model, churn_model) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sparkify_value_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION sparkify_model_lt(churn_model, churn_model) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sparkify_value_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION sparkify_model_le(churn_model, churn_model) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sparkify_value_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION sparkify_model_gt(churn_model, churn_model) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sparkify_value_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION sparkify_model_ge(churn_model, churn_model) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sparkify_value_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION sparkify_model_cmp(churn_model, churn_model) RETURNS integer
	AS 'MODULE_PATHNAME', 'sparkify_value_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION sparkify_model_hash(churn_model) RETURNS integer
	AS 'MODULE_PATHNAME', 'sparkify_value_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION sparkify_model_hash_extended(churn_model, bigint) RETURNS bigint
	AS 'MODULE_PATHNAME', 'sparkify_value_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE OPERATOR = (
	LEFTARG = churn_model, RIGHTARG = churn_model, FUNCTION = sparkify_model_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);

CREATE OPERATOR <> (
	LEFTARG = churn_model, RIGHTARG = churn_model, FUNCTION = sparkify_model_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);

CREATE OPERATOR < (
	LEFTARG = churn_model, RIGHTARG = churn_model, FUNCTION = sparkify_model_lt,
	COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);

CREATE OPERATOR <= (
	LEFTARG = churn_model, RIGHTARG = churn_model, FUNCTION = sparkify_model_le,
	COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);

CREATE OPERATOR > (
	LEFTARG = churn_model, RIGHTARG = churn_model, FUNCTION = sparkify_model_gt,
	COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);

CREATE OPERATOR >= (
	LEFTARG = churn_model, RIGHTARG = churn_model, FUNCTION = sparkify_model_ge,
	COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel
);

CREATE OPERATOR CLASS churn_model_ops DEFAULT FOR TYPE churn_model USING btree AS
	OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
	FUNCTION 1 sparkify_model_cmp(churn_model, churn_model),
	FUNCTION 4 btequalimage(oid);

CREATE OPERATOR CLASS churn_model_ops DEFAULT FOR TYPE churn_model USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 sparkify_model_hash(churn_model),
	FUNCTION 2 sparkify_model_hash_extended(churn_model, bigint);

-- to_json, to_jsonb and row_to_json look for casts to json
CREATE FUNCTION sparkify_model_json(churn_model) RETURNS json
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION sparkify_forest_json(churn_forest) RETURNS json
	AS 'MODULE_PATHNAME', 'sparkify_model_json' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE CAST (churn_model AS json) WITH FUNCTION sparkify_model_json(churn_model);
CREATE CAST (churn_forest AS json) WITH FUNCTION sparkify_forest_json(churn_forest);
CREATE CAST (churn_model AS jsonb) WITH INOUT;
CREATE CAST (churn_forest AS jsonb) WITH INOUT;

COMMENT ON TYPE churn_model IS 'a trained model, self-contained';
COMMENT ON TYPE churn_forest IS 'a trained model that is an ensemble of trees';
COMMENT ON FUNCTION sparkify_model_in(cstring) IS 'I/O';
COMMENT ON FUNCTION sparkify_model_out(churn_model) IS 'I/O';
COMMENT ON FUNCTION sparkify_model_recv(internal) IS 'I/O';
COMMENT ON FUNCTION sparkify_model_send(churn_model) IS 'I/O';
COMMENT ON FUNCTION sparkify_forest_in(cstring) IS 'I/O';
COMMENT ON FUNCTION sparkify_forest_out(churn_forest) IS 'I/O';
COMMENT ON FUNCTION sparkify_forest_recv(internal) IS 'I/O';
COMMENT ON FUNCTION sparkify_forest_send(churn_forest) IS 'I/O';
COMMENT ON FUNCTION churn_forest(churn_model) IS 'the model as a churn_forest, if it is an ensemble of trees';
COMMENT ON CAST (churn_forest AS churn_model) IS 'the same bytes';
COMMENT ON CAST (churn_model AS churn_forest) IS 'checks that the model is an ensemble of trees';
COMMENT ON FUNCTION sparkify_model_eq(churn_model, churn_model) IS 'implementation of = operator';
COMMENT ON FUNCTION sparkify_model_ne(churn_model, churn_model) IS 'implementation of <> operator';
COMMENT ON FUNCTION sparkify_model_lt(churn_model, churn_model) IS 'implementation of < operator';
COMMENT ON FUNCTION sparkify_model_le(churn_model, churn_model) IS 'implementation of <= operator';
COMMENT ON FUNCTION sparkify_model_gt(churn_model, churn_model) IS 'implementation of > operator';
COMMENT ON FUNCTION sparkify_model_ge(churn_model, churn_model) IS 'implementation of >= operator';
COMMENT ON FUNCTION sparkify_model_cmp(churn_model, churn_model) IS 'less-equal-greater, by bytes';
COMMENT ON FUNCTION sparkify_model_hash(churn_model) IS 'hash';
COMMENT ON FUNCTION sparkify_model_hash_extended(churn_model, bigint) IS 'hash with a seed';
COMMENT ON OPERATOR = (churn_model, churn_model) IS 'equal in every bit';
COMMENT ON OPERATOR <> (churn_model, churn_model) IS 'different in some bit';
COMMENT ON OPERATOR < (churn_model, churn_model) IS 'less, by bytes';
COMMENT ON OPERATOR <= (churn_model, churn_model) IS 'less or equal, by bytes';
COMMENT ON OPERATOR > (churn_model, churn_model) IS 'greater, by bytes';
COMMENT ON OPERATOR >= (churn_model, churn_model) IS 'greater or equal, by bytes';
COMMENT ON OPERATOR CLASS churn_model_ops USING btree IS 'models by their bytes';
COMMENT ON OPERATOR FAMILY churn_model_ops USING btree IS 'models by their bytes';
COMMENT ON OPERATOR CLASS churn_model_ops USING hash IS 'models by their bytes';
COMMENT ON OPERATOR FAMILY churn_model_ops USING hash IS 'models by their bytes';
COMMENT ON FUNCTION sparkify_model_json(churn_model) IS 'the model''s text as json';
COMMENT ON FUNCTION sparkify_forest_json(churn_forest) IS 'the model''s text as json';
COMMENT ON CAST (churn_model AS json) IS 'the model''s text as json';
COMMENT ON CAST (churn_forest AS json) IS 'the model''s text as json';
COMMENT ON CAST (churn_model AS jsonb) IS 'the model''s text as jsonb';
COMMENT ON CAST (churn_forest AS jsonb) IS 'the model''s text as jsonb';

------------------------------------------------------------------------
-- Models: training
------------------------------------------------------------------------

CREATE FUNCTION sparkify_collect_combinefn(internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_collect_combinefn(internal, internal) IS 'aggregate combine function';

CREATE FUNCTION sparkify_collect_serialfn(internal) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_collect_serialfn(internal) IS 'aggregate serial function';

CREATE FUNCTION sparkify_collect_deserialfn(bytea, internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_collect_deserialfn(bytea, internal) IS 'aggregate deserial function';

-- stable: what a row's columns are called and what they hold is read from the catalogs
CREATE FUNCTION sparkify_forest_agg_transfn(internal, anyelement, record) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_forest_agg_transfn(internal, anyelement, record) IS 'aggregate transition function';

CREATE FUNCTION sparkify_forest_agg_transfn(internal, anyelement, record, jsonb) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_forest_agg_transfn(internal, anyelement, record, jsonb) IS 'aggregate transition function';

CREATE FUNCTION sparkify_forest_agg_finalfn(internal) RETURNS churn_forest
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_forest_agg_finalfn(internal) IS 'aggregate final function';

-- sspace: a state with its first 16 rows of 30 columns; 240 bytes for each row more
CREATE AGGREGATE churn_forest_agg(label anyelement, features record) (
	SFUNC = sparkify_forest_agg_transfn,
	STYPE = internal,
	SSPACE = 8192,
	FINALFUNC = sparkify_forest_agg_finalfn,
	FINALFUNC_MODIFY = READ_WRITE,
	COMBINEFUNC = sparkify_collect_combinefn,
	SERIALFUNC = sparkify_collect_serialfn,
	DESERIALFUNC = sparkify_collect_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_forest_agg(anyelement, record) IS 'trains a random forest to tell the label (boolean or 0 and 1) from the columns of the row, which must not hold the label itself';

CREATE AGGREGATE churn_forest_agg(label anyelement, features record, options jsonb) (
	SFUNC = sparkify_forest_agg_transfn,
	STYPE = internal,
	SSPACE = 8192,
	FINALFUNC = sparkify_forest_agg_finalfn,
	FINALFUNC_MODIFY = READ_WRITE,
	COMBINEFUNC = sparkify_collect_combinefn,
	SERIALFUNC = sparkify_collect_serialfn,
	DESERIALFUNC = sparkify_collect_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_forest_agg(anyelement, record, jsonb) IS 'trains a random forest with options, the same in all rows, to tell the label (boolean or 0 and 1) from the columns of the row, which must not hold the label itself';

CREATE FUNCTION sparkify_train_agg_transfn(internal, anyelement, record, text, jsonb, text[], text, text) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_train_agg_transfn(internal, anyelement, record, text, jsonb, text[], text, text) IS 'aggregate transition function';

CREATE FUNCTION sparkify_train_agg_finalfn(internal) RETURNS record
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_train_agg_finalfn(internal) IS 'aggregate final function';

CREATE AGGREGATE sparkify_train_agg(label anyelement, features record, algorithm text, options jsonb, exclude text[], grp text, snapshot text) (
	SFUNC = sparkify_train_agg_transfn,
	STYPE = internal,
	SSPACE = 8192,
	FINALFUNC = sparkify_train_agg_finalfn,
	FINALFUNC_MODIFY = READ_WRITE,
	COMBINEFUNC = sparkify_collect_combinefn,
	SERIALFUNC = sparkify_collect_serialfn,
	DESERIALFUNC = sparkify_collect_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sparkify_train_agg(anyelement, record, text, jsonb, text[], text, text) IS 'internal: what churn_train runs over its source';

CREATE FUNCTION sparkify_rows_agg_transfn(internal, anyelement, record, text[], text, text) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_rows_agg_transfn(internal, anyelement, record, text[], text, text) IS 'aggregate transition function';

CREATE FUNCTION sparkify_rows_agg_finalfn(internal) RETURNS bigint
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION sparkify_rows_agg_finalfn(internal) IS 'aggregate final function';

CREATE AGGREGATE sparkify_rows_agg(label anyelement, features record, exclude text[], grp text, snapshot text) (
	SFUNC = sparkify_rows_agg_transfn,
	STYPE = internal,
	SSPACE = 8192,
	FINALFUNC = sparkify_rows_agg_finalfn,
	FINALFUNC_MODIFY = READ_WRITE,
	COMBINEFUNC = sparkify_collect_combinefn,
	SERIALFUNC = sparkify_collect_serialfn,
	DESERIALFUNC = sparkify_collect_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sparkify_rows_agg(anyelement, record, text[], text, text) IS 'internal: what collects the rows of a source, grp names the column that tells their groups, snapshot that of their dates';

-- unsafe: runs queries and starts parallel workers of its own
CREATE FUNCTION churn_train(source text, label text DEFAULT 'churned', algorithm text DEFAULT 'random_forest',
	options jsonb DEFAULT '{}', exclude text[] DEFAULT '{userid,as_of}', group_by text DEFAULT NULL,
	id text DEFAULT NULL, "time" text DEFAULT NULL,
	OUT grp text, OUT model churn_model, OUT algorithm text, OUT n_rows bigint, OUT n_positive bigint,
	OUT n_features int, OUT seconds float8) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 1;
COMMENT ON FUNCTION churn_train(text, text, text, jsonb, text[], text, text, text) IS 'trains a model on a table, a view or a query, or one for each value of the column group_by; seconds is the time of training without that of reading the source';

------------------------------------------------------------------------
-- Models: use
------------------------------------------------------------------------

-- stable: binds the row's columns by the names and types in the catalogs.  The
-- cost is that of a hundred trees without a limit of depth, some microseconds;
-- how large a model is is not known when a query is planned.
CREATE FUNCTION sparkify_predict_support(internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT;
COMMENT ON FUNCTION sparkify_predict_support(internal) IS 'planner support function';

CREATE FUNCTION churn_predict(model churn_model, features record) RETURNS float8
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 250 SUPPORT sparkify_predict_support;
COMMENT ON FUNCTION churn_predict(churn_model, record) IS 'probability of churn, 0 to 1, of a row that has the feature columns of the model, in any order, among others';

CREATE FUNCTION churn_at_risk(model churn_model, features record) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 250 SUPPORT sparkify_predict_support;
COMMENT ON FUNCTION churn_at_risk(churn_model, record) IS 'does the row''s probability of churn reach the model''s threshold?';

CREATE FUNCTION sparkify_predict_values(model churn_model, VARIADIC features "any") RETURNS float8
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE COST 250 SUPPORT sparkify_predict_support;
COMMENT ON FUNCTION sparkify_predict_values(churn_model, "any") IS 'internal: as churn_predict, of the features themselves in the model''s order; what churn_score calls';

-- unsafe: runs a query of its own
CREATE FUNCTION churn_score(model churn_model, source text, id text DEFAULT 'userid',
	OUT id text, OUT score float8, OUT at_risk boolean) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 1000;
COMMENT ON FUNCTION churn_score(churn_model, text, text) IS 'the probability of churn of each row of a table, a view or a query, by the column id, and whether it reaches the model''s threshold; id comes as text: join by s.id = u.userid::text';

CREATE FUNCTION churn_fingerprint(model churn_model) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

-- not strict, as those below: a NULL where a model is expected to come out is an accident
CREATE FUNCTION churn_set_threshold(model churn_model, threshold float8) RETURNS churn_model
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

CREATE FUNCTION churn_set_threshold(model churn_forest, threshold float8) RETURNS churn_forest
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

CREATE FUNCTION churn_info(model churn_model) RETURNS jsonb
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION churn_importance(model churn_model, kind text DEFAULT 'impurity',
		OUT feature text, OUT importance float8)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 40;

-- stable: binds the row as churn_predict does, and shows values as the session's
-- settings say.  The cost is that of small models, some tens of microseconds; large
-- ones take milliseconds.  As the model is not known when a query is planned,
-- more would have the planner compile queries over a few hundred users.
CREATE FUNCTION churn_explain(model churn_model, features record,
		OUT feature text, OUT value text, OUT contribution float8)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE COST 10000 ROWS 40 SUPPORT sparkify_predict_support;

CREATE FUNCTION churn_reasons(model churn_model, features record, top int DEFAULT 3) RETURNS text[]
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE COST 10000 SUPPORT sparkify_predict_support;

COMMENT ON FUNCTION churn_fingerprint(churn_model) IS
	'hash of the whole model, 16 hex digits: equal models have equal ones';
COMMENT ON FUNCTION churn_set_threshold(churn_model, float8) IS
	'the model with another decision threshold, between 0 and 1';
COMMENT ON FUNCTION churn_set_threshold(churn_forest, float8) IS
	'the model with another decision threshold, between 0 and 1';
COMMENT ON FUNCTION churn_info(churn_model) IS
	'algorithm, options, training facts, features and size of the model';
COMMENT ON FUNCTION churn_importance(churn_model, text) IS
	'importance of each feature, most important first: its share in what splits take off impurity, or by permutation, the growth of the squared error out of bag when its values are shuffled';

COMMENT ON FUNCTION churn_explain(churn_model, record) IS
	'how far each feature moves the row''s prediction from the average one, furthest first: exact SHAP values, and in the last row, without a feature, the average; they add up to the probability of a forest or a decision tree, to the log-odds of other models, before calibration';
COMMENT ON FUNCTION churn_reasons(churn_model, record, int) IS
	'the features that raise the row''s prediction most, with their values, strongest first';

------------------------------------------------------------------------
-- Judging
------------------------------------------------------------------------

CREATE TYPE churn_metrics AS (
	n bigint,
	positives bigint,
	threshold float8,
	tp bigint,
	fp bigint,
	tn bigint,
	fn bigint,
	accuracy float8,
	precision float8,
	recall float8,
	f1 float8,
	weighted_f1 float8,
	macro_f1 float8,
	auc float8,
	pr_auc float8,
	log_loss float8,
	brier float8,
	baseline_weighted_f1 float8,
	best_threshold float8,
	best_f1 float8,
	ece float8
);
COMMENT ON TYPE churn_metrics IS 'how good churn scores are';
COMMENT ON COLUMN churn_metrics.n IS 'rows judged: those with a label and a score';
COMMENT ON COLUMN churn_metrics.positives IS 'rows that churned';
COMMENT ON COLUMN churn_metrics.threshold IS 'a row is flagged when its score is at least this';
COMMENT ON COLUMN churn_metrics.tp IS 'true positives: flagged and churned';
COMMENT ON COLUMN churn_metrics.fp IS 'false positives: flagged, but stayed';
COMMENT ON COLUMN churn_metrics.tn IS 'true negatives: not flagged and stayed';
COMMENT ON COLUMN churn_metrics.fn IS 'false negatives: not flagged, but churned';
COMMENT ON COLUMN churn_metrics.accuracy IS '(tp + tn) / n';
COMMENT ON COLUMN churn_metrics.precision IS 'of the churn class: tp / (tp + fp); NULL when nothing is flagged';
COMMENT ON COLUMN churn_metrics.recall IS 'of the churn class: tp / (tp + fn); NULL when nobody churned';
COMMENT ON COLUMN churn_metrics.f1 IS 'F1 of the churn class alone: 2 tp / (2 tp + fp + fn), 0 when tp is 0; scikit-learn''s f1_score with average=''binary''';
COMMENT ON COLUMN churn_metrics.weighted_f1 IS 'F1 of both classes, averaged with the number of rows of each class as weight; what Spark''s MulticlassClassificationEvaluator calls f1, scikit-learn''s average=''weighted''';
COMMENT ON COLUMN churn_metrics.macro_f1 IS 'F1 of both classes, plain average; scikit-learn''s average=''macro'' with both labels';
COMMENT ON COLUMN churn_metrics.auc IS 'area under the ROC curve: the probability that somebody who churned scores higher than somebody who stayed, ties counting half; NULL with one class only';
COMMENT ON COLUMN churn_metrics.pr_auc IS 'average precision: the mean over all churned rows of the precision at their score; scikit-learn''s average_precision_score; NULL when nobody churned';
COMMENT ON COLUMN churn_metrics.log_loss IS 'mean of -ln(probability given to what happened), scores clipped to 1e-15 .. 1 - 1e-15';
COMMENT ON COLUMN churn_metrics.brier IS 'mean squared difference between score and label';
COMMENT ON COLUMN churn_metrics.baseline_weighted_f1 IS 'weighted_f1 of the claim that nobody churns';
COMMENT ON COLUMN churn_metrics.best_threshold IS 'the score which, as threshold, gives the best f1 (churn class) on these rows, the highest one on ties; NULL when nobody churned';
COMMENT ON COLUMN churn_metrics.best_f1 IS 'f1 (churn class) at best_threshold';
COMMENT ON COLUMN churn_metrics.ece IS 'expected calibration error: how far, on average over the rows, the mean score of a row''s bin is from the share that churned in it; ten bins of equal width';

CREATE TYPE churn_roc_point AS (
	threshold float8,
	fpr float8,
	tpr float8
);
COMMENT ON TYPE churn_roc_point IS 'a point of the ROC curve';
COMMENT ON COLUMN churn_roc_point.threshold IS 'rows are flagged when their score is at least this; Infinity flags nobody';
COMMENT ON COLUMN churn_roc_point.fpr IS 'false positive rate: of those who stayed, the share flagged';
COMMENT ON COLUMN churn_roc_point.tpr IS 'true positive rate: of those who churned, the share flagged; the same as recall';

CREATE TYPE churn_pr_point AS (
	threshold float8,
	precision float8,
	recall float8
);
COMMENT ON TYPE churn_pr_point IS 'a point of the curve of precision and recall';
COMMENT ON COLUMN churn_pr_point.threshold IS 'rows are flagged when their score is at least this; Infinity flags nobody';
COMMENT ON COLUMN churn_pr_point.precision IS 'of those flagged, the share that churned; 1 where nobody is flagged';
COMMENT ON COLUMN churn_pr_point.recall IS 'of those who churned, the share flagged';

CREATE TYPE churn_lift_decile AS (
	decile int,
	n bigint,
	min_score float8,
	max_score float8,
	churned float8,
	rate float8,
	lift float8,
	capture float8,
	gain float8,
	cumulative_lift float8
);
COMMENT ON TYPE churn_lift_decile IS 'a tenth of the rows, ordered by score';
COMMENT ON COLUMN churn_lift_decile.decile IS '1 scores highest';
COMMENT ON COLUMN churn_lift_decile.n IS 'rows, as ntile(10) deals them out';
COMMENT ON COLUMN churn_lift_decile.min_score IS 'lowest score';
COMMENT ON COLUMN churn_lift_decile.max_score IS 'highest score';
COMMENT ON COLUMN churn_lift_decile.churned IS 'rows that churned; where a border cuts rows with equal scores, those of them who churned are spread evenly over both sides';
COMMENT ON COLUMN churn_lift_decile.rate IS 'churned / n';
COMMENT ON COLUMN churn_lift_decile.lift IS 'rate against the rate of all rows; NULL when nobody churned';
COMMENT ON COLUMN churn_lift_decile.capture IS 'of all who churned, the share in this decile; NULL when nobody churned';
COMMENT ON COLUMN churn_lift_decile.gain IS 'capture of this and all higher deciles together';
COMMENT ON COLUMN churn_lift_decile.cumulative_lift IS 'lift of this and all higher deciles together';

CREATE TYPE churn_calibration_bin AS (
	bin int,
	low float8,
	high float8,
	n bigint,
	mean_score float8,
	rate float8
);
COMMENT ON TYPE churn_calibration_bin IS 'rows with about the same score';
COMMENT ON COLUMN churn_calibration_bin.bin IS 'from 1';
COMMENT ON COLUMN churn_calibration_bin.low IS 'scores are greater than this; the first bin takes 0, too';
COMMENT ON COLUMN churn_calibration_bin.high IS 'scores are at most this';
COMMENT ON COLUMN churn_calibration_bin.n IS 'rows';
COMMENT ON COLUMN churn_calibration_bin.mean_score IS 'what share should have churned';
COMMENT ON COLUMN churn_calibration_bin.rate IS 'what share did churn';

-- one state for all of the aggregates that follow: core/scores.h

CREATE FUNCTION sparkify_scores_transfn(internal, anyelement, float8) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_scores_transfn(internal, anyelement, float8) IS 'aggregate transition function';

CREATE FUNCTION sparkify_scores_transfn(internal, anyelement, float8, float8) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_scores_transfn(internal, anyelement, float8, float8) IS 'aggregate transition function';

CREATE FUNCTION sparkify_scores_bins_transfn(internal, anyelement, float8, int) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_scores_bins_transfn(internal, anyelement, float8, int) IS 'aggregate transition function';

CREATE FUNCTION sparkify_scores_costs_transfn(internal, anyelement, float8, float8, float8) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_scores_costs_transfn(internal, anyelement, float8, float8, float8) IS 'aggregate transition function';

CREATE FUNCTION sparkify_scores_budget_transfn(internal, anyelement, float8, bigint) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_scores_budget_transfn(internal, anyelement, float8, bigint) IS 'aggregate transition function';

CREATE FUNCTION sparkify_scores_combinefn(internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_scores_combinefn(internal, internal) IS 'aggregate combine function';

CREATE FUNCTION sparkify_scores_serialfn(internal) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_scores_serialfn(internal) IS 'aggregate serial function';

CREATE FUNCTION sparkify_scores_deserialfn(bytea, internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_scores_deserialfn(bytea, internal) IS 'aggregate deserial function';

CREATE FUNCTION sparkify_metrics_finalfn(internal) RETURNS churn_metrics
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_metrics_finalfn(internal) IS 'aggregate final function';

CREATE FUNCTION sparkify_roc_finalfn(internal) RETURNS churn_roc_point[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_roc_finalfn(internal) IS 'aggregate final function';

CREATE FUNCTION sparkify_pr_finalfn(internal) RETURNS churn_pr_point[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_pr_finalfn(internal) IS 'aggregate final function';

CREATE FUNCTION sparkify_lift_finalfn(internal) RETURNS churn_lift_decile[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_lift_finalfn(internal) IS 'aggregate final function';

CREATE FUNCTION sparkify_calibration_finalfn(internal) RETURNS churn_calibration_bin[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_calibration_finalfn(internal) IS 'aggregate final function';

CREATE FUNCTION sparkify_threshold_finalfn(internal) RETURNS float8
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_threshold_finalfn(internal) IS 'aggregate final function';

-- sspace: a state with room for its first 64 rows; 8 bytes for each one more, up to 32 MB
CREATE AGGREGATE churn_metrics(label anyelement, score float8) (
	SFUNC = sparkify_scores_transfn,
	STYPE = internal,
	SSPACE = 700,
	FINALFUNC = sparkify_metrics_finalfn,
	COMBINEFUNC = sparkify_scores_combinefn,
	SERIALFUNC = sparkify_scores_serialfn,
	DESERIALFUNC = sparkify_scores_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_metrics(anyelement, float8) IS 'judges churn scores (0..1) against labels (boolean or 0 and 1), flagging at 0.5; rows with a NULL are ignored';

CREATE AGGREGATE churn_metrics(label anyelement, score float8, threshold float8) (
	SFUNC = sparkify_scores_transfn,
	STYPE = internal,
	SSPACE = 700,
	FINALFUNC = sparkify_metrics_finalfn,
	COMBINEFUNC = sparkify_scores_combinefn,
	SERIALFUNC = sparkify_scores_serialfn,
	DESERIALFUNC = sparkify_scores_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_metrics(anyelement, float8, float8) IS 'judges churn scores (0..1) against labels (boolean or 0 and 1), flagging at a threshold, the same in all rows; rows with a NULL label or score are ignored';

CREATE AGGREGATE churn_roc(label anyelement, score float8) (
	SFUNC = sparkify_scores_transfn,
	STYPE = internal,
	SSPACE = 700,
	FINALFUNC = sparkify_roc_finalfn,
	COMBINEFUNC = sparkify_scores_combinefn,
	SERIALFUNC = sparkify_scores_serialfn,
	DESERIALFUNC = sparkify_scores_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_roc(anyelement, float8) IS 'ROC curve of churn scores, from the threshold that flags nobody to the one that flags everybody; NULL with one class only';

CREATE AGGREGATE churn_pr(label anyelement, score float8) (
	SFUNC = sparkify_scores_transfn,
	STYPE = internal,
	SSPACE = 700,
	FINALFUNC = sparkify_pr_finalfn,
	COMBINEFUNC = sparkify_scores_combinefn,
	SERIALFUNC = sparkify_scores_serialfn,
	DESERIALFUNC = sparkify_scores_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_pr(anyelement, float8) IS 'curve of precision and recall of churn scores, one point for each score of somebody who churned; NULL when nobody churned';

CREATE AGGREGATE churn_lift(label anyelement, score float8) (
	SFUNC = sparkify_scores_transfn,
	STYPE = internal,
	SSPACE = 700,
	FINALFUNC = sparkify_lift_finalfn,
	COMBINEFUNC = sparkify_scores_combinefn,
	SERIALFUNC = sparkify_scores_serialfn,
	DESERIALFUNC = sparkify_scores_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_lift(anyelement, float8) IS 'what churn scores are worth, tenth by tenth, highest scores first';

CREATE AGGREGATE churn_calibration(label anyelement, score float8) (
	SFUNC = sparkify_scores_transfn,
	STYPE = internal,
	SSPACE = 700,
	FINALFUNC = sparkify_calibration_finalfn,
	COMBINEFUNC = sparkify_scores_combinefn,
	SERIALFUNC = sparkify_scores_serialfn,
	DESERIALFUNC = sparkify_scores_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_calibration(anyelement, float8) IS 'mean churn score and share that churned in ten bins of equal width, but those without rows';

CREATE AGGREGATE churn_calibration(label anyelement, score float8, bins int) (
	SFUNC = sparkify_scores_bins_transfn,
	STYPE = internal,
	SSPACE = 700,
	FINALFUNC = sparkify_calibration_finalfn,
	COMBINEFUNC = sparkify_scores_combinefn,
	SERIALFUNC = sparkify_scores_serialfn,
	DESERIALFUNC = sparkify_scores_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_calibration(anyelement, float8, int) IS 'mean churn score and share that churned in bins of equal width, but those without rows';

CREATE AGGREGATE churn_threshold(label anyelement, score float8) (
	SFUNC = sparkify_scores_transfn,
	STYPE = internal,
	SSPACE = 700,
	FINALFUNC = sparkify_threshold_finalfn,
	COMBINEFUNC = sparkify_scores_combinefn,
	SERIALFUNC = sparkify_scores_serialfn,
	DESERIALFUNC = sparkify_scores_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_threshold(anyelement, float8) IS 'the threshold with the best F1 of the churn class; NULL when nobody churned';

CREATE AGGREGATE churn_threshold(label anyelement, score float8, cost_false_alarm float8, cost_missed float8) (
	SFUNC = sparkify_scores_costs_transfn,
	STYPE = internal,
	SSPACE = 700,
	FINALFUNC = sparkify_threshold_finalfn,
	COMBINEFUNC = sparkify_scores_combinefn,
	SERIALFUNC = sparkify_scores_serialfn,
	DESERIALFUNC = sparkify_scores_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_threshold(anyelement, float8, float8, float8) IS 'the threshold at which false alarms and missed churners cost least';

CREATE AGGREGATE churn_threshold(label anyelement, score float8, budget bigint) (
	SFUNC = sparkify_scores_budget_transfn,
	STYPE = internal,
	SSPACE = 700,
	FINALFUNC = sparkify_threshold_finalfn,
	COMBINEFUNC = sparkify_scores_combinefn,
	SERIALFUNC = sparkify_scores_serialfn,
	DESERIALFUNC = sparkify_scores_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_threshold(anyelement, float8, bigint) IS 'the threshold that flags as many rows as possible, but no more than the budget';

-- unsafe: runs a query of its own
CREATE FUNCTION churn_evaluate(model churn_model, source text, label text DEFAULT 'churned',
	OUT metric text, OUT value float8, OUT baseline float8, OUT meaning text) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 21;
COMMENT ON FUNCTION churn_evaluate(churn_model, text, text) IS 'judges a model on the rows of a table, a view or a query, at the model''s own threshold: a figure a row, beside it what "nobody churns", or else a score that knows nothing, has, and what it means';

-- unsafe: runs queries and starts parallel workers of its own
CREATE FUNCTION churn_compare(source text, label text DEFAULT 'churned',
	algorithms text[] DEFAULT '{random_forest,gradient_boosting,logistic_regression,naive_bayes}',
	folds int DEFAULT 3, holdout float8 DEFAULT 0.2, metric text DEFAULT 'weighted_f1', grid jsonb DEFAULT '{}',
	exclude text[] DEFAULT '{userid,as_of}', seed bigint DEFAULT 42,
	id text DEFAULT NULL, "time" text DEFAULT NULL,
	OUT rank int, OUT algorithm text, OUT options jsonb, OUT cv_mean float8, OUT cv_sd float8,
	OUT difference float8, OUT p_value float8, OUT holdout churn_metrics, OUT spread_34 float8[],
	OUT seconds float8, OUT model churn_model) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 5;
COMMENT ON FUNCTION churn_compare(text, text, text[], int, float8, text, jsonb, text[], bigint, text, text) IS 'compares models by stratified cross-validation in which the rows of one user stay together, and by a holdout that none of them has seen; a row for each model, the best one first, and one for the baseline that knows the share of churn only';

-- unsafe: runs queries and starts parallel workers of its own
CREATE FUNCTION churn_backtest(profiles text, as_of date[], horizon interval DEFAULT '14 days',
	event text DEFAULT 'cancel', algorithm text DEFAULT 'random_forest', options jsonb DEFAULT '{}',
	id text DEFAULT 'userid', profile text DEFAULT NULL, log_end date DEFAULT NULL,
	OUT as_of date, OUT trained_from date, OUT trained_to date, OUT n_train bigint, OUT n_train_positive bigint,
	OUT metrics churn_metrics, OUT seconds float8, OUT model churn_model) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 10;
COMMENT ON FUNCTION churn_backtest(text, date[], interval, text, text, jsonb, text, text, date) IS 'trains on the dates whose horizon has ended by a date and judges on that date, for each date that has such dates before it, from a table, a view or a query with a column of profiles';

-- unsafe: runs queries of its own
CREATE FUNCTION churn_audit(source text, label text DEFAULT 'churned', exclude text[] DEFAULT '{userid,as_of}',
	id text DEFAULT NULL, "time" text DEFAULT NULL,
	OUT feature text, OUT auc float8, OUT note text) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 40;
COMMENT ON FUNCTION churn_audit(text, text, text[], text, text) IS 'what each column of a table, a view or a query tells of the label, the most telling first, and what speaks against it as a feature';
