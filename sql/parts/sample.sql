------------------------------------------------------------------------
-- Samples of users
------------------------------------------------------------------------

-- immutable: ids of types whose text settings or catalogs decide are refused
CREATE FUNCTION churn_sampled(id "any", fraction float8, seed bigint DEFAULT 0) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION churn_sampled("any", float8, bigint) IS
	'is the user of this id in a sample of so large a fraction of all? The same on every server; '
	'the users of a smaller fraction are among those of a larger one; another seed has others';
