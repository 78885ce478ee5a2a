------------------------------------------------------------------------
-- Daily work: which model is in use, and what it has said
------------------------------------------------------------------------

-- Functions that take a source have no search_path of their own, because the source's names are
-- the caller's.  They name the schema of everything, types and operators too.  They call the
-- extension's functions with all arguments in their own types, so that none that is made beside
-- fits better.

CREATE TABLE churn_models (
	name text NOT NULL CHECK (name <> ''),
	version int NOT NULL CHECK (version > 0),
	model churn_model NOT NULL,
	active boolean NOT NULL DEFAULT false,
	previous int,
	metrics jsonb,
	source text,
	options jsonb,
	note text,
	created_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	created_by name NOT NULL DEFAULT CURRENT_USER,
	PRIMARY KEY (name, version)
);
CREATE UNIQUE INDEX churn_models_active ON churn_models (name) WHERE active;
SELECT pg_catalog.pg_extension_config_dump('churn_models', '');
COMMENT ON TABLE churn_models IS 'models that are or were in use; churn_deploy adds to them';
COMMENT ON COLUMN churn_models.name IS 'what the model is for; one version of each name is active';
COMMENT ON COLUMN churn_models.version IS 'from 1 on';
COMMENT ON COLUMN churn_models.active IS 'is it the one that churn_active(name) returns?';
COMMENT ON COLUMN churn_models.previous IS
	'the version that was active when this one was deployed: churn_rollback goes back to it';
COMMENT ON COLUMN churn_models.metrics IS
	'figures of churn_evaluate when it was deployed, with their limits as NAME_low and NAME_high';
COMMENT ON COLUMN churn_models.source IS 'what it was trained on';
COMMENT ON COLUMN churn_models.options IS 'algorithm and options it was trained with';

CREATE TABLE churn_scores (
	name text NOT NULL,
	as_of date NOT NULL,
	id text NOT NULL,
	score float8 NOT NULL,
	at_risk boolean NOT NULL,
	version int NOT NULL,
	PRIMARY KEY (name, as_of, id)
);
SELECT pg_catalog.pg_extension_config_dump('churn_scores', '');
COMMENT ON TABLE churn_scores IS 'what models in use have said, night by night; by churn_record';
COMMENT ON COLUMN churn_scores.version IS 'of the model, in churn_models';

CREATE FUNCTION churn_active(name text) RETURNS churn_model
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION churn_active(text) IS
	'the model that is in use under this name, looked up once in a query; an error when there is '
	'none';

CREATE FUNCTION sparkify_metrics_json(model churn_model, source text, label text, id text)
RETURNS jsonb LANGUAGE sql VOLATILE AS $$
	SELECT pg_catalog.jsonb_object_agg(f.key, f.value)
	FROM @extschema@.churn_evaluate($1, $2, $3, $4, 42::pg_catalog.int8) AS e,
		LATERAL (VALUES (e.metric, e.value), (pg_catalog.concat(e.metric, '_low'), e.low),
			(pg_catalog.concat(e.metric, '_high'), e.high)) AS f(key, value)
	WHERE f.value IS NOT NULL
$$;
COMMENT ON FUNCTION sparkify_metrics_json(churn_model, text, text, text) IS
	'internal: what churn_evaluate says, as one object';

CREATE FUNCTION churn_deploy(
	name text,
	model churn_model,
	source text DEFAULT NULL,
	note text DEFAULT NULL,
	judged_on text DEFAULT NULL,
	label text DEFAULT 'churned',
	id text DEFAULT NULL
) RETURNS int LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	info pg_catalog.jsonb;
	last int;
	was int;
