/*
 * source_query.c
 *	  Queries of ours around a source that a user names.
 *
 * They are analyzed, planned and run here, as COPY (query) TO does it, and not by
 * SPI.  So what is checked is what runs, errors do not show the text of a query
 * that the user did not write, and rows come one by one in every version of
 * PostgreSQL.
 *
 * The parser finds functions by name, and prefers those that match the types of
 * the arguments best.  Somebody who may create functions in the extension's schema
 * could thereby have one called, with the caller's rights, instead of ours, which
 * takes any type.  Hence every function and operator in our part of a query must
 * be PostgreSQL's or the extension's.  What the source calls is the user's own
 * business.
 */
#include "compat.h"

#include "catalog/dependency.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "commands/extension.h"
#include "executor/executor.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "parser/analyze.h"
#include "parser/parser.h"
#include "rewrite/rewriteHandler.h"
#include "tcop/dest.h"
#include "tcop/tcopprot.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/regproc.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "host/source.h"

/* ---- Whose functions ---- */

static Oid
own_extension(void)
{
	return get_extension_oid("sparkify", false);
}

bool
spk_is_own(Oid class, Oid object)
{
	return OidIsValid(object) && getExtensionOfObject(class, object) == own_extension();
}

Oid
spk_own_function(Oid beside, const char *name, int n, const Oid *types)
{
	/* not by a name that is qualified: views call what is in schemas that are closed to the user */
	Oid function = GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid, CStringGetDatum(name),
								   PointerGetDatum(buildoidvector(types, n)),
								   ObjectIdGetDatum(get_func_namespace(beside)));

	return spk_is_own(ProcedureRelationId, function) && spk_may_execute(function) ? function :
																					InvalidOid;
}

const char *
spk_own_schema(Oid function)
{
	char *schema = get_namespace_name(get_func_namespace(function));

	if (schema == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("extension sparkify has been dropped")));
	return quote_identifier(schema);
}

void
spk_require_own(Oid function)
{
	char *schema;

	if (get_func_namespace(function) == PG_CATALOG_NAMESPACE ||
		spk_is_own(ProcedureRelationId, function))
		return;
	schema = get_namespace_name(get_func_namespace(function));
	ereport(ERROR,
			(errcode(ERRCODE_AMBIGUOUS_FUNCTION),
			 errmsg("function %s stands in the way of the extension's own",
					format_procedure_qualified(function)),
			 errdetail("It would be called instead, as its arguments match better."),
			 schema == NULL ? 0 : errhint("Drop it, and revoke CREATE on schema %s from everybody but its owner.",
										  quote_identifier(schema))));
}

/* Checks what our part of a query calls. */
static bool
check_calls(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		Query	 *query = (Query *) node;
		ListCell *lc;

		foreach (lc, query->rtable)
		{
			RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

			/* but not what the source calls, which is the user's own business */
			if (rte->rtekind == RTE_SUBQUERY && strcmp(rte->eref->aliasname, SPK_SOURCE_ALIAS) != 0)
				check_calls((Node *) rte->subquery, context);
		}
		return query_tree_walker(query, check_calls, context, QTW_IGNORE_RT_SUBQUERIES);
	}

	/* a cast belongs to its types: nobody but the owner of one of them can have made it */
	if (IsA(node, FuncExpr) && ((FuncExpr *) node)->funcformat != COERCE_IMPLICIT_CAST &&
		((FuncExpr *) node)->funcformat != COERCE_EXPLICIT_CAST)
		spk_require_own(((FuncExpr *) node)->funcid);
	else if (IsA(node, Aggref))
		spk_require_own(((Aggref *) node)->aggfnoid);
	else if (IsA(node, WindowFunc))
		spk_require_own(((WindowFunc *) node)->winfnoid);
	else if (IsA(node, OpExpr))
		spk_require_own(get_opcode(((OpExpr *) node)->opno));
	return expression_tree_walker(node, check_calls, context);
}

/* ---- From text to rows ---- */

/*
 * Points errors into the source, where the user finds them, or nowhere.  In our
 * part of the query there are no errors unless something of the same name is in
 * the way.
 */
static void
query_error_callback(void *arg)
{
	const char *sql = arg;
	const char *start = strstr(sql, SPK_SOURCE_OPEN);
	const char *end = NULL;
	int			position = geterrposition();
	int			before = 0;

	if (position <= 0)
		return;

	/* a place in our query would be shown in the statement that the user sent */
	errposition(0);
	if (start != NULL)
	{
		start += strlen(SPK_SOURCE_OPEN);
		before = pg_mbstrlen_with_len(sql, start - sql);

		/* the text of the source may look like its end, so the last one counts */
		for (const char *p = start; (p = strstr(p, SPK_SOURCE_CLOSE)) != NULL; p++)
			end = p;
	}
	if (end != NULL && position > before &&
		position <= before + pg_mbstrlen_with_len(start, end - start) + 1)
	{
		internalerrposition(position - before);
		internalerrquery(pnstrdup(start, end - start));
	}
	else if (geterrcode() == ERRCODE_AMBIGUOUS_FUNCTION ||
			 geterrcode() == ERRCODE_WRONG_OBJECT_TYPE || geterrcode() == ERRCODE_GROUPING_ERROR)
		errhint(
			"Drop what is called like a function of the extension in its schema and is not the extension's.");
}

