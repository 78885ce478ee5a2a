------------------------------------------------------------------------
-- Events: one line, one file
------------------------------------------------------------------------

-- events: begin (made by tools/generate.pl)
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
COMMENT ON COLUMN churn_event.ts IS
	'when it happened; in JSON milliseconds since 1970, or ISO 8601';
COMMENT ON COLUMN churn_event.sessionid IS
	'session; repeats across users, so a session is userid and sessionid';
COMMENT ON COLUMN churn_event.length IS 'seconds of the song, only for NextSong';
COMMENT ON COLUMN churn_event.registration IS
	'when the user registered; in JSON milliseconds since 1970, or ISO 8601';
COMMENT ON COLUMN churn_event.status IS 'HTTP status';
COMMENT ON COLUMN churn_event.iteminsession IS 'number of the page view within its session';
COMMENT ON COLUMN churn_event.page IS
	'page, such as NextSong, Thumbs Up or Cancellation Confirmation';
COMMENT ON COLUMN churn_event.level IS 'free or paid';
COMMENT ON COLUMN churn_event.gender IS 'F or M';
COMMENT ON COLUMN churn_event.userid IS 'user; nobody''s where auth is Logged Out or Guest';
COMMENT ON COLUMN churn_event.auth IS 'Logged In, Logged Out, Guest or Cancelled';
COMMENT ON COLUMN churn_event.method IS 'HTTP method';
COMMENT ON COLUMN churn_event.firstname IS 'first name of the user';
COMMENT ON COLUMN churn_event.lastname IS 'last name of the user';
COMMENT ON COLUMN churn_event.location IS 'city and state of the user';
COMMENT ON COLUMN churn_event.useragent IS 'browser';
COMMENT ON COLUMN churn_event.artist IS 'artist, only for NextSong';
COMMENT ON COLUMN churn_event.song IS 'title of the song, only for NextSong';
-- events: end

CREATE FUNCTION churn_parse_event(line text) RETURNS churn_event
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION churn_parse_event(text) IS 'the event of one line of JSON';

CREATE FUNCTION churn_read_events(path text) RETURNS SETOF churn_event
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED ROWS 100000;
COMMENT ON FUNCTION churn_read_events(text) IS 'the events of a JSON-lines file on the server';
