/*
 * event_insert.c
 *	  The INSERT that loads events through the executor, and what its plan shows.
 *
 * The statement is planned and run without SPI, whose error context would show it
 * to users who did not write it.  It takes its rows from a function in the select
 * list, one at a time: the result of a function in FROM would be stored as a whole
 * before its first row is used.
 */
#include "compat.h"

#include "access/xact.h"
#include "executor/executor.h"
#include "foreign/fdwapi.h"
#include "lib/stringinfo.h"
#include "nodes/nodeFuncs.h"
#include "nodes/plannodes.h"
#include "parser/analyze.h"
#include "parser/parser.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteHandler.h"
#include "tcop/dest.h"
#include "tcop/tcopprot.h"
#include "tcop/utility.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

#include "core/events/event_columns.h"
#include "events/event_insert.h"

struct SpkInsert
{
	Oid	  relid;
	char *sql;
	List *statements; /* of PlannedStmt; rules may leave none or make several */
};

static char *
qualified_name(Oid namespace, const char *name)
{
	char *schema = get_namespace_name(namespace);

	if (schema == NULL || name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("the schema of the target or of the extension was dropped meanwhile")));
	return quote_qualified_identifier(schema, name);
}

/*
 * The statement's text.  It says OVERRIDING SYSTEM VALUE where that is needed, for
 * an event's value goes into a column GENERATED ALWAYS AS IDENTITY, as with COPY.
 */
static char *
insert_text(Relation rel, const int *columns, Oid reader, int load)
{
	TupleDesc	   tupdesc = RelationGetDescr(rel);
	char		  *target = qualified_name(RelationGetNamespace(rel), RelationGetRelationName(rel));
	const char	  *overriding = "";
	const char	  *separator = "";
	StringInfoData names;
	StringInfoData values;

	initStringInfo(&names);
	initStringInfo(&values);

	/* columns that are not named get their defaults, and need no privilege */
	for (int i = 0; i < tupdesc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(tupdesc, i);

		if (columns[i] == SPK_EVENT_NO_COLUMN)
			continue;
		appendStringInfo(&names, "%s%s", separator, quote_identifier(NameStr(att->attname)));
		appendStringInfo(&values, "%s(source.event).%s", separator,
						 quote_identifier(NameStr(att->attname)));
		if (att->attidentity == ATTRIBUTE_IDENTITY_ALWAYS)
			overriding = " OVERRIDING SYSTEM VALUE";
		separator = ", ";
	}
	return psprintf(
		"INSERT INTO %s (%s)%s SELECT %s FROM (SELECT %s(%d, NULL::%s) AS event) AS source", target,
		names.data, overriding, values.data,
		qualified_name(get_func_namespace(reader), get_func_name(reader)), load, target);
}

static bool
calls_other_function(Node *node, void *reader)
{
	if (node == NULL)
		return false;
	if (IsA(node, FuncExpr))
		return ((FuncExpr *) node)->funcid != *(Oid *) reader;
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, calls_other_function, reader, 0);
	return expression_tree_walker(node, calls_other_function, reader);
}

/*
 * The names were taken while the relation was locked, but nothing locks a
 * schema.  It may have been renamed since, and another one may have its name.
 */
static Query *
analyze(const SpkInsert *insert, Oid reader)
{
	RawStmt *raw = linitial_node(RawStmt, spk_raw_parser(insert->sql));
	Query	*query = spk_parse_analyze(raw, insert->sql, NULL, 0);

	if (query->commandType != CMD_INSERT ||
		rt_fetch(query->resultRelation, query->rtable)->relid != insert->relid ||
		calls_other_function((Node *) query, &reader))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the schema of the target or of the extension was renamed meanwhile")));
	return query;
}

SpkInsert *
spk_insert_plan(Relation rel, const int *columns, Oid reader, int load)
{
	SpkInsert *insert = palloc0(sizeof(SpkInsert));

	insert->relid = RelationGetRelid(rel);
	insert->sql = insert_text(rel, columns, reader, load);
	insert->statements = pg_plan_queries(QueryRewrite(analyze(insert, reader)), insert->sql, 0,
										 NULL);
	return insert;
}

