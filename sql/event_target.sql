-- churn_load_events into what needs more than plain inserts
SET timezone = 'UTC';
SET sparkify.progress = off;
\set abs_srcdir `echo "${PG_ABS_SRCDIR:-$PWD}"`
\set events_file :abs_srcdir '/test/data/events.jsonl'

-- lines into a file of the data directory
CREATE FUNCTION pg_temp.put(path text, content text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE lob oid := lo_from_bytea(0, convert_to(content, 'UTF8'));
BEGIN
    PERFORM lo_export(lob, path);
    PERFORM lo_unlink(lob);
END $$;
CREATE FUNCTION pg_temp.lines(first int, last int) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('{"ts":%s,"userId":"%s","sessionId":%s,"page":"Home"}', 1538352000000 + i * 86400000::bigint, i % 5, i), E'\n' ORDER BY i) || E'\n'
    FROM generate_series(first, last) AS i $$;
SELECT pg_temp.put('sparkify_target_1.json', pg_temp.lines(1, 4) || E'no event\n');
SELECT pg_temp.put('sparkify_target_2.json', E'\n' || pg_temp.lines(5, 8) || E'[]\n' || pg_temp.lines(9, 10));
SELECT pg_temp.put('sparkify_single.json', pg_temp.lines(1, 10));

CREATE TABLE plain OF churn_event;
-- the same rows, whatever they go through
CREATE FUNCTION missing(relation regclass) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM ((SELECT ts, userid, sessionid, page, song, useragent FROM plain EXCEPT ALL SELECT ts, userid, sessionid, page, song, useragent FROM %1$s)
        UNION ALL (SELECT ts, userid, sessionid, page, song, useragent FROM %1$s EXCEPT ALL SELECT ts, userid, sessionid, page, song, useragent FROM plain)) AS d', relation) INTO n;
    RETURN n;
END $$;
SELECT rows, rejected, bytes FROM churn_load_events('plain', :'events_file');

-- partitions: columns in another order, holes, two levels, a default
CREATE TABLE parted (LIKE plain, id int GENERATED ALWAYS AS IDENTITY, note text DEFAULT 'root') PARTITION BY RANGE (ts);
CREATE TABLE parted_old (gone int, note text DEFAULT 'leaf', LIKE plain, id int NOT NULL);
ALTER TABLE parted_old DROP COLUMN gone;
ALTER TABLE parted ATTACH PARTITION parted_old FOR VALUES FROM (MINVALUE) TO ('2018-10-04');
CREATE TABLE parted_new PARTITION OF parted FOR VALUES FROM ('2018-10-04') TO ('2018-10-08') PARTITION BY HASH (userid);
CREATE TABLE parted_new_0 PARTITION OF parted_new FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE parted_new_1 PARTITION OF parted_new FOR VALUES WITH (MODULUS 2, REMAINDER 1);
SELECT rows FROM churn_load_events('parted', 'sparkify_single.json');
SELECT count(*) FROM parted;
CREATE TABLE parted_rest PARTITION OF parted DEFAULT;
CREATE INDEX ON parted (userid, ts);
SELECT rows, rejected FROM churn_load_events('parted', ARRAY['sparkify_target_1.json', 'sparkify_target_2.json'], 'skip');
SELECT tableoid::regclass AS partition, id > 0 AS numbered, note, array_agg(sessionid ORDER BY sessionid) AS sessions FROM parted GROUP BY 1, 2, 3 ORDER BY 1;
TRUNCATE parted;
SELECT rows FROM churn_load_events('parted', :'events_file');
SELECT missing('parted');
-- (from 17 on partitions number their rows by themselves)
CREATE FUNCTION pg_temp.refusal(target regclass) RETURNS TABLE (said text) LANGUAGE plpgsql AS $$
DECLARE message text; detail text; context text;
BEGIN
	PERFORM rows FROM churn_load_events(target, 'sparkify_single.json');
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, context = PG_EXCEPTION_CONTEXT;
	RETURN QUERY SELECT unnest(ARRAY[message, regexp_replace(detail, '(null|[0-9]+), root\)', 'id, root)'), split_part(context, E'\n', 1)]);
