/*
 * collect_bind.c
 *	  From a row type to the columns that are features, and those that have a role.
 */
#include "compat.h"

#include "utils/builtins.h"

#include "rows/collector.h"

char *
spk_kept_text(const SpkKeptArg *kept)
{
	return text_to_cstring(DatumGetTextPP(PointerGetDatum(kept->value)));
}

static bool
is_excluded(const SpkCollector *collector, const char *name)
{
	size_t len = strlen(name);

	/* what a row weighs is no property of its user */
	if (collector->named.weights != NULL && strcmp(collector->named.weights, name) == 0)
		return true;
	for (int i = 0; i < collector->n_exclude; i++)
	{
		text *excluded = DatumGetTextPP(collector->exclude[i]);

		if (VARSIZE_ANY_EXHDR(excluded) == len && memcmp(VARDATA_ANY(excluded), name, len) == 0)
			return true;
	}
	return false;
}

/* Prediction finds columns by name, so that each has one, which may occur only once. */
static void
check_name(const SpkCollector *collector, const char *name)
{
	/* an engine that sends a row of no named type to another server sends it without them */
	if (name[0] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("the row of features has columns without names"),
				 errdetail("Rows that a query makes have none on another server."),
				 errhint("Use churn_train, or rows of a table, a view or a composite type.")));
	for (uint32 i = 0; i < collector->n_columns; i++)
		if (strcmp(collector->columns[i].name, name) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_DUPLICATE_COLUMN),
					 errmsg("feature column \"%s\" specified more than once", name)));
}

/*
 * Names all columns that cannot be features in one error, so that the user need not
 * find them one by one.  When there is only one, spk_row_column will name it.
 */
static void
check_types(const SpkCollector *collector, const SpkRow *row)
{
	StringInfoData list;
	int			   n = 0;

	initStringInfo(&list);
	for (int i = 0; i < row->desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(row->desc, i);

		if (att->attisdropped || is_excluded(collector, NameStr(att->attname)) ||
			spk_row_is_feature(row, i))
			continue;
		appendStringInfo(&list, "%s\"%s\" of type %s", n++ == 0 ? "" : ", ", NameStr(att->attname),
						 format_type_be(att->atttypid));
	}
	if (n > 1)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("%d columns cannot be features: %s", n, list.data),
				 errdetail("Features are of boolean, numeric, date, timestamp, text or enum types."),
				 errhint("Name the columns in exclude, leave them out of the source or cast them.")));
	pfree(list.data);
}

/* Finds the column that has the weights of rows. */
static void
bind_weights(SpkCollector *collector)
{
	const char *name = collector->named.weights;
	int			attno = spk_row_find_only(collector->row, name);

	if (attno < 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of the weights is missing from the row", name)));
	if (!spk_row_is_feature(collector->row, attno) ||
		(collector->weight = spk_row_column(collector->row, attno)).kind != SPK_NUMBER ||
		collector->weight.read == SPK_READ_BOOL)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of the weights must be a number, not %s", name,
						format_type_be(TupleDescAttr(collector->row->desc, attno)->atttypid))));
}

/* Finds the column that has the dates of rows. */
static void
bind_time(SpkCollector *collector)
{
	const char *name = spk_kept_text(&collector->time_arg);
	int			attno = spk_row_find_only(collector->row, name);

	if (attno < 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of the dates is missing from the row", name)));
	collector->time = spk_row_column(collector->row, attno);
	if (collector->time.kind == SPK_CATEGORY)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of the dates holds none", name)));
}

/* Finds the features that options name among the columns. */
static void
bind_rules(SpkCollector *collector)
{
	uint32			n = collector->n_columns;
	SpkNamedColumn *columns = palloc(n * sizeof(SpkNamedColumn));

	for (uint32 i = 0; i < n; i++)
		columns[i] = (SpkNamedColumn) {collector->columns[i].name, collector->columns[i].kind};
	collector->rules = MemoryContextAlloc(collector->context, n * sizeof(SpkFeatureRule));
	spk_names_bind(&collector->named, columns, n, collector->rules);
	pfree(columns);
}

/* Prepares to sample users by their ids. */
static void
bind_sample(SpkCollector *collector)
{
	spk_sample_require_id(&collector->options,
						  collector->has_id || collector->group_arg.value != NULL);
	spk_sample_key_type(&collector->sample, collector->group.type, collector->group.collation,
						collector->context);

	/* most rows are looked at no further */
	if (!collector->has_id)
		spk_row_limit(collector->row, collector->group.attno + 1);
}

void
spk_collector_bind(SpkCollector *collector, HeapTupleHeader tuple)
{
	SpkRow *row = spk_row_new(tuple, collector->context);
	int		natts = row->desc->natts;

	if (collector->columns_arg.value != NULL)
		spk_row_name(row, DatumGetArrayTypeP(PointerGetDatum(collector->columns_arg.value)));

	if (collector->row != NULL)
		spk_row_release(collector->row);
	if (collector->columns != NULL)
		pfree(collector->columns);

	/* columns have their names from the row: both are replaced together */
	collector->row = row;
	if (collector->rules != NULL)
		pfree(collector->rules);
	collector->rules = NULL;
	check_types(collector, row);
	collector->columns = MemoryContextAlloc(collector->context,
											Max(natts, 1) * sizeof(SpkRowColumn));
	collector->n_columns = 0;
	for (int i = 0; i < natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(row->desc, i);

		if (att->attisdropped || is_excluded(collector, NameStr(att->attname)))
			continue;
		check_name(collector, NameStr(att->attname));
		collector->columns[collector->n_columns++] = spk_row_column(row, i);
	}
	if (collector->n_columns == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no feature columns to train on")));
	if (collector->n_columns > SPK_MAX_FEATURES)
		ereport(ERROR,
				(errcode(ERRCODE_TOO_MANY_COLUMNS),
				 errmsg("cannot train on more than %d feature columns", SPK_MAX_FEATURES)));

	if (spk_names_rule(&collector->named))
		bind_rules(collector);

	/* group and date are mostly excluded columns: they need not be among the features */
	if (collector->group_arg.value != NULL)
		spk_group_key_bind(&collector->group, row, spk_kept_text(&collector->group_arg),
						   collector->context);
	if (collector->time_arg.value != NULL)
		bind_time(collector);
	if (collector->named.weights != NULL)
		bind_weights(collector);
	if (spk_collector_samples(collector))
		bind_sample(collector);
}
