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

#endif							/* SPK_COMPAT_H */