BEGIN
	IF churn_deploy.name IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed',
			MESSAGE = 'name must not be null';
	END IF;
	IF churn_deploy.model IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed',
			MESSAGE = 'model must not be null';
	END IF;
	IF churn_deploy.name OPERATOR(pg_catalog.=) '' THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
			MESSAGE = 'name must not be empty';
	END IF;

	-- readers go on; whoever deploys waits
	LOCK TABLE @extschema@.churn_models IN SHARE ROW EXCLUSIVE MODE;
	info := @extschema@.churn_info(churn_deploy.model);
	SELECT pg_catalog.max(m.version), pg_catalog.max(m.version) FILTER (WHERE m.active)
	INTO last, was
	FROM @extschema@.churn_models AS m WHERE m.name OPERATOR(pg_catalog.=) churn_deploy.name;
	last := COALESCE(last, 0) OPERATOR(pg_catalog.+) 1;
	UPDATE @extschema@.churn_models AS m SET active = false
		WHERE m.name OPERATOR(pg_catalog.=) churn_deploy.name AND m.active;
	INSERT INTO @extschema@.churn_models
		(name, version, model, active, previous, metrics, source, options, note)
	VALUES (churn_deploy.name, last, churn_deploy.model, true, was,
		CASE WHEN churn_deploy.judged_on IS NOT NULL
			THEN @extschema@.sparkify_metrics_json(churn_deploy.model, churn_deploy.judged_on,
				churn_deploy.label, churn_deploy.id) END,
		churn_deploy.source,
		pg_catalog.jsonb_build_object('algorithm', pg_catalog.jsonb_extract_path(info, 'algorithm'))
			OPERATOR(pg_catalog.||) pg_catalog.jsonb_extract_path(info, 'options'),
		churn_deploy.note);
	RETURN last;
END $$;
COMMENT ON FUNCTION churn_deploy(text, churn_model, text, text, text, text, text) IS
	'puts a model in use under a name, as its next version, which it returns; judged on the rows '
	'of a source, if one is given';

CREATE FUNCTION churn_rollback(name text, version int DEFAULT NULL) RETURNS int
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	back int := churn_rollback.version;
BEGIN
	LOCK TABLE @extschema@.churn_models IN SHARE ROW EXCLUSIVE MODE;
	PERFORM FROM @extschema@.churn_models AS m WHERE m.name = churn_rollback.name;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = 'undefined_object',
			MESSAGE = format('no model "%s" is deployed', churn_rollback.name);
	END IF;
	IF back IS NULL THEN
		SELECT m.previous INTO back FROM @extschema@.churn_models AS m
		WHERE m.name = churn_rollback.name AND m.active;
	END IF;
	IF back IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'undefined_object',
			MESSAGE = format('no version of model "%s" was in use before', churn_rollback.name),
			HINT = 'Name a version to put in use.';
	END IF;
	UPDATE @extschema@.churn_models AS m SET active = false
	WHERE m.name = churn_rollback.name AND m.active AND m.version <> back;
	UPDATE @extschema@.churn_models AS m SET active = true
	WHERE m.name = churn_rollback.name AND m.version = back;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = 'undefined_object',
			MESSAGE = format('model "%s" has no version %s', churn_rollback.name, back);
	END IF;
	RETURN back;
END $$;
COMMENT ON FUNCTION churn_rollback(text, int) IS
	'puts the version back in use that was before the active one, or the one that is named, and '
	'returns it';

