-- churn_profile of any log: the text, both ways
SET timezone = 'America/New_York';	-- nothing may depend on it
SET datestyle = 'German';

CREATE TABLE ev (ts timestamptz, event text, session bigint, amount numeric, level text);
INSERT INTO ev VALUES
	('2024-03-01 10:00:00+00', 'view', 7, NULL, 'free'),
	('2024-03-01 10:20:00+00', 'buy', 7, 19.99, 'paid'),
	('2024-03-01 11:00:00.000001+00', 'buy', -9223372036854775808, 0.000001, 'paid'),
	('2024-03-01 11:00:00.5+00', 'buy', NULL, -5, NULL),
	('2024-03-01 11:00:00.5+00', 'free of charge', NULL, 0, NULL),
	('2024-03-02 00:00:00+00', '', NULL, NULL, ''),
	('2024-03-03 23:59:59+00', 'a "quoted" \ name', NULL, NULL, NULL),
	('2024-03-03 23:59:59+00', E'line\nand\ttab \x7f \x01', NULL, NULL, NULL),
	('2024-03-03 23:59:59+00', 'Crème brûlée 😀 שלום', NULL, 1e12, 'größer'),
	('2024-03-03 23:59:59+00', 'view', NULL, NULL, NULL),
	('2024-03-03 23:59:59+00', 'View', NULL, NULL, NULL),
	('2024-03-04 00:00:00+00', repeat('long ', 60), NULL, 2.5, repeat('l', 256)),
	('0044-03-15 00:00:00+00 BC', 'stab', NULL, NULL, NULL);
CREATE TABLE prof (p churn_profile);
INSERT INTO prof SELECT churn_profile(ts, event, session, amount, level) FROM ev;
\pset format unaligned
\pset tuples_only on
SELECT replace(p::text, '{"day"', E'\n{"day"') FROM prof;
-- ids of text and uuid are a hash
SELECT churn_profile(ts, 'view', s) FROM (VALUES ('2024-03-01 00:00:00+00'::timestamptz, 'abc'::text)) AS v (ts, s);
SELECT churn_profile(ts, 'view', s) FROM (VALUES ('2024-03-01 00:00:00+00'::timestamptz, '5b30857f-0bfa-48b5-ac0b-5c64e28078d1'::uuid)) AS v (ts, s);
\pset tuples_only off
\pset format aligned
-- the same bytes again, by way of json and jsonb, too, which order members as they please
SELECT p::text::churn_profile = p AS text, p::json::text::churn_profile = p AS json, p::jsonb::text::churn_profile = p AS jsonb,
	to_jsonb(prof) -> 'p' = p::jsonb AS row, p::json::text = p::text AS same_text FROM prof;
