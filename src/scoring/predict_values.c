/*
 * predict_values.c
 *	  A model applied to what is no record: values in a call, or a profile.
 *
 * A record has its names and types in the catalogs.  What these functions say depends on
 * their arguments alone, so that they may be computed wherever the extension is; but the
 * labels of enums are in the catalogs.
 */
#include "compat.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"

#include "profiles/features_type.h"
#include "profiles/label_args.h"
#include "profiles/profile_type.h"
#include "rows/row_slot.h"
#include "scoring/model_cache.h"
#include "scoring/predictor.h"

/* ---- The values of a model's features ---- */

/* A row whose columns are the arguments of a call: the features in the model's order. */
static SpkRow *
row_of_arguments(const SpkPredictor *p, FunctionCallInfo fcinfo)
{
	uint32		 n = p->model->n_features;
	const char **names = MemoryContextAlloc(p->binding.context, Max(n, 1) * sizeof(char *));

	if (PG_NARGS() - 1 != n)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the model has %u features, not %d", n, PG_NARGS() - 1)));
	for (uint32 i = 0; i < n; i++)
		names[i] = p->model->features[i].name;
	return spk_row_of_arguments(fcinfo, 1, (int) n, names, p->binding.context);
}

/*
 * This is what churn_score calls.  To make a row of the columns, only to take it apart
 * again, would cost as much as reading the table.
 */
PG_FUNCTION_INFO_V1(sparkify_predict_values);
Datum
sparkify_predict_values(PG_FUNCTION_ARGS)
{
	SpkPredictor *p;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	p = spk_prepared_model(fcinfo, spk_predictor_prepare);
	if (p->binding.row == NULL)
		spk_binding_set_row(&p->binding, row_of_arguments(p, fcinfo));
	spk_predictor_read_arguments(p, fcinfo, 1);
	PG_RETURN_FLOAT8(spk_predict_row(p));
}

/* ---- Any values, with their names ---- */

/* The names in argument 1, which must be a constant array of strings, one for each value. */
static const char **
named_columns(FunctionCallInfo fcinfo, int n, MemoryContext context)
{
	Jsonb		*names = PG_GETARG_JSONB_P(1);
	const char **list = MemoryContextAlloc(context, Max(n, 1) * sizeof(char *));

	if (!get_fn_expr_arg_stable(fcinfo->flinfo, 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the names of columns must be a constant")));
	if (!JB_ROOT_IS_ARRAY(names) || JB_ROOT_IS_SCALAR(names) || JB_ROOT_COUNT(names) != n)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("columns must be a JSON array of names, as many as there are values: %d", n)));
	for (int i = 0; i < n; i++)
	{
		JsonbValue *name = getIthJsonbValueFromContainer(&names->root, (uint32) i);

		if (name->type != jbvString)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the name of column %d is no string", i + 1)));
		list[i] = MemoryContextStrdup(context,
									  pnstrdup(name->val.string.val, name->val.string.len));
	}
	return list;
}

/* A row of the values, which may be anything but enums, whose texts are in a catalog. */
static SpkRow *
row_of_columns(const SpkPredictor *p, FunctionCallInfo fcinfo)
{
	int		n = PG_NARGS() - 2;
	SpkRow *row;

	if (get_fn_expr_variadic(fcinfo->flinfo))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("values must be listed, not given as an array")));
	row = spk_row_of_arguments(fcinfo, 2, n, named_columns(fcinfo, n, p->binding.context),
							   p->binding.context);
	for (int i = 0; i < n; i++)
		if (type_is_enum(getBaseType(TupleDescAttr(row->desc, i)->atttypid)))
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column \"%s\" is of the enum type %s",
							NameStr(TupleDescAttr(row->desc, i)->attname),
							format_type_be(TupleDescAttr(row->desc, i)->atttypid)),
					 errhint("Cast it to text.")));
	return row;
}

