/*
 * row_store_bytes.h
 *	  Row stores as bytes, on their way from a parallel worker to the leader.
 */
#ifndef SPK_ROWS_ROW_STORE_BYTES_H
#define SPK_ROWS_ROW_STORE_BYTES_H

#include "postgres.h"

#include "rows/row_store.h"

/* The most bytes that the store takes as spk_store_write writes it. */
extern uint64 spk_store_sent_size(const SpkRowStore *store);

/*
 * Writes the store, for another process of this server, to memory of so many bytes, which
 * spk_store_sent_size has said; returns how many they have become.
 */
extern uint64 spk_store_write(const SpkRowStore *store, void *to, uint64 size);

/*
 * The store that these bytes hold.  Names, labels and values stay in the bytes,
 * which must live as long; the struct and its lists of columns and of names are
 * palloc'd in the current memory context.  The store has no hashes of categories, so
 * it can only be merged into another one.  Bytes that are not those of a store are
 * an error.
 */
extern SpkRowStore *spk_store_receive(const void *bytes, uint64 size);

#endif /* SPK_ROWS_ROW_STORE_BYTES_H */
