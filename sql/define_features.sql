-- churn_define_features: what it makes, of which names, for whom, and what it refuses
\set SHOW_CONTEXT errors
CREATE SCHEMA regress_define_features;
SET search_path = regress_define_features, public;
SELECT count(set_config(name, 'off', false)) AS settings FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
CREATE FUNCTION share(a float8, b float8) RETURNS float8 IMMUTABLE LANGUAGE sql AS 'SELECT CASE WHEN b > 0 THEN a / b END';

-- a shop: 40 customers, 60 days, sessions with and without an id, also across midnight
CREATE TABLE shop AS
SELECT u AS customer, TIMESTAMPTZ '2024-01-01 UTC' + ((u * 31 + i * 7919) % 86400 / 60 + (i * i * 13 + u * 7) % 60 * 1440) * interval '1 min' AS at,
	(ARRAY['view', 'view', 'view', 'search', 'Add to Cart', 'purchase', 'refund', 'cancel'])[1 + (u * 5 + i * 11) % (7 + (i % 23 = 0)::int)] AS event,
	CASE WHEN (u + i) % 3 > 0 THEN (u * 17 + i) % 30 END AS visit,
	CASE WHEN (u * 5 + i * 11) % (7 + (i % 23 = 0)::int) IN (5, 6) THEN ((i * 37 + u) % 1000 - 200) / 4.0 END AS price,
	CASE WHEN i % 4 > 0 THEN (ARRAY['free', 'gold', 'silver'])[1 + (u + i / 20) % 3] END AS plan
FROM generate_series(1, 40) AS u, generate_series(1, 60 + u) AS i;
CREATE TABLE profiles AS
SELECT customer, churn_profile(at, event, visit, price, plan) AS profile FROM shop GROUP BY customer;
ANALYZE shop, profiles;

SELECT count(*) FROM churn_define_features('shop_features', 'profiles', exclude => '{cancel}');
CREATE VIEW training AS
SELECT customer, d AS as_of, f.* FROM profiles AS p, churn_dates('2023-12-25', '2024-03-10', '5 days') AS d, shop_features(p.profile, d) AS f;
CREATE TABLE serial AS SELECT * FROM training;

-- again: new columns are added, nothing is dropped, and names stay with what they are of
CREATE TABLE later AS SELECT customer, churn_profile_merge(profile, (SELECT churn_profile(TIMESTAMP '2024-02-29 12:00', e, NULL, 7, 'Gold') FROM unnest('{add to cart,subscribe}'::text[]) AS e)) AS profile FROM profiles;
SELECT kind, subject, columns, left_out FROM churn_define_features('shop_features', 'later', exclude => '{cancel,search}', windows => '{28,28,14}', families => '{count,window,level}');
SELECT count(*) AS columns FROM pg_attribute WHERE attrelid = 'training'::regclass;
SELECT count(*) = (SELECT count(*) FROM serial) AS still_runs, count(purchase_count) = count(*) AS kept, count(purchase_sum) FROM training;
SELECT f.view_14d >= 0 AS new, f.view_7d AS not_wanted, f.search_count AS excluded, f.events AS no_family, f.level, f.add_to_cart_count + f.add_to_cart_2_count AS carts
FROM later AS p, shop_features(p.profile) AS f WHERE customer = 1;
-- what was there, and is wanted again, comes back under its name
SELECT subject, columns FROM churn_define_features('shop_features', 'profiles', families => '{count,window}') WHERE subject ~ '^(Add|cancel|search)';
SELECT count(f.search_7d) = count(*) AS again, count(f.subscribe_count) = count(*) AS kept FROM profiles AS p, shop_features(p.profile) AS f;

-- a column that somebody has dropped is made again, one that they have added is NULL
ALTER TYPE shop_features_row DROP ATTRIBUTE subscribe_count;
ALTER TYPE shop_features_row ADD ATTRIBUTE refund_share float8;
SELECT count(f.view_7d) FROM profiles AS p, shop_features(p.profile) AS f;
SELECT count(*) FROM churn_define_features('shop_features', 'profiles', families => '{count,window}');
SELECT count(f.subscribe_count) = count(*) AS again, count(f.refund_share) FROM profiles AS p, shop_features(p.profile) AS f;

-- ratios, rates and dates on request
SELECT kind, subject, columns FROM churn_define_features('other', 'profiles', families => '{rate,dates}', windows => '{10}', ratios => '{{purchase,view},{purchase,Add to Cart}}') WHERE subject ~ 'purchase';
SELECT bool_and(f.purchase_per_view IS NOT DISTINCT FROM share(g.purchase_count, g.view_count)) AS ratio, bool_and(f.view_days = churn_active_days(profile, 'view', '2024-01-08')) AS days,
	bool_and(f.view_rate_10d IS NOT DISTINCT FROM share(churn_count(profile, 'view', '2024-01-08', 10), least(10, DATE '2024-01-08' - (SELECT min(day) FROM churn_events(profile))))) AS rate
