-- the size of the real log of 225 active users in 63 days
CREATE TABLE simulated OF churn_event;
INSERT INTO simulated SELECT * FROM churn_simulate_events(226);

SELECT count(*), count(*) FILTER (WHERE userid <> '') AS of_users,
       count(DISTINCT userid) FILTER (WHERE userid <> '') AS users,
       min(ts) AT TIME ZONE 'UTC' AS first, max(ts) AT TIME ZONE 'UTC' AS last
FROM simulated;
SELECT page, count(*), min(method) AS method, min(status) AS status,
       count(DISTINCT (method, status)) AS replies
FROM simulated GROUP BY page ORDER BY count(*) DESC, page COLLATE "C";
SELECT auth, count(*) FROM simulated GROUP BY auth ORDER BY auth COLLATE "C";
SELECT level, round(count(*)::numeric / sum(count(*)) OVER (), 2) AS share
FROM simulated GROUP BY level ORDER BY level COLLATE "C";

-- sessions are skewed, and their numbers repeat across users
WITH sessions AS (
    SELECT userid, sessionid, count(*) FILTER (WHERE page = 'NextSong') AS songs
    FROM simulated WHERE userid <> '' GROUP BY userid, sessionid
), users AS (
    SELECT userid, count(*) AS n, sum(songs) AS songs FROM sessions GROUP BY userid
)
SELECT (SELECT round(avg(songs)) FROM sessions) AS songs_per_session,
       (SELECT count(*) > count(DISTINCT sessionid) FROM sessions) AS numbers_repeat,
       round(avg(n), 1) AS sessions, percentile_disc(0.25) WITHIN GROUP (ORDER BY n) AS quarter,
       percentile_disc(0.5) WITHIN GROUP (ORDER BY n) AS median, max(n), max(songs) AS max_songs
FROM users;

-- the day has a cycle
SELECT extract(hour FROM ts AT TIME ZONE 'UTC')::int / 6 AS quarter,
       round(count(*)::numeric / sum(count(*)) OVER (), 2) AS share
FROM simulated GROUP BY 1 ORDER BY 1;

-- songs
SELECT round(avg(length)::numeric) AS mean_length, min(length) > 20 AND max(length) < 2000 AS plausible,
       bool_and(length = round(length::numeric, 5)::float8) AS five_decimals,
       count(DISTINCT artist) > 5000 AS many_artists, count(DISTINCT (artist, song)) > 50000 AS many_songs
FROM simulated WHERE page = 'NextSong';
SELECT count(*) AS wrong FROM simulated
WHERE (page = 'NextSong') IS DISTINCT FROM
      (artist IS NOT NULL AND song IS NOT NULL AND length IS NOT NULL)
   OR (page <> 'NextSong' AND num_nonnulls(artist, song, length) > 0);

-- who is not logged in has no name
SELECT count(*) AS wrong FROM simulated
WHERE (userid = '') IS DISTINCT FROM (auth IN ('Logged Out', 'Guest'))
   OR num_nonnulls(userid, ts, sessionid, page, auth, method, level, status, iteminsession) < 9
   OR num_nonnulls(location, useragent, lastname, firstname, gender, registration)
      <> CASE WHEN userid = '' THEN 0 ELSE 6 END;

-- users keep their names, and have registered before they are seen
SELECT count(*) AS wrong FROM (
    SELECT FROM simulated WHERE userid <> '' GROUP BY userid
    HAVING count(DISTINCT (location, useragent, lastname, firstname, gender, registration)) <> 1
        OR min(registration) > min(ts)) AS u;

