/*
 * text_put.h
 *	  Appends what JSON text is made of.
 *
 * Failures stay in the writer's status, so that nobody checks each of many calls.
 */
#ifndef SPK_JSON_TEXT_PUT_H
#define SPK_JSON_TEXT_PUT_H

#include "core/base/bytes.h"

/* A text as it is. */
extern void spk_put(SpkWriter *w, const char *text);

extern void spk_put_number(SpkWriter *w, int64_t number);

/* A comma, and the key, which needs no escapes, with its colon. */
extern void spk_put_key(SpkWriter *w, const char *key);

/*
 * The member of this key behind a comma.  One that is unknown (a time) or zero (a
 * count) is left out, as readers take an absent member for that.
 */
extern void spk_put_time(SpkWriter *w, const char *key, int64_t ts);
extern void spk_put_count(SpkWriter *w, const char *key, int64_t count);

/*
 * A string of len bytes of UTF-8 in its quotes.  Quotes, backslashes and control
 * characters are escaped; all other characters stand for themselves.
 */
extern void spk_put_string(SpkWriter *w, const char *text, size_t len);

#endif /* SPK_JSON_TEXT_PUT_H */
