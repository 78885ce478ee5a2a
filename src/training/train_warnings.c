/*
 * train_warnings.c
 *	  Warnings of what training rows show, and their owner may not have meant.
 */
#include "compat.h"

#include "core/judging/audit.h"
#include "core/rows/horizon.h"
#include "core/models/learner.h"
#include "core/rows/repeats.h"
#include "core/rows/weights.h"
#include "host/pg_host.h"
#include "host/memory_limit.h"
#include "training/train_warnings.h"

SpkWarned *
spk_warned_of(FmgrInfo *function)
{
	SpkWarned *warned = function->fn_extra;

	if (warned == NULL)
	{
		warned = MemoryContextAllocZero(function->fn_mcxt, sizeof(SpkWarned));
		warned->context = function->fn_mcxt;
		function->fn_extra = warned;
	}
	return warned;
}

/* Is this the first warning of this kind for the name?  If so, it is noted as given. */
bool
spk_warned_first(SpkWarned *warned, const char *kind, const char *name)
{
	MemoryContext old;
	char		 *key;
	ListCell	 *cell;

	if (warned == NULL)
		return true;
	key = psprintf("%s %s", kind, name);
	foreach (cell, warned->given)
		if (strcmp(lfirst(cell), key) == 0)
			return false;
	old = MemoryContextSwitchTo(warned->context);
	warned->given = lappend(warned->given, pstrdup(key));
	MemoryContextSwitchTo(old);
	return true;
}

static void
warn_of_leaks(const SpkTable *table, SpkWarned *warned)
{
	for (uint32_t i = 0; table->n_rows >= SPK_LOOKS_MIN_ROWS && i < table->n_columns; i++)
	{
		const char *name = table->columns[i].name;

		if (spk_audit_equals_label(&table->columns[i], table->labels, table->n_rows) &&
			spk_warned_first(warned, "leak", name))
			ereport(WARNING,
					(errmsg("feature column \"%s\" equals the label in every row", name),
					 errhint("Leave the label out of the features.")));
	}
}

/* ---- Ids and dates among the features ---- */

SpkLooks *
spk_look_at_columns(const SpkRowStore *rows, const SpkTable *table)
{
	SpkHost	  host = spk_pg_host(CurrentMemoryContext);
	SpkLooks *looks = palloc(Max(table->n_columns, 1) * sizeof(SpkLooks));

	if (spk_table_has_pages(table) ||
		spk_table_size(table) + spk_looks_size(table->n_rows) > spk_memory_limit())
	{
		pfree(looks);
		return NULL;
	}
	spk_check(spk_find_looks(&host, table, rows->grouped ? rows->groups : NULL, rows->times, looks),
			  "training set", NULL);
	return looks;
}

const char *
spk_look_date(const SpkLooks *look, const SpkRowStore *rows, const SpkTable *table)
{
	return look->date == SPK_LOOKS_NO_COLUMN ? rows->time_name : table->columns[look->date].name;
}

static void
warn_of_look(const SpkRowStore *rows, const SpkTable *table, const char *name, const SpkLooks *look)
{
	static const char *const hint =
		"A model learns an id by heart. If it is one, name it as \"id\" or in \"exclude\", or leave it out of the row.";

	/* each detail says what was seen, so that the owner can tell whether the warning is right */
	switch (look->look)
	{
		case SPK_LOOKS_FINE:
			break;
		case SPK_LOOKS_UNIQUE:
			ereport(WARNING,
					(errmsg("feature column \"%s\" looks like an id", name),
					 errdetail("Its values differ from row to row."),
					 errhint("%s", hint)));
			break;
		case SPK_LOOKS_ONCE_A_DATE:
			ereport(WARNING,
					(errmsg("feature column \"%s\" looks like the id of users", name),
					 errdetail("None of its values occurs twice with the same \"%s\", but many occur with several.",
							   spk_look_date(look, rows, table)),
					 errhint("%s", hint)));
			break;
		case SPK_LOOKS_NAMED:
			ereport(WARNING,
					(errmsg("feature column \"%s\" looks like the id of users", name),
					 errdetail("It is called so, and has many values."),
					 errhint("%s", hint)));
			break;
		case SPK_LOOKS_DATE:
			ereport(WARNING,
					(errmsg("feature column \"%s\" looks like the date of the snapshot", name),
					 errdetail("It has few values, and no user has two rows with the same one."),
					 errhint("What a model learns of past dates says nothing of the next. If it is that date, name it as \"time\" or in \"exclude\", or leave it out of the row.")));
			break;
	}
}

