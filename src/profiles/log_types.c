/*
 * log_types.c
 *	  Which types the columns of a log may have.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "parser/parse_coerce.h"
#include "utils/lsyscache.h"

#include "profiles/log_types.h"

bool
spk_is_text_type(Oid type)
{
	return type == TEXTOID || type == VARCHAROID || type == BPCHAROID || type == NAMEOID ||
		type == UNKNOWNOID || IsBinaryCoercible(type, TEXTOID);
}

bool
spk_is_name_type(Oid type)
{
	return spk_is_text_type(type) || type_is_enum(type);
}

bool
spk_is_integer_type(Oid type)
{
	return type == INT2OID || type == INT4OID || type == INT8OID;
}

bool
spk_is_amount_type(Oid type)
{
	return spk_is_integer_type(type) || type == FLOAT4OID || type == FLOAT8OID ||
		type == NUMERICOID || type == UNKNOWNOID;
}

bool
spk_is_session_type(Oid type)
{
	return spk_is_integer_type(type) || spk_is_text_type(type) || type == UUIDOID;
}
