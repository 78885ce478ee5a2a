/*
 * row_store_bytes.h
 *	  Row stores as bytes, on their way from a parallel worker to the leader.
 */
#ifndef SPK_ROWS_ROW_STORE_BYTES_H
#define SPK_ROWS_ROW_STORE_BYTES_H

#include "postgres.h"

#include "rows/row_store.h"

/*
 * The store as bytes for another process of this server, palloc'd in the current
 * memory context.  A value cannot be larger than 1 GB: a store that is makes an
 * error, which tells how to do without workers.
 */
extern bytea *spk_store_send(const SpkRowStore *store);

/*
 * The store that these bytes hold.  Names, labels and values stay in the bytes,
 * which must live as long; the struct and its lists of columns and of names are
 * palloc'd in the current memory context.  The store has no hashes of categories, so
 * it can only be merged into another one.  Bytes that are not those of a store are
 * an error.
 */
extern SpkRowStore *spk_store_receive(bytea *bytes);

#endif /* SPK_ROWS_ROW_STORE_BYTES_H */
