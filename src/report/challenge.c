/*
 * challenge.c
 *	  churn_challenge: a model is put in use when it is better than the one that is.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "host/args.h"
#include "host/source.h"
#include "host/statement.h"
#include "report/deploy.h"
#include "scoring/active.h"

/* Columns of the result.  Those from OUT_N on are the test's. */
enum
{
	OUT_DEPLOYED,
	OUT_VERSION,
	OUT_N,
	OUT_POSITIVES,
	OUT_USERS,
	OUT_CHAMPION_AUC,
	OUT_CHALLENGER_AUC,
	OUT_DIFFERENCE,
	OUT_LOW,
	OUT_HIGH,
	OUT_P_VALUE,
	N_OUT
};

/* Arguments */
enum
{
	ARG_NAME,
	ARG_MODEL,
	ARG_SOURCE,
	ARG_LABEL,
	ARG_ID,
	ARG_LEVEL,
	ARG_NOTE
};

typedef struct Challenge
{
	MemoryContext context;
	Datum		  values[N_OUT];
	bool		  nulls[N_OUT];
} Challenge;

/* Takes the one row of churn_paired_test: counts, and then floats. */
static void
take_test(TupleTableSlot *slot, void *arg)
{
	Challenge	 *challenge = arg;
	MemoryContext old = MemoryContextSwitchTo(challenge->context);

	slot_getallattrs(slot);
	for (int i = OUT_N; i < N_OUT; i++)
	{
		challenge->nulls[i] = slot->tts_isnull[i - OUT_N];
		if (challenge->nulls[i])
			continue;
		challenge->values[i] = i <= OUT_USERS ?
			Int64GetDatum(DatumGetInt64(slot->tts_values[i - OUT_N])) :
			Float8GetDatum(DatumGetFloat8(slot->tts_values[i - OUT_N]));
	}
	MemoryContextSwitchTo(old);
}

static void
compare(FunctionCallInfo fcinfo, const SpkDeployment *d, Datum champion, Challenge *challenge)
{
	static const Oid columns[] = {INT8OID,	 INT8OID,	INT8OID,   FLOAT8OID, FLOAT8OID,
								  FLOAT8OID, FLOAT8OID, FLOAT8OID, FLOAT8OID};
	const Oid		 types[] = {d->model_type, d->model_type, TEXTOID, TEXTOID, TEXTOID};
	const Datum		 values[] = {d->model, champion, PG_GETARG_DATUM(ARG_SOURCE),
								 PG_GETARG_DATUM(ARG_LABEL), SPK_OPTIONAL_ARG(ARG_ID)};
	bool			 has_id = !PG_ARGISNULL(ARG_ID);

	spk_source_run(psprintf("SELECT t.n, t.positives, t.users, t.other_auc, t.auc, t.difference,"
							" t.low, t.high, t.p_value"
							" FROM %s.churn_paired_test($1, $2, $3, $4, %s) AS t",
							d->schema, has_id ? "$5" : "NULL::pg_catalog.text"),
				   has_id ? 5 : 4, types, values, lengthof(columns), columns, take_test, challenge);
}

/* Is the challenger better, and by more than chance? */
static bool
is_better(const Challenge *challenge, double level)
{
	return !challenge->nulls[OUT_DIFFERENCE] && !challenge->nulls[OUT_P_VALUE] &&
		DatumGetFloat8(challenge->values[OUT_DIFFERENCE]) > 0 &&
		DatumGetFloat8(challenge->values[OUT_P_VALUE]) < level;
}

/* Nobody who deploys meanwhile must lose a model to one that was never compared with it. */
static void
lock_champion(const SpkDeployment *d, int32 version)
{
	int32 used;

	spk_deploy_lock(d->schema);
	if (!spk_deployed(d->schema, d->name, &used, NULL) || used != version)
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("version %d of model \"%s\" is no longer in use, which the challenger was compared with",
						version, TextDatumGetCString(d->name)),
				 errhint("Compare it with the one that is in use now.")));
}

static double
level_of(FunctionCallInfo fcinfo)
{
	double level = PG_ARGISNULL(ARG_LEVEL) ? 0 : PG_GETARG_FLOAT8(ARG_LEVEL);

	if (!(level > 0 && level < 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("level must be between 0 and 1")));
	return level;
}

/* churn_challenge(name text, model churn_model, source, label, id text, level float8, note text) */
PG_FUNCTION_INFO_V1(churn_challenge);
Datum
churn_challenge(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"name", "model", "source", "label"};
	Challenge				 challenge = {CurrentMemoryContext};
	SpkDeployment			 d;
	double					 level;
	Datum					 champion;
	int32					 version;
	TupleDesc				 desc;

	spk_require_args(fcinfo, names, lengthof(names));
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts != N_OUT)
		elog(ERROR, "return type must be a row type of %d columns", N_OUT);
	spk_statement_require_writable("churn_challenge()");
	level = level_of(fcinfo);
	d = spk_deployment(fcinfo);
	if (!spk_deployed(d.schema, d.name, &version, &champion))
		spk_refuse_undeployed(DatumGetTextPP(d.name));

	/* nothing is locked while the two are compared, which takes time */
	compare(fcinfo, &d, champion, &challenge);
	if (is_better(&challenge, level))
	{
		d.metrics = spk_deployment_judge(&d, PG_GETARG_DATUM(ARG_SOURCE),
										 PG_GETARG_DATUM(ARG_LABEL), SPK_OPTIONAL_ARG(ARG_ID));
		d.note = SPK_OPTIONAL_ARG(ARG_NOTE);
		lock_champion(&d, version);
		version = spk_deploy(&d);
		challenge.values[OUT_DEPLOYED] = BoolGetDatum(true);
	}
	challenge.values[OUT_VERSION] = Int32GetDatum(version);
	PG_RETURN_DATUM(HeapTupleGetDatum(
		heap_form_tuple(BlessTupleDesc(desc), challenge.values, challenge.nulls)));
}
