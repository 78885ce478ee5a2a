#
# samples.sh
#	  Rows to train on: a label that depends on five of twenty numbers, or of
#	  as many as SAMPLE_COLUMNS says, and on chance.
#
# To be sourced.
#

sample_n=${SAMPLE_COLUMNS:-20}
sample_columns=$(seq -f 'x%.0f,' "$sample_n")
sample_columns=${sample_columns//$'\n'/}
sample_columns=${sample_columns%,}

# samples TABLE ROWS: makes a table, the same each time
samples()
{
	local draws

	draws=$(seq -f 'random() AS x%.0f,' "$sample_n")
	sql -c "SELECT setseed(0.$(printf '%07d' "$2"))" -o /dev/null \
		-c "CREATE ${samples_as:-} TABLE $1 AS SELECT userid, random() + x1 * 0.5 + x2 * x3 * 0.8 + (x4 > 0.7)::int * 0.4 - x5 * 0.3 > 1.25 AS churned, $sample_columns
			FROM (SELECT i AS userid, ${draws%,} FROM generate_series(1, $2) i OFFSET 0) q" \
		-c "VACUUM ANALYZE $1" -c "SELECT pg_prewarm('$1')"
}

# sample_arrays TABLE: the same rows for the peers, in $SANDBOX/TABLE.npy
sample_arrays()
{
	has_peer numpy || return 0
	sql -c "COPY (SELECT churned::int::float8, $sample_columns FROM $1 ORDER BY userid) TO STDOUT (FORMAT binary)" |
		"$python" bench/peer_forest.py keep "$(value "SELECT count(*) FROM $1")" "$((sample_n + 1))" "$SANDBOX/$1.npy"
}