END $$;
SELECT * FROM pg_temp.refusal('parted_new');
ALTER TABLE parted_new_1 ADD CHECK (sessionid <> 6), ADD CHECK (sessionid <> 5);
SELECT * FROM pg_temp.refusal('parted');
-- one partition that needs more takes all of them there, as do a trigger and a foreign key on top
CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.page := upper(NEW.page);
    RETURN NEW;
END $$;
ALTER TABLE parted_new_1 DROP CONSTRAINT parted_new_1_sessionid_check, DROP CONSTRAINT parted_new_1_sessionid_check1;
CREATE TRIGGER shout BEFORE INSERT ON parted_old FOR EACH ROW EXECUTE FUNCTION shout();
TRUNCATE parted;
SELECT rows FROM churn_load_events('parted', 'sparkify_single.json');
SELECT tableoid::regclass AS partition, page, count(*) FROM parted GROUP BY 1, 2 ORDER BY 1;
-- many partitions at a time, more than have a batch
CREATE TABLE many (LIKE plain) PARTITION BY LIST (sessionid);
DO $$ BEGIN FOR i IN 1..200 LOOP EXECUTE format('CREATE TABLE many_%s PARTITION OF many FOR VALUES IN (%s)', i, i); END LOOP; END $$;
SELECT pg_temp.put('sparkify_many.json', string_agg(format('{"ts":1538352000000,"userId":"%s","sessionId":%s,"page":"%s"}', i, i % 200 + 1, repeat('p', i % 80)), E'\n')) FROM generate_series(1, 2000) AS i;
SELECT rows FROM churn_load_events('many', 'sparkify_many.json');
SELECT count(*), count(DISTINCT userid), count(DISTINCT tableoid), count(*) FILTER (WHERE userid::int % 200 + 1 <> sessionid OR length(page) <> userid::int % 80) AS wrong FROM many;

-- views: updatable ones with their check, those with triggers, and those with neither
CREATE VIEW home AS SELECT ts, userid AS userid, sessionid, page FROM plain WHERE sessionid < 8 WITH CHECK OPTION;
TRUNCATE plain;
SELECT rows FROM churn_load_events('home', 'sparkify_single.json');
SELECT count(*) FROM plain;
CREATE OR REPLACE VIEW home AS SELECT ts, userid AS userid, sessionid, page FROM plain WHERE sessionid < 8;
SELECT rows, rejected FROM churn_load_events('home', 'sparkify_target_?.json', 'skip');
SELECT count(*) FROM plain;
CREATE VIEW total AS SELECT ts, userid, sessionid, page, count(*) FROM plain GROUP BY 1, 2, 3, 4;
SELECT rows FROM churn_load_events('total', 'sparkify_single.json');
CREATE FUNCTION into_plain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.sessionid = 3 THEN
        RETURN NULL;
    END IF;
    INSERT INTO plain (ts, userid, sessionid, page) VALUES (NEW.ts, NEW.userid, NEW.sessionid, NEW.page);
    RETURN NEW;
END $$;
CREATE TRIGGER into_plain INSTEAD OF INSERT ON total FOR EACH ROW EXECUTE FUNCTION into_plain();
TRUNCATE plain;
SELECT rows FROM churn_load_events('total', 'sparkify_single.json');
SELECT count(*) FROM plain;

-- triggers: rows that they change, leave out or refuse, in which line; statements fire once
CREATE TABLE triggered (LIKE plain);
CREATE TABLE seen (what text, n bigint);
CREATE FUNCTION row_seen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.sessionid % 2 = 0 THEN
        RETURN NULL;
    ELSIF NEW.page = 'Bad' THEN
        RAISE EXCEPTION 'bad page';
    END IF;
    NEW.level := 'paid';
    RETURN NEW;
END $$;
CREATE FUNCTION statement_seen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO seen SELECT 'statement', count(*) FROM fresh;
    RETURN NULL;
