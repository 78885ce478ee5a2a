/*
 * compat.h
 *	  Differences between PostgreSQL 13 and 18, in one place.
 */
#ifndef SPK_COMPAT_H
#define SPK_COMPAT_H

#include "postgres.h"

#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

#if PG_VERSION_NUM < 140000
#define ROLE_PG_READ_SERVER_FILES	DEFAULT_ROLE_READ_SERVER_FILES
#define WAIT_EVENT_COPY_FILE_READ	PG_WAIT_EXTENSION
#endif

/* Index entries for a new row. */
#if PG_VERSION_NUM >= 160000
#define spk_insert_index_tuples(rri, slot, estate) \
	ExecInsertIndexTuples(rri, slot, estate, false, false, NULL, NIL, false)
#elif PG_VERSION_NUM >= 140000
#define spk_insert_index_tuples(rri, slot, estate) \
	ExecInsertIndexTuples(rri, slot, estate, false, false, NULL, NIL)
#else
#define spk_insert_index_tuples(rri, slot, estate) \
	((estate)->es_result_relation_info = (rri), \
	 ExecInsertIndexTuples(slot, estate, false, NULL, NIL))
#endif

#endif							/* SPK_COMPAT_H */
