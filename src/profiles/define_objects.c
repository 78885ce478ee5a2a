/*
 * define_objects.c
 *	  The type and the function that churn_define_features makes.
 *
 * All names in our statements are qualified and quoted, and the function that
 * the new one calls is looked at afterwards: somebody who may create functions
 * in the extension's schema could have put one there that matches better.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "commands/comment.h"
#include "nodes/makefuncs.h"
#include "parser/parser.h"
#include "storage/lmgr.h"
#include "tcop/dest.h"
#include "tcop/tcopprot.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "core/base/hash.h"
#include "host/source.h"
#include "profiles/define_call.h"
#include "profiles/define_objects.h"
#include "profiles/log_args.h"
#include "profiles/log_row.h"

/* ---- Our own objects ---- */

static void
find_own(SpkDefinition *d)
{
	Oid		   schema = get_func_namespace(d->own);
	Oid		   types[SPK_ROW_ARGS] = {ANYELEMENTOID, InvalidOid, DATEOID, JSONBOID};
	oidvector *vector;

	types[1] = d->profile_type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid,
												 CStringGetDatum("churn_profile"),
												 ObjectIdGetDatum(schema));
	vector = buildoidvector(types, SPK_ROW_ARGS);
	d->row_function = GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid,
									  CStringGetDatum("churn_row"), PointerGetDatum(vector),
									  ObjectIdGetDatum(schema));
	if (!spk_is_own(ProcedureRelationId, d->row_function) ||
		!spk_is_own(TypeRelationId, d->profile_type))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("function churn_row of the extension is missing")));
}

/* ---- What an earlier call has made ---- */

static Oid
function_oid(const SpkDefinition *d, Oid schema)
{
	Oid types[2] = {d->profile_type, DATEOID};

	return GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid, CStringGetDatum(d->function),
						   PointerGetDatum(buildoidvector(types, 2)), ObjectIdGetDatum(schema));
}

pg_noreturn static void
refuse_taken(const char *what, const char *name)
{
	ereport(ERROR,
			(errcode(ERRCODE_DUPLICATE_OBJECT),
			 errmsg("%s %s exists, and was not made by churn_define_features", what, name),
			 errhint("Drop it, or choose another name.")));
}

/* Names of the columns of the type's relation, which is locked. */
static List *
attributes_of(Oid relation)
{
	Relation rel = relation_open(relation, NoLock);
	List	*names = NIL;

	for (int i = 0; i < rel->rd_att->natts; i++)
		if (!TupleDescAttr(rel->rd_att, i)->attisdropped)
			names = lappend(names, pstrdup(NameStr(TupleDescAttr(rel->rd_att, i)->attname)));
	relation_close(rel, NoLock);
	return names;
}

/* Reads what the recipe of before says of the columns. */
static void
read_recipe(SpkDefinition *d, Jsonb *recipe)
{
	int				 n_used;
	int				 n_unused;
	SpkRecipeColumn *used = spk_recipe_columns(recipe, SPK_RECIPE_COLUMNS, &n_used);
	SpkRecipeColumn *unused = spk_recipe_columns(recipe, SPK_RECIPE_UNUSED, &n_unused);

	d->before.n_used = n_used;
	d->before.n_columns = n_used + n_unused;
	d->before.columns = palloc(Max(n_used + n_unused, 1) * sizeof(SpkRecipeColumn));
	memcpy(d->before.columns, used, n_used * sizeof(SpkRecipeColumn));
	memcpy(d->before.columns + n_used, unused, n_unused * sizeof(SpkRecipeColumn));
}

/*
 * Whoever defines something of this name here waits for those who do, until their
 * transactions end.  There is no object yet that could be locked, so it is the
 * name: a number made of it, beside the schema's; those that share one only wait.
 */
static void
lock_name(const SpkDefinition *d, Oid schema)
{
	uint64 hash = spk_hash_bytes(d->function, strlen(d->function), 0);

	LockDatabaseObject(NamespaceRelationId, schema, (uint16) (hash | 1), ShareUpdateExclusiveLock);
}

/*
 * The type of the name, and its relation in d, which is locked: nobody else changes
 * or drops it until the transaction ends.  InvalidOid when there is none.
 */
