# beyond_memory: training on more rows than memory holds, from a file and from a sample
# of the users.  ROWS=47000000 needs 25 GB of the disk and half an hour.
. bench/memory.sh

beyond_rows=${ROWS:-1000000}
# less than 4 GB for 47 million rows, and what a fit takes of however few
beyond_mb=$((beyond_rows * 4000 / 47000000 + 16))
memory_pause=0.5

sql -v table=wide -v rows="$beyond_rows" -v first=1 -f bench/wide.sql >/dev/null
sql -v table=unseen -v rows=200000 -v first=1000000000 -f bench/wide.sql >/dev/null

# beyond NAME MB FILES ALGORITHM OPTIONS: trains once within so much memory, and judges the
# model by users whom it has not seen
beyond()
{
	local start end rows seconds

	sql -c "SET client_min_messages = warning" -c "DROP TABLE IF EXISTS model"
	start=$EPOCHREALTIME
	watch_memory with_settings "client_min_messages=warning sparkify.training_memory=$2MB sparkify.training_files=$3" \
		sql -c "CREATE TABLE model AS SELECT n_rows, seconds, model FROM churn_train('wide', algorithm => '$4', options => '$5')"
	end=$EPOCHREALTIME
	rows=$(value 'SELECT n_rows FROM model')
	seconds=$(value 'SELECT round(seconds) FROM model')
	printf '| %s | %s | %s | %s | %.0f | %s | %s | %s | %s |\n' "$1" "$4" "$rows" "$2" \
		"$(awk "BEGIN { print $end - $start }")" "$seconds" "$private_mb" "$process_mb" \
		"$(value 'SELECT round((churn_metrics(churned, churn_predict(model, u))).auc::numeric, 4) FROM model, unseen AS u')" |
		tee -a "$SANDBOX/beyond.rows" >&2
}

# as much as the machine may take, within memory for a byte a value, and of one user in ten
beyond_boost='"trees": 20, "learning_rate": 0.3, "max_depth": 5, "early_stopping": 0, "subsample": 1, "threshold": 0.5'
beyond_forest='"trees": 10, "max_depth": 14'
: >"$SANDBOX/beyond.rows"
beyond 'from a file' "$beyond_mb" auto gradient_boosting "{$beyond_boost}"
beyond 'sample of 0.1' "$beyond_mb" auto gradient_boosting "{$beyond_boost, \"sample\": 0.1}"
beyond 'from a file' $((beyond_mb * 3 / 2)) auto random_forest "{$beyond_forest}"
beyond 'sample of 0.1' "$beyond_mb" auto random_forest "{$beyond_forest, \"sample\": 0.1}"
if [ "$beyond_rows" -le 1000000 ]; then
	beyond 'in memory' 4096 off gradient_boosting "{$beyond_boost}"
	beyond 'in memory' 4096 off random_forest "{$beyond_forest}"
fi
{
	printf '\n| rows | algorithm | trained on | limit, MB | seconds | of these training | private MB, all processes | VmHWM, largest process, MB | AUC of users not seen |\n'
	printf '|---|---|---|---|---|---|---|---|---|\n'
	cat "$SANDBOX/beyond.rows"
} | report_add
sql -c 'DROP TABLE wide, unseen, model'