/*
 * Is this what feeds the rows of a plain INSERT: the function in a select list,
 * and nodes that only pass its rows on?
 */
static bool
is_plain_source(const Plan *plan)
{
	while (plan != NULL)
	{
		switch (nodeTag(plan))
		{
			case T_Result:
			case T_ProjectSet:
				plan = outerPlan(plan);
				break;
			case T_SubqueryScan:
				plan = ((const SubqueryScan *) plan)->subplan;
				break;
			default:
				return false;
		}
	}
	return true;
}

/* The ModifyTable of a statement that only inserts into one relation; NULL of any other. */
static const ModifyTable *
plain_modify(const PlannedStmt *statement)
{
	const ModifyTable *modify = (const ModifyTable *) statement->planTree;

	if (statement->commandType != CMD_INSERT || modify == NULL || !IsA(modify, ModifyTable))
		return NULL;
	if (modify->operation != CMD_INSERT || list_length(modify->resultRelations) != 1 ||
		!is_plain_source(spk_modify_source(modify)))
		return NULL;
	return modify;
}

static Oid
modified_relation(const PlannedStmt *statement, const ModifyTable *modify)
{
	return rt_fetch(linitial_int(modify->resultRelations), statement->rtable)->relid;
}

bool
spk_insert_is_plain(const SpkInsert *insert)
{
	const PlannedStmt *statement;
	const ModifyTable *modify;

	if (list_length(insert->statements) != 1)
		return false;
	statement = linitial_node(PlannedStmt, insert->statements);
	modify = plain_modify(statement);
	return modify != NULL && modified_relation(statement, modify) == insert->relid &&
		modify->withCheckOptionLists == NIL && modify->returningLists == NIL &&
		modify->onConflictAction == ONCONFLICT_NONE && statement->subplans == NIL;
}

/* Foreign tables take rows in batches, and a partition may be one. */
static bool
may_be_foreign(Oid relid)
{
	char relkind = get_rel_relkind(relid);

	return relkind == RELKIND_FOREIGN_TABLE || relkind == RELKIND_PARTITIONED_TABLE;
}

bool
spk_insert_in_step(const SpkInsert *insert)
{
	ListCell *cell;

	foreach (cell, insert->statements)
	{
		const PlannedStmt *statement = lfirst_node(PlannedStmt, cell);
		const ModifyTable *modify = plain_modify(statement);

		if (modify == NULL || may_be_foreign(modified_relation(statement, modify)))
			return false;
	}
	return true;
}

/* Runs the statement as SQL functions and extensions' scripts run theirs; returns its rows. */
static uint64
run_planned(PlannedStmt *statement, const char *sql)
{
	QueryDesc *desc = CreateQueryDesc(statement, sql, GetActiveSnapshot(), InvalidSnapshot,
									  None_Receiver, NULL, NULL, 0);
	uint64	   rows;

	ExecutorStart(desc, 0);
	spk_executor_run(desc);
	rows = desc->estate->es_processed;
	ExecutorFinish(desc);
	ExecutorEnd(desc);
	FreeQueryDesc(desc);
	return rows;
}

int64
spk_insert_run(SpkInsert *insert)
{
	int64	  rows = 0;
	ListCell *cell;

	foreach (cell, insert->statements)
	{
		PlannedStmt *statement = lfirst_node(PlannedStmt, cell);

		CommandCounterIncrement();
		PushActiveSnapshot(GetTransactionSnapshot());
		if (statement->utilityStmt != NULL)
			spk_process_utility(statement, insert->sql);
		else
		{
			uint64 processed = run_planned(statement, insert->sql);

			if (statement->canSetTag)
				rows = processed;
		}
		PopActiveSnapshot();
	}
	CommandCounterIncrement();
	return rows;
}
