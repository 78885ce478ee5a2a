/*
 * insert_elsewhere.c
 *	  For tests: rows that are inserted into one table land in another one.
 *
 * What extensions that distribute tables or cut them into chunks do, in short:
 * the table looks like any other, but the plan of an INSERT into it is a custom
 * scan.  insert_elsewhere.shell names the table, insert_elsewhere.store the one
 * that has its rows, which has the same columns.
 */
#include "postgres.h"

#include "access/table.h"
#include "fmgr.h"
#include "nodes/extensible.h"
#include "nodes/makefuncs.h"
#include "nodes/plannodes.h"
#include "optimizer/planner.h"
#include "parser/parsetree.h"
#include "storage/lmgr.h"
#include "utils/guc.h"

PG_MODULE_MAGIC;

void _PG_init(void);

static int				 shell = 0;
static int				 store = 0;
static planner_hook_type next_planner = NULL;

static void
begin_elsewhere(CustomScanState *node, EState *estate, int eflags)
{
	CustomScan *scan = (CustomScan *) node->ss.ps.plan;

	node->custom_ps = list_make1(ExecInitNode(linitial(scan->custom_plans), estate, eflags));
}

static TupleTableSlot *
exec_elsewhere(CustomScanState *node)
{
	return ExecProcNode(linitial(node->custom_ps));
}

static void
end_elsewhere(CustomScanState *node)
{
	ExecEndNode(linitial(node->custom_ps));
}

static void
rescan_elsewhere(CustomScanState *node)
{
	ExecReScan(linitial(node->custom_ps));
}

static const CustomExecMethods exec_methods = {
	.CustomName = "InsertElsewhere",
	.BeginCustomScan = begin_elsewhere,
	.ExecCustomScan = exec_elsewhere,
	.EndCustomScan = end_elsewhere,
	.ReScanCustomScan = rescan_elsewhere,
};

static Node *
create_state(CustomScan *scan)
{
	CustomScanState *state = (CustomScanState *) newNode(sizeof(CustomScanState),
														 T_CustomScanState);

	state->methods = &exec_methods;
	return (Node *) state;
}

static const CustomScanMethods scan_methods = {
	.CustomName = "InsertElsewhere",
	.CreateCustomScanState = create_state,
};

static PlannedStmt *
plan_elsewhere(Query *query, const char *text, int options, ParamListInfo params)
{
	PlannedStmt	  *statement = next_planner != NULL ? next_planner(query, text, options, params) :
													  standard_planner(query, text, options, params);
	ModifyTable	  *modify = (ModifyTable *) statement->planTree;
	RangeTblEntry *rte;
	CustomScan	  *scan;

	if (statement->commandType != CMD_INSERT || !IsA(modify, ModifyTable))
		return statement;
	rte = rt_fetch(linitial_int(modify->resultRelations), statement->rtable);
	if (shell == 0 || rte->relid != (Oid) shell)
		return statement;

	LockRelationOid((Oid) store, RowExclusiveLock);
	rte->relid = (Oid) store;
	scan = makeNode(CustomScan);
	scan->methods = &scan_methods;
	scan->custom_plans = list_make1(modify);
	statement->planTree = (Plan *) scan;
	return statement;
}

void
_PG_init(void)
{
	DefineCustomIntVariable("insert_elsewhere.shell", "The oid of the table without rows.", NULL,
							&shell, 0, 0, INT_MAX, PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("insert_elsewhere.store", "The oid of the table that has them.", NULL,
							&store, 0, 0, INT_MAX, PGC_USERSET, 0, NULL, NULL, NULL);
	next_planner = planner_hook;
	planner_hook = plan_elsewhere;
}
