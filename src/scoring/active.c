/*
 * active.c
 *	  churn_active: the model that is in use under a name.
 *
 * A view calls it for every row.  The registry is read once in a query, as all of a query sees the
 * same rows of it.  But the place in a query that a function is called from may outlive the query,
 * as in PL/pgSQL.  So what was found holds for one snapshot: for another it is looked up again.
 *
 * The model is handed on as it is stored, mostly as a pointer to its bytes.  By that pointer
 * functions that predict recognise it (see model_cache.c), and it is read once.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "host/source.h"
#include "scoring/active.h"

/* What tells a snapshot from others: which transactions and commands it sees. */
typedef struct SnapshotKey
{
	TransactionId  xmin;
	TransactionId  xmax;
	CommandId	   command;
	uint32		   n_running;
	int32		   n_running_subs;
	TransactionId *running; /* and those of subtransactions behind them */
} SnapshotKey;

typedef struct ActiveModel
{
	MemoryContext context; /* has all below, and is reset for another model */
	text		 *name;	   /* NULL when there is no model yet */
	Datum		  model;
	SnapshotKey	  seen_by;
} ActiveModel;

/* A snapshot without transactions may have no array of them. */
static bool
are_equal(const TransactionId *a, const TransactionId *b, int32 n)
{
	return n == 0 || memcmp(a, b, n * sizeof(TransactionId)) == 0;
}

static bool
is_seen_by(const SnapshotKey *key, const SnapshotData *snapshot)
{
	return key->xmin == snapshot->xmin && key->xmax == snapshot->xmax &&
		key->command == snapshot->curcid && key->n_running == snapshot->xcnt &&
		key->n_running_subs == snapshot->subxcnt &&
		are_equal(key->running, snapshot->xip, (int32) snapshot->xcnt) &&
		are_equal(key->running + key->n_running, snapshot->subxip, Max(snapshot->subxcnt, 0));
}

static void
set_seen_by(SnapshotKey *key, const SnapshotData *snapshot)
{
	int32 n_subs = Max(snapshot->subxcnt, 0);

	*key = (SnapshotKey) {snapshot->xmin, snapshot->xmax, snapshot->curcid, snapshot->xcnt,
						  snapshot->subxcnt};
	key->running = palloc(Max(snapshot->xcnt + n_subs, 1) * sizeof(TransactionId));
	if (snapshot->xcnt > 0)
		memcpy(key->running, snapshot->xip, snapshot->xcnt * sizeof(TransactionId));
	if (n_subs > 0)
		memcpy(key->running + snapshot->xcnt, snapshot->subxip, n_subs * sizeof(TransactionId));
}

static bool
same_text(const text *a, const text *b)
{
	return VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(b) &&
		memcmp(VARDATA_ANY(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(a)) == 0;
}

static void
take_model(TupleTableSlot *slot, void *arg)
{
	ActiveModel	 *active = arg;
	MemoryContext old = MemoryContextSwitchTo(active->context);
	bool		  isnull;

	active->model = datumCopy(slot_getattr(slot, 1, &isnull), false, -1);
	MemoryContextSwitchTo(old);
}

void
spk_refuse_undeployed(const text *name)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("no model \"%s\" is deployed", text_to_cstring(name)),
			 errhint("SELECT churn_deploy(name, model) deploys one.")));
}

/* Reads the registry, with the rights of the user who asks. */
static void
look_up(ActiveModel *active, Oid function, text *name)
{
	Oid			  type = get_func_rettype(function);
	Datum		  param = PointerGetDatum(name);
	MemoryContext old;

	active->name = NULL;
	active->model = (Datum) 0;
	MemoryContextReset(active->context);
	spk_source_run(psprintf("SELECT m.model FROM %s.churn_models AS m"
							" WHERE m.name OPERATOR(pg_catalog.=) $1 AND m.active",
							spk_own_schema(function)),
				   1, (const Oid[]) {TEXTOID}, &param, 1, &type, take_model, active);
	if (active->model == (Datum) 0)
		spk_refuse_undeployed(name);

	old = MemoryContextSwitchTo(active->context);
	set_seen_by(&active->seen_by, GetActiveSnapshot());
	active->name = DatumGetTextPCopy(PointerGetDatum(name));
	MemoryContextSwitchTo(old);
}

/* churn_active(name text) */
PG_FUNCTION_INFO_V1(churn_active);
Datum
churn_active(PG_FUNCTION_ARGS)
{
	ActiveModel *active = fcinfo->flinfo->fn_extra;
	text		*name;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("name must not be null")));
	name = PG_GETARG_TEXT_PP(0);
	if (active == NULL)
	{
		active = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(ActiveModel));
		active->context = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "churn active model",
												ALLOCSET_SMALL_SIZES);
		fcinfo->flinfo->fn_extra = active;
	}
	if (active->name == NULL || !same_text(active->name, name) ||
		!is_seen_by(&active->seen_by, GetActiveSnapshot()))
		look_up(active, fcinfo->flinfo->fn_oid, name);
	PG_RETURN_DATUM(active->model);
}
