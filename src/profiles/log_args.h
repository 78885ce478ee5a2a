/*
 * log_args.h
 *	  Events of any log, as SQL gives them: any type of text, session and amount.
 */
#ifndef SPK_PROFILES_LOG_ARGS_H
#define SPK_PROFILES_LOG_ARGS_H

#include "compat.h"

#include "core/profiles/log_profile.h"

/*
 * Reads the event in the arguments from 1 on: ts, event [, session [, amount
 * [, level]]].  False when there is none, as ts or event is NULL.  Texts are
 * UTF-8, in the arguments or in the current memory context.  Types that cannot
 * be and values out of range are errors that name the argument.
 */
extern bool spk_log_event(FunctionCallInfo fcinfo, SpkLogEvent *event);

/*
 * A text of the session as UTF-8, palloc'd if it differs.  In a database without an
 * encoding (SQL_ASCII) what is no UTF-8 is an error.
 */
extern const char *spk_text_to_utf8(const char *text, size_t len, size_t *utf8_len);

/* The reverse, palloc'd.  A character that the encoding lacks becomes an escape as JSON has it. */
extern char *spk_text_from_utf8(const char *utf8, size_t len);

#endif /* SPK_PROFILES_LOG_ARGS_H */
