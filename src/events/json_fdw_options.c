/*
 * json_fdw_options.c
 *	  The options of the foreign data wrapper sparkify_json, and who may set them,
 *	  by the rules of file_fdw.
 */
#include "compat.h"

#include "access/reloptions.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_foreign_server.h"
#include "catalog/pg_foreign_table.h"
#include "commands/defrem.h"
#include "foreign/foreign.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/rel.h"

#include "events/event_row.h"
#include "events/event_source.h"
#include "events/json_fdw.h"

PG_FUNCTION_INFO_V1(sparkify_json_validator);

/*
 * filename belongs to tables alone, since the validator sees the options of one
 * object only: a filename of the server could change under a table without a
 * look at the privilege.
 */
static bool
is_valid_option(const char *name, Oid catalog)
{
	if (strcmp(name, "filename") == 0)
		return catalog == ForeignTableRelationId;
	if (strcmp(name, "on_error") == 0)
		return catalog == ForeignTableRelationId || catalog == ForeignServerRelationId;
	return false;
}

static const char *
option_hint(Oid catalog)
{
	if (catalog == ForeignTableRelationId)
		return "Valid options in this context are: filename, on_error";
	if (catalog == ForeignServerRelationId)
		return "Valid options in this context are: on_error";
	return "There are no valid options in this context.";
}

static void
check_filename(const char *filename)
{
	if (!has_privs_of_role(GetUserId(), ROLE_PG_READ_SERVER_FILES))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied to set the \"%s\" option of a sparkify_json foreign table",
						"filename"),
				 errdetail("Only roles with privileges of the \"%s\" role may set this option.",
						   "pg_read_server_files")));
	if (filename[0] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("filename must not be empty")));
}

Datum
sparkify_json_validator(PG_FUNCTION_ARGS)
{
	List	 *options = untransformRelOptions(PG_GETARG_DATUM(0));
	Oid		  catalog = PG_GETARG_OID(1);
	bool	  has_filename = false;
	ListCell *cell;

	foreach (cell, options)
	{
		DefElem *def = lfirst(cell);

		/* an option may be valid elsewhere, so the hint names those of this place */
		if (!is_valid_option(def->defname, catalog))
			ereport(ERROR,
					(errcode(ERRCODE_FDW_INVALID_OPTION_NAME),
					 errmsg("invalid option \"%s\"", def->defname),
					 errhint("%s", option_hint(catalog))));
		if (strcmp(def->defname, "filename") == 0)
		{
			check_filename(defGetString(def));
			has_filename = true;
		}
		else
			(void) spk_on_error_skips(defGetString(def));
	}
	if (catalog == ForeignTableRelationId && !has_filename)
		ereport(ERROR,
				(errcode(ERRCODE_FDW_DYNAMIC_PARAMETER_VALUE_NEEDED),
				 errmsg("filename is required for sparkify_json foreign tables")));
	PG_RETURN_VOID();
}

SpkJsonOptions
spk_json_options(Oid foreigntableid)
{
	ForeignTable  *table = GetForeignTable(foreigntableid);
	ForeignServer *server = GetForeignServer(table->serverid);
	SpkJsonOptions result = {0};
	List		  *options;
	ListCell	  *cell;

	/* the table's options come last, so that they win */
	options = list_concat(list_copy(server->options), table->options);
	foreach (cell, options)
	{
		DefElem *def = lfirst(cell);

		if (strcmp(def->defname, "filename") == 0)
			result.filename = defGetString(def);
		else if (strcmp(def->defname, "on_error") == 0)
			result.skip_faults = spk_on_error_skips(defGetString(def));
	}
	if (result.filename == NULL)
		elog(ERROR, "filename is missing");
	return result;
}

int *
spk_json_columns(Relation rel)
{
	TupleDesc tupdesc = RelationGetDescr(rel);
	int		 *columns = spk_event_row_bind(tupdesc);

	for (int i = 0; i < tupdesc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(tupdesc, i);

		if (columns[i] == SPK_EVENT_NO_COLUMN && !att->attisdropped)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("column \"%s\" of foreign table \"%s\" is no column of an event",
							NameStr(att->attname), RelationGetRelationName(rel)),
					 errhint("\\d churn_event lists the columns of an event.")));
	}
	return columns;
}
