/*
 * iso_time.c
 *	  Times and days as ISO 8601 text in UTC.
 *
 * A file of its own because PostgreSQL's function prototypes, needed here, and
 * json-c's header, needed where this is used, both declare json_object.
 */
#include "compat.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/date.h"
#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"

#include "iso_time.h"

void
spk_iso_time(int64 ts, char *buf)
{
	struct pg_tm tm;
	fsec_t		fsec;

	if (timestamp2tm(ts, NULL, &tm, &fsec, NULL, NULL) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("timestamp out of range")));
	tm.tm_isdst = 0;			/* else the zone is not written */
	EncodeDateTime(&tm, fsec, true, 0, NULL, USE_XSD_DATES, buf);
}

void
spk_iso_day(int32 day, char *buf)
{
	struct pg_tm tm;

	j2date(day + POSTGRES_EPOCH_JDATE, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
	EncodeDateOnly(&tm, USE_ISO_DATES, buf);
}

int64
spk_time_of_text(const char *text)
{
	return DatumGetTimestampTz(DirectFunctionCall3(timestamptz_in, CStringGetDatum(text),
												   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
}

int32
spk_day_of_text(const char *text)
{
	return DatumGetDateADT(DirectFunctionCall1(date_in, CStringGetDatum(text)));
}
