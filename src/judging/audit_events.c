/*
 * audit_events.c
 *	  Events that foretell a label, from profiles of any log.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "core/profiles/log_profile.h"
#include "core/profiles/log_reader.h"
#include "host/label.h"
#include "host/pg_host.h"
#include "host/source.h"
#include "judging/audit_events.h"
#include "profiles/log_args.h"
#include "profiles/profile_type.h"

/* So many days before its date count for a row. */
#define DAYS_FORETOLD 30

/* So many rows of either kind must be there, such a share must have the event, such may. */
#define MIN_ROWS		20
#define MIN_CHURNED		0.8
#define MAX_STAYED		0.1
#define MAX_FORETELLING 5

/* How many rows have which event; numbers of names are those of the dictionary. */
typedef struct Tally
{
	MemoryContext context;	   /* of the tally */
	MemoryContext row_context; /* of a row, emptied after it */
	SpkHost		  host;
	SpkDictionary names;
	bool		  is_full; /* there are too many names to tell anything */
	SpkLabelKind  kind;
	uint32		  n_rows[2];
	uint32		  room;	   /* of each of the following */
	uint32		 *with[2]; /* rows of either label that have the name */
	uint32		 *last;	   /* the row that had the name last, counted from 1 */
	uint32		  row;
} Tally;

/* ---- Counting ---- */

static void
make_room(Tally *tally)
{
	uint32 room = Max(64, 2 * tally->room);

	for (int i = 0; i < 3; i++)
	{
		uint32 **array = i < 2 ? &tally->with[i] : &tally->last;
		uint32	*larger = MemoryContextAllocZero(tally->context, room * sizeof(uint32));

		if (*array != NULL)
		{
			memcpy(larger, *array, tally->room * sizeof(uint32));
			pfree(*array);
		}
		*array = larger;
	}
	tally->room = room;
}

/* Counts a name for the current row, once. */
static void
count_name(Tally *tally, const SpkLogText *name, int label)
{
	uint32	  number;
	SpkStatus status = spk_dictionary_add(&tally->names, name->text, name->len, &number);

	if (status == SPK_LIMIT)
	{
		tally->is_full = true;
		return;
	}
	spk_check(status, PROFILE_WHAT, NULL);
	while (number >= tally->room)
		make_room(tally);
	if (tally->last[number] == tally->row)
		return;
	tally->last[number] = tally->row;
	tally->with[label][number]++;
}

/* Counts what a profile has in the days before this one. */
static void
count_profile(Tally *tally, const bytea *profile, DateADT as_of, int label)
{
	SpkHost		 host = spk_pg_host(CurrentMemoryContext);
	SpkLogReader reader;
	SpkLogDay	 day;

	spk_check(spk_log_reader_open(&reader, &host, VARDATA_ANY(profile), VARSIZE_ANY_EXHDR(profile)),
			  PROFILE_WHAT, reader.why);
	spk_log_day_init(&day);
	while (spk_log_reader_next(&reader, &day) && day.day < as_of)
		for (uint32 i = 0; i < day.n_counts && day.day >= as_of - DAYS_FORETOLD; i++)
			if (day.counts[i].name < reader.n_names)
				count_name(tally, &reader.names[day.counts[i].name], label);
	spk_check(reader.status, PROFILE_WHAT, reader.why);
}

static void
count_row(TupleTableSlot *slot, void *arg)
{
	Tally		 *tally = arg;
	MemoryContext old = MemoryContextSwitchTo(tally->row_context);
	bool		  nulls[3];
	Datum		  profile = slot_getattr(slot, 1, &nulls[0]);
	Datum		  as_of = slot_getattr(slot, 2, &nulls[1]);
	Datum		  value = slot_getattr(slot, 3, &nulls[2]);

	/* a user without a profile has done nothing, which counts as well */
	if (!nulls[1] && !nulls[2] && !DATE_NOT_FINITE(DatumGetDateADT(as_of)))
	{
		bytea *bytes = nulls[0] ? NULL : (bytea *) spk_detoast_packed(profile);
		int	   label = spk_label_value(value, tally->kind);

		tally->row++;
		tally->n_rows[label]++;
		if (bytes != NULL && !tally->is_full && spk_profile_is_of_any_log(bytes))
			count_profile(tally, bytes, DatumGetDateADT(as_of), label);
	}
	MemoryContextSwitchTo(old);
	MemoryContextReset(tally->row_context);
}

