/*
 * log_amount.c
 *	  Amounts of events of any log, as SQL gives them.
 *
 * Most amounts are numeric, and few of them have many digits.  The functions of
 * numeric would take four calls and as many copies for each, which is more than all
 * else that an event takes.  So those in the short form that numeric has on disk are
 * read there.  That form is not in a header, but pg_upgrade keeps it; and before any
 * amount is read so, samples are, and compared with what the functions say.
 */
#include "compat.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

#include "profiles/log_amount.h"
#include "profiles/log_args.h"

#define LARGEST (SPK_AMOUNT_MAX / SPK_AMOUNT_ONE)

/* The short form: a header of 16 bits, then digits of base 10,000, the first one highest. */
#define SHORT_BITS		  0xC000
#define SHORT			  0x8000
#define SHORT_NEGATIVE	  0x2000
#define SHORT_WEIGHT_SIGN 0x0040
#define SHORT_WEIGHT	  0x003F

struct SpkAmounts
{
	Oid	  type;
	Datum largest;	   /* as a numeric */
	Datum millionth;   /* what makes millionths of a numeric */
	bool  reads_short; /* the short form is as it is read here */
};

/* The beginning of a text, for a message. */
static char *
shown(const char *text)
{
	int len = (int) strlen(text);
	int clipped = pg_mbcliplen(text, len, NAMEDATALEN - 1);

	return psprintf("%.*s%s", clipped, text, clipped < len ? "..." : "");
}

static void
refuse_amount(const SpkLogEvent *event, const char *amount)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("amount %s of event \"%s\" is out of range", shown(amount),
					shown(spk_text_from_utf8(event->name, event->name_len))),
			 errdetail("An amount is finite and at most 9200000000000 either way.")));
}

/*
 * Reads a numeric whose digits are of the weights 10,000^2 to 10,000^-1, so that it is
 * less than 10^12 and has at most four decimals, from its short form; false when it is
 * any other.
 */
static bool
read_short_numeric(Datum value, int64 *millionths)
{
	static const int64	  worth[] = {100, INT64_C(1000000), INT64_C(10000000000),
									 INT64_C(100000000000000)};
	const struct varlena *numeric = (const struct varlena *) DatumGetPointer(value);
	const char			 *at = VARDATA_ANY(numeric);
	uint16				  header;
	int					  weight;
	int					  n;

	/* compressed or elsewhere, or of an odd length */
	if (VARATT_IS_EXTENDED(numeric) && !VARATT_IS_SHORT(numeric))
		return false;
	n = (int) (VARSIZE_ANY_EXHDR(numeric) / sizeof(int16)) - 1;
	if (n < 0)
		return false;
	memcpy(&header, at, sizeof(header));
	weight = (header & SHORT_WEIGHT_SIGN) != 0 ? (int) (header & SHORT_WEIGHT) - SHORT_WEIGHT - 1 :
												 (int) (header & SHORT_WEIGHT);
	if ((header & SHORT_BITS) != SHORT || weight > 2 || weight - n < -2)
		return false;
	*millionths = 0;
	for (int i = 0; i < n; i++)
	{
		int16 digit;

		memcpy(&digit, at + (i + 1) * sizeof(int16), sizeof(digit));
		*millionths += digit * worth[weight - i + 1];
	}
	if ((header & SHORT_NEGATIVE) != 0)
		*millionths = -*millionths;
	return true;
}

static int64
read_numeric(const SpkAmounts *amounts, Datum value)
{
	return DatumGetInt64(
		DirectFunctionCall1(numeric_int8,
							DirectFunctionCall2(numeric_mul, value, amounts->millionth)));
}

static Datum
numeric_of_text(const char *text)
{
	return DirectFunctionCall3(numeric_in, CStringGetDatum(text), ObjectIdGetDatum(InvalidOid),
							   Int32GetDatum(-1));
}

/* Does the short form say what the functions say? */
static bool
short_form_is_known(const SpkAmounts *amounts)
{
	static const char *const samples[] = {"0",
										  "1",
										  "-1",
										  "19.99",
										  "-0.05",
										  "0.0001",
										  "999999999999",
										  "10000",
										  "1e8",
										  "-123456789.0123"};

	for (size_t i = 0; i < lengthof(samples); i++)
	{
		Datum value = numeric_of_text(samples[i]);
		int64 millionths;

		if (!read_short_numeric(value, &millionths) || millionths != read_numeric(amounts, value))
			return false;
	}
	return true;
}

SpkAmounts *
spk_log_amounts(MemoryContext context, Oid type)
{
	MemoryContext old = MemoryContextSwitchTo(context);
	SpkAmounts	 *amounts = palloc0(sizeof(SpkAmounts));

	amounts->type = type;
	amounts->largest = DirectFunctionCall1(int8_numeric, Int64GetDatum(LARGEST));
	amounts->millionth = DirectFunctionCall1(int8_numeric, Int64GetDatum(SPK_AMOUNT_ONE));
	amounts->reads_short = short_form_is_known(amounts);
	MemoryContextSwitchTo(old);
	return amounts;
}

static int64
millionths_of_numeric(const SpkAmounts *amounts, const SpkLogEvent *event, Datum value)
{
	int64 millionths;
	Datum size;

	if (amounts->reads_short && read_short_numeric(value, &millionths))
		return millionths;
	/* NaN is larger than all numbers, and infinity than all others */
	size = DirectFunctionCall1(numeric_abs, value);
	if (DatumGetBool(DirectFunctionCall2(numeric_gt, size, amounts->largest)))
		refuse_amount(event, DatumGetCString(DirectFunctionCall1(numeric_out, value)));
	return read_numeric(amounts, value);
}

static int64
millionths_of_float(const SpkLogEvent *event, double value)
{
	/* written so that NaN is refused, too */
	if (!(fabs(value) <= (double) LARGEST))
		refuse_amount(event,
					  DatumGetCString(DirectFunctionCall1(float8out, Float8GetDatum(value))));
	return (int64) rint(value * SPK_AMOUNT_ONE);
}

static int64
millionths_of_integer(const SpkLogEvent *event, int64 units)
{
	if (units > LARGEST || units < -LARGEST)
		refuse_amount(event, psprintf(INT64_FORMAT, units));
	return units * SPK_AMOUNT_ONE;
}

int64
spk_log_amount(const SpkAmounts *amounts, const SpkLogEvent *event, Datum value)
{
	/* decimal numbers stay exact; floats are rounded to the nearest millionth */
	switch (amounts->type)
	{
		case NUMERICOID:
			return millionths_of_numeric(amounts, event, value);
		case UNKNOWNOID:
			return millionths_of_numeric(amounts, event, numeric_of_text(DatumGetCString(value)));
		case FLOAT4OID:
			return millionths_of_float(event, DatumGetFloat4(value));
		case FLOAT8OID:
			return millionths_of_float(event, DatumGetFloat8(value));
		case INT2OID:
			return millionths_of_integer(event, DatumGetInt16(value));
		case INT4OID:
			return millionths_of_integer(event, DatumGetInt32(value));
		default:
			return millionths_of_integer(event, DatumGetInt64(value));
	}
}