END $$;
CREATE TRIGGER row_seen BEFORE INSERT ON triggered FOR EACH ROW EXECUTE FUNCTION row_seen();
CREATE TRIGGER statement_seen AFTER INSERT ON triggered REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION statement_seen();
SELECT rows, rejected FROM churn_load_events('triggered', 'sparkify_target_?.json', 'skip');
SELECT level, count(*) FROM triggered GROUP BY 1;
TABLE seen;
SELECT pg_temp.put('sparkify_bad.json', E'\n' || pg_temp.lines(1, 3) || E'{"page":"Bad"}\n');
SELECT rows FROM churn_load_events('triggered', ARRAY['sparkify_single.json', 'sparkify_bad.json']);
SELECT rows FROM churn_load_events('triggered', 'sparkify_target_?.json');
SELECT count(*) FROM triggered;
SELECT sum(rows) AS rows, sum(bytes) AS bytes FROM generate_series(1, 7) AS part, LATERAL churn_load_events('triggered', 'sparkify_single.json', part => part, parts => 7);
-- a trigger that drops the table, and one that loads another file
CREATE TABLE restless (LIKE plain);
CREATE FUNCTION drop_restless() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DROP TABLE restless; RETURN NEW; END';
CREATE FUNCTION load_plain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM churn_load_events('triggered', 'sparkify_bad.json');
    RETURN NEW;
EXCEPTION WHEN raise_exception THEN
    PERFORM churn_load_events('home', 'sparkify_single.json');
    RETURN NEW;
END $$;
CREATE TRIGGER restless BEFORE INSERT ON restless FOR EACH ROW EXECUTE FUNCTION drop_restless();
SELECT rows FROM churn_load_events('restless', 'sparkify_single.json');
DROP TRIGGER restless ON restless;
CREATE TRIGGER restless BEFORE INSERT ON restless FOR EACH ROW EXECUTE FUNCTION load_plain();
TRUNCATE plain;
SELECT rows FROM churn_load_events('restless', 'sparkify_single.json');
SELECT count(*), count(DISTINCT sessionid) FROM plain;
SELECT count(*) FROM restless;

-- triggers that read the files of the load themselves, and fail, or keep a cursor that outlives it
CREATE TABLE curious (LIKE plain);
CREATE TABLE curious_about (n int);
CREATE FUNCTION read_along() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept refcursor := TG_ARGV[1];
    event record;
BEGIN
    FOR load IN 1..1000 LOOP
        BEGIN
            IF TG_ARGV[0] = 'keep' THEN
                OPEN kept FOR SELECT sparkify_loading_events(load, NULL::curious);
                FETCH kept INTO event;
            ELSE
                PERFORM 1 / (i - 2) FROM (SELECT sparkify_loading_events(load, NULL::curious), generate_series(1, 4) AS i) AS e;
            END IF;
            INSERT INTO curious_about VALUES (1);
            EXIT;
        EXCEPTION
            WHEN object_not_in_prerequisite_state THEN NULL;
            WHEN division_by_zero THEN
                INSERT INTO curious_about VALUES (0);
                EXIT;
        END;
    END LOOP;
    IF TG_ARGV[0] = 'raise' THEN
        RAISE EXCEPTION 'seen enough';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER curious BEFORE INSERT ON curious FOR EACH STATEMENT EXECUTE FUNCTION read_along('raise');
SELECT rows FROM churn_load_events('curious', 'sparkify_single.json');
DROP TRIGGER curious ON curious;
CREATE TRIGGER curious BEFORE INSERT ON curious FOR EACH STATEMENT EXECUTE FUNCTION read_along('fail');
SELECT rows FROM churn_load_events('curious', 'sparkify_single.json');
DROP TRIGGER curious ON curious;
CREATE TRIGGER curious BEFORE INSERT ON curious FOR EACH ROW WHEN (NEW.sessionid = 5) EXECUTE FUNCTION read_along('fail');
SELECT rows FROM churn_load_events('curious', 'sparkify_single.json');
ALTER TABLE curious ADD CHECK (sessionid <> 7) NOT VALID;
SELECT rows FROM churn_load_events('curious', 'sparkify_single.json');
ALTER TABLE curious DROP CONSTRAINT curious_sessionid_check;
DROP TRIGGER curious ON curious;
CREATE TRIGGER curious BEFORE INSERT ON curious FOR EACH STATEMENT EXECUTE FUNCTION read_along('keep', 'kept_first');
CREATE TRIGGER curious_row BEFORE INSERT ON curious FOR EACH ROW WHEN (NEW.sessionid = 5) EXECUTE FUNCTION read_along('keep', 'kept');
BEGIN;
SELECT rows FROM churn_load_events('curious', 'sparkify_single.json');
\set VERBOSITY sqlstate
SAVEPOINT s;
FETCH kept;
ROLLBACK TO s;
FETCH kept_first;
ROLLBACK TO s;
CLOSE kept;
CLOSE kept_first;
COMMIT;
\set VERBOSITY default
BEGIN;
SELECT rows FROM churn_load_events('curious', 'sparkify_single.json');
COMMIT;
SELECT rows, rejected, bytes FROM churn_load_events('curious', 'sparkify_target_2.json', 'skip');
SELECT count(*) FROM curious;
SELECT n, count(*) FROM curious_about GROUP BY n ORDER BY n;

