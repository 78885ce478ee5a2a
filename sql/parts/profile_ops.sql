------------------------------------------------------------------------
-- Profiles: comparing by their bytes
------------------------------------------------------------------------

CREATE FUNCTION sparkify_profile_eq(churn_profile, churn_profile) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sparkify_value_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_eq(churn_profile, churn_profile) IS
	'implementation of = operator';

CREATE FUNCTION sparkify_profile_ne(churn_profile, churn_profile) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sparkify_value_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_ne(churn_profile, churn_profile) IS
	'implementation of <> operator';

CREATE FUNCTION sparkify_profile_lt(churn_profile, churn_profile) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sparkify_value_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_lt(churn_profile, churn_profile) IS
	'implementation of < operator';

CREATE FUNCTION sparkify_profile_le(churn_profile, churn_profile) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sparkify_value_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_le(churn_profile, churn_profile) IS
	'implementation of <= operator';

CREATE FUNCTION sparkify_profile_gt(churn_profile, churn_profile) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sparkify_value_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_gt(churn_profile, churn_profile) IS
	'implementation of > operator';

CREATE FUNCTION sparkify_profile_ge(churn_profile, churn_profile) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sparkify_value_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_ge(churn_profile, churn_profile) IS
	'implementation of >= operator';

CREATE FUNCTION sparkify_profile_cmp(churn_profile, churn_profile) RETURNS integer
	AS 'MODULE_PATHNAME', 'sparkify_value_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_cmp(churn_profile, churn_profile) IS
	'less-equal-greater, by bytes';

CREATE FUNCTION sparkify_profile_hash(churn_profile) RETURNS integer
	AS 'MODULE_PATHNAME', 'sparkify_value_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_hash(churn_profile) IS 'hash';

CREATE FUNCTION sparkify_profile_hash_extended(churn_profile, bigint) RETURNS bigint
	AS 'MODULE_PATHNAME', 'sparkify_value_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_hash_extended(churn_profile, bigint) IS 'hash with a seed';

CREATE OPERATOR = (
	LEFTARG = churn_profile,
	RIGHTARG = churn_profile,
	FUNCTION = sparkify_profile_eq,
	COMMUTATOR = =,
	NEGATOR = <>,
	RESTRICT = eqsel,
	JOIN = eqjoinsel,
	HASHES,
	MERGES
);
COMMENT ON OPERATOR = (churn_profile, churn_profile) IS 'equal in every bit';

CREATE OPERATOR <> (
	LEFTARG = churn_profile,
	RIGHTARG = churn_profile,
	FUNCTION = sparkify_profile_ne,
	COMMUTATOR = <>,
	NEGATOR = =,
	RESTRICT = neqsel,
	JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (churn_profile, churn_profile) IS 'different in some bit';

CREATE OPERATOR < (
	LEFTARG = churn_profile,
	RIGHTARG = churn_profile,
	FUNCTION = sparkify_profile_lt,
	COMMUTATOR = >,
	NEGATOR = >=,
	RESTRICT = scalarltsel,
	JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (churn_profile, churn_profile) IS 'less, by bytes';

CREATE OPERATOR <= (
	LEFTARG = churn_profile,
	RIGHTARG = churn_profile,
	FUNCTION = sparkify_profile_le,
	COMMUTATOR = >=,
	NEGATOR = >,
	RESTRICT = scalarlesel,
	JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (churn_profile, churn_profile) IS 'less or equal, by bytes';

CREATE OPERATOR > (
	LEFTARG = churn_profile,
	RIGHTARG = churn_profile,
	FUNCTION = sparkify_profile_gt,
	COMMUTATOR = <,
	NEGATOR = <=,
	RESTRICT = scalargtsel,
	JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (churn_profile, churn_profile) IS 'greater, by bytes';

CREATE OPERATOR >= (
	LEFTARG = churn_profile,
	RIGHTARG = churn_profile,
	FUNCTION = sparkify_profile_ge,
	COMMUTATOR = <=,
	NEGATOR = <,
	RESTRICT = scalargesel,
	JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (churn_profile, churn_profile) IS 'greater or equal, by bytes';

CREATE OPERATOR CLASS churn_profile_ops DEFAULT FOR TYPE churn_profile USING btree AS
	OPERATOR 1 <,
	OPERATOR 2 <=,
	OPERATOR 3 =,
	OPERATOR 4 >=,
	OPERATOR 5 >,
	FUNCTION 1 sparkify_profile_cmp(churn_profile, churn_profile),
	FUNCTION 4 btequalimage(oid);
COMMENT ON OPERATOR CLASS churn_profile_ops USING btree IS 'profiles by their bytes';
COMMENT ON OPERATOR FAMILY churn_profile_ops USING btree IS 'profiles by their bytes';

CREATE OPERATOR CLASS churn_profile_ops DEFAULT FOR TYPE churn_profile USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 sparkify_profile_hash(churn_profile),
	FUNCTION 2 sparkify_profile_hash_extended(churn_profile, bigint);
COMMENT ON OPERATOR CLASS churn_profile_ops USING hash IS 'profiles by their bytes';
COMMENT ON OPERATOR FAMILY churn_profile_ops USING hash IS 'profiles by their bytes';
