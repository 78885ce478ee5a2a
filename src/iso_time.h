/*
 * iso_time.h
 *	  Times and days as ISO 8601 text in UTC, exact both ways.
 */
#ifndef SPK_ISO_TIME_H
#define SPK_ISO_TIME_H

#include "compat.h"

#include "pgtime.h"
#include "utils/datetime.h"

/* Room for either, with its terminator. */
#define SPK_ISO_LEN		(MAXDATELEN + 1)

/* Microseconds since 2000 as text into buf (SPK_ISO_LEN). */
extern void spk_iso_time(int64 ts, char *buf);

/* Days since 2000 as text into buf (SPK_ISO_LEN). */
extern void spk_iso_day(int32 day, char *buf);

/* What PostgreSQL's input functions make of text; errors are theirs.  May be infinite. */
extern int64 spk_time_of_text(const char *text);
extern int32 spk_day_of_text(const char *text);

#endif							/* SPK_ISO_TIME_H */