static void
warn_of_looks(const SpkRowStore *rows, const SpkTable *table, SpkWarned *warned)
{
	SpkLooks *looks = spk_look_at_columns(rows, table);

	for (uint32 i = 0; looks != NULL && i < table->n_columns; i++)
		if (looks[i].look != SPK_LOOKS_FINE &&
			spk_warned_first(warned, "look", table->columns[i].name))
			warn_of_look(rows, table, table->columns[i].name, &looks[i]);
	if (looks != NULL)
		pfree(looks);
}

/* ---- Values ---- */

static void
warn_of_digits(const SpkRowStore *rows, SpkWarned *warned)
{
	for (uint32 i = 0; i < rows->n_columns; i++)
		if (rows->columns[i].inexact && spk_warned_first(warned, "digits", rows->columns[i].name))
			ereport(WARNING,
					(errmsg("feature column \"%s\" has numbers too large to be told from their neighbours",
							rows->columns[i].name),
					 errdetail("Features are of type double precision, which holds whole numbers up to 2^53 exactly."),
					 errhint("If it is an id, leave it out; else subtract a constant, or cast it to text to have categories.")));
}

void
spk_tell_of_rare(const SpkTable *table, const SpkFeature *features, SpkWarned *warned)
{
	for (uint32_t i = 0; i < table->n_columns; i++)
	{
		const SpkColumn *column = &table->columns[i];
		uint32_t		 kept = spk_n_categories(&features[i]);
		uint32_t		 n_rows = 0;

		if (column->kind != SPK_CATEGORY || column->n_names <= kept)
			continue;
		for (uint32_t from = 0; from < table->n_rows; from += SPK_PAGE_ROWS)
		{
			const uint32_t *ids = spk_column_ids(column, from);

			for (uint32_t row = 0; row < spk_page_rows(table->n_rows, from); row++)
				n_rows += ids[row] != SPK_NO_ID;
		}
		for (uint32_t code = 0; code < features[i].n_bins; code++)
			n_rows -= features[i].counts[code];
		if (n_rows > 0 && spk_warned_first(warned, "rare", column->name))
			ereport(NOTICE,
					(errmsg("feature column \"%s\" has more categories than a model keeps", column->name),
					 errdetail_plural("The %u most frequent are kept. The others, of %u row, count as missing.",
									  "The %u most frequent are kept. The others, of %u rows, count as missing.",
									  n_rows, kept, n_rows)));
	}
}

void
spk_warn_of_horizon(const SpkRowStore *rows, const SpkTable *table, SpkWarned *warned)
{
	SpkHost	   host = spk_pg_host(CurrentMemoryContext);
	SpkHorizon h;

	/* looking sorts keys twice, which takes some 32 bytes for each row */
	if (rows->times == NULL ||
		spk_table_size(table) + 32 * (uint64) table->n_rows > spk_memory_limit())
		return;
	spk_check(spk_find_horizon(&host, rows->times, table->labels, table->n_rows, &h),
			  "training set", NULL);
	if (!h.cut_off || !spk_warned_first(warned, "horizon", rows->time_name))
		return;
	ereport(WARNING,
			(errmsg("hardly any row of the latest dates in \"%s\" churned", rows->time_name),
			 errdetail_plural("Of %u rows of the last date %u churned, %.1f %%; before it was %.1f %%.",
							  "Of %u rows of the last dates %u churned, %.1f %%; before it was %.1f %%.",
							  h.n_dates, h.n_rows[1], h.n_positives[1],
							  100.0 * h.n_positives[1] / h.n_rows[1], 100.0 * h.n_positives[0] / h.n_rows[0]),
			 errhint("Does the horizon of the labels lie beyond the end of the log? Then who stayed is not known yet: leave these dates out, or make their labels null.")));
}

/* Users are drawn and held out whole, which leaves nothing to draw from when there is one. */
static void
warn_of_one_user(const SpkTable *table, SpkWarned *warned)
{
	uint32_t same = 1;

	if (table->groups == NULL || table->n_rows < SPK_LOOKS_MIN_ROWS || table->groups[0] == 0)
		return;
	while (same < table->n_rows && table->groups[same] == table->groups[0])
		same++;
	if (same == table->n_rows && spk_warned_first(warned, "one user", ""))
		ereport(WARNING,
				(errmsg("all %u rows are of one user", table->n_rows),
				 errdetail("The id is the same in all of them. Nobody is left to be held out."),
				 errhint("Name as \"id\" the column that tells users apart.")));
}

