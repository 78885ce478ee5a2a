/*
 * sample_key.c
 *	  Whether the user of a row is in a sample: for training, and for queries.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"

#include "core/rows/sample.h"
#include "host/args.h"
#include "rows/sample_key.h"

/*
 * A hash of the whole row would sample as well, but leave one snapshot of a user to learn
 * from, and the next one to be judged by.
 */
void
spk_sample_require_id(const SpkOptions *options, bool has_id)
{
	if (options->value[SPK_OPT_SAMPLE] < 1 && !has_id)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("option \"sample\" needs to know the users"),
				 errhint("Name the column that tells users apart as \"id\", or sample in the source by churn_sampled.")));
}

void
spk_sample_refuse(const SpkOptions *options)
{
	if (options->value[SPK_OPT_SAMPLE] < 1)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("option \"sample\" is for training one model"),
				 errdetail("Models that are compared or judged learn from the same rows."),
				 errhint("Sample the source, as in WHERE churn_sampled(userid, %g).", options->value[SPK_OPT_SAMPLE])));
}

static bool
is_text(Oid base)
{
	return base == TEXTOID || base == VARCHAROID || base == BPCHAROID || base == NAMEOID;
}

/* Is the text of a value of this type decided by the value alone, and the same for equal ones? */
static bool
has_one_text(Oid base)
{
	switch (base)
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case OIDOID:
		case NUMERICOID:
		case UUIDOID:
		case DATEOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			return true;
		default:
			return is_text(base);
	}
}

void
spk_sample_key_type(SpkSampleKey *key, Oid type, Oid collation, MemoryContext context)
{
	key->type = getBaseType(type);
	if (!has_one_text(key->type))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("cannot sample users by ids of type %s", format_type_be(type)),
				 errhint("Cast them to text, so that the ids of a user are the same to the byte.")));
	if (is_text(key->type) && OidIsValid(collation) && !get_collation_isdeterministic(collation))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("cannot sample users by ids whose collation takes different texts to be equal"),
				 errhint("Make the ids of a user the same to the byte, and give them COLLATE \"C\".")));
	spk_plain_text_type(&key->output, key->type, context);
}

/* Where the user of an id with this text in the server's encoding stands. */
static uint64
place_of_text(const char *text, size_t len, uint64 seed)
{
	char  *utf8 = (char *) text;
	uint64 place;

	/* the same name has the same bytes on servers of other encodings; SQL_ASCII knows only bytes */
	if (GetDatabaseEncoding() != PG_UTF8 && GetDatabaseEncoding() != PG_SQL_ASCII)
		utf8 = pg_server_to_any(text, (int) len, PG_UTF8);
	place = spk_sample_place(utf8, utf8 == text ? len : strlen(utf8), seed);
	if (utf8 != text)
		pfree(utf8);
	return place;
}

static uint64
place_of_varlena(Datum id, bool padded, uint64 seed)
{
	text  *t = DatumGetTextPP(id);
	int	   len = VARSIZE_ANY_EXHDR(t);
	uint64 place = place_of_text(VARDATA_ANY(t), padded ? bpchartruelen(VARDATA_ANY(t), len) : len,
								 seed);

	if ((Pointer) t != DatumGetPointer(id))
		pfree(t);
	return place;
}

static uint64
place_of_integer(int64 id, uint64 seed)
{
	char text[MAXINT8LEN + 1];

	pg_lltoa(id, text);
	return spk_sample_place(text, strlen(text), seed);
}

static uint64
place_of(SpkSampleKey *key, Datum id, uint64 seed)
{
	char  *text;
	uint64 place;

	switch (key->type)
	{
		case INT2OID:
			return place_of_integer(DatumGetInt16(id), seed);
		case INT4OID:
			return place_of_integer(DatumGetInt32(id), seed);
		case INT8OID:
			return place_of_integer(DatumGetInt64(id), seed);
		case TEXTOID:
		case VARCHAROID:
			return place_of_varlena(id, false, seed);
		case BPCHAROID:
			return place_of_varlena(id, true, seed);
		case NUMERICOID:
			text = numeric_normalize(DatumGetNumeric(id));
			break;
		default:
			text = spk_plain_text(&key->output, id);
			break;
	}
	place = place_of_text(text, strlen(text), seed);
	pfree(text);
	return place;
}

bool
spk_sample_takes(SpkSampleKey *key, Datum id, double fraction, uint64 seed)
{
	return spk_sample_has(place_of(key, id, seed), fraction);
}

/* Prepares the sampling of a place in a query once. */
static SpkSampleKey *
key_of_call(FunctionCallInfo fcinfo)
{
	SpkSampleKey *key = fcinfo->flinfo->fn_extra;

	if (key == NULL)
	{
		key = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(SpkSampleKey));
		spk_sample_key_type(key, spk_arg_type(fcinfo, 0), PG_GET_COLLATION(),
							fcinfo->flinfo->fn_mcxt);
		fcinfo->flinfo->fn_extra = key;
	}
	return key;
}

/* churn_sampled(id "any", fraction float8, seed bigint) */
PG_FUNCTION_INFO_V1(churn_sampled);
Datum
churn_sampled(PG_FUNCTION_ARGS)
{
	double fraction = PG_GETARG_FLOAT8(1);

	if (!(fraction >= 0 && fraction <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("fraction of a sample must be a number from 0 to 1, not %s",
						DatumGetCString(DirectFunctionCall1(float8out, PG_GETARG_DATUM(1))))));

	/* a literal without a type comes as a C string */
	if (spk_arg_type(fcinfo, 0) == UNKNOWNOID)
	{
		const char *text = PG_GETARG_CSTRING(0);

		PG_RETURN_BOOL(
			spk_sample_has(place_of_text(text, strlen(text), (uint64) PG_GETARG_INT64(2)),
						   fraction));
	}
	PG_RETURN_BOOL(spk_sample_takes(key_of_call(fcinfo), PG_GETARG_DATUM(0), fraction,
									(uint64) PG_GETARG_INT64(2)));
}
