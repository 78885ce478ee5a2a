/*
 * detoast.h
 *	  Fetches values that are stored out of line, in a way that can be cancelled.
 */
#ifndef SPK_HOST_DETOAST_H
#define SPK_HOST_DETOAST_H

#include "postgres.h"

/*
 * Does what PG_DETOAST_DATUM_PACKED does: returns the value itself, or a copy in
 * the current memory context.  PostgreSQL fetches a large value without a look for
 * interrupts; here a value that is not compressed is fetched in pieces, with a look
 * between them.
 */
extern struct varlena *spk_detoast_packed(Datum value);

#endif /* SPK_HOST_DETOAST_H */
