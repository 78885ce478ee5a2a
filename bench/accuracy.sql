-- Ours trained and judged on the sets of the topic accuracy, and the tables of what came out.

-- figures of a candidate on a fold of a set
CREATE TABLE figures (
	set text, candidate text, repetition int, fold int,
	auc float8, pr_auc float8, log_loss float8, brier float8, cpu float8);

-- those of the peers, with what they were made of
CREATE TABLE kept_figures (LIKE figures, made_of text);

-- scores of a peer, as bench/peer_accuracy.py writes them
CREATE TABLE peer_scores (repetition int, fold int, cpu float8, y int, score float8);

CREATE TABLE judged_sets (name text PRIMARY KEY, n bigint, users bigint, columns int, categories int, churned float8);

-- seconds of CPU that this process has used
CREATE FUNCTION cpu_seconds() RETURNS float8 LANGUAGE SQL
AS $$ SELECT (s[13]::float8 + s[14]::float8) / 100
	FROM string_to_array(regexp_replace(pg_read_file('/proc/self/stat'), '^.*\) ', 'comm '), ' ') AS s $$;

-- tells of a set and its table what the report shows
CREATE FUNCTION note_set(set_name text) RETURNS void LANGUAGE plpgsql
AS $$
BEGIN
	EXECUTE format('INSERT INTO judged_sets SELECT %1$L, count(*), count(DISTINCT userid), a.n - 4, a.texts, avg(y)
		FROM set_%1$s, (SELECT count(*) AS n, count(*) FILTER (WHERE atttypid = ''text''::regtype) AS texts FROM pg_attribute
			WHERE attrelid = ''set_%1$s''::regclass AND attnum > 0) AS a GROUP BY a.n, a.texts', set_name);
END
$$;

-- trains on all folds but one and judges by it, for the first of the ten fits
CREATE PROCEDURE judge_ours(set_name text, candidate text, algorithm text, options jsonb, fits int) LANGUAGE plpgsql
AS $$
DECLARE
	fitted churn_model;
	started float8;
	cpu float8;
	held text;
BEGIN
	FOR fit IN 0 .. fits - 1 LOOP
		held := format('fold%s = %s', fit / 5 + 1, fit % 5);
		started := cpu_seconds();
		SELECT model INTO STRICT fitted FROM churn_train(format('SELECT * FROM set_%s WHERE NOT %s', set_name, held),
			label => 'y', algorithm => judge_ours.algorithm, options => judge_ours.options,
			exclude => '{fold1,fold2}', id => 'userid');
		cpu := cpu_seconds() - started;
		EXECUTE format('INSERT INTO figures SELECT $1, $2, $3, $4, (m).auc, (m).pr_auc, (m).log_loss, (m).brier, $5
			FROM (SELECT churn_metrics(y = 1, churn_predict($6, s)) AS m FROM set_%s AS s WHERE %s) AS j', set_name, held)
			USING set_name, candidate, fit / 5 + 1, fit % 5, cpu, fitted;
	END LOOP;
END
$$;

-- judges what a peer has scored, and forgets the scores
CREATE PROCEDURE judge_peer(set_name text, candidate text, made_of text) LANGUAGE SQL
AS $$
	INSERT INTO kept_figures SELECT set_name, candidate, repetition, fold, (m).auc, (m).pr_auc, (m).log_loss, (m).brier, cpu, made_of
	FROM (SELECT repetition, fold, cpu, churn_metrics(y = 1, score) AS m FROM peer_scores GROUP BY 1, 2, 3) AS j;
	TRUNCATE peer_scores;
$$;

-- takes what is kept of the peers to the figures that are shown
CREATE FUNCTION show_peers(set_name text, fits int) RETURNS void LANGUAGE SQL
AS $$
	INSERT INTO figures SELECT set, candidate, repetition, fold, auc, pr_auc, log_loss, brier, cpu
	FROM kept_figures WHERE set = set_name AND 5 * (repetition - 1) + fold < fits
$$;

CREATE FUNCTION decimals(x float8, n int) RETURNS text LANGUAGE SQL
AS $$ SELECT coalesce(round(x::numeric, n)::text, '') $$;

-- the table of a set: means over its folds, and the standard error of the AUC's
CREATE FUNCTION set_table(set_name text) RETURNS SETOF text LANGUAGE SQL
AS $$
	SELECT format(E'\n| %s: %s rows, %s columns, %s of them categories, %s %% of ones%s | AUC | s.e. | PR AUC | log loss | Brier | CPU s a fit |\n|---|---|---|---|---|---|---|',
		name, n, columns, categories, decimals(100 * churned, 1), CASE WHEN users < n THEN format(', %s users', users) END)
	FROM judged_sets WHERE name = set_name
	UNION ALL
	SELECT * FROM (SELECT format('| %s | %s | %s | %s | %s | %s | %s |', candidate, decimals(avg(auc), 4),
			decimals(stddev(auc) / sqrt(count(*)), 4), decimals(avg(pr_auc), 4), decimals(avg(log_loss), 4),
			decimals(avg(brier), 4), decimals(avg(cpu), 2))
		FROM figures WHERE set = set_name GROUP BY candidate ORDER BY avg(auc) DESC) AS rows
$$;

-- the means over all sets, each set weighing the same; beside them how far a candidate
-- is ahead of the other one on the same folds, with the standard error of that
CREATE FUNCTION means_table(other text) RETURNS SETOF text LANGUAGE SQL
AS $$
	SELECT format(E'\n| means over %s sets | AUC | above %s | s.e. | better on | PR AUC | log loss | below %2$s | s.e. | better on | Brier | CPU s a fit |\n|---|---|---|---|---|---|---|---|---|---|---|---|',
		(SELECT count(DISTINCT set) FROM figures), other)
	UNION ALL
	SELECT * FROM (
		SELECT format('| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |', candidate, decimals(avg(auc), 4),
			decimals(avg(ahead), 4), decimals(sqrt(sum(ahead_error ^ 2)) / count(*), 4), count(*) FILTER (WHERE ahead > 0),
			decimals(avg(pr_auc), 4), decimals(avg(log_loss), 4),
			decimals(avg(less), 4), decimals(sqrt(sum(less_error ^ 2)) / count(*), 4), count(*) FILTER (WHERE less > 0),
			decimals(avg(brier), 4), decimals(avg(cpu), 2))
		FROM (SELECT f.candidate, f.set, avg(f.auc) AS auc, avg(f.pr_auc) AS pr_auc, avg(f.log_loss) AS log_loss,
				avg(f.brier) AS brier, avg(f.cpu) AS cpu,
				avg(f.auc - o.auc) AS ahead, stddev(f.auc - o.auc) / sqrt(count(*)) AS ahead_error,
				avg(o.log_loss - f.log_loss) AS less, stddev(o.log_loss - f.log_loss) / sqrt(count(*)) AS less_error
			FROM figures AS f JOIN figures AS o USING (set, repetition, fold)
			WHERE o.candidate = other GROUP BY f.candidate, f.set) AS by_set
		GROUP BY candidate ORDER BY avg(auc) DESC) AS rows
$$;
