/*
 * define_call.c
 *	  The call of churn_row in a function, with the recipe that it has.
 *
 * From PostgreSQL 14 on the body of such a function is stored analyzed.  On 13, and
 * where it was dumped there, it is a text.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "catalog/pg_language.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "parser/analyze.h"
#include "parser/parser.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/syscache.h"

#include "profiles/define_call.h"

static bool
find_row_call(Node *node, void *context)
{
	SpkRowCall *call = context;

	if (node == NULL)
		return false;
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, find_row_call, context, 0);
	if (IsA(node, FuncExpr) && list_length(((FuncExpr *) node)->args) == SPK_ROW_ARGS)
	{
		const FuncExpr *func = (FuncExpr *) node;
		const Node	   *recipe = lfourth(func->args);

		if (IsA(recipe, Const) && ((Const *) recipe)->consttype == JSONBOID &&
			!((Const *) recipe)->constisnull)
		{
			call->function = func->funcid;
			call->recipe = DatumGetJsonbPCopy(((Const *) recipe)->constvalue);
			return true;
		}
	}
	return expression_tree_walker(node, find_row_call, context);
}

/* A function's text, for errors in it. */
typedef struct Body
{
	char	   *source;
	const char *function;
} Body;

/* Points errors into the function's text, not into the statement that called us. */
static void
body_error_callback(void *arg)
{
	const Body *body = arg;
	int			position = geterrposition();

	if (position > 0)
	{
		errposition(0);
		internalerrposition(position);
		internalerrquery(body->source);
	}
	errcontext("function \"%s\", which is to be defined again", body->function);
	errhint(
		"churn_define_features reads its own functions, which call parameters $1 and $2. Drop it, or choose another name.");
}

/* The body of a function in SQL, analyzed: as it is stored, or from its text. */
static Node *
body_of(HeapTuple tuple, Oid profile_type)
{
	Oid					 types[2] = {profile_type, DATEOID};
	ErrorContextCallback context = {error_context_stack, body_error_callback, NULL};
	bool				 is_null;
	Datum				 body;
	Body				 body_text;
	List				*statements;
	Query				*query = NULL;

	body = spk_analyzed_body(tuple, &is_null);
	if (!is_null)
		return stringToNode(TextDatumGetCString(body));
	body = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_prosrc, &is_null);
	if (is_null)
		return NULL;
	body_text.source = TextDatumGetCString(body);
	body_text.function = NameStr(((Form_pg_proc) GETSTRUCT(tuple))->proname);
	context.arg = &body_text;
	error_context_stack = &context;
	statements = spk_raw_parser(body_text.source);
	if (list_length(statements) == 1)
		query = spk_parse_analyze(linitial_node(RawStmt, statements), body_text.source, types, 2);
	error_context_stack = context.previous;
	return (Node *) query;
}

SpkRowCall
spk_row_call_in(Oid function, Oid profile_type)
{
	SpkRowCall call = {InvalidOid, NULL};
	HeapTuple  tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", function);
	if (((Form_pg_proc) GETSTRUCT(tuple))->prolang == SQLlanguageId)
		find_row_call(body_of(tuple, profile_type), &call);
	ReleaseSysCache(tuple);
	return call;
}