SELECT k, v FROM prof, jsonb_each(p::jsonb #> '{days,1,events}') AS e (k, v) ORDER BY k COLLATE "C";
SELECT sum((e.value #>> '{sum}')::numeric) AS sum, sum((e.value #>> '{refunds}')::numeric) AS refunds
FROM prof, jsonb_array_elements(p::jsonb -> 'days') AS d, jsonb_each(d -> 'events') AS e WHERE e.key = 'buy';
-- amounts at the limits, and beyond them where they stick
SELECT p::jsonb #> '{days,0,events,buy}' AS buy, p::text::churn_profile = p AS same
FROM (SELECT churn_profile(ts, 'buy', NULL::int, a) FROM (VALUES ('2024-03-01 00:00:00+00'::timestamptz, 9.2e12), ('2024-03-01 00:00:00+00', -9.2e12), ('2024-03-01 00:00:00+00', 9.2e12), ('2024-03-01 00:00:00+00', -9.2e12)) AS v (ts, a)) AS x (p);
-- the ends of the calendar
SELECT p::text::churn_profile = p AS same, p::jsonb #>> '{days,0,day}' AS first, p::jsonb #>> '{days,1,sessions,0,last}' AS last FROM (
	SELECT churn_profile(ts, 'x') FROM (VALUES ('4714-11-24 00:00:00+00 BC'::timestamptz), ('294276-12-31 23:59:59.999999+00')) AS v (ts)) AS x (p);
-- of many names, some are not kept: the text says so
CREATE TABLE many AS
SELECT churn_profile('2024-03-01 00:00:00+00'::timestamptz + n * interval '1 hour', 'page ' || n, n, n, 'level ' || n) AS p
FROM generate_series(1, 1500) AS n;
SELECT p::text::churn_profile = p AS same, p::jsonb - 'days' AS header,
	(SELECT count(DISTINCT k) FROM jsonb_array_elements(p::jsonb -> 'days') AS d, jsonb_object_keys(d -> 'events') AS k) AS names,
	(SELECT sum((d #>> '{other_events,events}')::int) FROM jsonb_array_elements(p::jsonb -> 'days') AS d) AS others,
	(SELECT count(DISTINCT k) FROM jsonb_array_elements(p::jsonb -> 'days') AS d, jsonb_object_keys(d -> 'levels') AS k) AS levels FROM many;

-- members in any order, white space, escapes; times to the minute, zeros at the end of amounts
\set session '"sessions": [{"first": "2024-03-01T10:00:00Z", "last": "2024-03-01T10:00:00Z"}]'
\pset format unaligned
\pset tuples_only on
SELECT E'{ "days":\n[{"sessions": [{"last": "2024-03-01T10:05Z", "first": "2024-03-01T10:00:00.0Z", "hash": "00000000ff"}], "events": {"v\\u0069ew \\ud83d\\ude00": {"sum": 1.50, "amounts": 1, "events": 2}}, "day": "2024-03-01"}],\t"more_names":false , "version": 2}'::churn_profile;
-- names that differ in their escapes only are one
SELECT ('{"version": 2, "days": [{"day": "2024-03-01", "events": {"view": 1, "vi\u0065w": 1}, ' || :'session' || '}]}')::churn_profile;
\pset tuples_only off
\pset format aligned

-- refusals
SELECT '{"version": 2, "days": []}'::churn_profile;
SELECT '{"version": 1, "days": []}'::churn_profile;
SELECT '{"version": 3, "days": []}'::churn_profile;
SELECT '{"version": "2", "days": []}'::churn_profile;
SELECT '{"days": []}'::churn_profile;
SELECT '{"version": 2, "days": {}}'::churn_profile;
SELECT '{"version": 2, "days": [], "days": []}'::churn_profile;
SELECT '{"version": 2, "days": [], "slices": []}'::churn_profile;
SELECT '{"version": 2, "days": []} x'::churn_profile;
SELECT '{"version": 2, "more_names": 1, "days": []}'::churn_profile;
SELECT '{"version": 2, "days": [1]}'::churn_profile;
SELECT '{"version": 2, "days": [{}]}'::churn_profile;
SELECT '{"version": 2, "days": [{"day": "2024-03-01"}]}'::churn_profile;
SELECT '{"version": 2, "days": [{"day": "2024-03-01", "events": {}}]}'::churn_profile;
SELECT '{"version": 2, "days": [{"day": "2024-03-32", "events": {}, "sessions": []}]}'::churn_profile;
SELECT '{"version": 2, "days": [{"day": "2024-03-01", "events": {}, "sessions": []}]}'::churn_profile;
CREATE FUNCTION of_day(members text) RETURNS churn_profile LANGUAGE sql AS
	$$SELECT ('{"version": 2, "days": [{"day": "2024-03-01", ' || members || '}]}')::churn_profile$$;
\set VERBOSITY terse
CREATE FUNCTION refusal(members text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	why text;
BEGIN
	PERFORM of_day(members);
	RETURN 'none';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS why = PG_EXCEPTION_DETAIL;
	RETURN SQLSTATE || ': ' || why;
END$$;
SELECT regexp_replace(left(members, 100), '\s*"sessions.*', '') AS members, refusal(members) FROM unnest(ARRAY[
	'"events": {"a": 1}, ' || :'session',
	-- what is counted
	'"events": {"a": 0}, ' || :'session',
	'"events": {"a": 4294967296}, ' || :'session',
	'"events": {"a": 1.0}, ' || :'session',
	'"events": {"a": "1"}, ' || :'session',
	'"events": {"a": null}, ' || :'session',
	'"events": {"a": {"events": 1}}, ' || :'session',
	'"events": {"a": {"events": 1, "amounts": 2}}, ' || :'session',
	'"events": {"a": {"events": 1, "amounts": 1, "amounts": 1}}, ' || :'session',
	'"events": {"a": {"events": 1, "amounts": 1, "net": 1}}, ' || :'session',
	'"events": {"a": {"events": 1, "amounts": 1, "sum": 1, "sum": 1}}, ' || :'session',
	'"events": {"a": {"events": 1, "amounts": 1, "sum": 0}}, ' || :'session',
	'"events": {"a": {"events": 1, "amounts": 1, "sum": 0.0}}, ' || :'session',
	'"events": {"a": {"events": 1, "amounts": 1, "sum": -1.5}}, ' || :'session',
	'"events": {"a": {"events": 1, "amounts": 1, "sum": 1e3}}, ' || :'session',
	'"events": {"a": {"events": 1, "amounts": 1, "sum": 1.0000001}}, ' || :'session',
	'"events": {"a": {"events": 1, "amounts": 1, "sum": "1"}}, ' || :'session',
	'"events": {"a": {"events": 1, "amounts": 1, "sum": 9223372036854.775807}}, ' || :'session',
	'"events": {"a": {"events": 1, "amounts": 1, "sum": 9223372036854.775808}}, ' || :'session',
	'"events": {"a": {"events": 1, "amounts": 1, "sum": 9223372036855}}, ' || :'session',
	'"events": {"a": {"events": 1, "amounts": 1, "sum": 18446744073709551617}}, ' || :'session',
	'"events": {"a": 1}, "hours": 23, ' || :'session',
	'"events": {"a": 1}, "hours": 24, ' || :'session',
	'"events": {"a": 1}, "hours": 18446744073709551615, ' || :'session',
	-- names
	'"events": {"a": 1, "a": 1}, ' || :'session',
	'"events": {"' || repeat('a', 255) || '": 1}, ' || :'session',
	'"events": {"' || repeat('a', 256) || '": 1}, ' || :'session',
	'"events": {"' || repeat('a', 70000) || '": 1}, ' || :'session',
	'"events": {"a\u0000b": 1}, ' || :'session',
	'"events": {"\ud83d": 1}, ' || :'session',
	'"events": {a: 1}, ' || :'session',
	'"events": {''a'': 1}, ' || :'session',
	'"events": {}, "other_events": 2, ' || :'session',
	'"events": [["a", 1]], ' || :'session',
	-- levels
	'"events": {"a": 2}, "levels": {"x": 1, "y": 1}, "last_level": "y", "last_level_at": "2024-03-01T10:00:00Z", ' || :'session',
	'"events": {"a": 1}, "levels": {"x": 1}, ' || :'session',
	'"events": {"a": 1}, "levels": {"x": 1}, "last_level": "x", ' || :'session',
	'"events": {"a": 1}, "levels": {"x": 1}, "last_level": "y", "last_level_at": "2024-03-01T10:00:00Z", ' || :'session',
	'"events": {"a": 1}, "levels": {"x": 1}, "last_level_at": "2024-03-01T10:00:00Z", ' || :'session',
	'"events": {"a": 1}, "levels": {"x": 2}, "last_level": "x", "last_level_at": "2024-03-01T10:00:00Z", ' || :'session',
	'"events": {"a": 1}, "levels": {"x": 1}, "last_level": "x", "last_level_at": "2024-03-01T10:00:01Z", ' || :'session',
	'"events": {"a": 1}, "last_level": "x", "last_level_at": "2024-03-01T10:00:00Z", ' || :'session',
	'"events": {"a": 1}, "other_levels": 1, "last_level_at": "2024-03-01T10:00:00Z", ' || :'session',
	'"events": {"a": 1}, "levels": {"x": {"events": 1}}, "last_level": "x", "last_level_at": "2024-03-01T10:00:00Z", ' || :'session',
	-- sessions
	'"events": {"a": 1}, "sessions": {}',
	'"events": {"a": 1}, "sessions": [7]',
	'"events": {"a": 1}, "sessions": [{"first": "2024-03-01T10:00:00Z"}]',
	'"events": {"a": 2}, "sessions": [{"first": "2024-03-01T10:00:00Z", "last": "2024-03-01T09:00:00Z"}]',
	'"events": {"a": 2}, "sessions": [{"first": "2024-03-02T10:00:00Z", "last": "2024-03-02T10:00:00Z"}]',
	'"events": {"a": 2}, "sessions": [{"first": "2024-03-01T10:00:00", "last": "2024-03-01T10:00:00Z"}]',
	'"events": {"a": 2}, "sessions": [{"first": "infinity", "last": "2024-03-01T10:00:00Z"}]',
	'"events": {"a": 1}, "sessions": [{"id": 1, "hash": "0000000001", "first": "2024-03-01T10:00:00Z", "last": "2024-03-01T10:00:00Z"}]',
	'"events": {"a": 1}, "sessions": [{"id": "1", "first": "2024-03-01T10:00:00Z", "last": "2024-03-01T10:00:00Z"}]',
	'"events": {"a": 1}, "sessions": [{"id": -9223372036854775808, "first": "2024-03-01T10:00:00Z", "last": "2024-03-01T10:00:00Z"}]',
	'"events": {"a": 1}, "sessions": [{"id": -9223372036854775809, "first": "2024-03-01T10:00:00Z", "last": "2024-03-01T10:00:00Z"}]',
	'"events": {"a": 1}, "sessions": [{"id": 9223372036854775808, "first": "2024-03-01T10:00:00Z", "last": "2024-03-01T10:00:00Z"}]',
	'"events": {"a": 1}, "sessions": [{"hash": "1", "first": "2024-03-01T10:00:00Z", "last": "2024-03-01T10:00:00Z"}]',
	'"events": {"a": 1}, "sessions": [{"hash": "FFFFFFFFFF", "first": "2024-03-01T10:00:00Z", "last": "2024-03-01T10:00:00Z"}]',
	'"events": {"a": 1}, "sessions": [{"hash": "00000000000", "first": "2024-03-01T10:00:00Z", "last": "2024-03-01T10:00:00Z"}]',
	'"events": {"a": 1}, "sessions": [{"first": "2024-03-01T10:00:00Z", "last": "2024-03-01T10:00:00Z", "first": "2024-03-01T10:00:00Z"}]',
	'"events": {"a": 1}, "sessions": [{"first": "2024-03-01T10:00:00Z", "last": "2024-03-01T10:00:00Z", "user": 1}]',
	-- two sessions need two events, are not the same, and without ids are half an hour apart
	'"events": {"a": 1}, "sessions": [{"id": 1, "first": "2024-03-01T10:00:00Z", "last": "2024-03-01T10:00:00Z"}, {"first": "2024-03-01T11:00:00Z", "last": "2024-03-01T11:00:00Z"}]',
	'"events": {"a": 2}, "sessions": [{"id": 1, "first": "2024-03-01T10:00:00Z", "last": "2024-03-01T10:00:00Z"}, {"id": 1, "first": "2024-03-01T11:00:00Z", "last": "2024-03-01T11:00:00Z"}]',
	'"events": {"a": 2}, "sessions": [{"first": "2024-03-01T10:00:00Z", "last": "2024-03-01T10:00:00Z"}, {"first": "2024-03-01T10:29:59.999999Z", "last": "2024-03-01T10:29:59.999999Z"}]',
	'"events": {"a": 2}, "sessions": [{"first": "2024-03-01T10:00:00Z", "last": "2024-03-01T10:00:00Z"}, {"first": "2024-03-01T10:30:00Z", "last": "2024-03-01T10:30:00Z"}]',
	-- the day
	'"day": "2024-03-02", "events": {"a": 1}, ' || :'session',
	'"page": {}, "events": {"a": 1}, ' || :'session'
]) WITH ORDINALITY AS m (members, n) ORDER BY n;
\set VERBOSITY default
-- days go on, each once
SELECT ('{"version": 2, "days": [' || d || ', ' || d || ']}')::churn_profile
FROM (SELECT '{"day": "2024-03-01", "events": {"a": 1}, ' || :'session' || '}') AS t (d);
-- there are as many names and levels as a profile keeps, and all of them where some were not kept
SELECT of_day('"events": {' || string_agg('"' || n || '": 1', ', ') || '}, ' || :'session') FROM generate_series(1, 1024) AS n;
SELECT of_day('"events": {"a": 64}, "levels": {' || string_agg('"' || n || '": 1', ', ') || '}, ' || :'session') FROM generate_series(1, 64) AS n;
SELECT ('{"version": 2, "more_names": true, "days": [{"day": "2024-03-01", "events": {"a": 1}, ' || :'session' || '}]}')::churn_profile;
SELECT ('{"version": 2, "days": [' || repeat('[', 100))::churn_profile;
SELECT ('{"version": 2, "days": [{"' || repeat('é', 100) || '": 1}]}')::churn_profile;

-- what knows the music log only says so
SELECT churn_features(p) FROM prof;
SELECT f.* FROM prof, churn_features(p, '2024-03-02') AS f;
SELECT churn_last_day(p) FROM prof;
SELECT churn_profile_merge(p, '{"version": 1, "slices": [{"session": 1, "day": "2018-10-01", "pages": {"Cancel": 1}}]}') FROM prof;
SELECT churn_profile_merge('{"version": 1, "slices": [{"session": 1, "day": "2018-10-01", "pages": {"Cancel": 1}}]}', p) FROM prof;
SELECT churn_profile_merge(p) FROM (SELECT p FROM prof UNION ALL
	SELECT '{"version": 1, "slices": [{"session": 1, "day": "2018-10-01", "pages": {"Cancel": 1}}]}') AS x;
DROP FUNCTION refusal, of_day;
DROP TABLE ev, prof, many;
