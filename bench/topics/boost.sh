# boost: gradient boosting from a table to a stored model, and how good it is.
#
# TRAIN_ROWS     how many rows, one size after the other: 22278, 200000 and 1000000 without
# TRAIN_COLUMNS  of how many numbers: 20 without
# TRAIN_PEERS    the peers; "sklearn" is HistGradientBoostingClassifier
#
# More than a million rows, as "make bench TOPIC=boost RUNS=1 TRAIN_ROWS=10000000 TRAIN_COLUMNS=40",
# are trained on by one seed each, and the peak of the memory is told: some 12 GB with the arrays
# of the largest peer, and 10 GB of disk.

SAMPLE_COLUMNS=${TRAIN_COLUMNS:-20}
. bench/training.sh
. bench/memory.sh

# ours_weighed TABLE: trains, and leaves the peak of the memory and the AUC in $SANDBOX/weighed
ours_weighed()
{
	local samples=$SANDBOX/weighed.samples memory_pause=1

	: >"$samples"
	look_on memory_of_all "$samples" train_ours boost 6 "$1"
	printf 'churn_train %s %s\n' "$(sort -n "$samples" | awk 'END { printf "%.0f", $1 / 1024 }')" \
		"$(value 'SELECT round((churn_metrics(churned, churn_predict((SELECT model FROM model), h))).auc::numeric, 4) FROM large_held h')" \
		>>"$SANDBOX/weighed"
}

# peer_weighed LIB ROWS: likewise
peer_weighed()
{
	peer weigh boost "$1" 6 "$SANDBOX/large.npy" "$2" "$SANDBOX/large_held.npy" | tee "$SANDBOX/weighed.out"
	awk -v name="$1" '$1 == "Memory:" { memory = $2 } $1 == "AUC:" { auc = $2 } END { print name, memory, auc }' \
		"$SANDBOX/weighed.out" >>"$SANDBOX/weighed"
}

# Memory is full when a run begins, for all candidates alike
start_large()
{
	drop_model
	fill_memory
}

# boost_large ROWS: rows of a table of their own, which is gone afterwards
boost_large()
{
	local lib samples_as=UNLOGGED

	samples large "$1"
	samples large_held 50000
	sample_arrays large
	sample_arrays large_held
	: >"$SANDBOX/weighed"
	before_each=start_large
	candidate "churn_train, from table to table" ours_weighed large
	for lib in $boost_peers; do
		! has_peer "$lib" || candidate "$lib, from arrays in memory" peer_weighed "$lib" "$1"
	done
	compare "$1 rows, $sample_n numbers, 100 trees, depth 6"
	{
		printf '\n| | peak MB, with its rows, in shared memory and in arrays | AUC on 50,000 other rows |\n|---|---|---|\n'
		awk '!n[$1]++ { name[++names] = $1 }
			$2 > peak[$1] { peak[$1] = $2 }
			{ auc[$1] = $3 }
			END { for (i = 1; i <= names; i++) printf "| %s | %d | %s |\n", name[i], peak[name[i]], auc[name[i]] }' "$SANDBOX/weighed"
	} | report_add
	rm -f "$SANDBOX/large.npy" "$SANDBOX/large_held.npy"
	sql -c 'DROP TABLE large' -c 'DROP TABLE large_held'
}

boost_peers=${TRAIN_PEERS:-xgboost lightgbm catboost}
boost_ready=
for rows in ${TRAIN_ROWS:-22278 200000 1000000}; do
	if [ "$rows" -gt $pool_rows ]; then
		boost_large "$rows"
		continue
	fi
	[ -n "$boost_ready" ] || training_data
	boost_ready=1
	train_compare boost 6 "$rows" "$boost_peers"
done
unset PGOPTIONS
