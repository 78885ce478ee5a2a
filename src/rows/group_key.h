/*
 * group_key.h
 *	  The key of the group that a row belongs to.  A group is mostly a user, of whom
 *	  there are several rows.
 */
#ifndef SPK_ROWS_GROUP_KEY_H
#define SPK_ROWS_GROUP_KEY_H

#include "postgres.h"

#include "fmgr.h"

#include "host/plain_text.h"
#include "rows/row.h"

/* The column that has a row's group, and how it is read. */
typedef struct SpkGroupKey
{
	int			 attno; /* counted from 0; -1: values come from elsewhere */
	Oid			 type;	/* the base type */
	Oid			 collation;
	bool		 has_hash; /* by the type's own function, as SQL compares the values */
	FmgrInfo	 hash;
	SpkPlainText output; /* for types that have none */
} SpkGroupKey;

/*
 * Finds the column of this name, which may be of any type, in rows like this one.
 * What the key keeps is in the context.  When there is no such column, that is
 * ERRCODE_UNDEFINED_COLUMN.
 */
extern void spk_group_key_bind(SpkGroupKey *key, const SpkRow *row, const char *name,
							   MemoryContext context);

/* The same for values of this type and collation that come from elsewhere, for spk_group_key_of. */
extern void spk_group_key_type(SpkGroupKey *key, Oid type, Oid collation, MemoryContext context);

/*
 * Returns the key of the loaded row: a hash of the value, or 0 if and only if the
 * value is NULL.  Values that SQL holds to be equal have the same key, and so have equal
 * integers of any width.  Of types that cannot be hashed it is their text form that
 * counts, which may depend on settings of the session.
 */
extern uint64 spk_group_key(SpkGroupKey *key, const SpkRow *row);

/* Returns the key of a value, which is not NULL. */
extern uint64 spk_group_key_of(SpkGroupKey *key, Datum value);

#endif /* SPK_ROWS_GROUP_KEY_H */
