------------------------------------------------------------------------
-- Daily work: which model is in use, and what it has said
------------------------------------------------------------------------

-- The functions run queries and statements of their own on these tables, with the caller's
-- rights, in the schema that the extension has when they are called.

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

CREATE FUNCTION churn_deploy(
	name text,
	model churn_model,
	source text DEFAULT NULL,
	note text DEFAULT NULL,
	judged_on text DEFAULT NULL,
	label text DEFAULT 'churned',
	id text DEFAULT NULL
) RETURNS int
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000;
COMMENT ON FUNCTION churn_deploy(text, churn_model, text, text, text, text, text) IS
	'puts a model in use under a name, as its next version, which it returns; judged on the rows '
	'of a source, if one is given';

CREATE FUNCTION churn_rollback(name text, version int DEFAULT NULL) RETURNS int
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000;
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
) RETURNS record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000;
COMMENT ON FUNCTION churn_challenge(text, churn_model, text, text, text, float8, text) IS
	'deploys a model only when it ranks the rows of a source better than the one in use, by more '
	'than chance; tells both AUCs and the test';

CREATE FUNCTION churn_record(
	name text,
	source text,
	as_of date DEFAULT NULL,
	id text DEFAULT 'userid'
) RETURNS bigint
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000;
COMMENT ON FUNCTION churn_record(text, text, date, text) IS
	'scores the rows of a source by the model in use and keeps that as the scores of a night, by '
	'default that of today in UTC, in place of what was there; returns how many';

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
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL UNSAFE COST 1000000 ROWS 30;
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
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL UNSAFE COST 1000000 ROWS 10;
COMMENT ON FUNCTION churn_changes(text, date, int) IS
	'whose recorded score changed most from the night before a night, the last one by default';
