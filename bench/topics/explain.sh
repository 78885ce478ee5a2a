# explain: SHAP values of rows, by a forest and by boosting.

. bench/samples.sh

# two processes, as peers have two threads
export PGOPTIONS='-c max_parallel_maintenance_workers=1 -c max_parallel_workers_per_gather=1'

explain_of=${EXPLAIN_OF:-22278}

# explain_kind KIND DEPTH ROWS ALGORITHM OPTIONS: models of the samples, of which
# they explain the first ROWS
explain_kind()
{
	local kind=$1 depth=$2 rows=$3 peer

	sql -c 'DROP TABLE IF EXISTS models, explained' \
		-c "CREATE TABLE explained WITH (parallel_workers = 1) AS SELECT * FROM samples WHERE userid <= $rows" \
		-c 'VACUUM ANALYZE explained' \
		-c "CREATE TABLE models AS SELECT model FROM churn_train('SELECT * FROM samples WHERE userid <= $explain_of', algorithm => '$4', options => '$5')"
	candidate "churn_reasons" timed \
		"SELECT sum(cardinality(churn_reasons(model, t))) FROM explained t, models"
	candidate "churn_explain" timed \
		"SELECT sum(contribution) FROM explained t, models, churn_explain(model, t)"
	for peer in ${EXPLAIN_PEERS:-xgboost lightgbm}; do
		! has_peer "$peer" || candidate "$peer, arrays in memory" "$python" bench/peer_forest.py explain "$kind" "$peer" \
			"$depth" "$SANDBOX/samples.npy" "$explain_of" "$rows"
	done
	compare "$rows rows by $4, 100 trees, $([ "$depth" = 0 ] && echo 'no limit of depth' || echo "depth $depth"), $(value "SELECT (churn_info(model)->>'nodes')::int / 100 FROM models") nodes each"
}

samples samples "$explain_of"
sample_arrays samples
explain_kind boost 6 5000 gradient_boosting '{"trees": 100, "max_depth": 6}'
explain_kind forest 10 1000 random_forest '{"trees": 100, "max_depth": 10, "min_leaf": 1}'
explain_kind forest 0 100 random_forest '{"trees": 100, "min_leaf": 1}'
unset PGOPTIONS
