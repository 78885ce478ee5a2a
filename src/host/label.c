/*
 * label.c
 *	  Reads labels, which say whether a user churned.
 *
 * Labels are boolean in tidy tables, and 0 and 1 of any numeric type in tables
 * that came from CSV files and data frames.  Anything else is more likely a
 * mistake than a label, so nothing is rounded or guessed.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "host/label.h"

SpkLabelKind
spk_label_kind(Oid type)
{
	/* a value of a domain looks like one of its base type */
	switch (getBaseType(type))
	{
		case BOOLOID:
			return SPK_LABEL_BOOL;
		case INT2OID:
			return SPK_LABEL_INT2;
		case INT4OID:
			return SPK_LABEL_INT4;
		case INT8OID:
			return SPK_LABEL_INT8;
		case NUMERICOID:
			return SPK_LABEL_NUMERIC;
		case FLOAT4OID:
			return SPK_LABEL_FLOAT4;
		case FLOAT8OID:
			return SPK_LABEL_FLOAT8;
		default:
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("label must be boolean or a number, not %s", format_type_be(type)),
					 errhint("Turn the label into a boolean, as in (label = 'yes').")));
			return SPK_LABEL_BOOL; /* not reached */
	}
}

/* Raises the error for a number that is no label. */
static void
reject_label(Datum label, PGFunction output)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("label must be 0 or 1, not %s",
					DatumGetCString(DirectFunctionCall1(output, label)))));
}

/* Compares as numeric: 1.00000000000000000001 is not 1. */
static bool
numeric_is(Datum label, int value)
{
	return DatumGetBool(
		DirectFunctionCall2(numeric_eq, label,
							DirectFunctionCall1(int4_numeric, Int32GetDatum(value))));
}

int
spk_label_value(Datum label, SpkLabelKind kind)
{
	PGFunction output = NULL;
	double	   value = 0;

	switch (kind)
	{
		case SPK_LABEL_BOOL:
			return DatumGetBool(label) ? 1 : 0;
		case SPK_LABEL_INT2:
			value = DatumGetInt16(label);
			output = int2out;
			break;
		case SPK_LABEL_INT4:
			value = DatumGetInt32(label);
			output = int4out;
			break;
		case SPK_LABEL_INT8:
			/* rounding to double never makes another number 0 or 1 */
			value = (double) DatumGetInt64(label);
			output = int8out;
			break;
		case SPK_LABEL_NUMERIC:
			value = numeric_is(label, 0) ? 0 : numeric_is(label, 1) ? 1 : -1;
			output = numeric_out;
			break;
		case SPK_LABEL_FLOAT4:
			value = DatumGetFloat4(label);
			output = float4out;
			break;
		case SPK_LABEL_FLOAT8:
			value = DatumGetFloat8(label);
			output = float8out;
			break;
	}

	if (value != 0 && value != 1)
		reject_label(label, output);
	return value == 1;
}
