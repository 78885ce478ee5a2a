/*
 * sparkify.c
 *	  Module entry.
 */
#include "compat.h"

#include "fmgr.h"

PG_MODULE_MAGIC;
