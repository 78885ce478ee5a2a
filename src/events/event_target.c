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
#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "events/event_defaults.h"
#include "events/event_insert.h"
#include "events/event_pages.h"
#include "events/event_plain.h"
#include "events/event_target.h"

struct SpkEventTarget
{
	Relation	 rel;
	SpkBinding	*binding;
	SpkPages	*pages;	   /* NULL when the statement is run */
	SpkDefaults *defaults; /* of the bound columns, of a target whose statement is run */
	ExprContext *econtext; /* likewise */
	SpkInsert	*insert;
	int64		 place; /* see spk_target_place */
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

/* May the user insert into the column? */
static bool
may_insert(Relation rel, int attribute)
{
	Oid relid = RelationGetRelid(rel);

	return pg_class_aclcheck(relid, GetUserId(), ACL_INSERT) == ACLCHECK_OK ||
		pg_attribute_aclcheck(relid, attribute + 1, GetUserId(), ACL_INSERT) == ACLCHECK_OK;
}

/*
 * Binds the columns of the relation, with the options if there are any, but generated ones, which get no value from
 * outside, whatever their names, and those that have a default and that the user may
 * not insert.
 */
static SpkBinding *
bind_columns(Relation rel, Jsonb *columns)
{
	TupleDesc	tupdesc = RelationGetDescr(rel);
	bool	   *left_out = palloc0(sizeof(bool) * Max(tupdesc->natts, 1));
	bool	   *has_default = palloc0(sizeof(bool) * Max(tupdesc->natts, 1));
	bool		any = false;
	SpkBinding *binding;

	for (int i = 0; i < tupdesc->natts; i++)
	{
		if (TupleDescAttr(tupdesc, i)->attisdropped)
			continue;
		has_default[i] = TupleDescAttr(tupdesc, i)->attgenerated == '\0' &&
			spk_defaults_has(rel, i);
		left_out[i] = TupleDescAttr(tupdesc, i)->attgenerated != '\0' ||
			(has_default[i] && !may_insert(rel, i));
		any |= !left_out[i];
	}
	if (!any)
		refuse(rel, "It has no column that a line could have a value for.");
	binding = spk_binding_table(tupdesc,
								columns == NULL ? NULL :
												  spk_columns_from_jsonb(rel, left_out, columns),
								left_out);
	for (int i = 0; i < tupdesc->natts; i++)
	{
		if (binding->columns[i] != SPK_EVENT_NO_COLUMN)
			binding->casts[binding->columns[i]].has_default = has_default[i];
	}
	return binding;
}

/* Prepares the defaults of the bound columns, which the statement cannot give. */
static void
prepare_defaults(SpkEventTarget *target)
{
	int	  natts = target->binding->natts;
	bool *want = palloc(sizeof(bool) * Max(natts, 1));

	for (int i = 0; i < natts; i++)
		want[i] = target->binding->columns[i] != SPK_EVENT_NO_COLUMN;
	target->defaults = spk_defaults_new(target->rel, want);
	target->econtext = CreateStandaloneExprContext();
}

SpkEventTarget *
spk_target_open(Oid relid, Jsonb *columns, bool shared, Oid reader, int load)
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

	target->binding = bind_columns(target->rel, columns);
	target->insert = spk_insert_plan(target->rel, target->binding->columns, reader, load);
	if (spk_insert_is_plain(target->insert) &&
		spk_pages_can_take(target->rel, target->binding->columns))
		target->pages = spk_pages_open(target->rel, target->binding, shared, &target->place);
	else
		prepare_defaults(target);
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

SpkBinding *
spk_target_binding(const SpkEventTarget *target)
{
	return target->binding;
}

uint64 *
spk_target_columns(const SpkEventTarget *target)
{
	const SpkBinding *binding = target->binding;
	uint64 *columns = palloc0(SPK_BITS_WORDS(binding->schema->n_columns) * sizeof(uint64));

	for (int i = 0; i < binding->natts; i++)
	{
		int col = binding->columns[i];

		if (col != SPK_EVENT_NO_COLUMN && !binding->casts[col].has_default)
			spk_bits_add(columns, col);
	}
	return columns;
}

Oid
spk_target_rowtype(const SpkEventTarget *target)
{
	return target->rel->rd_rel->reltype;
}

void
spk_target_defaults(SpkEventTarget *target, Datum *values, bool *nulls)
{
	/* what the last row's defaults took is not needed any more */
	ResetExprContext(target->econtext);
	spk_defaults_apply(target->defaults, target->econtext, values, nulls);
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
