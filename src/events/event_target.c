/*
 * event_target.c
 *	  What events are loaded into, and which of the two ways they go.
 *
 * A relation that looks like a plain table need not be one: extensions keep the
 * rows of distributed tables and of hypertables elsewhere, and step in when an
 * INSERT is planned.  So the plan of an INSERT is looked at even where nothing
 * else speaks against writing into the pages.
 */
#include "compat.h"

#include "access/relation.h"
#include "access/xlog.h"
#include "catalog/catalog.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "events/event_insert.h"
#include "events/event_pages.h"
#include "events/event_plain.h"
#include "events/event_target.h"

struct SpkEventTarget
{
	Relation   rel;
	int		  *columns; /* by attribute: the event's column */
	SpkPages  *pages;	/* NULL when the statement is run */
	SpkInsert *insert;
	int64	   place; /* see spk_target_place */
};

static void
refuse(Relation rel, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_WRONG_OBJECT_TYPE),
			 errmsg("cannot load events into \"%s\"", RelationGetRelationName(rel)),
			 errdetail("%s", detail)));
}

static void
check_relation(Relation rel)
{
	switch (rel->rd_rel->relkind)
	{
		case RELKIND_RELATION:
		case RELKIND_PARTITIONED_TABLE:
		case RELKIND_FOREIGN_TABLE:
		case RELKIND_VIEW:
			break;
		default:
			refuse(rel, "It is neither a table nor a view.");
	}
	if (IsSystemRelation(rel))
		refuse(rel, "It is a system catalog.");
	if (RELATION_IS_OTHER_TEMP(rel))
		refuse(rel, "It is a temporary table of another session.");
}

static void
report_missing(Oid relid)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_TABLE),
			 errmsg("relation with OID %u does not exist", relid)));
}

/*
 * Raises an error unless the user may insert into some column, so that nobody
 * locks what is not theirs.  Both ways check the columns that are inserted, once
 * the relation is locked.
 */
static void
check_privilege(Oid relid)
{
	char	 *name = get_rel_name(relid);
	char	  relkind = get_rel_relkind(relid);
	AclResult result;

	if (name == NULL || relkind == '\0')
		report_missing(relid);
	result = pg_class_aclcheck(relid, GetUserId(), ACL_INSERT);
	if (result != ACLCHECK_OK)
		result = pg_attribute_aclcheck_all(relid, GetUserId(), ACL_INSERT, ACLMASK_ANY);
	if (result != ACLCHECK_OK)
		aclcheck_error(result, get_relkind_objtype(relkind), name);
}

/* Raises an error when a column is missing without which nothing here could use the rows. */
static void
check_columns(Relation rel, const int *columns)
{
	static const SpkEventColumn required[] = {SPK_COL_TS, SPK_COL_USERID, SPK_COL_SESSIONID,
											  SPK_COL_PAGE};
	int							natts = RelationGetDescr(rel)->natts;

	for (int i = 0; i < lengthof(required); i++)
	{
		int att = 0;

		while (att < natts && columns[att] != required[i])
			att++;
		if (att == natts)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("cannot load events into \"%s\"",
							RelationGetRelationName(rel)),
					 errdetail("It has no column \"%s\".",
							   spk_event_row_columns[required[i]].name),
					 errhint("CREATE TABLE ... OF churn_event makes a table with all columns.")));
	}
}

/* Unbinds generated columns, which get no value from outside, whatever their names. */
static void
leave_out_generated(TupleDesc tupdesc, int *columns)
{
	for (int i = 0; i < tupdesc->natts; i++)
	{
		if (TupleDescAttr(tupdesc, i)->attgenerated != '\0')
			columns[i] = SPK_EVENT_NO_COLUMN;
	}
}

SpkEventTarget *
spk_target_open(Oid relid, bool shared, Oid reader, int load)
{
	SpkEventTarget *target = palloc0(sizeof(SpkEventTarget));

	PreventCommandDuringRecovery("churn_load_events()");
	check_privilege(relid);
	target->rel = try_relation_open(relid, RowExclusiveLock);
	if (target->rel == NULL)
		report_missing(relid);
	check_relation(target->rel);
	if (!target->rel->rd_islocaltemp)
		PreventCommandIfReadOnly("churn_load_events()");

	target->columns = spk_event_row_bind(RelationGetDescr(target->rel));
	check_columns(target->rel, target->columns);
	leave_out_generated(RelationGetDescr(target->rel), target->columns);
	target->insert = spk_insert_plan(target->rel, target->columns, reader, load);
	if (spk_insert_is_plain(target->insert) && spk_pages_can_take(target->rel, target->columns))
		target->pages = spk_pages_open(target->rel, target->columns, shared, &target->place);
	return target;
}

bool
spk_target_runs(const SpkEventTarget *target)
{
	return target->pages == NULL;
}

int64
spk_target_run(SpkEventTarget *target)
{
	return spk_insert_run(target->insert);
}

bool
spk_target_in_step(const SpkEventTarget *target)
{
	return spk_insert_in_step(target->insert);
}

void
spk_target_add(SpkEventTarget *target, const SpkEventRow *row, size_t bytes, int64 place)
{
	spk_pages_add(target->pages, row, bytes, place);
}

void
spk_target_flush(SpkEventTarget *target)
{
	spk_pages_flush(target->pages);
}

uint32
spk_target_columns(const SpkEventTarget *target)
{
	int	   natts = RelationGetDescr(target->rel)->natts;
	uint32 columns = 0;

	for (int i = 0; i < natts; i++)
	{
		if (target->columns[i] != SPK_EVENT_NO_COLUMN)
			columns |= UINT32_C(1) << target->columns[i];
	}
	return columns;
}

int64
spk_target_place(const SpkEventTarget *target)
{
	return target->place;
}

void
spk_target_close(SpkEventTarget *target)
{
	if (target->pages != NULL)
	{
		spk_pages_flush(target->pages);
		spk_pages_close(target->pages);
	}
	relation_close(target->rel, NoLock);
}