-- generated columns, one of them with an event's name; identity; domains; constraints that wait
CREATE DOMAIN small AS int DEFAULT 7 CHECK (VALUE < 10);
CREATE DOMAIN never AS int NOT NULL;
CREATE TABLE computed (
    level text GENERATED ALWAYS AS (lower(page)) STORED, ts timestamptz, userid text, sessionid bigint GENERATED ALWAYS AS IDENTITY, page text,
    id bigint GENERATED BY DEFAULT AS IDENTITY, size small, day date GENERATED ALWAYS AS ((ts AT TIME ZONE 'UTC')::date) STORED, UNIQUE (day) DEFERRABLE INITIALLY DEFERRED);
SELECT rows FROM churn_load_events('computed', 'sparkify_single.json');
SELECT level, sessionid, id, size, day FROM computed WHERE sessionid IN (1, 10);
SELECT rows FROM churn_load_events('computed', 'sparkify_single.json');
CREATE TABLE lacking (LIKE plain, more never);
SELECT rows FROM churn_load_events('lacking', 'sparkify_single.json');
CREATE TABLE waiting (ts timestamptz, userid text, sessionid bigint UNIQUE DEFERRABLE, page text);
SELECT rows FROM churn_load_events('waiting', 'sparkify_single.json');
-- foreign keys
CREATE TABLE users (userid text PRIMARY KEY);
CREATE TABLE keyed (LIKE plain, FOREIGN KEY (userid) REFERENCES users);
INSERT INTO users SELECT i::text FROM generate_series(0, 3) AS i;
SELECT rows FROM churn_load_events('keyed', 'sparkify_single.json');
INSERT INTO users VALUES ('4');
SELECT rows FROM churn_load_events('keyed', 'sparkify_single.json');

-- rules: as for INSERT ... SELECT
CREATE TABLE ruled (LIKE plain);
CREATE TABLE copied (LIKE plain);
CREATE RULE also AS ON INSERT TO ruled DO ALSO INSERT INTO copied (sessionid, page) VALUES (NEW.sessionid, NEW.page);
SELECT rows, rejected FROM churn_load_events('ruled', 'sparkify_target_?.json', 'skip');
SELECT (SELECT count(*) FROM ruled) AS ruled, (SELECT count(*) FROM copied) AS copied;
CREATE OR REPLACE RULE also AS ON INSERT TO ruled WHERE NEW.sessionid > 6 DO INSTEAD INSERT INTO copied (sessionid, page) VALUES (NEW.sessionid, NEW.page);
TRUNCATE ruled, copied;
SELECT rows, rejected, bytes FROM churn_load_events('ruled', 'sparkify_single.json');
SELECT (SELECT count(*) FROM ruled) AS ruled, (SELECT count(*) FROM copied) AS copied;
TRUNCATE copied;
ALTER TABLE copied ADD CHECK (sessionid <> 9);
SELECT rows FROM churn_load_events('ruled', 'sparkify_single.json');
CREATE OR REPLACE RULE also AS ON INSERT TO ruled DO INSTEAD NOTHING;
SELECT rows, rejected, bytes FROM churn_load_events('ruled', 'sparkify_single.json');
CREATE OR REPLACE RULE also AS ON INSERT TO ruled DO ALSO NOTIFY sparkify_ruled;
SELECT rows FROM churn_load_events('ruled', 'sparkify_single.json');

