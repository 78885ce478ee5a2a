-- churn_profile as a value: operators, operator classes, casts to json
CREATE TABLE up AS
SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile
FROM churn_simulate_events(20) WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid;
CREATE UNIQUE INDEX ON up (userid);
ANALYZE up;
SELECT count(*) > 10 AS enough, count(DISTINCT profile) = count(*) AS distinct_ones FROM up;

-- the order is that of the bytes
SELECT bool_and((a.profile = b.profile) = (x = y)) AS eq, bool_and((a.profile <> b.profile) = (x <> y)) AS ne,
	bool_and((a.profile < b.profile) = (x < y)) AS lt, bool_and((a.profile <= b.profile) = (x <= y)) AS le,
	bool_and((a.profile > b.profile) = (x > y)) AS gt, bool_and((a.profile >= b.profile) = (x >= y)) AS ge,
	bool_and(sparkify_profile_cmp(a.profile, b.profile) = CASE WHEN x < y THEN -1 WHEN x > y THEN 1 ELSE 0 END) AS cmp
FROM up AS a, up AS b, sparkify_profile_send(a.profile) AS x, sparkify_profile_send(b.profile) AS y;
SELECT profile = NULL AS eq, profile <> NULL AS ne, profile < NULL AS lt, profile IS DISTINCT FROM NULL AS is_distinct
FROM up LIMIT 1;
-- one that begins as another does is greater
SELECT a < b AS less, b > a AS greater FROM (SELECT
	'{"version": 1, "slices": [{"session": 1, "day": "2018-10-01", "pages": {"Cancel": 1}}]}'::churn_profile AS a,
	'{"version": 1, "slices": [{"session": 1, "day": "2018-10-01", "pages": {"Cancel": 1}}, {"session": 2, "day": "2018-10-01", "pages": {"Cancel": 1}}]}'::churn_profile AS b) AS p;

-- grouping, sets, joins and sorting, by sorting and by hashing
CREATE TABLE twice AS SELECT * FROM up UNION ALL SELECT * FROM up;
ANALYZE twice;
SELECT count(*) = 2 * count(DISTINCT profile) AS twice FROM twice;
SELECT bool_and(n = 2) AS twice FROM (SELECT count(*) AS n FROM twice GROUP BY profile) AS x;
SELECT count(*) FROM (SELECT profile FROM up EXCEPT SELECT profile FROM twice) AS x;
SELECT count(*) = (SELECT count(*) FROM up) AS united FROM (SELECT profile FROM up UNION SELECT profile FROM twice) AS x;
SELECT count(*) FROM up AS a JOIN up AS b USING (userid) WHERE a.* IS DISTINCT FROM b.* OR ROW(a.*) IS DISTINCT FROM ROW(b.*);
SELECT array_agg(profile ORDER BY profile) = array_agg(profile ORDER BY profile) AS equal_arrays FROM up;
SELECT churn_profile_merge(DISTINCT profile) = churn_profile_merge(profile) AS merged_once,
	(SELECT churn_profile_merge(DISTINCT profile) FROM twice) = churn_profile_merge(profile) AS also_of_twice FROM up;
SET enable_nestloop = off;
SET enable_mergejoin = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM up JOIN twice USING (profile);
SELECT count(*) = (SELECT count(*) FROM twice) AS joined FROM up JOIN twice USING (profile);
RESET enable_mergejoin;
SET enable_hashjoin = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM up JOIN twice USING (profile);
SELECT count(*) = (SELECT count(*) FROM twice) AS joined FROM up JOIN twice USING (profile);
RESET enable_hashjoin;
RESET enable_nestloop;
SET enable_hashagg = off;
SELECT count(*) = (SELECT count(*) FROM up) AS grouped FROM (SELECT profile FROM twice GROUP BY profile) AS x;
SET enable_hashagg = on;
SET enable_sort = off;
SELECT count(*) = (SELECT count(*) FROM up) AS grouped FROM (SELECT profile FROM twice GROUP BY profile) AS x;
RESET enable_sort;
RESET enable_hashagg;

