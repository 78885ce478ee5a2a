------------------------------------------------------------------------
-- Models: to other programs and from them
------------------------------------------------------------------------

CREATE FUNCTION churn_export(model churn_model, format text) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION churn_export(churn_model, text) IS
	'the model as a document of another program: python, a file of Python 3 that needs no library, '
	'or xgboost, the JSON that Booster.load_model() reads';

CREATE FUNCTION churn_import(document text, format text) RETURNS churn_model
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION churn_import(text, text) IS
	'the model that another program has trained, from its document: lightgbm, the JSON of '
	'Booster.dump_model(), or xgboost, that of Booster.save_model()';