/* ---- Telling ---- */

/* How much more of those who churned have it; less than 0 for one that foretells nothing. */
static double
difference(const Tally *tally, uint32 number)
{
	double stayed = (double) tally->with[0][number] / tally->n_rows[0];
	double churned = (double) tally->with[1][number] / tally->n_rows[1];

	return churned >= MIN_CHURNED && stayed <= MAX_STAYED ? churned - stayed : -1;
}

/* The name that foretells most of those not told yet (last is 0 for them), by bytes where equal; 0 for none. */
static uint32
most_telling(const Tally *tally)
{
	uint32 best = 0;

	for (uint32 i = 1; i < tally->names.n; i++)
	{
		double d = difference(tally, i);

		if (tally->last[i] == 0 || d < 0)
			continue;
		if (best == 0 || d > difference(tally, best) ||
			(d == difference(tally, best) && spk_dictionary_compare(&tally->names, i, best) < 0))
			best = i;
	}
	return best;
}

static void
warn(Tally *tally)
{
	for (int i = 0; i < MAX_FORETELLING; i++)
	{
		uint32		   number = most_telling(tally);
		const SpkName *name = &tally->names.names[number];

		if (number == 0)
			return;
		ereport(WARNING,
				(errmsg("event \"%s\" foretells the label", spk_text_from_utf8(spk_dictionary_text(&tally->names, number), name->len)),
				 errdetail("In the %d days before their date, %u of %u rows that churned have it, and %u of %u others.",
						   DAYS_FORETOLD, tally->with[1][number], tally->n_rows[1], tally->with[0][number], tally->n_rows[0]),
				 errhint("A model learns who has decided to leave already. Label by the event itself, as churn_label does, or leave its features out.")));
		tally->last[number] = 0;
	}
}

static Oid
column_type(TupleDesc columns, const char *name)
{
	for (int i = 0; i < columns->natts; i++)
		if (strcmp(NameStr(TupleDescAttr(columns, i)->attname), name) == 0)
			return TupleDescAttr(columns, i)->atttypid;
	elog(ERROR, "column \"%s\" is gone", name);
}

void
spk_audit_events(const char *schema, const char *from, TupleDesc columns, const char *profile,
				 const char *label, const char *as_of)
{
	Tally tally = {AllocSetContextCreate(CurrentMemoryContext, "churn audit of events",
										 ALLOCSET_DEFAULT_SIZES)};
	Oid	  type = column_type(columns, label);
	char *sql = psprintf("SELECT %s.sparkify_profile_send(q.%s), %s, q.%s FROM %s", schema, profile,
						 as_of, quote_identifier(label), from);

	tally.row_context = AllocSetContextCreate(tally.context, "churn audit of a profile",
											  ALLOCSET_DEFAULT_SIZES);
	tally.host = spk_pg_host(tally.context);
	tally.kind = spk_label_kind(type);
	spk_dictionary_init(&tally.names, &tally.host, SPK_SHARED_NAMES);
	spk_source_run(sql, 0, NULL, NULL, 3, (const Oid[]) {BYTEAOID, DATEOID, type}, count_row,
				   &tally);
	if (!tally.is_full && tally.n_rows[0] >= MIN_ROWS && tally.n_rows[1] >= MIN_ROWS)
		warn(&tally);
	MemoryContextDelete(tally.context);
}
