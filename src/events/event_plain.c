/*
 * event_plain.c
 *	  Does loading a relation need nothing but plain inserts?
 */
#include "compat.h"

#include "access/table.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "rewrite/rewriteHandler.h"
#include "utils/lsyscache.h"

#include "events/event_plain.h"
#include "events/event_row.h"

/* Foreign keys and deferrable constraints are triggers, too. */
static bool
has_insert_trigger(const TriggerDesc *triggers, bool of_statements)
{
	if (triggers == NULL)
		return false;
	if (triggers->trig_insert_before_row || triggers->trig_insert_after_row ||
		triggers->trig_insert_instead_row)
		return true;
	return of_statements &&
		(triggers->trig_insert_before_statement || triggers->trig_insert_after_statement ||
		 triggers->trig_insert_new_table);
}

static bool
has_generated_column(Relation rel)
{
	const TupleConstr *constr = RelationGetDescr(rel)->constr;

	if (constr == NULL)
		return false;
	return constr->has_generated_stored || spk_has_virtual_columns(constr);
}

/* Is there a column that gets NULL and is of a domain?  The domain would have to check that. */
static bool
has_missing_domain(Relation rel, const int *columns)
{
	TupleDesc tupdesc = RelationGetDescr(rel);

	for (int i = 0; i < tupdesc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(tupdesc, i);

		if (!att->attisdropped && columns[i] == SPK_EVENT_NO_COLUMN &&
			get_typtype(att->atttypid) == TYPTYPE_DOMAIN &&
			build_column_default(rel, i + 1) == NULL)
			return true;
	}
	return false;
}

bool
spk_is_plain_partition(Relation rel)
{
	return rel->rd_rel->relkind == RELKIND_RELATION && !has_insert_trigger(rel->trigdesc, false) &&
		!has_generated_column(rel);
}

static bool
has_plain_partitions(Relation root)
{
	List	 *relids = find_all_inheritors(RelationGetRelid(root), RowExclusiveLock, NULL);
	bool	  plain = true;
	ListCell *cell;

	foreach (cell, relids)
	{
		Relation rel = table_open(lfirst_oid(cell), NoLock);

		plain = rel->rd_rel->relkind == RELKIND_PARTITIONED_TABLE || spk_is_plain_partition(rel);
		table_close(rel, NoLock);
		if (!plain)
			break;
	}
	list_free(relids);
	return plain;
}

bool
spk_pages_can_take(Relation rel, const int *columns)
{
	char relkind = rel->rd_rel->relkind;

	if (relkind != RELKIND_RELATION && relkind != RELKIND_PARTITIONED_TABLE)
		return false;
	if (has_insert_trigger(rel->trigdesc, true) || has_generated_column(rel) ||
		has_missing_domain(rel, columns))
		return false;
	return relkind == RELKIND_RELATION || has_plain_partitions(rel);
}
