/*
 * id_names.h
 *	  Columns that are called ids.
 */
#ifndef SPK_CORE_ROWS_ID_NAMES_H
#define SPK_CORE_ROWS_ID_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* Is a column of this name called the id of a user: id, user_id, CustomerID, email and the like? */
extern bool spk_names_user(const char *name);

/* Is it called an id of anything?  The last word says so: order_id, but not paid. */
extern bool spk_names_id(const char *name);

#endif /* SPK_CORE_ROWS_ID_NAMES_H */
