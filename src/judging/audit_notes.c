/*
 * audit_notes.c
 *	  Notes, in words, on what the columns of collected rows tell of the label.
 */
#include "compat.h"

#include <math.h>

#include "judging/audit_notes.h"
#include "judging/audit_sides.h"
#include "judging/audit_users.h"
#include "core/judging/audit.h"
#include "core/rows/looks.h"
#include "host/pg_host.h"
#include "host/memory_limit.h"
#include "host/progress.h"
#include "training/train_warnings.h"

/* An AUC that is so far from 0.5 tells almost all. */
#define ALMOST_ALL 0.45

/* That being missing tells is worth a note when its AUC is so far from 0.5. */
#define TELLING_MISSING 0.1

void
spk_append_note(StringInfo note, const char *format, ...)
{
	int needed;

	if (note->len > 0)
		appendStringInfoString(note, "; ");
	do
	{
		va_list args;

		va_start(args, format);
		needed = appendStringInfoVA(note, format, args);
		va_end(args);
		if (needed > 0)
			enlargeStringInfo(note, needed);
	} while (needed > 0);
}

/* Notes what the column's values tell of the label. */
static void
note_telling(StringInfo note, const SpkTable *table, const SpkColumn *column, const SpkAudit *a)
{
	uint32 n_values = a->n_distinct + (a->n_known < table->n_rows);

	if (table->n_rows >= SPK_LOOKS_MIN_ROWS && a->equals_label)
		spk_append_note(note, "equals the label");
	else if (table->n_rows >= SPK_LOOKS_MIN_ROWS && a->pure && n_values == 2)
		spk_append_note(note, "a function of the label");
	else if (table->n_rows >= SPK_LOOKS_MIN_ROWS && a->pure && n_values <= table->n_rows / 4)
		spk_append_note(note, "tells the label: none of its %u values is in both classes",
						n_values);
	else
	{
		if (fabs(a->auc - 0.5) >= ALMOST_ALL && fabs(a->z) >= SPK_NO_CHANCE)
			spk_append_note(note, "tells almost all (AUC %.3f)", a->auc);
		if (fabs(a->missing_auc - 0.5) >= TELLING_MISSING && fabs(a->missing_z) >= SPK_NO_CHANCE)
			spk_append_note(note, "being missing tells (AUC %.3f)", a->missing_auc);
		spk_note_sides(note, table, column, a);
	}
}

/* Notes what the column's values are. */
static void
note_values(StringInfo note, uint32 n_rows, const SpkAudit *a)
{
	if (a->n_distinct == 0)
		spk_append_note(note, "always missing");
	else if (a->n_distinct == 1)
		spk_append_note(note, a->n_known < n_rows ? "constant where it is known" : "constant");
}

static void
note_twin(StringInfo note, const SpkTable *table, const SpkAudit *a)
{
	const char *how = a->how == SPK_TWIN_ORDER ? " in order" :
		a->how == SPK_TWIN_REVERSE			   ? " in reverse order" :
												 "";

	if (a->twin != SPK_NO_TWIN)
		spk_append_note(note, "duplicate of %s%s", table->columns[a->twin].name, how);
}

/* How much a column tells, by its values or by their being missing. */
static double
strength(const SpkAudit *a)
{
	double known = isnan(a->auc) ? 0 : fabs(a->auc - 0.5);

	return Max(known, fabs(a->missing_auc - 0.5));
}

/* The column that tells most comes first; of equal ones, that which comes first in the row. */
static int
compare_audits(const void *x, const void *y, void *arg)
{
	const SpkAudit *audits = arg;
	uint32			a = *(const uint32 *) x;
	uint32			b = *(const uint32 *) y;
	double			s = strength(&audits[a]);
	double			t = strength(&audits[b]);

	return s != t ? (s < t) - (s > t) : (a > b) - (a < b);
}

static uint32 *
order_audits(SpkAudit *audits, uint32 n)
{
	uint32 *order = palloc(Max(n, 1) * sizeof(uint32));

	for (uint32 i = 0; i < n; i++)
		order[i] = i;
	qsort_arg(order, n, sizeof(uint32), compare_audits, audits);
	return order;
}

static SpkAudit *
audit_columns(const SpkRowStore *rows, const SpkTable *table)
{
	SpkHost			 host = spk_pg_host(CurrentMemoryContext);
	SpkAudit		*audits = palloc(Max(table->n_columns, 1) * sizeof(SpkAudit));
	uint64			 size = Max(spk_audit_size(table, rows->grouped), spk_user_notes_size(rows));
	SpkTrainProgress progress;

	spk_memory_check_training(spk_table_size(table) + size, table->n_rows, table->n_columns);
	spk_train_progress_start(&progress);
	for (uint32 i = 0; i < table->n_columns; i++)
	{
		spk_check(spk_audit_feature(&host, table, i, rows->grouped ? rows->groups : NULL,
									&audits[i]),
				  "training set", NULL);
		spk_train_progress(&progress, "columns audited", i + 1, table->n_columns);
	}
	spk_check(spk_audit_twins(&host, table, audits), "training set", NULL);
	return audits;
}

SpkAuditRows
spk_audit_rows(SpkRowStore *rows)
{
	SpkTable	 table = spk_store_take(rows, CurrentMemoryContext);
	SpkAudit	*audits = audit_columns(rows, &table);
	char	   **users = spk_user_notes(rows, &table, audits);
	uint32		*order = order_audits(audits, table.n_columns);
	SpkAuditRows result = {(int) table.n_columns,
						   palloc(Max(table.n_columns, 1) * sizeof(SpkAuditRow))};

	for (int i = 0; i < result.n; i++)
	{
		const SpkAudit	*a = &audits[order[i]];
		const SpkColumn *column = &table.columns[order[i]];
		SpkAuditRow		*row = &result.rows[i];

		row->feature = pstrdup(column->name);
		row->auc = a->auc;
		row->z = a->z;
		row->n_distinct = a->n_distinct;

		/* what the values tell comes first in the note, as it matters most */
		initStringInfo(&row->note);
		note_telling(&row->note, &table, column, a);
		note_values(&row->note, table.n_rows, a);
		if (users[order[i]] != NULL)
			spk_append_note(&row->note, "%s", users[order[i]]);
		if (rows->columns[order[i]].inexact)
			spk_append_note(&row->note, "too large to be told from its neighbours");
		note_twin(&row->note, &table, a);
	}
	spk_warn_of_repeats(rows, &table, NULL);
	spk_warn_of_horizon(rows, &table, NULL);
	spk_table_release(&table);
	return result;
}
