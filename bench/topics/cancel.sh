# cancel: how long each call that takes long goes on after it was cancelled, at
# random moments.  Nothing is compared: the promise is 0.1 s at the 99th percentile.

cancel_moments=${CANCEL_MOMENTS:-100}
cancel_within=${CANCEL_WITHIN:-2000}	# milliseconds
cancel_calls=()

# cancel_call NAME QUERY: a call to cancel, one that takes a second or more
cancel_call()
{
	cancel_calls+=("$1" "$2")
}

# cancel_row NAME QUERY: a row of the table.  The moments are random ones before
# the call's own end, but not later than CANCEL_WITHIN.  The time counts from the
# moment the server was due to cancel to when the call is undone.
cancel_row()
{
	local whole

	whole=$(timed "SET statement_timeout = $cancel_within" "$2" 2>/dev/null |
		awk -v most="$cancel_within" '$1 == "Time:" { n++; ms = $2 } END { print int(n < 2 || ms > most ? most : ms) }') || true
	sql -c 'TRUNCATE cancelled' >/dev/null
	{
		echo "SELECT setseed(0.42) \\g /dev/null"
		echo "SELECT format('SET statement_timeout = %s', 1 + floor(random() * $whole)),
			format('DO %L', format(\$f\$
				BEGIN
					EXECUTE %L;
				EXCEPTION WHEN query_canceled THEN
					INSERT INTO cancelled
					SELECT 1000 * extract(epoch FROM clock_timestamp() - statement_timestamp()
						- current_setting('statement_timeout')::interval);
				END \$f\$, \$q\$$2\$q\$))
			FROM generate_series(1, $cancel_moments) \\gexec"
	} >"$SANDBOX/cancel.sql"
	# one that is cancelled before or behind the call does not count
	sql -v ON_ERROR_STOP=0 -o /dev/null -f "$SANDBOX/cancel.sql" 2>/dev/null || true
	value "SELECT format('| %s | %s | %s | %s | %s | %s |', \$q\$$1\$q\$, $whole, count(*),
			round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ms)::numeric, 1),
			round(percentile_disc(0.99) WITHIN GROUP (ORDER BY ms)::numeric, 1), round(max(ms)::numeric, 1))
		FROM cancelled"
}

# Texts lie uncompressed: PostgreSQL is not cancelled while it decompresses.
say 'Making what takes long'
json_log "$SIZE"
gzip -k -1 "$log"
sql -c 'CREATE TABLE cancelled (ms float8)' \
	-c 'CREATE TABLE loaded OF churn_event' \
	-c "CREATE FOREIGN TABLE in_place ($event_columns) SERVER logs OPTIONS (filename '$log')" \
	-c "CREATE TABLE user_profiles AS SELECT userid, churn_profile($event_arguments) AS profile
		FROM in_place WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid" \
	-c "CREATE TABLE training AS
		SELECT i AS userid, DATE '2018-10-01' + i % 5 AS as_of, hashint4(i) % 3 = 0 AS churned, sin(i) AS a, sin(2.0 * i) AS b,
			sin(3.0 * i) AS c, sin(5.0 * i) AS d, sin(7.0 * i) AS e, sin(11.0 * i) AS f, sin(13.0 * i) AS g,
			'c' || i % 200 AS h
		FROM generate_series(1, 400000) i" \
	-c "CREATE TABLE models AS SELECT model FROM churn_train('SELECT * FROM training LIMIT 200000', options => '{\"trees\": 40}')" \
	-c 'CREATE TABLE texts (model text)' -c 'CREATE TABLE profile_texts (profile text)' \
	-c 'ALTER TABLE texts ALTER model SET STORAGE EXTERNAL' \
	-c 'ALTER TABLE profile_texts ALTER profile SET STORAGE EXTERNAL' \
	-c "INSERT INTO texts SELECT model::text FROM models" \
	-c "CREATE TABLE scored AS SELECT hashint4(i) % 9 = 0 AS churned, random() AS score FROM generate_series(1, 6000000) i" \
	-c "CREATE TABLE one_user AS SELECT timestamptz '2018-10-01 00:00Z' + i * interval '10 s' AS ts, (hashint4(i)::bigint) AS sessionid,
			'NextSong'::text AS page, 'paid'::text AS level, 200.0::float8 AS length, 'F'::text AS gender,
			timestamptz '2018-09-01 00:00Z' AS registration
		FROM generate_series(1, 1500000) i" \
	-c "CREATE TABLE one_profile AS SELECT churn_profile($event_arguments) AS profile FROM one_user" \
	-c "INSERT INTO profile_texts SELECT churn_profile($event_arguments)::text FROM (SELECT * FROM one_user LIMIT 200000) t" \
	-c 'VACUUM ANALYZE'

