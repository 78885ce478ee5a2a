------------------------------------------------------------------------
-- Models: to other programs and from them
------------------------------------------------------------------------

CREATE FUNCTION churn_export(model churn_model, format text) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION churn_export(churn_model, text) IS
	'the model as a document of another program: python, a file of Python 3 that needs no library';
