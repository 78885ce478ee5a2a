------------------------------------------------------------------------
-- Models: comparing by their bytes
------------------------------------------------------------------------

-- A churn_forest is compared by these, too: it is a churn_model without a cast.  Operators of its
-- own would be ambiguous between the two.
CREATE FUNCTION sparkify_model_eq(churn_model, churn_model) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sparkify_value_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_model_eq(churn_model, churn_model) IS 'implementation of = operator';

CREATE FUNCTION sparkify_model_ne(churn_model, churn_model) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sparkify_value_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_model_ne(churn_model, churn_model) IS 'implementation of <> operator';

CREATE FUNCTION sparkify_model_lt(churn_model, churn_model) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sparkify_value_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_model_lt(churn_model, churn_model) IS 'implementation of < operator';

CREATE FUNCTION sparkify_model_le(churn_model, churn_model) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sparkify_value_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_model_le(churn_model, churn_model) IS 'implementation of <= operator';

CREATE FUNCTION sparkify_model_gt(churn_model, churn_model) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sparkify_value_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_model_gt(churn_model, churn_model) IS 'implementation of > operator';

CREATE FUNCTION sparkify_model_ge(churn_model, churn_model) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sparkify_value_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_model_ge(churn_model, churn_model) IS 'implementation of >= operator';

CREATE FUNCTION sparkify_model_cmp(churn_model, churn_model) RETURNS integer
	AS 'MODULE_PATHNAME', 'sparkify_value_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_model_cmp(churn_model, churn_model) IS 'less-equal-greater, by bytes';

CREATE FUNCTION sparkify_model_hash(churn_model) RETURNS integer
	AS 'MODULE_PATHNAME', 'sparkify_value_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_model_hash(churn_model) IS 'hash';

CREATE FUNCTION sparkify_model_hash_extended(churn_model, bigint) RETURNS bigint
	AS 'MODULE_PATHNAME', 'sparkify_value_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_model_hash_extended(churn_model, bigint) IS 'hash with a seed';

CREATE OPERATOR = (
	LEFTARG = churn_model,
	RIGHTARG = churn_model,
	FUNCTION = sparkify_model_eq,
	COMMUTATOR = =,
	NEGATOR = <>,
	RESTRICT = eqsel,
	JOIN = eqjoinsel,
	HASHES,
	MERGES
);
COMMENT ON OPERATOR = (churn_model, churn_model) IS 'equal in every bit';

CREATE OPERATOR <> (
	LEFTARG = churn_model,
	RIGHTARG = churn_model,
	FUNCTION = sparkify_model_ne,
	COMMUTATOR = <>,
	NEGATOR = =,
	RESTRICT = neqsel,
	JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (churn_model, churn_model) IS 'different in some bit';

CREATE OPERATOR < (
	LEFTARG = churn_model,
	RIGHTARG = churn_model,
	FUNCTION = sparkify_model_lt,
	COMMUTATOR = >,
	NEGATOR = >=,
	RESTRICT = scalarltsel,
	JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (churn_model, churn_model) IS 'less, by bytes';

CREATE OPERATOR <= (
	LEFTARG = churn_model,
	RIGHTARG = churn_model,
	FUNCTION = sparkify_model_le,
	COMMUTATOR = >=,
	NEGATOR = >,
	RESTRICT = scalarlesel,
	JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (churn_model, churn_model) IS 'less or equal, by bytes';

CREATE OPERATOR > (
	LEFTARG = churn_model,
	RIGHTARG = churn_model,
	FUNCTION = sparkify_model_gt,
	COMMUTATOR = <,
	NEGATOR = <=,
	RESTRICT = scalargtsel,
	JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (churn_model, churn_model) IS 'greater, by bytes';

CREATE OPERATOR >= (
	LEFTARG = churn_model,
	RIGHTARG = churn_model,
	FUNCTION = sparkify_model_ge,
	COMMUTATOR = <=,
	NEGATOR = <,
	RESTRICT = scalargesel,
	JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (churn_model, churn_model) IS 'greater or equal, by bytes';

CREATE OPERATOR CLASS churn_model_ops DEFAULT FOR TYPE churn_model USING btree AS
	OPERATOR 1 <,
	OPERATOR 2 <=,
	OPERATOR 3 =,
	OPERATOR 4 >=,
	OPERATOR 5 >,
	FUNCTION 1 sparkify_model_cmp(churn_model, churn_model),
	FUNCTION 4 btequalimage(oid);
COMMENT ON OPERATOR CLASS churn_model_ops USING btree IS 'models by their bytes';
COMMENT ON OPERATOR FAMILY churn_model_ops USING btree IS 'models by their bytes';

CREATE OPERATOR CLASS churn_model_ops DEFAULT FOR TYPE churn_model USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 sparkify_model_hash(churn_model),
	FUNCTION 2 sparkify_model_hash_extended(churn_model, bigint);
COMMENT ON OPERATOR CLASS churn_model_ops USING hash IS 'models by their bytes';
COMMENT ON OPERATOR FAMILY churn_model_ops USING hash IS 'models by their bytes';
