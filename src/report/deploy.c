/*
 * deploy.c
 *	  churn_deploy and churn_rollback: which model is in use under a name.
 *
 * The registry is a table like any other: privileges on it say who may deploy, and rows of it that
 * a role may not see are not there.  Its schema is that of the function at the time of the call.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"

#include "host/args.h"
#include "host/source.h"
#include "host/statement.h"
#include "report/deploy.h"
#include "scoring/active.h"

/* A name is part of the keys of indexes, which take no more than a third of a page. */
#define MAX_NAME 1000

extern Datum churn_info(PG_FUNCTION_ARGS);

static SpkParam
param(Oid type, Datum value)
{
	return (SpkParam) {type, value, value == (Datum) 0};
}

static SpkParam
int_param(int32 value)
{
	return (SpkParam) {INT4OID, Int32GetDatum(value), false};
}

/* ---- What is deployed ---- */

SpkDeployment
spk_deployment(FunctionCallInfo fcinfo)
{
	SpkDeployment d = {.schema = spk_own_schema(fcinfo->flinfo->fn_oid)};
	Oid			 *types;
	int			  n_types;

	(void) get_func_signature(fcinfo->flinfo->fn_oid, &types, &n_types);
	d.model_type = types[1];
	d.name = SPK_OPTIONAL_ARG(0);
	d.model = SPK_OPTIONAL_ARG(1);
	return d;
}

bool
spk_deployed(const char *schema, Datum name, int32 *version, Datum *model)
{
	const SpkParam params[] = {param(TEXTOID, name)};
	Datum		   values[2];
	bool		   nulls[2];

	if (!spk_statement_row(psprintf("SELECT m.version, %s FROM %s.churn_models AS m"
									" WHERE m.name OPERATOR(pg_catalog.=) $1 AND m.active",
									model == NULL ? "NULL::pg_catalog.int4" : "m.model", schema),
						   lengthof(params), params, 2, values, nulls))
		return false;
	*version = DatumGetInt32(values[0]);
	if (model != NULL)
		*model = values[1];
	return true;
}

typedef struct JudgedFigures
{
	MemoryContext context;
	Datum		  figures;
} JudgedFigures;

static void
take_figures(TupleTableSlot *slot, void *arg)
{
	JudgedFigures *judged = arg;
	MemoryContext  old = MemoryContextSwitchTo(judged->context);
	bool		   isnull;
	Datum		   value = slot_getattr(slot, 1, &isnull);

	if (!isnull)
		judged->figures = datumCopy(value, false, -1);
	MemoryContextSwitchTo(old);
}

Datum
spk_deployment_judge(const SpkDeployment *d, Datum source, Datum label, Datum id)
{
	const Oid	  types[] = {d->model_type, TEXTOID, TEXTOID, TEXTOID};
	const Datum	  values[] = {d->model, source, label, id};
	JudgedFigures judged = {CurrentMemoryContext, (Datum) 0};

	spk_source_run(psprintf("SELECT pg_catalog.jsonb_object_agg(f.key, f.value)"
							" FROM %s.churn_evaluate($1, $2, $3, %s, 42::pg_catalog.int8) AS e,"
							" LATERAL (VALUES (e.metric, e.value),"
							" (pg_catalog.concat(e.metric, '_low'), e.low),"
							" (pg_catalog.concat(e.metric, '_high'), e.high)) AS f(key, value)"
							" WHERE f.value IS NOT NULL",
							d->schema, id == (Datum) 0 ? "NULL::pg_catalog.text" : "$4"),
				   id == (Datum) 0 ? 3 : 4, types, values, 1, (const Oid[]) {JSONBOID},
				   take_figures, &judged);
	return judged.figures;
}

/* ---- Deploying ---- */

void
spk_deploy_lock(const char *schema)
{
	(void) spk_statement_run(psprintf("LOCK TABLE %s.churn_models IN SHARE ROW EXCLUSIVE MODE",
									  schema),
							 0, NULL);
}

/* The last version of the name, and the one in use; 0 where there is none. */
static void
find_versions(const SpkDeployment *d, int32 *last, int32 *used)
{
	const SpkParam params[] = {param(TEXTOID, d->name)};
	Datum		   values[2];
	bool		   nulls[2];

	(void) spk_statement_row(
		psprintf("SELECT pg_catalog.max(m.version),"
				 " pg_catalog.max(m.version) FILTER (WHERE m.active)"
				 " FROM %s.churn_models AS m WHERE m.name OPERATOR(pg_catalog.=) $1",
				 d->schema),
		lengthof(params), params, 2, values, nulls);
	*last = nulls[0] ? 0 : DatumGetInt32(values[0]);
	*used = nulls[1] ? 0 : DatumGetInt32(values[1]);
}