CREATE FUNCTION churn_challenge(
	name text,
	model churn_model,
	source text,
	label text DEFAULT 'churned',
	id text DEFAULT NULL,
	level float8 DEFAULT 0.05,
	note text DEFAULT NULL,
	OUT deployed boolean,
	OUT version int,
	OUT n bigint,
	OUT positives bigint,
	OUT users bigint,
	OUT champion_auc float8,
	OUT challenger_auc float8,
	OUT difference float8,
	OUT low float8,
	OUT high float8,
	OUT p_value float8
) RETURNS record LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	champion @extschema@.churn_model := @extschema@.churn_active(churn_challenge.name);
BEGIN
	IF churn_challenge.level IS NULL OR NOT (churn_challenge.level OPERATOR(pg_catalog.>) 0
		AND churn_challenge.level OPERATOR(pg_catalog.<) 1) THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
			MESSAGE = 'level must be between 0 and 1';
	END IF;
	SELECT t.n, t.positives, t.users, t.other_auc, t.auc, t.difference, t.low, t.high, t.p_value
	INTO n, positives, users, champion_auc, challenger_auc, difference, low, high, p_value
	FROM @extschema@.churn_paired_test(churn_challenge.model, champion, churn_challenge.source,
		churn_challenge.label, churn_challenge.id) AS t;
	deployed := COALESCE(difference OPERATOR(pg_catalog.>) 0
		AND p_value OPERATOR(pg_catalog.<) churn_challenge.level, false);
	IF deployed THEN
		version := @extschema@.churn_deploy(churn_challenge.name, churn_challenge.model,
			NULL::pg_catalog.text, churn_challenge.note, churn_challenge.source,
			churn_challenge.label, churn_challenge.id);
	ELSE
		SELECT m.version INTO version FROM @extschema@.churn_models AS m
		WHERE m.name OPERATOR(pg_catalog.=) churn_challenge.name AND m.active;
	END IF;
END $$;
COMMENT ON FUNCTION churn_challenge(text, churn_model, text, text, text, float8, text) IS
	'deploys a model only when it ranks the rows of a source better than the one in use, by more '
	'than chance; tells both AUCs and the test';

CREATE FUNCTION churn_record(
	name text,
	source text,
	as_of date DEFAULT NULL,
	id text DEFAULT 'userid'
) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	champion @extschema@.churn_model := @extschema@.churn_active(churn_record.name);
	night pg_catalog.date := COALESCE(churn_record.as_of,
		pg_catalog.date(pg_catalog.timezone('UTC', pg_catalog.now())));
	used int;
	recorded bigint;
BEGIN
	SELECT m.version INTO used FROM @extschema@.churn_models AS m
	WHERE m.name OPERATOR(pg_catalog.=) churn_record.name AND m.active;
	DELETE FROM @extschema@.churn_scores AS s
	WHERE s.name OPERATOR(pg_catalog.=) churn_record.name AND s.as_of OPERATOR(pg_catalog.=) night;
	INSERT INTO @extschema@.churn_scores (name, as_of, id, score, at_risk, version)
	SELECT churn_record.name, night, s.id, s.score, s.at_risk, used
	FROM @extschema@.churn_score(champion, churn_record.source, churn_record.id) AS s;
	GET DIAGNOSTICS recorded = ROW_COUNT;
	RETURN recorded;
END $$;
COMMENT ON FUNCTION churn_record(text, text, date, text) IS
	'scores the rows of a source by the model in use and keeps that as the scores of a night, by '
	'default that of today in UTC, in place of what was there; returns how many';