-- names are as hostile as real ones
SELECT bool_or(artist ~ '[^\x01-\x7f]') AS artist_letters, bool_or(artist ~ '"') AS artist_quote,
       bool_or(artist ~ '\\') AS artist_backslash, bool_or(song ~ '[^\x01-\x7f]') AS song_letters,
       bool_or(song ~ '''') AS song_apostrophe, bool_or(useragent ~ '"') AS agent_quote,
       bool_or(firstname ~ '[^\x01-\x7f]') AS name_letters, bool_or(lastname ~ '''') AS name_apostrophe
FROM simulated;

SELECT avg((concat(firstname, lastname, artist, song) ~ '[^\x01-\x7f]')::int) BETWEEN 0.03 AND 0.06 AS some_rows,
       avg((useragent ~ '^"')::int) BETWEEN 0.6 AND 0.9 AS most_agents
FROM simulated;

-- items of a session count up from 0
SELECT count(*) AS wrong FROM (
    SELECT FROM simulated WHERE userid <> '' GROUP BY userid, sessionid
    HAVING min(iteminsession) < 0 OR count(*) <> count(DISTINCT iteminsession)
        OR count(*) > max(iteminsession) + 1) AS s;

-- a change of level follows its page
WITH changes AS (
    SELECT level, lag(level) OVER w AS before, lag(page) OVER w AS page
    FROM simulated WHERE userid <> ''
    WINDOW w AS (PARTITION BY userid ORDER BY ts, iteminsession)
)
SELECT page, before, level, count(*) FROM changes
WHERE level <> before OR page IN ('Submit Upgrade', 'Submit Downgrade')
GROUP BY page, before, level ORDER BY page COLLATE "C";

-- who cancels never comes back; both pages can have the same time
WITH churned AS (
    SELECT userid, ts FROM simulated WHERE page = 'Cancellation Confirmation'
)
SELECT count(*) AS churned, count(DISTINCT c.userid) AS users,
       (SELECT count(*) FROM simulated s JOIN churned c USING (userid)
        WHERE s.ts > c.ts OR (s.ts = c.ts AND s.page NOT IN ('Cancel', 'Cancellation Confirmation'))) AS after,
       (SELECT count(*) FROM simulated s JOIN churned c USING (userid, ts)
        WHERE s.page = 'Cancel') BETWEEN 10 AND count(*) - 10 AS some_tie,
       (SELECT bool_and((auth = 'Cancelled') = (page = 'Cancellation Confirmation'))
        FROM simulated) AS auth
FROM churned c;

-- rows come in order of time
SELECT count(*) AS wrong
FROM (SELECT ts, lag(ts) OVER (ORDER BY ordinality) AS before
      FROM churn_simulate_events(50) WITH ORDINALITY) AS t
WHERE ts < before;

-- about 23 % leave, in all parts of the log
SELECT count(DISTINCT userid) FILTER (WHERE page = 'Cancellation Confirmation')::float8
       / count(DISTINCT userid) BETWEEN 0.19 AND 0.27 AS share,
       count(*) FILTER (WHERE page = 'Cancel' AND ts < '2018-10-22 UTC') > 15 AS early,
       count(*) FILTER (WHERE page = 'Cancel' AND ts >= '2018-11-12 UTC') > 15 AS late
FROM churn_simulate_events(500, seed => 7) WHERE userid <> '';

-- the same arguments give the same rows, on every machine
SELECT count(*), md5(string_agg(e::text, E'\n'))
FROM (SELECT ts AT TIME ZONE 'UTC', sessionid, length::numeric(10, 5), registration AT TIME ZONE 'UTC',
             status, iteminsession, page, level, gender, userid, auth, method, firstname, lastname,
             location, useragent, artist, song
      FROM churn_simulate_events(20)) AS e;
SELECT (SELECT md5(string_agg(e::text, E'\n')) FROM churn_simulate_events(5, 30, 1) e) =
       (SELECT md5(string_agg(e::text, E'\n')) FROM churn_simulate_events(5, 30, 1) e) AS same,
       (SELECT md5(string_agg(e::text, E'\n')) FROM churn_simulate_events(5, 30, 1) e) <>
       (SELECT md5(string_agg(e::text, E'\n')) FROM churn_simulate_events(5, 30, -1) e) AS other_seed;

-- a log ends on its last day
SELECT min(ts) >= '2018-10-01 UTC' AND max(ts) < '2018-10-02 UTC' AS one_day FROM churn_simulate_events(100, 1);

-- in the select list the log streams
SELECT page, userid FROM (SELECT (e).* FROM (SELECT churn_simulate_events(10000) AS e LIMIT 2) AS s) AS r;

-- the planner knows how many rows to expect
CREATE FUNCTION estimated_rows(query text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
    RETURN plan -> 0 -> 'Plan' ->> 'Plan Rows';
END $$;
SELECT estimated_rows('SELECT * FROM churn_simulate_events(226)') BETWEEN 200000 AND 400000 AS users,
       estimated_rows('SELECT * FROM churn_simulate_events(226, 1)') < 10000 AS days;

-- refusals
SELECT count(*) FROM churn_simulate_events(NULL);
SELECT count(*) FROM churn_simulate_events(1, NULL);
SELECT count(*) FROM churn_simulate_events(0);
SELECT count(*) FROM churn_simulate_events(-1);
SELECT count(*) FROM churn_simulate_events(10000001);
SELECT count(*) FROM churn_simulate_events(1, 0);
SELECT count(*) FROM churn_simulate_events(1, 3651);
SELECT count(*) FROM churn_simulate_events('many');

DROP FUNCTION estimated_rows(text);
DROP TABLE simulated;