/* churn_predict_columns(model, columns jsonb, VARIADIC values "any"): nothing but the arguments counts. */
PG_FUNCTION_INFO_V1(churn_predict_columns);
Datum
churn_predict_columns(PG_FUNCTION_ARGS)
{
	SpkPredictor *p;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	p = spk_prepared_model(fcinfo, spk_predictor_prepare);
	if (p->binding.row == NULL)
		spk_binding_set_row(&p->binding, row_of_columns(p, fcinfo));
	spk_predictor_read_arguments(p, fcinfo, 2);
	PG_RETURN_FLOAT8(spk_predict_row(p));
}

/* ---- The columns of a row that the planner has listed ---- */

/* A row whose columns are the arguments, with the names in argument 1. */
static SpkRow *
row_of_listed(const SpkPredictor *p, FunctionCallInfo fcinfo)
{
	int	   n = PG_NARGS() - 2;
	char **names;

	if (PG_ARGISNULL(1) || !get_fn_expr_arg_stable(fcinfo->flinfo, 1) ||
		get_fn_expr_variadic(fcinfo->flinfo))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the names of a row's columns must be a constant"),
				 errdetail("The planner writes calls of this function.")));
	names = spk_names_of_columns(PG_GETARG_ARRAYTYPE_P(1), n);
	return spk_row_of_arguments(fcinfo, 2, n, (const char *const *) names, p->binding.context);
}

/* The prediction by the arguments, whose model must not be NULL. */
static double
predict_listed(FunctionCallInfo fcinfo, SpkPredictor *p)
{
	if (p->binding.row == NULL)
		spk_binding_set_row(&p->binding, row_of_listed(p, fcinfo));
	spk_predictor_read_arguments(p, fcinfo, 2);
	return spk_predict_row(p);
}

/*
 * sparkify_predict_row(model, columns text[], VARIADIC values "any"): churn_predict of a row
 * of the query, see listed_row.c.
 */
PG_FUNCTION_INFO_V1(sparkify_predict_row);
Datum
sparkify_predict_row(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(predict_listed(fcinfo, spk_prepared_model(fcinfo, spk_predictor_prepare)));
}

PG_FUNCTION_INFO_V1(sparkify_at_risk_row);
Datum
sparkify_at_risk_row(PG_FUNCTION_ARGS)
{
	SpkPredictor *p;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	p = spk_prepared_model(fcinfo, spk_predictor_prepare);
	PG_RETURN_BOOL(predict_listed(fcinfo, p) >= p->model->threshold);
}

/* ---- Profiles of the music log ---- */

/*
 * The prediction for the features of the profile in argument 1 before the day in argument 2.
 * False when nothing happened before that day.
 */
static bool
predict_profile(FunctionCallInfo fcinfo, const SpkPredictor **prepared, double *score)
{
	SpkPredictor *p = spk_prepared_model(fcinfo, spk_predictor_prepare);
	bytea		 *profile = PG_GETARG_PROFILE_PP(1);

	*prepared = p;
	spk_require_music_profile(profile, "churn_predict");
	if (p->binding.row == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(p->binding.context);

		spk_binding_set_row(&p->binding,
							spk_row_of_columns(spk_features_columns(), p->binding.context));
		MemoryContextSwitchTo(old);
	}
	if (!spk_features_values(profile, spk_as_of_arg(fcinfo, 2), p->binding.row->values,
							 p->binding.row->nulls))
		return false;
	spk_predictor_read(p);
	*score = spk_predict_row(p);
	return true;
}

PG_FUNCTION_INFO_V1(sparkify_predict_profile);
Datum
sparkify_predict_profile(PG_FUNCTION_ARGS)
{
	const SpkPredictor *p;
	double				score;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || !predict_profile(fcinfo, &p, &score))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(score);
}

PG_FUNCTION_INFO_V1(sparkify_at_risk_profile);
Datum
sparkify_at_risk_profile(PG_FUNCTION_ARGS)
{
	const SpkPredictor *p;
	double				score;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || !predict_profile(fcinfo, &p, &score))
		PG_RETURN_NULL();
	PG_RETURN_BOOL(score >= p->model->threshold);
}