/* Analyzes the query, and checks what our part of it calls. */
static Query *
analyze(const char *sql, int n_params, const Oid *types)
{
	RawStmt *raw = linitial_node(RawStmt, spk_raw_parser(sql));
	Query	*query = spk_parse_analyze(raw, sql, types, n_params);

	check_calls((Node *) query, NULL);
	return query;
}

static PlannedStmt *
plan(const char *sql, int n_params, const Oid *types, ParamListInfo params)
{
	Query		*query = linitial_node(Query, QueryRewrite(analyze(sql, n_params, types)));
	PlannedStmt *planned = spk_plan_query(query, sql, CURSOR_OPT_PARALLEL_OK, params);

	if (!CommandIsReadOnly(planned))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("a source must only read"),
				 errdetail("It changes or locks rows.")));
	return planned;
}

/*
 * The parameters.  They keep large values, such as models, out of the plan, whose
 * constants travel to parallel workers as text.
 */
static ParamListInfo
param_list(int n_params, const Oid *types, const Datum *values)
{
	ParamListInfo params;

	/* without parameters no list: other extensions take an empty one for one with values */
	if (n_params == 0)
		return NULL;
	params = makeParamList(n_params);
	for (int i = 0; i < n_params; i++)
	{
		params->params[i].value = values[i];
		params->params[i].isnull = false;
		params->params[i].pflags = 0;
		params->params[i].ptype = types[i];
	}
	return params;
}

/* Raises an error unless the columns are of these types, by which callers read values. */
static void
check_columns(TupleDesc columns, int n_columns, const Oid *column_types)
{
	if (columns->natts != n_columns)
		elog(ERROR, "query has %d columns, not %d", columns->natts, n_columns);
	for (int i = 0; i < n_columns; i++)
		if (TupleDescAttr(columns, i)->atttypid != column_types[i])
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column %d of an internal query is of type %s, not %s", i + 1,
							format_type_be(TupleDescAttr(columns, i)->atttypid),
							format_type_be(column_types[i]))));
}

/* A DestReceiver that hands rows to a callback. */
typedef struct CallbackReceiver
{
	DestReceiver   pub;
	SpkRowCallback callback;
	void		  *arg;
} CallbackReceiver;

static bool
receive_row(TupleTableSlot *slot, DestReceiver *self)
{
	CallbackReceiver *receiver = (CallbackReceiver *) self;

	receiver->callback(slot, receiver->arg);
	return true;
}

static void
receive_startup(DestReceiver *self, int operation, TupleDesc typeinfo)
{
}

static void
receive_end(DestReceiver *self)
{
}

void
spk_source_run(const char *sql, int n_params, const Oid *types, const Datum *values, int n_columns,
			   const Oid *column_types, SpkRowCallback callback, void *arg)
{
	MemoryContext		 context = AllocSetContextCreate(CurrentMemoryContext, "churn query",
														 ALLOCSET_DEFAULT_SIZES);
	MemoryContext		 old = MemoryContextSwitchTo(context);
	ErrorContextCallback where = {error_context_stack, query_error_callback,
								  unconstify(char *, sql)};
	CallbackReceiver receiver = {{receive_row, receive_startup, receive_end, receive_end, DestNone},
								 callback,
								 arg};
	ParamListInfo	 params = param_list(n_params, types, values);
	QueryDesc		*query;

	error_context_stack = &where;

	/* the source is seen as the calling statement sees it */
	PushActiveSnapshot(GetActiveSnapshot());
	query = CreateQueryDesc(plan(sql, n_params, types, params), sql, GetActiveSnapshot(),
							InvalidSnapshot, &receiver.pub, params, NULL, 0);
	ExecutorStart(query, 0);
	check_columns(query->tupDesc, n_columns, column_types);
	spk_executor_run(query);
	ExecutorFinish(query);
	ExecutorEnd(query);
	FreeQueryDesc(query);
	PopActiveSnapshot();
	error_context_stack = where.previous;
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
}

TupleDesc
spk_source_columns(const char *from)
{
	MemoryContext		 context = AllocSetContextCreate(CurrentMemoryContext, "churn query",
														 ALLOCSET_DEFAULT_SIZES);
	MemoryContext		 old = MemoryContextSwitchTo(context);
	char				*sql = psprintf("SELECT q.* FROM %s", from);
	ErrorContextCallback where = {error_context_stack, query_error_callback, sql};
	TupleDesc			 columns;

	error_context_stack = &where;
	columns = ExecCleanTypeFromTL(analyze(sql, 0, NULL)->targetList);
	error_context_stack = where.previous;
	MemoryContextSwitchTo(old);
	columns = CreateTupleDescCopy(columns);
	MemoryContextDelete(context);
	return columns;
}

PlannedStmt *
spk_source_plan(const char *sql, int n_params, const Oid *types, const Datum *values)
{
	ErrorContextCallback where = {error_context_stack, query_error_callback,
								  unconstify(char *, sql)};
	PlannedStmt			*planned;

	error_context_stack = &where;
	planned = plan(sql, n_params, types, param_list(n_params, types, values));
	error_context_stack = where.previous;
	return planned;
}

double
spk_source_rows(const char *from)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "churn query",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	char		 *sql = psprintf("SELECT q.* FROM %s", from);
	double		  rows = spk_source_plan(sql, 0, NULL, NULL)->planTree->plan_rows;

	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
	return rows;
}
