/*
 * label.h
 *	  Reads labels, which say whether a user churned.
 */
#ifndef SPK_HOST_LABEL_H
#define SPK_HOST_LABEL_H

#include "postgres.h"

/* The form of a label: found once for a column, and used to read all its values. */
typedef enum SpkLabelKind
{
	SPK_LABEL_BOOL,
	SPK_LABEL_INT2,
	SPK_LABEL_INT4,
	SPK_LABEL_INT8,
	SPK_LABEL_NUMERIC,
	SPK_LABEL_FLOAT4,
	SPK_LABEL_FLOAT8
} SpkLabelKind;

/*
 * The kind of labels of this type: boolean, a number, or a domain over one of
 * them.  Any other type is ERRCODE_DATATYPE_MISMATCH.  This looks into the
 * catalogs, so it is not for every row.
 */
extern SpkLabelKind spk_label_kind(Oid type);

/*
 * 0 or 1 for a label that is not NULL.  A number other than 0 and 1 is
 * ERRCODE_INVALID_PARAMETER_VALUE.  A numeric may leave a few bytes behind in
 * the current memory context.
 */
extern int spk_label_value(Datum label, SpkLabelKind kind);

#endif /* SPK_HOST_LABEL_H */
