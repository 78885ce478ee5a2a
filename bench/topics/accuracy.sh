# accuracy: how good our models and the peers' are on users and rows held out, set by set.
#
# ACCURACY_SETS   some of the sets, in quotes; all without
# ACCURACY_FITS   how many of the ten fits (two repetitions of five folds): 10 without, 2 for a quick look
# ACCURACY_TRY    more of ours, one a line: label|algorithm|options
# ACCURACY_ALONE  set: judge ours only, beside what is kept of the peers

. bench/accuracy.sh

accuracy_fits=${ACCURACY_FITS:-10}
if [ -n "${ACCURACY_TRY:-}" ]; then
	mapfile -t -O ${#accuracy_ours[@]} accuracy_ours <<<"$ACCURACY_TRY"
fi

sql -f bench/accuracy.sql
accuracy_make_sets
accuracy_load_peers
accuracy_sets=${ACCURACY_SETS:-$(cd $accuracy_kept && ls -- *.csv | sed 's/\.csv$//')}
for set in $accuracy_sets; do
	say "$set"
	accuracy_load_set "$set"
	[ -n "${ACCURACY_ALONE:-}" ] || accuracy_judge_peers "$set" "$accuracy_fits"
	sql -o /dev/null -c "SELECT show_peers('$set', $accuracy_fits)"
	accuracy_judge_ours "$set" "$accuracy_fits"
	value "SELECT set_table('$set')" | report_add
done
value "SELECT means_table('gradient_boosting')" | report_add