static Oid
lock_type(SpkDefinition *d, Oid schema)
{
	for (;;)
	{
		Oid type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(d->type),
								   ObjectIdGetDatum(schema));

		/* the same name behind the lock as before it, or another one has it by now */
		if (OidIsValid(d->relation) && (!OidIsValid(type) || get_typ_typrelid(type) != d->relation))
			UnlockRelationOid(d->relation, ShareUpdateExclusiveLock);
		else if (OidIsValid(d->relation))
			return type;
		d->relation = InvalidOid;
		if (!OidIsValid(type))
			return InvalidOid;
		d->relation = get_typ_typrelid(type);
		if (!OidIsValid(d->relation) || get_rel_relkind(d->relation) != RELKIND_COMPOSITE_TYPE)
			refuse_taken("type", quote_qualified_identifier(d->schema, d->type));
		if (!spk_owns_relation(d->relation))
			aclcheck_error_type(ACLCHECK_NOT_OWNER, type);
		LockRelationOid(d->relation, ShareUpdateExclusiveLock);
	}
}

/* What there is under the names, behind locks. */
static void
find_existing(SpkDefinition *d, Oid schema)
{
	Oid		   type;
	Oid		   function;
	SpkRowCall call = {InvalidOid, NULL};

	/* nobody waits for somebody who may not define it */
	if (!spk_may_create_in(schema))
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_SCHEMA, d->schema);
	lock_name(d, schema);
	type = lock_type(d, schema);
	/* looked up behind the locks, for who held them may have replaced the recipe */
	function = function_oid(d, schema);
	if (OidIsValid(function) && OidIsValid(type) && get_func_rettype(function) == type)
		call = spk_row_call_in(function, d->profile_type);
	/* a body that is text calls whatever matches best today (see make_function) */
	if (OidIsValid(call.function) && strcmp(get_func_name(call.function), "churn_row") == 0 &&
		get_func_namespace(call.function) == get_func_namespace(d->row_function))
		spk_require_own(call.function);
	if (OidIsValid(function) && call.function != d->row_function)
		refuse_taken("function", d->shown);
	if (OidIsValid(type) && !OidIsValid(function))
		refuse_taken("type", quote_qualified_identifier(d->schema, d->type));
	d->exists = OidIsValid(function);
	if (d->exists)
	{
		d->before.attributes = attributes_of(d->relation);
		read_recipe(d, call.recipe);
	}
}

SpkDefinition *
spk_find_definition(const char *name, Oid own)
{
	SpkDefinition *d = palloc0(sizeof(SpkDefinition));
	Oid			   schema = QualifiedNameGetCreationNamespace(spk_name_list(name), &d->function);

	d->own = own;
	find_own(d);
	if (strlen(d->function) + strlen(SPK_ROW_SUFFIX) >= NAMEDATALEN)
		ereport(ERROR,
				(errcode(ERRCODE_NAME_TOO_LONG),
				 errmsg("name \"%s\" is too long", d->function),
				 errdetail("With \"%s\" behind it, it must be less than %d bytes.", SPK_ROW_SUFFIX,
						   NAMEDATALEN)));
	d->type = psprintf("%s" SPK_ROW_SUFFIX, d->function);
	d->schema = get_namespace_name(schema);
	if (d->schema == NULL)
		elog(ERROR, "cache lookup failed for namespace %u", schema);
	d->shown = quote_qualified_identifier(d->schema, d->function);
	find_existing(d, schema);
	return d;
}

/* ---- Making them ---- */

/* Runs one statement, as the user. */
static void
run(const char *sql)
{
	PlannedStmt *statement = makeNode(PlannedStmt);
	RawStmt		*raw = linitial_node(RawStmt, spk_raw_parser(sql));

	statement->commandType = CMD_UTILITY;
	statement->canSetTag = false;
	statement->utilityStmt = raw->stmt;
	statement->stmt_location = raw->stmt_location;
	statement->stmt_len = raw->stmt_len;
	spk_process_utility(statement, sql);
	CommandCounterIncrement();
}

static const char *
type_name(const SpkLogWanted *wanted)
{
	static const char *const names[] = {[SPK_LOG_TYPE_int4] = "int4",
										[SPK_LOG_TYPE_int8] = "int8",
										[SPK_LOG_TYPE_float8] = "float8",
										[SPK_LOG_TYPE_text] = "text"};

	return names[spk_log_kinds[wanted->kind].type];
}

