/*
 * log_types.h
 *	  Which types the columns of a log may have, for all who read one.
 *
 * They take base types: domains count as what they are over.
 */
#ifndef SPK_PROFILES_LOG_TYPES_H
#define SPK_PROFILES_LOG_TYPES_H

#include "compat.h"

/* Text, and what is stored as text is, such as citext; a literal without a type, too. */
extern bool spk_is_text_type(Oid type);

/* What a name of an event or a level may be: text, or an enum. */
extern bool spk_is_name_type(Oid type);

extern bool spk_is_integer_type(Oid type);

/* What an amount may be: any number; a literal without a type, too. */
extern bool spk_is_amount_type(Oid type);

/* What a session may be: an integer, text or uuid. */
extern bool spk_is_session_type(Oid type);

#endif /* SPK_PROFILES_LOG_TYPES_H */
