/*
 * log_amount.h
 *	  Amounts of events of any log, as SQL gives them.
 */
#ifndef SPK_PROFILES_LOG_AMOUNT_H
#define SPK_PROFILES_LOG_AMOUNT_H

#include "compat.h"

#include "core/profiles/log_profile.h"

/* What is looked up once a query to read amounts of one type. */
typedef struct SpkAmounts SpkAmounts;

/* Makes it in this context, for a base type of amounts, see spk_is_amount_type. */
extern SpkAmounts *spk_log_amounts(MemoryContext context, Oid type);

/*
 * The amount of an event in millionths: exact where it has no more digits, else to the
 * nearest.  One out of range is an error, which tells the event's name.
 */
extern int64 spk_log_amount(const SpkAmounts *amounts, const SpkLogEvent *event, Datum value);

#endif /* SPK_PROFILES_LOG_AMOUNT_H */