int32
spk_deploy(const SpkDeployment *d)
{
	Datum info = DirectFunctionCall1(churn_info, d->model);
	int32 last;
	int32 used;

	find_versions(d, &last, &used);
	if (used > 0)
	{
		const SpkParam name[] = {param(TEXTOID, d->name)};

		(void) spk_statement_run(psprintf("UPDATE %s.churn_models AS m SET active = false WHERE"
										  " m.name OPERATOR(pg_catalog.=) $1 AND m.active",
										  d->schema),
								 lengthof(name), name);
	}

	/* what it was trained with is told by the model, and need not be believed */
	{
		const SpkParam row[] = {param(TEXTOID, d->name),
								int_param(last + 1),
								param(d->model_type, d->model),
								param(INT4OID, used > 0 ? Int32GetDatum(used) : (Datum) 0),
								param(JSONBOID, d->metrics),
								param(TEXTOID, d->source),
								param(JSONBOID, info),
								param(TEXTOID, d->note)};

		(void) spk_statement_run(
			psprintf("INSERT INTO %s.churn_models"
					 " (name, version, model, active, previous, metrics, source, options, note)"
					 " VALUES ($1, $2, $3, true, $4, $5, $6,"
					 " pg_catalog.jsonb_build_object('algorithm',"
					 " pg_catalog.jsonb_extract_path($7, 'algorithm'))"
					 " OPERATOR(pg_catalog.||) pg_catalog.jsonb_extract_path($7, 'options'), $8)",
					 d->schema),
			lengthof(row), row);
	}
	return last + 1;
}

/* Raises an error unless models can be deployed under this name. */
static void
check_name(const text *name)
{
	size_t len = VARSIZE_ANY_EXHDR(name);

	if (len == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("name must not be empty")));
	if (len > MAX_NAME)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("name must not be longer than %d bytes", MAX_NAME),
				 errdetail("It has %zu.", len)));
}

/* churn_deploy(name text, model churn_model, source, note, judged_on, label, id text) */
PG_FUNCTION_INFO_V1(churn_deploy);
Datum
churn_deploy(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"name", "model"};
	SpkDeployment			 d;

	spk_require_args(fcinfo, names, lengthof(names));
	check_name(PG_GETARG_TEXT_PP(0));
	spk_statement_require_writable("churn_deploy()");
	d = spk_deployment(fcinfo);
	d.source = SPK_OPTIONAL_ARG(2);
	d.note = SPK_OPTIONAL_ARG(3);

	/* it is judged first, which takes time, so that others who deploy do not wait for it */
	if (!PG_ARGISNULL(4))
	{
		if (PG_ARGISNULL(5))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("label must not be null")));
		d.metrics = spk_deployment_judge(&d, PG_GETARG_DATUM(4), PG_GETARG_DATUM(5),
										 SPK_OPTIONAL_ARG(6));
	}
	spk_deploy_lock(d.schema);
	PG_RETURN_INT32(spk_deploy(&d));
}

/* ---- Going back ---- */

/* The version that was in use before the one that is. */
static int32
version_before(const char *schema, text *name)
{
	const SpkParam params[] = {param(TEXTOID, PointerGetDatum(name))};
	Datum		   previous;
	bool		   isnull;

	if (spk_statement_row(psprintf("SELECT m.previous FROM %s.churn_models AS m"
								   " WHERE m.name OPERATOR(pg_catalog.=) $1 AND m.active",
								   schema),
						  lengthof(params), params, 1, &previous, &isnull) &&
		!isnull)
		return DatumGetInt32(previous);
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("no version of model \"%s\" was in use before", text_to_cstring(name)),
			 errhint("Name a version to put in use.")));
}

/* churn_rollback(name text, version int) */
PG_FUNCTION_INFO_V1(churn_rollback);
Datum
churn_rollback(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"name"};
	const char				*schema = spk_own_schema(fcinfo->flinfo->fn_oid);
	text					*name;
	int32					 back;

	spk_require_args(fcinfo, names, lengthof(names));
	spk_statement_require_writable("churn_rollback()");
	name = PG_GETARG_TEXT_PP(0);
	spk_deploy_lock(schema);
	if (spk_statement_run(psprintf("SELECT FROM %s.churn_models AS m"
								   " WHERE m.name OPERATOR(pg_catalog.=) $1",
								   schema),
						  1, (const SpkParam[]) {param(TEXTOID, PointerGetDatum(name))}) == 0)
		spk_refuse_undeployed(name);
	back = PG_ARGISNULL(1) ? version_before(schema, name) : PG_GETARG_INT32(1);

	/* one after the other, as two versions are never in use at a time */
	{
		const SpkParam params[] = {param(TEXTOID, PointerGetDatum(name)), int_param(back)};

		(void) spk_statement_run(psprintf("UPDATE %s.churn_models AS m SET active = false"
										  " WHERE m.name OPERATOR(pg_catalog.=) $1 AND m.active"
										  " AND m.version OPERATOR(pg_catalog.<>) $2",
										  schema),
								 lengthof(params), params);
		if (spk_statement_run(psprintf("UPDATE %s.churn_models AS m SET active = true"
									   " WHERE m.name OPERATOR(pg_catalog.=) $1"
									   " AND m.version OPERATOR(pg_catalog.=) $2",
									   schema),
							  lengthof(params), params) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_OBJECT),
					 errmsg("model \"%s\" has no version %d", text_to_cstring(name), back)));
	}
	PG_RETURN_INT32(back);
}
