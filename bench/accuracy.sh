#
# accuracy.sh
#	  Sets to train on and to judge by, and figures of ours and of the peers.
#
# To be sourced.  Sets and the peers' figures are kept in bench/accuracy, so that
# only ours are made anew.
#

accuracy_kept=bench/accuracy

# ours: label|algorithm|options, each as it is by default
accuracy_ours=(
	'random_forest|random_forest|{}'
	'gradient_boosting|gradient_boosting|{}'
	'logistic_regression|logistic_regression|{}'
	'naive_bayes|naive_bayes|{}'
	'decision_tree|decision_tree|{}'
	'auto|auto|{}'
)
accuracy_peers=(lightgbm lightgbm_300 xgboost xgboost_300 hist_gradient_boosting hist_gradient_boosting_300 catboost_300 catboost)

# one process, so that its CPU can be told; the models are the same with more
accuracy_settings='max_parallel_maintenance_workers=0 max_parallel_workers_per_gather=0'

# Makes the sets that are not kept.
accuracy_make_sets()
{
	local raw=$SANDBOX/input/accuracy_sets

	[ ! -f $accuracy_kept/numbers.csv ] || return 0
	mkdir -p "$raw" $accuracy_kept
	say "Making the sets"
	if ! Rscript bench/accuracy_sets.R "$raw"; then
		say "skipped: sets of R's packages (bench/deps.sh installs R)"
	fi
	sql -v dir="$raw" -f bench/accuracy_sets.sql
	"$python" bench/accuracy_sets.py "$raw" $accuracy_kept
}

accuracy_load_set()
{
	sql -f "$accuracy_kept/$1.sql"
	sql -c "COPY set_$1 FROM STDIN (FORMAT csv, HEADER)" <"$accuracy_kept/$1.csv"
	sql -c "VACUUM ANALYZE set_$1" -o /dev/null -c "SELECT note_set('$1')"
}

# accuracy_judge_ours SET FITS: all of ours
accuracy_judge_ours()
{
	local ours label algorithm options

	for ours in "${accuracy_ours[@]}"; do
		IFS='|' read -r label algorithm options <<<"$ours"
		with_settings "$accuracy_settings" sql -v set="$1" -v label="$label" -v algorithm="$algorithm" -v options="$options" <<-END
			CALL judge_ours(:'set', :'label', :'algorithm', :'options', $2);
		END
	done
}

# The library that makes a peer, and its version
accuracy_version()
{
	local library=${1%_300}

	[ "$library" != hist_gradient_boosting ] || library=sklearn
	"$python" -c "import $library; print('$library', $library.__version__)" 2>/dev/null
}

# accuracy_judge_peers SET FITS: those whose figures are not kept
accuracy_judge_peers()
{
	local peer version made_of kept

	for peer in "${accuracy_peers[@]}"; do
		if ! version=$(accuracy_version "$peer"); then
			say "skipped: no $peer here (bench/deps.sh installs it)"
			continue
		fi
		made_of="$version $(md5sum <"$accuracy_kept/$1.csv" | cut -c 1-32)"
		kept="FROM kept_figures WHERE set = '$1' AND candidate = '$peer'"
		[ "$(value "SELECT count(*) $kept AND made_of = '$made_of'")" -lt "$2" ] || continue
		say "  $peer"
		sql -c "DELETE $kept"
		"$python" -W ignore bench/peer_accuracy.py "$peer" "$accuracy_kept/$1.csv" "$2" |
			sql -c 'COPY peer_scores FROM STDIN (FORMAT csv)'
		sql -c "CALL judge_peer('$1', '$peer', '$made_of')"
		accuracy_keep_peers
	done
}

accuracy_load_peers()
{
	[ ! -f $accuracy_kept/peers.tsv ] || sql -c 'COPY kept_figures FROM STDIN' <$accuracy_kept/peers.tsv
}

accuracy_keep_peers()
{
	sql -c 'COPY (SELECT * FROM kept_figures ORDER BY set, candidate, repetition, fold) TO STDOUT' >$accuracy_kept/peers.new
	mv $accuracy_kept/peers.new $accuracy_kept/peers.tsv
}
