/*
 * event_binding.c
 *	  Which columns of a table stand where in the lines of a log.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "events/event_binding.h"
#include "events/event_row.h"
#include "host/pg_host.h"

/* What is known of the columns while they are bound. */
typedef struct Plans
{
	TupleDesc	   tupdesc;
	SpkBinding	  *binding;
	SpkColumnPlan *plans; /* of the schema */
	int			   n;
	int music[SPK_N_COLUMNS]; /* the column that is the music log's, or SPK_EVENT_NO_COLUMN */
} Plans;

SpkTimeUnit
spk_unit_of_name(const char *name)
{
	static const char *const names[] = {"", "s", "ms", "us", "ns"};

	for (int unit = SPK_UNIT_SECONDS; unit <= SPK_UNIT_NANOSECONDS; unit++)
	{
		if (strcmp(name, names[unit]) == 0)
			return (SpkTimeUnit) unit;
	}
	return SPK_UNIT_NONE;
}

/* The column of churn_event that this one is, by name, type and the lack of options. */
static int
music_column(Form_pg_attribute att, const SpkColumnOptions *options)
{
	int col = spk_event_column_of(NameStr(att->attname));

	if (col == SPK_EVENT_NO_COLUMN || att->atttypid != spk_event_row_columns[col].type ||
		att->atttypmod != -1 ||
		(options != NULL && (options->key != NULL || options->has_path || options->unit != NULL)))
		return SPK_EVENT_NO_COLUMN;
	return col;
}

/* Is the table one of the music log?  See spk_binding_table. */
static bool
is_music(TupleDesc tupdesc, const SpkColumnOptions *options, const bool *left_out)
{
	const uint32 needed = UINT32_C(1) << SPK_COL_TS | UINT32_C(1) << SPK_COL_USERID |
		UINT32_C(1) << SPK_COL_SESSIONID | UINT32_C(1) << SPK_COL_PAGE;
	uint32 found = 0;
	bool   others = false;

	for (int i = 0; i < tupdesc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(tupdesc, i);
		int				  col;

		if (att->attisdropped)
			continue;
		col = music_column(att, options == NULL ? NULL : &options[i]);
		if (col != SPK_EVENT_NO_COLUMN)
			found |= UINT32_C(1) << col;
		else if (left_out == NULL || !left_out[i])
			others = true;
	}
	return (found != 0 && !others) || (found & needed) == needed;
}

static const char *
to_utf8(const char *text)
{
	char *copy = pstrdup(text);

	return pg_server_to_any(copy, strlen(copy), PG_UTF8);
}

/* Plans a column that stands at a key of its own, or at the end of a path. */
static void
plan_path(SpkColumnPlan *plan, Form_pg_attribute att, const SpkColumnOptions *options)
{
	const char **path;

	plan->path_len = 1;
	if (options != NULL && options->has_path)
		plan->path_len = list_length(options->path);
	path = palloc(sizeof(char *) * Max(plan->path_len, 1));
	plan->path = path;
	if (options != NULL && options->has_path)
	{
		StringInfoData label;
		ListCell	  *cell;
		int			   n = 0;

		initStringInfo(&label);
		foreach (cell, options->path)
		{
			appendStringInfo(&label, "%s%s", n > 0 ? "," : "", (char *) lfirst(cell));
			path[n++] = to_utf8(lfirst(cell));
		}
		plan->label = psprintf("path \"{%s}\"", label.data);
		return;
	}
	if (options != NULL && options->key != NULL)
		path[0] = to_utf8(options->key);
	else
	{
		path[0] = to_utf8(NameStr(att->attname));
		plan->folds = true;
	}
	plan->label = psprintf("key \"%s\"",
						   options != NULL && options->key != NULL ? options->key :
																	 NameStr(att->attname));
}

/* Plans a column by the rules of any log. */
static void
plan_column(SpkColumnPlan *plan, Form_pg_attribute att, const SpkColumnOptions *options,
			SpkCast *cast)
{
	memset(plan, 0, sizeof(*plan));
	plan_path(plan, att, options);
	spk_cast_init(cast, att->atttypid, att->atttypmod, plan->label);
	plan->type = cast->reads;
	plan->lenient = true;
	plan->blank = cast->blank;
	if (options != NULL && options->unit != NULL)
	{
		plan->unit = spk_unit_of_name(options->unit);
		if (plan->type != SPK_TYPE_TIME)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("column \"%s\" cannot have a unit of time", NameStr(att->attname)),
					 errdetail("It is of type %s.",
							   format_type_with_typemod(att->atttypid, att->atttypmod)),
					 errhint("A unit is for columns of type timestamptz, timestamp and date.")));
	}
	if (plan->path_len == 0 && plan->type != SPK_TYPE_JSON)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" cannot hold the whole line", NameStr(att->attname)),
				 errdetail("It is of type %s.",
						   format_type_with_typemod(att->atttypid, att->atttypmod)),
				 errhint("The path '{}' is for columns of type jsonb and json.")));
}

