# notebook: the job that the notebook did, from the file to four compared models, here
# and by what it used: Spark, and by pandas and scikit-learn.

# the notebook's settings, and its threshold
notebook_grid='{"logistic_regression": [{"threshold": 0.5}],
	"random_forest": [{"trees": 100, "max_depth": 10, "min_leaf": 1, "threshold": 0.5}],
	"gradient_boosting": [{"trees": 100, "max_depth": 6, "learning_rate": 0.1, "subsample": 1, "features_per_split": "all",
		"early_stopping": 0, "threshold": 0.5}],
	"naive_bayes": [{"distribution": "multinomial", "threshold": 0.5}]}'
notebook_settings='max_parallel_maintenance_workers=1 max_parallel_workers_per_gather=1'
notebook_six='f.avg_play_hour, f.gender_dum, f.days_active, f.n_sessions, f.avg_sess_songs, f.n_errors'

# notebook_features NAME: SQL that makes the table from the file
notebook_features()
{
	echo "CREATE TABLE $1 AS SELECT userid, churn_label(profile) AS churned, $notebook_six
		FROM (SELECT userid, churn_profile($event_arguments) AS profile FROM log
			WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid) AS u, churn_features(profile) AS f"
}

notebook_ours()
{
	timed 'DROP TABLE IF EXISTS six' "$(notebook_features six)" \
		"CREATE TABLE compared AS SELECT * FROM churn_compare('six', metric => 'weighted_f1', grid => '$notebook_grid')" \
		'DROP TABLE compared'
}

# notebook_peer NAME: runs it, and keeps what it says of its models
notebook_peer()
{
	"$python" "bench/peer_$1.py" "$log" | tee "$SANDBOX/notebook.$1"
}

json_log "$SIZE"
foreign_log log "$log"
candidate "from the file to churn_compare's models" with_settings "$notebook_settings" notebook_ours
candidate "of this, the features" with_settings "$notebook_settings" \
	timed 'DROP TABLE IF EXISTS six' "$(notebook_features six)"
! has_peer sklearn || ! has_peer pandas || candidate "pandas and scikit-learn" notebook_peer notebook
! has_peer pyspark || candidate "Spark, local[2]" notebook_peer spark
before_each="sql -c CHECKPOINT"
compare "$(awk "BEGIN { printf \"%.3f\", $(stat -c %s "$log") / 1e9 }") GB of JSON lines, six features, four models, three folds and a holdout"

# what came out: the splits of each are its own
{
	printf '\n| | weighted F1, mean of the folds | on the holdout | AUC on the holdout |\n|---|---|---|---|\n'
	value "SELECT format('| churn_compare, %s | %s | %s | %s |', algorithm, round(cv_mean::numeric, 4),
			round((holdout).weighted_f1::numeric, 4), round((holdout).auc::numeric, 4))
		FROM churn_compare('six', metric => 'weighted_f1', grid => '$notebook_grid') WHERE algorithm <> 'baseline' ORDER BY algorithm"
	for peer in spark notebook; do
		[ ! -f "$SANDBOX/notebook.$peer" ] ||
			awk -v peer="$([ $peer = spark ] && echo Spark || echo scikit-learn)" \
				'$2 == "cv_f1" { printf "| %s, %s | %s | %s | %s |\n", peer, $1, $3, $5, $7 }' "$SANDBOX/notebook.$peer"
	done
} | report_add
