-- Text that is bytes in base64, for what moves values between servers
CREATE TABLE c_profiles AS SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile,
	churn_profile(ts, page, sessionid, length, level) AS any_log
FROM churn_simulate_events(60) WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid;
CREATE TABLE c_models AS SELECT algorithm, model FROM (VALUES ('random_forest'), ('logistic_regression')) AS a (name),
	churn_train('SELECT churn_label(profile) AS churned, f.* FROM c_profiles, churn_features(profile) AS f', algorithm => name);

SHOW sparkify.compact_text;
CREATE TABLE c_texts AS SELECT userid, profile::text AS json, any_log::text AS any_json FROM c_profiles;
SET sparkify.compact_text = on;
SELECT count(*) AS users, bool_and(profile::text LIKE 'base64:%' AND any_log::text LIKE 'base64:%') AS short,
	sum(length(json)) / sum(length(profile::text)) AS shorter,
	bool_and(profile::text::churn_profile = profile AND any_log::text::churn_profile = any_log) AS same,
	bool_and(json::churn_profile = profile AND any_json::churn_profile = any_log) AS json_is_read,
	bool_and(profile::json::text = json AND any_log::json::text = any_json) AS json_is_json
FROM c_profiles JOIN c_texts USING (userid);
SELECT algorithm, model::text LIKE 'base64:%' AS short, model::text::churn_model = model AS same, json_typeof(model::json) AS json FROM c_models ORDER BY 1;
SELECT model::churn_forest::text::churn_forest::churn_model = model AS same FROM c_models WHERE algorithm = 'random_forest';
SELECT encode(decode(substr(profile::text, 8), 'base64'), 'hex') = encode(sparkify_profile_send(profile), 'hex') AS bytes FROM c_profiles LIMIT 1;

-- read with the setting off, and refused when it is nothing of the kind
CREATE TABLE c_short AS SELECT userid, profile::text AS short FROM c_profiles;
CREATE TABLE c_short_models AS SELECT algorithm, model::text AS short FROM c_models;
SET sparkify.compact_text = off;
SELECT bool_and(short::churn_profile = profile) AS same FROM c_profiles JOIN c_short USING (userid);
SELECT bool_and(short::churn_model = model) AS same FROM c_models JOIN c_short_models USING (algorithm);
SELECT 'base64:'::churn_profile;
SELECT 'base64:AAAA'::churn_profile;
SELECT 'base64:AAA'::churn_profile;
SELECT 'base64:????'::churn_profile;
SELECT ' base64:AAAA'::churn_profile;
SELECT 'Base64:AAAA'::churn_model;
SELECT 'base64:AAAA'::churn_model;
SELECT 'base64:'::churn_forest;
SELECT 'base64:A'::churn_forest;
SELECT short::churn_forest FROM c_short_models WHERE algorithm = 'logistic_regression';
SELECT (left(short, -4))::churn_model FROM c_short_models WHERE algorithm = 'logistic_regression';
SELECT (s.short)::churn_profile FROM c_short_models AS s WHERE algorithm = 'logistic_regression';
DROP TABLE c_profiles, c_models, c_texts, c_short, c_short_models;
