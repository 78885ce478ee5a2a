/*
 * group_key.h
 *	  The key of the group that a row belongs to.  A group is mostly a user, of whom
 *	  there are several rows.
 */
#ifndef SPK_ROWS_GROUP_KEY_H
#define SPK_ROWS_GROUP_KEY_H

#include "postgres.h"

#include "fmgr.h"

#include "rows/row.h"

/* The column that has a row's group, and how it is read. */
typedef struct SpkGroupKey
{
	int		 attno;	 /* counted from 0; -1: values come from elsewhere */
	Oid		 type;	 /* the base type */
	FmgrInfo output; /* the type's output function, for types that are compared as text */
} SpkGroupKey;

/*
 * Finds the column of this name, which may be of any type, in rows like this one.
 * What the key keeps is in the context.  When there is no such column, that is
 * ERRCODE_UNDEFINED_COLUMN.
 */
extern void spk_group_key_bind(SpkGroupKey *key, const SpkRow *row, const char *name,
							   MemoryContext context);

/* The same for values of this type that come from elsewhere, for spk_group_key_of. */
extern void spk_group_key_type(SpkGroupKey *key, Oid type, MemoryContext context);

/*
 * Returns the key of the loaded row: a hash of the value, or 0 if and only if the
 * value is NULL.  Integers of any width have the same key when they are equal, texts
 * when their bytes are equal (but for the padding of char(n)), and all others when
 * their text forms are equal.
 */
extern uint64 spk_group_key(SpkGroupKey *key, const SpkRow *row);

/* Returns the key of a value, which is not NULL. */
extern uint64 spk_group_key_of(SpkGroupKey *key, Datum value);

#endif /* SPK_ROWS_GROUP_KEY_H */
