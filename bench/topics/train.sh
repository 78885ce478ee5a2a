# train: a random forest from a table to a stored model, and how good it is.

. bench/training.sh

# Time for a row, from 200,000 to 4,000,000; ours alone
train_scaling()
{
	local rows

	sql -c 'DROP TABLE pool'
	for rows in 200000 4000000; do
		samples "rows_$rows" $rows
		candidate "churn_train, $rows rows" train_ours forest 10 "rows_$rows"
	done
	before_each=drop_model
	compare "From 200,000 to 4,000,000 rows, 100 trees, depth 10"
	awk -F '\t' '
		!($1 in least) || $2 < least[$1] { least[$1] = $2 }
		END { printf "\nTime grows %.2f times faster than the rows, by the least times.\n", least[1] / least[0] / 20 }' \
		"$SANDBOX/samples" | report_add
}

# train_users CSV: users of a real log; five folds, twenty times over
train_users()
{
	local columns

	columns=$(head -n 1 "$1" | sed 's/,/ float8,/g; s/$/ float8/; s/\(userid\|gender\|split\) float8/\1 text/gI; s/\bchurn float8/churn int/I')
	sql -c "CREATE TABLE users ($columns)" -c "\\copy users FROM '$1' (FORMAT csv, HEADER)" -c "
		CREATE VIEW parts AS
		SELECT 5 * repetition + f AS part, fold, u.*
		FROM (SELECT repetition, userid, row_number() OVER (PARTITION BY repetition, churn ORDER BY md5(repetition || userid)) % 5 AS fold
			  FROM users, generate_series(0, 19) repetition) s JOIN users u USING (userid), generate_series(0, 4) f"
	value "SELECT 'churn_train ' || grp || ' ' || (churn_metrics(churn, churn_predict(model, p))).auc
		FROM churn_train('SELECT * FROM parts WHERE fold <> part % 5', 'churn', options => '{\"trees\": 100, \"min_leaf\": 1}',
						 exclude => '{userid,split,fold}', group_by => 'part')
		JOIN parts p ON part = grp::int AND fold = part % 5
		GROUP BY grp" >"$SANDBOX/auc"
	columns=$(head -n 1 "$1" | sed 's/\b\(userid\|split\|churn\),//gI; s/\bgender\b/(gender = '"'M'"')::int/I')
	sql -c "COPY (SELECT part, fold, churn, $columns FROM parts) TO STDOUT (FORMAT csv)" >"$SANDBOX/folds.csv"
	"$python" bench/peer_forest.py folds "$SANDBOX/folds.csv" | sed 's/^/sklearn /' >>"$SANDBOX/auc"
	judge_table "$(value 'SELECT count(*) FROM users') real users, $(head -n 1 "$1" | tr , '\n' | wc -l) columns, 100 trees: AUC by cross-validation, twenty times" \
		<"$SANDBOX/auc" | report_add
}

training_data
for rows in ${TRAIN_ROWS:-22278 200000 1000000}; do
	case $rows in
		22278)
			train_compare forest 10 "$rows" "xgboost lightgbm sklearn ranger"
			train_compare forest 0 "$rows" "xgboost lightgbm sklearn ranger"
			;;
		200000) train_compare forest 10 "$rows" "xgboost lightgbm sklearn" ;;
		*) train_compare forest 10 "$rows" "xgboost lightgbm" ;;		# scikit-learn takes minutes
	esac
done
users=${SPARKIFY_DATA:-}/mini_user_features.csv
if [ ! -r "$users" ]; then
	say "skipped: no mini_user_features.csv here (SPARKIFY_DATA names its folder)"
elif has_peer sklearn; then
	train_users "$users"
fi
train_scaling
unset PGOPTIONS