cancel_call 'loading' "SELECT churn_load_events('loaded', '$log')"
cancel_call 'loading gzip' "SELECT churn_load_events('loaded', '$log.gz')"
cancel_call 'churn_read_events' "SELECT count(*) FROM churn_read_events('$log')"
cancel_call 'reading in place' 'SELECT count(song) FROM in_place'
cancel_call 'churn_simulate_events' 'SELECT count(*) FROM churn_simulate_events(5000)'
cancel_call 'profiles of many users' "SELECT count(p) FROM (SELECT churn_profile($event_arguments) AS p FROM in_place GROUP BY userid) t"
cancel_call "a user's 1.5 million sessions: churn_profile" "SELECT churn_profile($event_arguments) IS NULL FROM one_user"
cancel_call "a user's 1.5 million sessions: merge" 'SELECT churn_profile_merge(profile, profile) IS NULL FROM one_profile, generate_series(1, 50)'
cancel_call "a user's 1.5 million sessions: features" "SELECT f.n_songs FROM one_profile, generate_series(1, 50) i, churn_features(profile, DATE '2018-12-01' + i) f"
cancel_call "a user's 1.5 million sessions: to text" 'SELECT length(profile::text) FROM one_profile'
cancel_call "a user's 200,000 sessions: from text" 'SELECT profile::churn_profile IS NULL FROM profile_texts'
for algorithm in random_forest gradient_boosting decision_tree logistic_regression naive_bayes; do
	cancel_call "churn_train, $algorithm" "SELECT n_rows FROM churn_train('training', algorithm => '$algorithm')"
done
cancel_call 'churn_train, calibrated' "SELECT n_rows FROM churn_train('training', options => '{\"calibrate\": \"isotonic\"}')"
cancel_call 'churn_compare' "SELECT rank FROM churn_compare('SELECT * FROM training LIMIT 100000')"
cancel_call 'churn_backtest' "SELECT as_of FROM churn_backtest('user_profiles', '{2018-10-15,2018-10-22,2018-10-29,2018-11-05,2018-11-12,2018-11-19}')"
cancel_call 'churn_audit' "SELECT feature FROM churn_audit('SELECT t.* FROM training t, generate_series(1, 5)')"
cancel_call 'churn_score' "SELECT id FROM churn_score((SELECT model FROM models), 'training')"
cancel_call 'churn_predict' 'SELECT sum(churn_predict(model, t)) FROM training t, models'
cancel_call 'churn_explain' 'SELECT sum(contribution) FROM training t, models, churn_explain(model, t)'
cancel_call 'churn_reasons' 'SELECT count(churn_reasons(model, t)) FROM training t, models'
cancel_call 'a large model: preparing' 'SELECT churn_predict(churn_set_threshold(model, i / 1000.0), t) FROM (SELECT * FROM training LIMIT 1) t, models, generate_series(1, 20) i'
cancel_call 'a large model: checking' 'SELECT churn_fingerprint(churn_set_threshold(model, i / 1000.0)) FROM models, generate_series(1, 20) i'
cancel_call 'a large model: to text' 'SELECT length(model::text) FROM models'
cancel_call 'a large model: from text' 'SELECT model::churn_model IS NULL FROM texts'
cancel_call 'churn_metrics' 'SELECT (churn_metrics(churned, score)).auc FROM scored'
cancel_call 'churn_roc' 'SELECT cardinality(churn_roc(churned, score)) FROM scored'
cancel_call 'churn_lift' 'SELECT cardinality(churn_lift(churned, score)) FROM scored'

say 'Cancelling'
{
	printf '\nMilliseconds from the moment of cancelling to the end (load average %s); the model is of %s.\n\n' "$(cut -d ' ' -f 1-3 /proc/loadavg)" \
		"$(value 'SELECT pg_size_pretty(octet_length(sparkify_model_send(model))::bigint) FROM models')"
	printf '| call | its own ms, or those looked at | cancelled | median | 99th percentile | longest |\n|---|---|---|---|---|---|\n'
	for ((i = 0; i < ${#cancel_calls[@]}; i += 2)); do
		[[ -z "${CANCEL_CALLS:-}" || "${cancel_calls[i]}" == ${CANCEL_CALLS:-} ]] || continue
		cancel_row "${cancel_calls[i]}" "${cancel_calls[i + 1]}"
	done
} | report_add