-- hashes: those of equal ones are equal, stored in line or out of it
CREATE TABLE stored (p churn_profile);
ALTER TABLE stored ALTER p SET STORAGE EXTERNAL;
INSERT INTO stored SELECT churn_profile_merge(profile) FROM up;
INSERT INTO stored SELECT churn_profile_merge(profile) FROM up;
SELECT count(*), count(DISTINCT p) AS distinct_ones, count(DISTINCT sparkify_profile_hash(p)) AS hashes,
	bool_and(sparkify_profile_hash_extended(p, 0)::bit(32) = sparkify_profile_hash(p)::bit(32)) AS extended,
	bool_and(sparkify_profile_hash_extended(p, 1) <> sparkify_profile_hash_extended(p, 0)) AS seeded,
	bool_and(pg_column_size(p) > 4000) AS large FROM stored;
SELECT s.p = m.p AS eq, s.p <> m.p AS ne, s.p >= m.p AS ge FROM stored AS s, (SELECT churn_profile_merge(profile) AS p FROM up) AS m LIMIT 1;

-- indexes
CREATE INDEX up_btree ON up (profile);
CREATE INDEX up_hash ON up USING hash (profile);
SET enable_seqscan = off;
SELECT count(*) FROM up WHERE profile = (SELECT min_profile FROM (SELECT profile AS min_profile FROM up ORDER BY profile LIMIT 1) AS x);
RESET enable_seqscan;
SELECT amname, opcname, opcdefault FROM pg_opclass JOIN pg_am AS a ON a.oid = opcmethod WHERE opcintype = 'churn_profile'::regtype ORDER BY 1;
SELECT opcname, amvalidate(c.oid) FROM (SELECT oid, opcname FROM pg_opclass WHERE opcintype = 'churn_profile'::regtype) AS c,
	amvalidate(c.oid);
CREATE TABLE parted (userid text, profile churn_profile) PARTITION BY HASH (profile);
CREATE TABLE parted_0 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parted SELECT * FROM up;
SELECT count(DISTINCT tableoid) FROM parted;

-- what did not change is not written again
INSERT INTO up AS u SELECT * FROM up ON CONFLICT (userid) DO UPDATE SET profile = EXCLUDED.profile
WHERE u.profile IS DISTINCT FROM EXCLUDED.profile;
INSERT INTO up AS u SELECT userid, churn_profile_merge(profile, profile) FROM up ON CONFLICT (userid) DO UPDATE SET profile = EXCLUDED.profile
WHERE u.profile IS DISTINCT FROM EXCLUDED.profile AND u.userid = (SELECT min(userid) FROM up);
CREATE FUNCTION changed() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NULL; END IF; RETURN NEW; END $$;
CREATE TRIGGER changed BEFORE UPDATE ON up FOR EACH ROW EXECUTE FUNCTION changed();
WITH u AS (UPDATE up SET profile = profile RETURNING 1) SELECT count(*) FROM u;
WITH u AS (UPDATE up SET profile = churn_profile_merge(profile, profile) WHERE userid = (SELECT min(userid) FROM up) RETURNING 1)
SELECT count(*) FROM u;
CREATE FUNCTION told() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'changed'; RETURN NEW; END $$;
CREATE TRIGGER told BEFORE UPDATE ON up FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION told();
UPDATE up SET userid = userid;
CREATE MATERIALIZED VIEW kept AS SELECT * FROM up;
CREATE UNIQUE INDEX ON kept (userid);
REFRESH MATERIALIZED VIEW CONCURRENTLY kept;

-- as JSON it is an object
SELECT jsonb_typeof(to_jsonb(profile)) AS to_jsonb, json_typeof(to_json(profile)) AS to_json,
	jsonb_typeof(to_jsonb(up) -> 'profile') AS in_row, json_typeof(row_to_json(up) -> 'profile') AS in_row_to_json,
	jsonb_typeof(jsonb_build_object('p', profile) -> 'p') AS built, jsonb_typeof(jsonb_agg(profile) -> 0) AS aggregated,
	profile::jsonb = to_jsonb(profile) AS cast_to_jsonb, profile::json::text = profile::text AS cast_to_json,
	to_jsonb(profile)::text::churn_profile = profile AS comes_back
FROM up GROUP BY userid, profile, up.* ORDER BY userid LIMIT 1;
SELECT to_jsonb(NULL::churn_profile) IS NULL AS nothing;

DROP MATERIALIZED VIEW kept;
DROP TABLE up, twice, stored, parted;
DROP FUNCTION changed(), told();