FROM profiles AS p, other(p.profile, '2024-01-08') AS f, shop_features(p.profile, '2024-01-08') AS g;

-- each once, and none of what is excluded
SELECT subject, columns, left_out FROM churn_define_features('ratios', 'profiles', families => '{}', ratios => '{{purchase,view},{cancel,view},{purchase,view},{view,purchase},{view,cancel}}', exclude => '{cancel}') WHERE kind = 'ratio';
DROP TYPE ratios_row CASCADE;

-- the names that most users have come first
CREATE TABLE many AS SELECT u, churn_profile(TIMESTAMP '2024-01-01', 'event ' || e) AS profile FROM generate_series(1, 30) AS u, generate_series(1, 2000) AS e WHERE e % u = 0 GROUP BY u;
SELECT kind, cardinality(columns) > 0 AS made, left_out, count(*), min(users), max(users), sum(cardinality(columns)) FROM churn_define_features('many_features', 'many') GROUP BY 1, 2, 3 ORDER BY 1, 3 NULLS FIRST;
SELECT churn_define_features('none_fits', 'many', max_columns => 20);
SELECT kind, cardinality(columns) AS columns, left_out, count(*) FROM churn_define_features('few_fit', 'many', max_columns => 43) GROUP BY 1, 2, 3 ORDER BY 1, 3 NULLS FIRST;
SELECT count(*) FROM many AS p, many_features(p.profile) AS f WHERE f.event_1680_count = 1 AND f.event_1680_days_since = 1;
-- what a profile did not keep is unknown, not 0: user 1 has 1,023 of 2,000 names
SELECT count(*), count(c) AS known, sum(c) FROM many, generate_series(1, 2000) AS e, churn_count(profile, 'event ' || e) AS c WHERE u = 1;
SELECT churn_count(profile, 'event ' || e, '2023-12-31') AS nothing_yet FROM many, generate_series(1, 2000) AS e WHERE u = 1 GROUP BY 1;

