# survival: predicted curves of ours and the peers', of people held out, set by set.
#
# Each set is dealt into five folds; curves of each are predicted from the other four,
# and all are judged by churn_curve_metrics, concordance fold by fold.

survival_periods=10

# what ours are: name|algorithm|options
survival_ours='gradient_boosting|gradient_boosting|{}
gradient_boosting, shallow|gradient_boosting|{"trees": 100, "learning_rate": 0.05, "max_depth": 2, "subsample": 0.8}
random_forest|random_forest|{"trees": 300, "min_leaf": 30}
logistic_regression|logistic_regression|{}'

# survival_load SET: the table people, and the width of periods, by which eight in ten have been followed to the end
survival_load()
{
	local dir=$survival_dir

	sql -c 'SET client_min_messages = warning' -c 'DROP TABLE IF EXISTS people, curves CASCADE' \
		-c "CREATE TABLE people ($(cat "$dir/$1.types"))" -c "\\copy people FROM '$dir/$1.csv' (FORMAT csv, HEADER)" \
		-c 'CREATE TABLE curves (name text, id int, curve float8[])'
	survival_width=$(value "SELECT greatest(1, floor(percentile_cont(0.8) WITHIN GROUP (ORDER BY months) / $survival_periods))::int FROM people")
	sql -c "CREATE VIEW person_periods AS SELECT p.*, q.period, q.churned
		FROM people AS p, churn_periods(months, died, $survival_width, $survival_periods) AS q" -c 'ANALYZE people'
}

survival_judge_ours()
{
	local name algorithm options

	while IFS='|' read -r name algorithm options; do
		sql -c "INSERT INTO curves
			SELECT '$name', p.id, churn_predict_curve(model, p, $survival_periods)
			FROM generate_series(0, 4) AS k,
				churn_train(format('SELECT * FROM person_periods WHERE fold <> %s', k), algorithm => '$algorithm',
					options => '$options', id => 'id', exclude => '{fold,months,died}'),
				people AS p
			WHERE p.fold = k"
	done <<<"$survival_ours"
}

survival_table()
{
	value "
		WITH judged AS (
			SELECT name, avg((m).concordance) AS c FROM (
				SELECT name, churn_curve_metrics(months, died, curve, $survival_width) AS m
				FROM curves JOIN people USING (id) GROUP BY name, fold) AS f GROUP BY name)
		SELECT format(E'\n%s: %s people, %s events, %s periods of %s months\n\n|  | concordance | integrated Brier |\n|---|---|---|',
			'$1', count(*), count(*) FILTER (WHERE died), $survival_periods, $survival_width) FROM people
		UNION ALL
		SELECT string_agg(format('| %s | %s | %s |', name, round(c::numeric, 3), round((m).integrated_brier::numeric, 4)), E'\n'
			ORDER BY (m).integrated_brier)
		FROM (SELECT name, churn_curve_metrics(months, died, curve, $survival_width) AS m
			FROM curves JOIN people USING (id) GROUP BY name) AS a JOIN judged USING (name)"
}

if ! Rscript -e 'loadNamespace("survival")' >/dev/null 2>&1; then
	say "skipped: R has no package survival here (bench/deps.sh installs it)"
else
	survival_dir=$SANDBOX/survival
	mkdir -p "$survival_dir"
	Rscript bench/peer_survival.R sets "$survival_dir"
	for set in "$survival_dir"/*.csv; do
		set=$(basename "$set" .csv)
		say "$set"
		survival_load "$set"
		survival_judge_ours
		Rscript bench/peer_survival.R curves "$survival_dir/$set.csv" "$survival_width" $survival_periods |
			sql -c "\\copy curves FROM STDIN (DELIMITER ';')"
		survival_table "$set" | report_add
	done
fi