/* Makes the type, or adds what it lacks. */
static void
make_type(const SpkDefinition *d, const SpkDefinedColumns *plan)
{
	StringInfoData sql;
	int			   n = 0;

	initStringInfo(&sql);
	appendStringInfo(&sql, d->exists ? "ALTER TYPE %s " : "CREATE TYPE %s AS (",
					 quote_qualified_identifier(d->schema, d->type));
	for (int i = 0; i < plan->n_columns; i++)
	{
		const SpkPlannedColumn *column = &plan->columns[i];

		if (!column->is_new)
			continue;
		appendStringInfo(&sql, "%s%s%s pg_catalog.%s%s", n++ > 0 ? ", " : "",
						 d->exists ? "ADD ATTRIBUTE " : "", quote_identifier(column->name),
						 type_name(&column->wanted), d->exists ? " CASCADE" : "");
	}
	if (!d->exists)
		appendStringInfoChar(&sql, ')');
	if (n > 0 || !d->exists)
		run(sql.data);
}

static char *
recipe_of(const SpkDefinedColumns *plan)
{
	StringInfoData columns;
	StringInfoData unused;
	ListCell	  *lc;

	initStringInfo(&columns);
	initStringInfo(&unused);
	for (int i = 0; i < plan->n_columns; i++)
		spk_recipe_append(&columns, plan->columns[i].name, &plan->columns[i].wanted);
	foreach (lc, plan->unused)
	{
		const SpkRecipeColumn *column = lfirst(lc);

		spk_recipe_append(&unused, column->name, &column->wanted);
	}
	return spk_recipe_text(columns.data, unused.data);
}

/* Makes the function, which is inlined where it stands in FROM. */
static void
make_function(const SpkDefinition *d, const SpkDefinedColumns *plan)
{
	const char *own = spk_own_schema(d->own);
	char	   *type = quote_qualified_identifier(d->schema, d->type);
	char *call_text = psprintf("%s.churn_row(NULL::%s, $1, $2, %s::pg_catalog.jsonb)", own, type,
							   quote_literal_cstr(recipe_of(plan)));
	SpkRowCall call;

	/* where names of the extension are looked up once, it may move to another schema */
	run(psprintf(
		"CREATE OR REPLACE FUNCTION %s(profile %s.churn_profile, as_of pg_catalog.date DEFAULT NULL) "
		"RETURNS %s LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 200 %s",
		d->shown, own, type, spk_function_body(call_text)));
	call = spk_row_call_in(function_oid(d, get_namespace_oid(d->schema, false)), d->profile_type);
	if (OidIsValid(call.function))
		spk_require_own(call.function);
	/* one whose recipe is converted first is not even seen as a call of churn_row */
	if (call.function != d->row_function)
		ereport(ERROR,
				(errcode(ERRCODE_AMBIGUOUS_FUNCTION),
				 errmsg("a function churn_row stands in the way of the extension's own"),
				 errhint("Drop it, and revoke CREATE on schema %s from everybody but its owner.",
						 own)));
}

/* What a column is, for people: its formula, with the days of the window in it. */
static char *
describe(const SpkLogWanted *wanted)
{
	static const char	 *window = "the window";
	const SpkLogKindInfo *info = &spk_log_kinds[wanted->kind];
	const char			 *place = info->has_window ? strstr(info->formula, window) : NULL;
	StringInfoData		  text;

	initStringInfo(&text);
	if (info->subject != SPK_OF_LOG)
		appendStringInfoString(&text, spk_text_from_utf8(wanted->subject, wanted->subject_len));
	if (info->subject == SPK_OF_PAIR)
		appendStringInfo(&text, " / %s", spk_text_from_utf8(wanted->second, wanted->second_len));
	appendStringInfo(&text, "%s%.*s", info->subject != SPK_OF_LOG ? ": " : "",
					 place == NULL ? (int) strlen(info->formula) : (int) (place - info->formula),
					 info->formula);
	if (place != NULL)
		appendStringInfo(&text, "the last %d days%s", wanted->days, place + strlen(window));
	else if (info->has_window)
		appendStringInfo(&text, "; the last %d days", wanted->days);
	return text.data;
}

/* Says beside each new column what it is. */
static void
comment_columns(const SpkDefinition *d, const SpkDefinedColumns *plan)
{
	Oid schema = get_namespace_oid(d->schema, false);
	Oid relation = get_relname_relid(d->type, schema);

	for (int i = 0; i < plan->n_columns; i++)
		if (plan->columns[i].is_new)
			CreateComments(relation, RelationRelationId,
						   get_attnum(relation, plan->columns[i].name),
						   describe(&plan->columns[i].wanted));
	CommandCounterIncrement();
}

void
spk_make_definition(const SpkDefinition *definition, const SpkDefinedColumns *plan)
{
	make_type(definition, plan);
	make_function(definition, plan);
	comment_columns(definition, plan);
}
