/*
 * json_fdw_options.c
 *	  The options of the foreign data wrapper sparkify_json, and who may set them,
 *	  by the rules of file_fdw.
 */
#include "compat.h"

#include "access/reloptions.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_foreign_server.h"
#include "catalog/pg_foreign_table.h"
#include "commands/defrem.h"
#include "foreign/foreign.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/rel.h"

#include "events/column_options.h"
#include "events/event_source.h"
#include "events/json_fdw.h"

PG_FUNCTION_INFO_V1(sparkify_json_validator);

/*
 * filename belongs to tables alone, since the validator sees the options of one
 * object only: a filename of the server could change under a table without a
 * look at the privilege.
 */
static const struct
{
	const char *name;
	Oid			catalog;
} valid_options[] = {
	{"filename", ForeignTableRelationId},
	{"on_error", ForeignTableRelationId},
	{"on_error", ForeignServerRelationId},
	{"key", AttributeRelationId},
	{"path", AttributeRelationId},
	{"unit", AttributeRelationId},
	{"aggregate_pushdown", ForeignTableRelationId},
	{"aggregate_pushdown", ForeignServerRelationId},
};

static bool
is_valid_option(const char *name, Oid catalog)
{
	for (int i = 0; i < lengthof(valid_options); i++)
	{
		if (valid_options[i].catalog == catalog && strcmp(valid_options[i].name, name) == 0)
			return true;
	}
	return false;
}

static char *
option_hint(Oid catalog)
{
	StringInfoData names;

	initStringInfo(&names);
	for (int i = 0; i < lengthof(valid_options); i++)
	{
		if (valid_options[i].catalog == catalog)
			appendStringInfo(&names, "%s%s", names.len > 0 ? ", " : "", valid_options[i].name);
	}
	if (names.len == 0)
		return "There are no valid options in this context.";
	return psprintf("Valid options in this context are: %s", names.data);
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
	List			*options = untransformRelOptions(PG_GETARG_DATUM(0));
	Oid				 catalog = PG_GETARG_OID(1);
	bool			 has_filename = false;
	SpkColumnOptions column = {0};
	ListCell		*cell;

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
		else if (strcmp(def->defname, "on_error") == 0)
			(void) spk_on_error_skips(defGetString(def));
		else if (strcmp(def->defname, "aggregate_pushdown") == 0)
			(void) defGetBoolean(def);
		else
			(void) spk_column_option(&column, def->defname, defGetString(def));
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
	SpkJsonOptions result = {.pushes_down = true};
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
		else if (strcmp(def->defname, "aggregate_pushdown") == 0)
			result.pushes_down = defGetBoolean(def);
	}
	if (result.filename == NULL)
		elog(ERROR, "filename is missing");
	return result;
}

/* The options of one column; the validator made sure that they are valid. */
static SpkColumnOptions
column_options(Oid relid, AttrNumber attno)
{
	SpkColumnOptions result = {0};
	ListCell		*cell;

	foreach (cell, GetForeignColumnOptions(relid, attno))
	{
		DefElem *def = lfirst(cell);

		(void) spk_column_option(&result, def->defname, defGetString(def));
	}
	return result;
}

SpkBinding *
spk_json_binding(Relation rel, const bool *left_out)
{
	TupleDesc		  tupdesc = RelationGetDescr(rel);
	SpkColumnOptions *options = palloc0(sizeof(SpkColumnOptions) * Max(tupdesc->natts, 1));

	for (int i = 0; i < tupdesc->natts; i++)
	{
		if (!TupleDescAttr(tupdesc, i)->attisdropped)
			options[i] = column_options(RelationGetRelid(rel), i + 1);
	}
	return spk_binding_table(tupdesc, options, left_out);
}
