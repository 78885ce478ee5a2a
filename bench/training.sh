#
# training.sh
#	  Models of ours and of the peers: how long it takes to train them, and how
#	  good they are.
#
# To be sourced.  It makes the tables pool, of 1,000,000 rows, and held, of
# 50,000 others.  KIND is forest or boost; DEPTH 0 is no limit.
#

. bench/samples.sh

# two processes, as peers have two threads
export PGOPTIONS='-c max_parallel_maintenance_workers=1 -c max_parallel_workers_per_gather=1'

pool_rows=1000000
judge_seconds=60				# no further seed is judged after so long

training_data()
{
	samples pool $pool_rows
	samples held 50000
	sample_arrays pool
	sample_arrays held
}

drop_model()
{
	sql -c 'SET client_min_messages = warning' -c 'DROP TABLE IF EXISTS model'
}

# training_of KIND DEPTH SOURCE SEED: SQL that makes the table model
training_of()
{
	local algorithm=gradient_boosting options="\"trees\": 100, \"seed\": $4"

	[ "$2" = 0 ] || options+=", \"max_depth\": $2"
	if [ "$1" = forest ]; then
		algorithm=random_forest
		options+=', "min_leaf": 1'
	else
		# as the peers: all rows and features for every tree, to the last one
		options+=', "learning_rate": 0.1, "l2": 1, "min_leaf": 20, "subsample": 1, "features_per_split": "all"'
		options+=', "early_stopping": 0, "threshold": 0.5'
	fi
	echo "CREATE TABLE model AS SELECT model FROM churn_train('$3', algorithm => '$algorithm', options => '{$options}')"
}

train_ours()
{
	timed "$(training_of "$@" 1)"
}

# peer WHAT KIND LIB ...: as bench/peer_forest.py says
peer()
{
	if [ "$3" = ranger ]; then
		Rscript bench/peer_forest.R "$@"
	else
		"$python" bench/peer_forest.py "$@"
	fi
}

# train_compare KIND DEPTH ROWS PEERS
train_compare()
{
	local lib table=samples_$3

	[ "$3" != $pool_rows ] || table=pool
	[ -n "$(value "SELECT to_regclass('$table')")" ] ||
		sql -c "CREATE TABLE $table AS SELECT * FROM pool WHERE userid <= $3" -c "VACUUM ANALYZE $table" \
			-o /dev/null -c "SELECT pg_prewarm('$table')"
	before_each=drop_model
	candidate "churn_train, from table to table" train_ours "$1" "$2" "$table"
	for lib in $4; do
		! has_peer "$lib" || candidate "$lib, from arrays in memory" peer train "$1" "$lib" "$2" "$SANDBOX/pool.npy" "$3"
	done
	compare "$3 rows, $sample_n numbers, 100 trees, $([ "$2" = 0 ] && echo 'no limit of depth' || echo "depth $2")"
	judge "$@"
}

# judge KIND DEPTH ROWS PEERS: AUC by seed.  Seed S trains on the S-th stretch of
# so many rows of the pool, as far as there are any.
judge()
{
	local lib

	judge_ours "$1" "$2" "$3" | sed 's/^/churn_train /' >"$SANDBOX/auc"
	for lib in $4; do
		! has_peer "$lib" || peer auc "$1" "$lib" "$2" "$SANDBOX/pool.npy" "$3" "$SANDBOX/held.npy" $judge_seconds |
			sed "s/^/$lib /" >>"$SANDBOX/auc"
	done
	judge_table "AUC on 50,000 other rows" <"$SANDBOX/auc" | report_add
}

judge_ours()
{
	local seed first

	for seed in 1 2 3 4 5; do
		first=$(((seed - 1) * $3 % (pool_rows - $3 + 1)))
		drop_model
		sql -c "$(training_of "$1" "$2" "SELECT * FROM pool WHERE userid > $first AND userid <= $((first + $3))" $seed)"
		echo "$seed $(value 'SELECT (churn_metrics(churned, churn_predict((SELECT model FROM model), h))).auc FROM held h')"
	done
}

# judge_table TITLE: of lines "NAME SET AUC", ours first
judge_table()
{
	printf '\n| %s | mean | standard error, of five | how many | above ours on the same |\n|---|---|---|---|---|\n' "$1"
	awk '
		!n[$1]++ { name[++names] = $1 }
		names == 1 { ours[$2] = $3 }
		{ sum[$1] += $3; squares[$1] += $3 * $3; above[$1] += $3 - ours[$2] }
		END {
			for (i = 1; i <= names; i++) {
				k = n[name[i]]
				mean = sum[name[i]] / k
				variance = k > 1 ? (squares[name[i]] - k * mean * mean) / (k - 1) : 0
				printf "| %s | %.4f | %.4f | %d | %+.4f |\n", name[i], mean, sqrt(variance > 0 ? variance / 5 : 0), k,
					above[name[i]] / k
			}
		}'
}