-- names that are hostile
CREATE TABLE hostile AS SELECT churn_profile(TIMESTAMP '2024-01-01' + i * interval '1 day', n) AS profile
FROM unnest(ARRAY['"', '''', '''; DROP TABLE shop; --', 'select', 'SELECT', 'Select ', repeat('x', 255), repeat('x', 254) || 'y', repeat('x', 300), U&'\+01F6D2', U&'\05E7\05E0\05D9\05D9\05D4',
	U&'a\202Eb', 'a b', 'A-B', 'a_b', 'a_b_2', '', ' ', '404', '$$', '\', '%s%d', 'a' || chr(10) || 'b', 'purchase_sum', 'events', 'level', '$1', '{"a": 1}', 'NULL']) WITH ORDINALITY AS u (n, i);
CREATE TABLE hostile_columns AS SELECT * FROM churn_define_features('"Hostile ""features"""', 'hostile', families => '{activity,count}');
SELECT columns[1] FROM hostile_columns WHERE kind = 'event' ORDER BY columns[1] COLLATE "C";
SELECT count(*) AS events, sum(value::int) AS sum, max(value::int) FROM hostile AS h, "Hostile ""features"""(h.profile) AS f, jsonb_each_text(to_jsonb(f)) WHERE key ~ '_count$';
SELECT count(*) AS right FROM hostile AS h, hostile_columns AS c, "Hostile ""features"""(h.profile, '2024-01-20') AS f WHERE kind = 'event' AND (to_jsonb(f) ->> columns[1])::int = churn_count(profile, subject, '2024-01-20');
SELECT count(*) > 0 AS still_there FROM shop;

-- refusals
SELECT churn_define_features(NULL, 'profiles');
SELECT churn_define_features('x', 'SELECT profile, profile AS older FROM profiles');
BEGIN READ ONLY;
SELECT churn_define_features('x', 'profiles');
ROLLBACK;
SELECT churn_define_features('x', NULL);
SELECT churn_define_features('x', 'profiles', windows => NULL);
SELECT churn_define_features('x', 'profiles', windows => '{7,0}');
SELECT churn_define_features('x', 'profiles', windows => '{7,NULL}');
SELECT churn_define_features('x', 'profiles', windows => '{1,2,3,4,5,6,7,8,9}');
SELECT churn_define_features('x', 'profiles', exclude => '{NULL}');
SELECT churn_define_features('x', 'profiles', families => '{counts}');
SELECT churn_define_features('x', 'profiles', ratios => '{purchase,view}');
SELECT churn_define_features('x', 'profiles', ratios => '{{purchase,views}}');
SELECT churn_define_features('x', 'profiles', max_columns => 0);
SELECT churn_define_features('x', 'profiles', max_columns => 1601);
SELECT churn_define_features('x', 'profiles', max_columns => 27);
SELECT churn_define_features('x', 'shop');
SELECT churn_define_features('x', 'no_such_table');
SELECT churn_define_features('x', 'SELECT profile FROM profiles WHERE false');
SELECT churn_define_features('two words', 'profiles');
SELECT churn_define_features('no_such_schema.x', 'profiles');
SELECT churn_define_features(repeat('n', 60), 'profiles');
SELECT churn_define_features('x', 'profiles', families => '{}');
-- what is called so and is none of ours is left alone
CREATE TYPE taken_row AS (a int);
SELECT churn_define_features('taken', 'profiles');
CREATE FUNCTION mine(churn_profile, date) RETURNS int LANGUAGE sql AS 'SELECT 1';
SELECT churn_define_features('mine', 'profiles');
CREATE FUNCTION mine_by_name(profile churn_profile, as_of date) RETURNS bigint LANGUAGE sql AS 'SELECT churn_count(profile, NULL, as_of)';
SELECT churn_define_features('mine_by_name', 'profiles');
SELECT count(*) FROM churn_define_features('by_name', 'profiles', families => '{activity}');
CREATE OR REPLACE FUNCTION by_name(profile churn_profile, as_of date DEFAULT NULL) RETURNS by_name_row LANGUAGE sql AS 'SELECT churn_row(NULL::by_name_row, profile, as_of, ''{}'')';
SELECT churn_define_features('by_name', 'profiles');
CREATE TYPE a_word_row AS ENUM ('a');
SELECT churn_define_features('a_word', 'profiles');

-- profiles of the music log have features of their own
CREATE TABLE music AS SELECT churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile FROM churn_simulate_events(2) WHERE userid <> '' GROUP BY userid;
SELECT churn_define_features('x', 'music');
SELECT f.events FROM music AS p, shop_features(p.profile) AS f;
SELECT churn_count(profile, 'NextSong') FROM music;
SELECT churn_sessions(profile) FROM music;
SELECT churn_events(profile) FROM music;

-- somebody without any rights but their own: in their schema, of what they may read
CREATE ROLE regress_shop_owner;
CREATE SCHEMA regress_shop AUTHORIZATION regress_shop_owner;
SET ROLE regress_shop_owner;
SELECT churn_define_features('regress_shop.f', 'regress_define_features.profiles');
RESET ROLE;
GRANT USAGE, CREATE ON SCHEMA regress_define_features TO regress_shop_owner;
GRANT SELECT ON profiles TO regress_shop_owner;
CREATE SCHEMA regress_other;
GRANT USAGE ON SCHEMA regress_other TO regress_shop_owner;
SET ROLE regress_shop_owner;
SELECT churn_define_features('regress_other.f', 'profiles');
SELECT churn_define_features('shop_features', 'profiles');
SELECT count(*) FROM churn_define_features('regress_shop.f', 'profiles');
SELECT count(f.purchase_sum) FROM profiles AS p, regress_shop.f(p.profile, '2024-02-01') AS f;
-- whatever is in the way
CREATE FUNCTION regress_shop.churn_row(anyelement, churn_profile, date, jsonb) RETURNS anyelement LANGUAGE sql AS 'SELECT $1';
CREATE TYPE regress_shop.int8 AS (a int);
CREATE TYPE regress_shop.date AS (a int);
CREATE TYPE regress_shop.jsonb AS (a int);
SET search_path = regress_shop, pg_catalog, public;
SELECT count(*) FROM churn_define_features('g', 'regress_define_features.profiles', families => '{activity,count}');
SELECT count(f.purchase_count), pg_typeof(min(f.purchase_count)) FROM regress_define_features.profiles AS p, g(p.profile, '2024-02-01') AS f;
SELECT proname, proargtypes::regtype[] FROM pg_proc WHERE pronamespace = 'regress_shop'::regnamespace AND proname = 'g';
SET search_path = regress_define_features, public;
RESET ROLE;
-- a name that looks like an escape of a recipe is that name
CREATE TABLE escapes AS SELECT churn_profile(timestamp '2024-01-01', e) AS profile FROM unnest(ARRAY['\u0041b', 'Ab', 'Ab', '\u005cu0041b', '\u00', '\\', '\ud83d']) e;
SELECT subject, columns FROM churn_define_features('escaped', 'escapes', families => '{count}') ORDER BY subject COLLATE "C";
SELECT e.event, e.events, f.* FROM escapes, churn_events(profile) e, escaped(profile, NULL) f ORDER BY event COLLATE "C";
-- a double of churn_row in the extension's own schema that matches better
CREATE FUNCTION public.churn_row(other_row, churn_profile, date, jsonb) RETURNS other_row LANGUAGE sql AS 'SELECT $1';
SELECT churn_define_features('other', 'profiles', families => '{since}');
DROP FUNCTION public.churn_row(other_row, churn_profile, date, jsonb);
SELECT count(*) FROM churn_define_features('other', 'profiles', families => '{since}');
SET client_min_messages = warning;
DROP SCHEMA regress_shop CASCADE;
RESET client_min_messages;
DROP OWNED BY regress_shop_owner;
DROP ROLE regress_shop_owner;
DROP SCHEMA regress_other;
SET client_min_messages = warning;
DROP SCHEMA regress_define_features CASCADE;
