/*
 * category_hash.h
 *	  The hash of a column's categories, from their text to their place among the
 *	  column's names.
 *
 * It is for those who fill and check row stores; others only carry a pointer to it.
 */
#ifndef SPK_ROWS_CATEGORY_HASH_H
#define SPK_ROWS_CATEGORY_HASH_H

#include "postgres.h"

#include "core/base/hash.h"
#include "core/rows/matrix.h"

/* A category of a column, and its place among the column's names. */
typedef struct CategoryEntry
{
	SpkCategory key;
	uint32		hash;
	uint32		place;
	char		status;
} CategoryEntry;

static inline uint32
category_hash_key(SpkCategory key)
{
	return (uint32) spk_hash_bytes(key.name, key.len, 0);
}

static inline bool
category_equal(SpkCategory a, SpkCategory b)
{
	return a.len == b.len && memcmp(a.name, b.name, a.len) == 0;
}

#define SH_PREFIX			 category
#define SH_ELEMENT_TYPE		 CategoryEntry
#define SH_KEY_TYPE			 SpkCategory
#define SH_KEY				 key
#define SH_HASH_KEY(tb, key) category_hash_key(key)
#define SH_EQUAL(tb, a, b)	 category_equal(a, b)
#define SH_STORE_HASH
#define SH_GET_HASH(tb, entry) (entry)->hash
#define SH_SCOPE			   static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/*
 * About how many bytes a category takes: its text, and its entries in the list and in
 * the hash, both of which double when they are full.
 */
static inline uint64
spk_category_size(SpkCategory category)
{
	return category.len + 16 + 2 * (sizeof(SpkCategory) + sizeof(CategoryEntry));
}

#endif /* SPK_ROWS_CATEGORY_HASH_H */
