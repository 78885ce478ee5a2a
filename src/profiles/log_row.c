/*
 * log_row.c
 *	  churn_row: a profile of any log as a row of features.
 *
 * Any row type can be passed, and any recipe: columns are bound by their names
 * and checked, once a query.
 */
#include "compat.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#include "profiles/log_args.h"
#include "profiles/log_plan.h"
#include "profiles/log_recipe_json.h"
#include "profiles/log_row.h"

PG_FUNCTION_INFO_V1(churn_row);

#define ARG_PROFILE 1
#define ARG_AS_OF	2
#define ARG_RECIPE	3

/* A plan, and where its values stand in a row. */
typedef struct RowPlan
{
	SpkLogPlan *plan;
	Jsonb	   *recipe; /* what it was made from, unless that stays the same */
	TupleDesc	desc;
	int		   *columns; /* by feature */
	SpkLogType *types;	 /* likewise */
	Datum	   *datums;	 /* by column */
	bool	   *nulls;	 /* likewise; true where there is no feature */
} RowPlan;

Oid
spk_log_type_oid(SpkLogType type)
{
	switch (type)
	{
		case SPK_LOG_TYPE_int4:
			return INT4OID;
		case SPK_LOG_TYPE_int8:
			return INT8OID;
		case SPK_LOG_TYPE_float8:
			return FLOAT8OID;
		case SPK_LOG_TYPE_text:
			return TEXTOID;
	}
	elog(ERROR, "unknown type of feature %d", (int) type);
}

/* The descriptor of the row type that is asked for, in the current context. */
static TupleDesc
row_desc(FunctionCallInfo fcinfo)
{
	Oid		  type = get_fn_expr_argtype(fcinfo->flinfo, 0);
	TupleDesc desc;

	if (!OidIsValid(type) || get_typtype(type) != TYPTYPE_COMPOSITE)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("churn_row makes rows of a composite type, not %s",
						OidIsValid(type) ? format_type_be(type) : "unknown"),
				 errhint("churn_define_features makes a type, and a function that calls churn_row.")));
	desc = lookup_rowtype_tupdesc_copy(type, -1);
	return BlessTupleDesc(desc);
}

/* The place of a column in the row, which must have the feature's type. */
static int
find_column(TupleDesc desc, const SpkRecipeColumn *column)
{
	Oid type = spk_log_type_oid(spk_log_kinds[column->wanted.kind].type);

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);

		if (attribute->attisdropped || strcmp(NameStr(attribute->attname), column->name) != 0)
			continue;
		if (attribute->atttypid != type)
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column \"%s\" of type %s is of type %s, not %s", column->name,
							format_type_be(desc->tdtypeid), format_type_be(attribute->atttypid),
							format_type_be(type)),
					 errhint("Drop the column, and call churn_define_features again.")));
		return i;
	}
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("type %s has no column \"%s\", which its recipe names",
					format_type_be(desc->tdtypeid), column->name),
			 errhint("Call churn_define_features again.")));
}

static RowPlan *
prepare(FunctionCallInfo fcinfo, Jsonb *recipe)
{
	SpkLogPlan		*plan = spk_log_plan_begin(fcinfo->flinfo->fn_mcxt);
	MemoryContext	 old = MemoryContextSwitchTo(plan->context);
	RowPlan			*row = palloc0(sizeof(RowPlan));
	int				 n;
	SpkRecipeColumn *columns;

	/* the type before the recipe, so that a wrong one is told first */
	row->plan = plan;
	row->desc = row_desc(fcinfo);
	columns = spk_recipe_columns(recipe, SPK_RECIPE_COLUMNS, &n);
	row->columns = palloc(Max(n, 1) * sizeof(int));
	row->types = palloc(Max(n, 1) * sizeof(SpkLogType));
	row->datums = palloc0(Max(row->desc->natts, 1) * sizeof(Datum));
	row->nulls = palloc(Max(row->desc->natts, 1) * sizeof(bool));
	memset(row->nulls, true, Max(row->desc->natts, 1) * sizeof(bool));
	for (int i = 0; i < n; i++)
	{
		row->columns[i] = find_column(row->desc, &columns[i]);
		row->types[i] = spk_log_kinds[columns[i].wanted.kind].type;
		spk_log_plan_add(plan, &columns[i].wanted);
	}
	spk_log_plan_ready(plan);
	/* one that is a constant is not looked at again */
	if (!get_fn_expr_arg_stable(fcinfo->flinfo, ARG_RECIPE))
		row->recipe = (Jsonb *) PG_DETOAST_DATUM_COPY(PointerGetDatum(recipe));
	MemoryContextSwitchTo(old);
	return row;
}

/* The plan for this call's recipe, that of the call before if it is the same. */
static RowPlan *
get_plan(FunctionCallInfo fcinfo)
{
	RowPlan *row = fcinfo->flinfo->fn_extra;
	Jsonb	*recipe;

	if (row != NULL && row->recipe == NULL)
		return row;
	if (PG_ARGISNULL(ARG_RECIPE))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("recipe must not be null")));
	recipe = PG_GETARG_JSONB_P(ARG_RECIPE);
	if (row != NULL && VARSIZE(recipe) == VARSIZE(row->recipe) &&
		memcmp(recipe, row->recipe, VARSIZE(recipe)) == 0)
		return row;
	fcinfo->flinfo->fn_extra = NULL;
	if (row != NULL)
		MemoryContextDelete(row->plan->context);
	row = prepare(fcinfo, recipe);
	fcinfo->flinfo->fn_extra = row;
	return row;
}

static Datum
text_datum(const SpkLogText *text)
{
	return PointerGetDatum(cstring_to_text(spk_text_from_utf8(text->text, text->len)));
}

static void
set_column(RowPlan *row, uint32 i)
{
	int	   at = row->columns[i];
	double value = row->plan->values[i];

	row->nulls[at] = row->types[i] == SPK_LOG_TYPE_text ? row->plan->level.text == NULL :
														  isnan(value);
	if (row->nulls[at])
		return;
	switch (row->types[i])
	{
		case SPK_LOG_TYPE_int4:
			row->datums[at] = Int32GetDatum((int32) value);
			break;
		case SPK_LOG_TYPE_int8:
			row->datums[at] = Int64GetDatum((int64) value);
			break;
		case SPK_LOG_TYPE_float8:
			row->datums[at] = Float8GetDatum(value);
			break;
		case SPK_LOG_TYPE_text:
			row->datums[at] = text_datum(&row->plan->level);
			break;
	}
}

/* churn_row(anyelement, churn_profile, as_of date, recipe jsonb) */
Datum
churn_row(PG_FUNCTION_ARGS)
{
	RowPlan *row = get_plan(fcinfo);

	if (!spk_log_plan_run(row->plan, fcinfo, ARG_PROFILE, ARG_AS_OF, "churn_row"))
		PG_RETURN_NULL();
	for (uint32 i = 0; i < row->plan->recipe.n_features; i++)
		set_column(row, i);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(row->desc, row->datums, row->nulls)));
}
