/*
 * detoast.h
 *	  Values stored out of line, fetched so that it can be cancelled.
 */
#ifndef SPK_HOST_DETOAST_H
#define SPK_HOST_DETOAST_H

#include "postgres.h"

/*
 * As PG_DETOAST_DATUM_PACKED: the value itself, or a copy in the current memory
 * context.  PostgreSQL fetches a large value whole without a look for interrupts;
 * here one that is not compressed comes in pieces, with a look between them.
 */
extern struct varlena *spk_detoast_packed(Datum value);

#endif /* SPK_HOST_DETOAST_H */
