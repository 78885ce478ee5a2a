# compare: four models, three folds and a holdout, in one call and in scikit-learn;
# the rows are one for each user of the full log, with all features.

. bench/memory.sh

compare_users=${COMPARE_USERS:-22278}

# two processes, as peers have two jobs
compare_settings='max_parallel_maintenance_workers=1 max_parallel_workers_per_gather=1'

# the function stands in the select list, where its rows stream
say "Simulating the log of $compare_users users"
sql -c "CREATE TABLE users AS
	SELECT (e).userid, churn_profile((e).ts, (e).sessionid, (e).page, (e).level, (e).length, (e).gender, (e).registration) AS profile
	FROM (SELECT churn_simulate_events($compare_users) AS e OFFSET 0) AS log
	WHERE (e).auth NOT IN ('Logged Out', 'Guest') GROUP BY 1" \
	-c "CREATE TABLE history AS SELECT userid, churn_label(profile) AS churned, f.* FROM users, churn_features(profile) AS f" \
	-c "CREATE TABLE snapshots AS
		SELECT userid, d AS as_of, churn_label(profile, d, '14 days') AS churned, f.*
		FROM users, churn_dates('2018-10-15', '2018-11-12', '7 days') AS d, churn_features(profile, d) AS f
		WHERE churn_label(profile, d, '14 days') IS NOT NULL" \
	-c 'VACUUM ANALYZE history' -c 'VACUUM ANALYZE snapshots' -o /dev/null -c "SELECT pg_prewarm('history')"

candidate "churn_compare, from a table" with_settings "$compare_settings" timed "SELECT * FROM churn_compare('history')"
if has_peer sklearn; then
	sql -c "COPY (SELECT churned::int, $(value "SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute
		WHERE attrelid = 'churn_features'::regclass") FROM history ORDER BY userid) TO STDOUT (FORMAT csv, NULL 'nan')" >"$SANDBOX/history.csv"
	candidate "scikit-learn, from arrays in memory" "$python" bench/peer_compare.py hist "$SANDBOX/history.csv"
	[ -z "${COMPARE_CLASSIC:-}" ] ||
		candidate "the same with GradientBoostingClassifier" "$python" bench/peer_compare.py classic "$SANDBOX/history.csv"
fi
compare "$(value 'SELECT count(*) FROM history') users, all features: four models, 3 folds, a holdout of 20 %"

# ---- Memory: of a comparison, and of each training by itself ----

# compare_memory NAME QUERY: a row of the table, the larger of two runs
compare_memory()
{
	local samples=$SANDBOX/compare.samples memory_pause=0.005

	: >"$samples"
	for _ in 1 2; do
		look_on memory_of_all "$samples" with_settings "$compare_settings" timed "$2" >/dev/null
	done
	awk -v name="$1" '$1 > peak { peak = $1 } END { printf "| %s | %.1f |\n", name, peak / 1024 }' "$samples"
}

for table in history snapshots; do
	{
		printf '\n| %s, %s rows | peak MB, all processes and shared segments |\n|---|---|\n' "$table" "$(value "SELECT count(*) FROM $table")"
		compare_memory "a session that only counts" "SELECT count(*), pg_sleep(1) FROM $table"
		for algorithm in random_forest gradient_boosting logistic_regression naive_bayes; do
			compare_memory "churn_train, $algorithm" "SELECT n_rows FROM churn_train('$table', algorithm => '$algorithm')"
		done
		compare_memory "churn_compare" "SELECT rank FROM churn_compare('$table')"
	} | report_add
done

# ---- Does the ranking hold, and what would 34 users have said? ----
sql -c "CREATE TABLE ranks AS SELECT seed, c.* FROM generate_series(1, 5) AS seed, churn_compare('snapshots', metric => 'auc', seed => seed) AS c"
{
	printf '\n| snapshots, by AUC, five seeds | ranks | cv_mean, from | to | p_value, largest | holdout, from | to | 34 rows, 5th percentile | 95th |\n|---|---|---|---|---|---|---|---|---|\n'
	value "SELECT format('| %s | %s | %s | %s | %s | %s | %s | %s | %s |', algorithm, string_agg(rank::text, ' ' ORDER BY seed),
			round(min(cv_mean)::numeric, 4), round(max(cv_mean)::numeric, 4), round(max(p_value)::numeric, 4),
			round(min((holdout).auc)::numeric, 4), round(max((holdout).auc)::numeric, 4),
			round(avg(spread_34[1])::numeric, 2), round(avg(spread_34[2])::numeric, 2))
		FROM ranks GROUP BY algorithm ORDER BY avg(rank)"
} | report_add
