/*
 * group_key.h
 *	  The key of the group that a row belongs to: a user of whom there are
 *	  several rows.
 */
#ifndef SPK_ROWS_GROUP_KEY_H
#define SPK_ROWS_GROUP_KEY_H

#include "postgres.h"

#include "fmgr.h"

#include "rows/row.h"

/* The column that tells a row's group, and how to read it. */
typedef struct SpkGroupKey
{
	int		 attno;	 /* counted from 0 */
	Oid		 type;	 /* the base type */
	FmgrInfo output; /* of types without a way of their own */
} SpkGroupKey;

/*
 * Finds the column of this name, of any type, in rows like this one; what it
 * keeps is in memory of the context.  No such column is
 * ERRCODE_UNDEFINED_COLUMN.
 */
extern void spk_group_key_bind(SpkGroupKey *key, const SpkRow *row, const char *name,
							   MemoryContext context);

/*
 * The key of the loaded row, a hash of the value; 0 when that is NULL, and
 * never otherwise.  Integers of any width have the same key when they are
 * equal, texts when their bytes are (the padding of char(n) aside), others when
 * their text forms are.
 */
extern uint64 spk_group_key(SpkGroupKey *key, const SpkRow *row);

#endif /* SPK_ROWS_GROUP_KEY_H */