/* Plans a column of the music log by its own rules. */
static void
plan_music(Plans *plans, int col, SpkCast *cast)
{
	SpkColumnPlan *plan = &plans->plans[plans->n];

	*plan = spk_music_plan((SpkEventColumn) col);
	spk_cast_init(cast, spk_event_row_columns[col].type, -1, plan->label);
	plans->music[col] = plans->n;
}

/* Plans the keys that make a line an event, where the table has no such columns. */
static void
plan_hidden(Plans *plans)
{
	static const SpkEventColumn needed[] = {SPK_COL_TS, SPK_COL_USERID, SPK_COL_PAGE};

	for (int i = 0; i < lengthof(needed); i++)
	{
		SpkColumnPlan *plan = &plans->plans[plans->n];

		if (plans->music[needed[i]] != SPK_EVENT_NO_COLUMN)
			continue;
		*plan = spk_music_plan(needed[i]);
		plan->type = SPK_TYPE_ANY;
		plan->is_hidden = true;
		plans->music[needed[i]] = plans->n++;
	}
}

/* Fills in what is looked at for each row. */
static void
finish_binding(SpkBinding *binding)
{
	int n = binding->schema->n_columns;

	binding->ways = palloc(Max(n, 1));
	for (int col = 0; col < n; col++)
		binding->ways[col] = (uint8) binding->casts[col].way;
}

static SpkSchema *
make_schema(const SpkColumnPlan *plans, int n)
{
	SpkHost	   host = spk_pg_host(CurrentMemoryContext);
	SpkSchema *schema = spk_schema_new(plans, n, &host);

	if (schema == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("out of memory")));
	return schema;
}

SpkBinding *
spk_binding_table(TupleDesc tupdesc, const SpkColumnOptions *options, const bool *left_out)
{
	int			max = tupdesc->natts + SPK_N_COLUMNS;
	SpkBinding *binding = palloc0(sizeof(SpkBinding));
	Plans		plans = {tupdesc, binding, palloc0(sizeof(SpkColumnPlan) * max), 0, {0}};
	bool		music = is_music(tupdesc, options, left_out);

	binding->natts = tupdesc->natts;
	binding->columns = palloc(sizeof(int) * Max(tupdesc->natts, 1));
	binding->casts = palloc0(sizeof(SpkCast) * max);
	binding->names = palloc0(sizeof(char *) * max);
	for (int i = 0; i < SPK_N_COLUMNS; i++)
		plans.music[i] = SPK_EVENT_NO_COLUMN;
	for (int i = 0; i < tupdesc->natts; i++)
	{
		Form_pg_attribute		att = TupleDescAttr(tupdesc, i);
		const SpkColumnOptions *option = options == NULL ? NULL : &options[i];
		SpkCast				   *cast = &binding->casts[plans.n];
		int						col;

		binding->columns[i] = SPK_EVENT_NO_COLUMN;
		if (att->attisdropped || (left_out != NULL && left_out[i]))
			continue;
		col = music ? music_column(att, option) : SPK_EVENT_NO_COLUMN;
		if (col != SPK_EVENT_NO_COLUMN)
			plan_music(&plans, col, cast);
		else
			plan_column(&plans.plans[plans.n], att, option, cast);
		binding->any_checked |= cast->is_checked;
		binding->names[plans.n] = pstrdup(NameStr(att->attname));
		binding->columns[i] = plans.n++;
	}
	if (music)
		plan_hidden(&plans);
	binding->schema = make_schema(plans.plans, plans.n);
	if (music)
		spk_schema_set_music(binding->schema, plans.music);
	finish_binding(binding);
	return binding;
}

SpkBinding *
spk_binding_music(TupleDesc tupdesc)
{
	SpkBinding *binding = palloc0(sizeof(SpkBinding));
	SpkHost		host = spk_pg_host(CurrentMemoryContext);

	binding->natts = tupdesc->natts;
	binding->columns = spk_event_row_bind(tupdesc);
	binding->casts = palloc0(sizeof(SpkCast) * SPK_N_COLUMNS);
	binding->names = palloc(sizeof(char *) * SPK_N_COLUMNS);
	for (int col = 0; col < SPK_N_COLUMNS; col++)
	{
		binding->names[col] = spk_event_row_columns[col].name;
		spk_cast_init(&binding->casts[col], spk_event_row_columns[col].type, -1,
					  binding->names[col]);
	}
	binding->schema = spk_schema_new_music(&host);
	if (binding->schema == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("out of memory")));
	finish_binding(binding);
	return binding;
}
