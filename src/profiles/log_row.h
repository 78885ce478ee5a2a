/*
 * log_row.h
 *	  Rows of features of any log.
 */
#ifndef SPK_PROFILES_LOG_ROW_H
#define SPK_PROFILES_LOG_ROW_H

#include "postgres.h"

#include "core/profiles/log_recipe.h"

/* The SQL type of a column. */
extern Oid spk_log_type_oid(SpkLogType type);

#endif /* SPK_PROFILES_LOG_ROW_H */
