/*
 * detoast.c
 *	  Fetches values that are stored out of line, in a way that can be cancelled.
 */
#include "compat.h"

#include "access/detoast.h"
#include "fmgr.h"
#include "miscadmin.h"

#include "host/detoast.h"

/* Bytes that are fetched between two looks for interrupts: they take a few milliseconds. */
#define PIECE_BYTES (512 * 1024)

static struct varlena *
fetch_in_pieces(struct varlena *value, int32 size)
{
	struct varlena *whole = palloc(size + VARHDRSZ);

	SET_VARSIZE(whole, size + VARHDRSZ);
	for (int32 at = 0; at < size; at += PIECE_BYTES)
	{
		int32			wanted = Min(PIECE_BYTES, size - at);
		struct varlena *piece;

		CHECK_FOR_INTERRUPTS();
		piece = detoast_attr_slice(value, at, wanted);
		if (VARSIZE_ANY_EXHDR(piece) != wanted)
			elog(ERROR, "slice of a stored value has %d bytes, not %d",
				 (int) VARSIZE_ANY_EXHDR(piece), wanted);
		memcpy(VARDATA(whole) + at, VARDATA_ANY(piece), wanted);
		pfree(piece);
	}
	return whole;
}

struct varlena *
spk_detoast_packed(Datum datum)
{
	struct varlena *value = (struct varlena *) DatumGetPointer(datum);

	if (VARATT_IS_EXTERNAL_ONDISK(value))
	{
		struct varatt_external pointer;

		VARATT_EXTERNAL_GET_POINTER(pointer, value);
		if (!VARATT_EXTERNAL_IS_COMPRESSED(pointer) && pointer.va_rawsize - VARHDRSZ > PIECE_BYTES)
			return fetch_in_pieces(value, pointer.va_rawsize - VARHDRSZ);
	}
	return PG_DETOAST_DATUM_PACKED(datum);
}
