# train: a random forest from a table to a stored model, and how good it is.

. bench/samples.sh

# two processes, as peers have two threads
export PGOPTIONS='-c max_parallel_maintenance_workers=1 -c max_parallel_workers_per_gather=1'

drop_model()
{
	sql -c 'SET client_min_messages = warning' -c 'DROP TABLE IF EXISTS model'
}

# train_ours TABLE OPTIONS: more options in JSON
train_ours()
{
	timed "CREATE TABLE model AS SELECT model FROM churn_train('$1', options => '{\"trees\": 100, \"min_leaf\": 1$2}')"
}

train_peer()
{
	"$python" bench/peer_forest.py train "$1" "$2" "$SANDBOX/$3.npy" "$SANDBOX/held.npy" | tee "$SANDBOX/peer.out"
	sed -n "s/^AUC:/$1/p" "$SANDBOX/peer.out" >>"$SANDBOX/auc"
}

# train_compare ROWS DEPTH PEERS: DEPTH 0 is no limit
train_compare()
{
	local peer option=

	[ "$2" = 0 ] || option=", \"max_depth\": $2"
	: >"$SANDBOX/auc"
	before_each=drop_model
	candidate "churn_train, from table to table" train_ours "samples_$1" "$option"
	for peer in $3; do
		! has_peer "$peer" || candidate "$peer, from arrays in memory" train_peer "$peer" "$2" "samples_$1"
	done
	compare "$1 rows, 20 numbers, 100 trees, $([ "$2" = 0 ] && echo 'no limit of depth' || echo "depth $2")"
	drop_model
	train_ours "samples_$1" "$option" >/dev/null
	{
		printf '\n| AUC on 50,000 other rows | |\n|---|---|\n'
		printf '| churn_train | %.4f |\n' "$(value 'SELECT (churn_metrics(churned, churn_predict((SELECT model FROM model), h))).auc FROM held h')"
		sort -u -k 1,1 "$SANDBOX/auc" | sed 's/\(.*\) \(.*\)/| \1 | \2 |/'
	} | report_add
}

samples held 50000
for rows in ${TRAIN_ROWS:-22278 200000 1000000}; do
	samples "samples_$rows" "$rows"
	case $rows in
		22278)
			train_compare "$rows" 10 "xgboost lightgbm sklearn"
			train_compare "$rows" 0 "xgboost lightgbm sklearn"
			;;
		200000) train_compare "$rows" 10 "xgboost lightgbm sklearn" ;;
		*) train_compare "$rows" 10 "xgboost lightgbm" ;;		# scikit-learn takes minutes
	esac
done
unset PGOPTIONS