-- row security, privileges of columns, schemas out of the path
CREATE ROLE regress_sparkify_target;
GRANT pg_read_server_files TO regress_sparkify_target;
CREATE SCHEMA "else where";
CREATE TABLE "else where"."The Events" ("odd name" text DEFAULT 'odd', LIKE plain);
GRANT USAGE ON SCHEMA "else where" TO regress_sparkify_target;
GRANT INSERT (ts, userid, sessionid) ON "else where"."The Events" TO regress_sparkify_target;
SET ROLE regress_sparkify_target;
SELECT rows FROM churn_load_events('"else where"."The Events"', 'sparkify_single.json');
RESET ROLE;
GRANT INSERT (page) ON "else where"."The Events" TO regress_sparkify_target;
ALTER TABLE "else where"."The Events" DROP COLUMN level, DROP COLUMN length, DROP COLUMN registration, DROP COLUMN status, DROP COLUMN iteminsession, DROP COLUMN gender, DROP COLUMN auth,
    DROP COLUMN method, DROP COLUMN firstname, DROP COLUMN lastname, DROP COLUMN location, DROP COLUMN useragent, DROP COLUMN artist, DROP COLUMN song;
SET ROLE regress_sparkify_target;
SELECT rows FROM churn_load_events('"else where"."The Events"', 'sparkify_single.json');
RESET ROLE;
ALTER TABLE "else where"."The Events" ENABLE ROW LEVEL SECURITY;
CREATE POLICY few ON "else where"."The Events" FOR INSERT WITH CHECK (sessionid < 10);
SET ROLE regress_sparkify_target;
SELECT rows FROM churn_load_events('"else where"."The Events"', 'sparkify_single.json');
RESET ROLE;
SELECT pg_temp.put('sparkify_single.json', pg_temp.lines(1, 9));
SET ROLE regress_sparkify_target;
SELECT rows FROM churn_load_events('"else where"."The Events"', 'sparkify_single.json');
RESET ROLE;
SELECT count(*), min("odd name") FROM "else where"."The Events";
-- functions of the same name, made by others, are not called
CREATE FUNCTION sparkify_loading_events(load text, target anyelement) RETURNS SETOF anyelement LANGUAGE plpgsql AS $$ BEGIN RAISE 'wrong one'; END $$;
CREATE FUNCTION sparkify_loading_events(load bigint, target anyelement) RETURNS SETOF anyelement LANGUAGE plpgsql AS $$ BEGIN RAISE 'wrong one'; END $$;
CREATE FUNCTION "else where".sparkify_loading_events(load int, target anyelement) RETURNS SETOF anyelement LANGUAGE plpgsql AS $$ BEGIN RAISE 'wrong one'; END $$;
TRUNCATE computed;
SET search_path = "else where", public;
SELECT rows FROM churn_load_events('computed', 'sparkify_single.json');
RESET search_path;
-- nor is ours of use to others
SELECT * FROM public.sparkify_loading_events(1, NULL::plain);
SELECT * FROM public.sparkify_loading_events(NULL::int, NULL::plain);

-- transactions, temporary and unlogged tables
CREATE TEMP TABLE fleeting (LIKE plain, day date GENERATED ALWAYS AS ((ts AT TIME ZONE 'UTC')::date) STORED);
CREATE UNLOGGED TABLE unlogged (LIKE plain, EXCLUDE USING btree (sessionid WITH =) INCLUDE (page));
BEGIN READ ONLY;
SELECT rows FROM churn_load_events('fleeting', 'sparkify_single.json');
SELECT rows FROM churn_load_events('home', 'sparkify_single.json');
ROLLBACK;
SELECT rows FROM churn_load_events('unlogged', 'sparkify_single.json');
SELECT rows FROM churn_load_events('unlogged', 'sparkify_single.json');

COPY (SELECT) TO PROGRAM 'cat > /dev/null; rm -f sparkify_single.json sparkify_bad.json sparkify_many.json sparkify_target_*.json';
DROP FUNCTION sparkify_loading_events(text, anyelement), sparkify_loading_events(bigint, anyelement);
DROP SCHEMA "else where" CASCADE;
DROP OWNED BY regress_sparkify_target;
DROP ROLE regress_sparkify_target;
DROP TABLE plain, parted, many, triggered, seen, restless, curious, curious_about, computed, lacking, waiting, keyed, users, ruled, copied, unlogged CASCADE;
DROP DOMAIN small, never;
DROP FUNCTION missing, shout, into_plain, row_seen, statement_seen, drop_restless, load_plain, read_along;
