/*
 * compact_text.h
 *	  The text form of values that is their bytes in base64.
 *
 * Engines that keep data on several servers move values as text.  The JSON of a profile is
 * twelve times as long as its bytes, and takes longer to read and write than to send.
 */
#ifndef SPK_HOST_COMPACT_TEXT_H
#define SPK_HOST_COMPACT_TEXT_H

#include "postgres.h"

/* Defines the setting sparkify.compact_text. */
extern void spk_compact_text_define(void);

/* Are values to be written in this form? */
extern bool spk_compact_text_wanted(void);

/* Writes the data of a value, palloc'd. */
extern char *spk_compact_text_write(const bytea *value);

/* Is this text of the form?  All others are left to the type's own reader. */
extern bool spk_is_compact_text(const char *text);

/*
 * Reads such a text, palloc'd.  The type, whose name is for the error that base64 of another
 * kind is, has to check the data.
 */
extern bytea *spk_compact_text_read(const char *text, const char *type);

#endif /* SPK_HOST_COMPACT_TEXT_H */