CREATE FUNCTION sparkify_recorded(name text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM FROM @extschema@.churn_scores AS s WHERE s.name = sparkify_recorded.name;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = 'undefined_object',
			MESSAGE = format('no scores of model "%s" are recorded', sparkify_recorded.name),
			HINT = 'SELECT churn_record(name, source) records them.';
	END IF;
END $$;
COMMENT ON FUNCTION sparkify_recorded(text) IS
	'internal: an error when there are no scores of this model';

CREATE FUNCTION churn_history(
	name text,
	nights int DEFAULT 30,
	OUT as_of date,
	OUT version int,
	OUT users bigint,
	OUT mean_score float8,
	OUT at_risk bigint,
	OUT became_at_risk bigint,
	OUT no_longer_at_risk bigint,
	OUT came bigint,
	OUT went bigint,
	OUT mean_change float8,
	OUT changed_most text,
	OUT largest_change float8
) RETURNS SETOF record
LANGUAGE plpgsql STABLE ROWS 30 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	PERFORM @extschema@.sparkify_recorded(churn_history.name);
	RETURN QUERY
	WITH nights AS (
		SELECT d.as_of, lag(d.as_of) OVER (ORDER BY d.as_of) AS before
		FROM (SELECT DISTINCT s.as_of FROM @extschema@.churn_scores AS s
			WHERE s.name = churn_history.name) AS d),
	shown AS (SELECT * FROM nights AS n ORDER BY n.as_of DESC LIMIT churn_history.nights),
	told AS (
		SELECT n.as_of, n.before, max(s.version) AS version, count(*) AS users,
			avg(s.score::numeric)::float8 AS mean_score,
			count(*) FILTER (WHERE s.at_risk) AS at_risk,
			count(*) FILTER (WHERE s.at_risk AND NOT b.at_risk) AS became,
			count(*) FILTER (WHERE NOT s.at_risk AND b.at_risk) AS ceased,
			count(b.id) AS stayed,
			avg(abs(s.score - b.score)::numeric)::float8 AS mean_change,
			(array_agg(s.id ORDER BY abs(s.score - b.score) DESC, s.id COLLATE "C")
				FILTER (WHERE b.id IS NOT NULL))[1] AS most,
			(array_agg(s.score - b.score ORDER BY abs(s.score - b.score) DESC, s.id COLLATE "C")
				FILTER (WHERE b.id IS NOT NULL))[1] AS largest
		FROM shown AS n
			JOIN @extschema@.churn_scores AS s
				ON s.name = churn_history.name AND s.as_of = n.as_of
			LEFT JOIN @extschema@.churn_scores AS b
				ON b.name = churn_history.name AND b.as_of = n.before AND b.id = s.id
		GROUP BY n.as_of, n.before)
	SELECT t.as_of, t.version, t.users, t.mean_score, t.at_risk,
		CASE WHEN t.before IS NOT NULL THEN t.became END,
		CASE WHEN t.before IS NOT NULL THEN t.ceased END,
		CASE WHEN t.before IS NOT NULL THEN t.users - t.stayed END,
		CASE WHEN t.before IS NOT NULL THEN (SELECT count(*) FROM @extschema@.churn_scores AS o
			WHERE o.name = churn_history.name AND o.as_of = t.before) - t.stayed END,
		t.mean_change, t.most, t.largest
	FROM told AS t ORDER BY t.as_of DESC;
END $$;
COMMENT ON FUNCTION churn_history(text, int) IS
	'the last nights of recorded scores, the latest first: how many users, how many at risk, and '
	'what changed since the night before, most of all whose score';

CREATE FUNCTION churn_changes(
	name text,
	as_of date DEFAULT NULL,
	top int DEFAULT 10,
	OUT id text,
	OUT score_before float8,
	OUT score float8,
	OUT change float8,
	OUT at_risk_before boolean,
	OUT at_risk boolean
) RETURNS SETOF record
LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	night date := churn_changes.as_of;
	before date;
BEGIN
	PERFORM @extschema@.sparkify_recorded(churn_changes.name);
	SELECT COALESCE(night, max(s.as_of)) INTO night FROM @extschema@.churn_scores AS s
	WHERE s.name = churn_changes.name;
	SELECT max(s.as_of) INTO before FROM @extschema@.churn_scores AS s
	WHERE s.name = churn_changes.name AND s.as_of < night;
	RETURN QUERY
	SELECT s.id, b.score, s.score, s.score - b.score, b.at_risk, s.at_risk
	FROM @extschema@.churn_scores AS s
		JOIN @extschema@.churn_scores AS b
			ON b.name = churn_changes.name AND b.as_of = before AND b.id = s.id
	WHERE s.name = churn_changes.name AND s.as_of = night
	ORDER BY abs(s.score - b.score) DESC, s.id COLLATE "C" LIMIT churn_changes.top;
END $$;
COMMENT ON FUNCTION churn_changes(text, date, int) IS
	'whose recorded score changed most from the night before a night, the last one by default';