/*
 * Snapshots of a user may well be the same when no date tells them apart, and so may rows
 * of users who are not known.  It is a warning only where user and date are known.
 */
void
spk_warn_of_repeats(const SpkRowStore *rows, const SpkTable *table, SpkWarned *warned)
{
	SpkHost	 host = spk_pg_host(CurrentMemoryContext);
	uint32_t n;

	if (spk_table_has_pages(table) ||
		spk_table_size(table) + spk_repeats_size(table) > spk_memory_limit())
		return;
	spk_check(spk_count_repeats(&host, table, rows->times, &n), "training set", NULL);
	if (n == 0 || !spk_warned_first(warned, "repeats", ""))
		return;
	ereport(table->groups != NULL && rows->times != NULL ? WARNING : NOTICE,
			(errmsg_plural("%u row of %u is there already", "%u rows of %u are there already", n, n,
						   table->n_rows),
			 table->groups == NULL ? errdetail("Label and all features are those of another row, in too many rows for chance.") :
			 rows->times == NULL ? errdetail("User, label and all features are those of another row.") :
			 errdetail("User, date, label and all features are those of another row."),
			 table->groups == NULL ? errhint("A model knows the twin of a row by heart. If they are of one user, name the column that tells users apart as \"id\"; if a join has made them, leave them out by DISTINCT.") :
			 errhint("A row counts as often as it is there. If a join has made them, leave them out by DISTINCT.")));
}

/* ---- Samples ---- */

static void
tell_of_sample(const SpkRowStore *rows, SpkWarned *warned)
{
	double share = rows->options.value[SPK_OPT_SAMPLE];

	if (!(share < 1) || !spk_warned_first(warned, "sample", ""))
		return;
	ereport(NOTICE,
			(errmsg("training on a sample of %g of the users: %u of " INT64_FORMAT " labelled rows",
					share, rows->n_rows, rows->n_rows + rows->n_unweighted + rows->n_unsampled),
			 errdetail("All rows of a user are in it, or none; those without an id are not.")));
}

/* ---- Files ---- */

static void
tell_of_file(const SpkRowStore *rows, const SpkTable *table, SpkWarned *warned)
{
	uint64 size;

	if (!spk_table_has_pages(table) || !spk_warned_first(warned, "file", ""))
		return;
	size = spk_row_file_size(rows->file);
	ereport(NOTICE,
			(errmsg("%u rows of %u features are trained on from a temporary file of " UINT64_FORMAT " MB",
					rows->n_rows, rows->n_columns, (size + 1024 * 1024 - 1) / (1024 * 1024)),
			 errdetail("Nobody looks for ids, dates and equal rows there.")));
}

/* ---- Weights ---- */

void
spk_tell_of_unweighted(const SpkRowStore *rows, SpkWarned *warned)
{
	if (rows->n_unweighted == 0 || !spk_warned_first(warned, "unweighted", ""))
		return;
	ereport(NOTICE,
			(errmsg_plural("left out " INT64_FORMAT " row whose weight is 0 or null",
						   "left out " INT64_FORMAT " rows whose weight is 0 or null",
						   rows->n_unweighted, rows->n_unweighted)));
}

/* Trees take weights as whole multiples of a unit, which may be too coarse for small ones. */
static void
tell_of_rounding(const SpkRowStore *rows, const SpkTable *table, SpkWarned *warned)
{
	SpkHost		  host = spk_pg_host(CurrentMemoryContext);
	SpkWeightUnit unit;

	if (!spk_learns_codes(rows->algorithm))
		return;
	spk_check(spk_table_unit(&host, table, &unit), "training set", NULL);
	if (!unit.coarse || !spk_warned_first(warned, "rounding", ""))
		return;
	ereport(NOTICE,
			(errmsg("weights in column \"%s\" are rounded to multiples of %g", rows->weight_name, unit.unit),
			 errdetail("Trees take them as whole multiples. That changes the smallest weights by more than 1 %%."),
			 errhint("Leave out rows that weigh next to nothing, or cap the largest weights.")));
}

void
spk_warn_of_rows(const SpkRowStore *rows, const SpkTable *table, SpkWarned *warned)
{
	tell_of_sample(rows, warned);
	tell_of_file(rows, table, warned);
	spk_tell_of_unweighted(rows, warned);
	tell_of_rounding(rows, table, warned);
	warn_of_leaks(table, warned);
	warn_of_looks(rows, table, warned);
	warn_of_digits(rows, warned);
	warn_of_one_user(table, warned);
	spk_warn_of_repeats(rows, table, warned);
	spk_warn_of_horizon(rows, table, warned);
}
