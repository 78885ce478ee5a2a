/*
 * source.c
 *	  A source of rows that a user names: a table, a view or a query.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "parser/parser.h"
#include "parser/scansup.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"

#include "host/source.h"

#define SOURCE_HINT \
	"A source is the name of a table or a view, or a query as in 'SELECT * FROM snapshots'."

/* The end of a comment that starts here, or the same place when no comment does. */
static const char *
skip_comment(const char *p)
{
	int depth = 0;

	if (p[0] == '-' && p[1] == '-')
		return p + strcspn(p, "\n\r");
	if (p[0] != '/' || p[1] != '*')
		return p;
	for (; *p != '\0'; p++)
	{
		if (p[0] == '/' && p[1] == '*')
		{
			depth++;
			p++;
		}
		else if (p[0] == '*' && p[1] == '/')
		{
			depth--;
			p++;
			if (depth == 0)
				return p + 1;
		}
	}
	return p;
}

static const char *
skip_blanks(const char *p)
{
	for (;;)
	{
		const char *start = p;

		while (scanner_isspace(*p))
			p++;
		p = skip_comment(p);
		if (p == start)
			return p;
	}
}

/* Has the text more than one word?  Blanks in a quoted name do not count. */
static bool
has_words(const char *p)
{
	bool quoted = false;

	for (; *p != '\0'; p++)
	{
		if (*p == '"')
			quoted = !quoted;
		else if (!quoted && scanner_isspace(*p) && *skip_blanks(p) != '\0')
			return true;
	}
	return false;
}

/* Does the text begin as a query does? */
static bool
starts_query(const char *source)
{
	static const char *const keywords[] = {"select", "with", "values", "table"};
	const char				*p = skip_blanks(source);

	if (*p == '(')
		return true;
	for (int i = 0; i < lengthof(keywords); i++)
	{
		size_t len = strlen(keywords[i]);

		if (pg_strncasecmp(p, keywords[i], len) == 0 &&
			(p[len] == '(' || p[len] == '*' || p[len] == '"' || p[len] == '\'' ||
			 scanner_isspace(p[len]) || skip_comment(p + len) != p + len))
			return true;
	}
	return false;
}

/* Is the text to be read as a query, and not as a name? */
static bool
is_query(const char *source)
{
	return starts_query(source) || has_words(skip_blanks(source));
}

/* Points syntax errors into the source, not into the statement that called us. */
static void
source_error_callback(void *arg)
{
	int position = geterrposition();

	if (position > 0)
	{
		errposition(0);
		internalerrposition(position);
		internalerrquery(arg);
	}
	if (!starts_query(arg))
		errhint(SOURCE_HINT);
}

/* The text of the one SELECT in the source, without a semicolon. */
static char *
query_text(char *source)
{
	ErrorContextCallback context = {error_context_stack, source_error_callback, source};
	List				*statements;
	RawStmt				*raw;

	error_context_stack = &context;
	statements = spk_raw_parser(source);
	error_context_stack = context.previous;
	if (list_length(statements) != 1)
		ereport(ERROR,
				(errcode(ERRCODE_SYNTAX_ERROR),
				 errmsg("a source must be one query, not %d", list_length(statements)),
				 errhint(SOURCE_HINT)));
	raw = linitial_node(RawStmt, statements);
	if (!IsA(raw->stmt, SelectStmt) || ((SelectStmt *) raw->stmt)->intoClause != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_SYNTAX_ERROR),
				 errmsg("a source must be a table, a view or a query that only reads"),
				 errhint(SOURCE_HINT)));
	return raw->stmt_len > 0 ? pnstrdup(source + raw->stmt_location, raw->stmt_len) :
							   pstrdup(source + raw->stmt_location);
}

/* Raises an error unless the user may read some column, before the lock, as LOCK TABLE does. */
static void
check_readable(const RangeVar *name, Oid relation, Oid old_relation, void *arg)
{
	char	  relkind = OidIsValid(relation) ? get_rel_relkind(relation) : '\0';
	AclResult result;

	if (relkind == '\0')
		return; /* gone, or on its way: the look-up goes on */
	result = pg_class_aclcheck(relation, GetUserId(), ACL_SELECT);
	if (result != ACLCHECK_OK)
		result = pg_attribute_aclcheck_all(relation, GetUserId(), ACL_SELECT, ACLMASK_ANY);
	if (result != ACLCHECK_OK)
		aclcheck_error(result, get_relkind_objtype(relkind), name->relname);
}

/* Refuses a relation that has no rows, such as an index. */
static void
check_has_rows(Oid relation, const char *source)
{
	switch (get_rel_relkind(relation))
	{
		case RELKIND_RELATION:
		case RELKIND_SEQUENCE:
		case RELKIND_TOASTVALUE:
		case RELKIND_VIEW:
		case RELKIND_MATVIEW:
		case RELKIND_FOREIGN_TABLE:
		case RELKIND_PARTITIONED_TABLE:
		case '\0': /* gone */
			return;
		default:
			ereport(ERROR,
					(errcode(ERRCODE_WRONG_OBJECT_TYPE),
					 errmsg("\"%s\" has no rows to read", source),
					 errhint(SOURCE_HINT)));
	}
}

/*
 * The full name of a table or a view, which is locked, so that it stays what it is
 * until the end of the transaction.
 */
static char *
relation_text(const char *source)
{
	ErrorContextCallback context = {error_context_stack, source_error_callback,
									unconstify(char *, source)};
	RangeVar			*name;
	Oid					 relation;
	char				*schema;
	char				*relname;

	error_context_stack = &context;
	name = makeRangeVarFromNameList(spk_name_list(source));
	error_context_stack = context.previous;

	/* the name is looked up again when it means something else once the lock is there */
	relation = RangeVarGetRelidExtended(name, AccessShareLock, RVR_MISSING_OK, check_readable,
										NULL);
	if (!OidIsValid(relation))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation \"%s\" does not exist", source),
				 strchr(source, '/') == NULL && strchr(source, '\\') == NULL ? errhint(SOURCE_HINT) :
				 errhint("A file is loaded by churn_load_events or read in place as a foreign table of sparkify_json; its table is a source.")));
	check_has_rows(relation, source);

	/* the name as it is now, whatever the search path will be when the query is analyzed */
	schema = get_namespace_name(get_rel_namespace(relation));
	relname = get_rel_name(relation);
	if (schema == NULL || relname == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation \"%s\" does not exist", source)));
	return quote_qualified_identifier(schema, relname);
}

char *
spk_source_from(const char *source)
{
	const char *start = skip_blanks(source);

	if (*start == '\0' || (*start == ';' && *skip_blanks(start + 1) == '\0'))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a source must not be empty"),
				 errhint(SOURCE_HINT)));
	if (is_query(source))
		return psprintf(SPK_SOURCE_OPEN "%s" SPK_SOURCE_CLOSE, query_text(pstrdup(source)));
	return psprintf("%s AS " SPK_SOURCE_ALIAS, relation_text(source));
}

/* The end of an item that is a query, and no other's, where a quote ends names that need one */
#define QUERY_END ") AS " SPK_SOURCE_ALIAS

bool
spk_source_repeats(TupleDesc columns, int attno)
{
	for (int i = 0; i < attno; i++)
		if (namestrcmp(&TupleDescAttr(columns, i)->attname,
					   NameStr(TupleDescAttr(columns, attno)->attname)) == 0)
			return true;
	return false;
}

SpkSourceRow
spk_source_row(const char *from, TupleDesc columns)
{
	ArrayBuildState *built = initArrayResult(TEXTOID, CurrentMemoryContext, false);
	const size_t	 end = strlen(QUERY_END);
	StringInfoData	 row;

	initStringInfo(&row);
	appendStringInfoString(&row, "ROW(");
	for (int i = 0; i < columns->natts; i++)
	{
		const char *name = NameStr(TupleDescAttr(columns, i)->attname);

		if (strlen(from) < end || strcmp(from + strlen(from) - end, QUERY_END) != 0 ||
			columns->natts > MaxTupleAttributeNumber)
			return (SpkSourceRow) {pstrdup(SPK_SOURCE_ALIAS ".*"), NULL};

		/* the name of two columns means neither of them */
		if (spk_source_repeats(columns, i))
		{
			spk_source_refuse_sent(from, name);
			return (SpkSourceRow) {pstrdup(SPK_SOURCE_ALIAS ".*"), NULL};
		}
		appendStringInfo(&row, "%s" SPK_SOURCE_ALIAS ".%s", i == 0 ? "" : ", ",
						 quote_identifier(name));
		accumArrayResult(built, CStringGetTextDatum(name), false, TEXTOID, CurrentMemoryContext);
	}
	appendStringInfoChar(&row, ')');
	return (SpkSourceRow) {row.data,
						   DatumGetArrayTypeP(makeArrayResult(built, CurrentMemoryContext))};
}

/* Columns of a source that an error names: ids and labels come first, hundreds of features after. */
#define MAX_COLUMNS_TOLD 40

Form_pg_attribute
spk_source_require_column(TupleDesc columns, const char *name, const char *what)
{
	StringInfoData list;
	const char	  *which = "Its columns are";

	initStringInfo(&list);
	for (int i = 0; i < columns->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(columns, i);

		if (strcmp(NameStr(column->attname), name) == 0)
			return column;
		if (i < MAX_COLUMNS_TOLD)
			appendStringInfo(&list, "%s%s", i == 0 ? "" : ", ", NameStr(column->attname));
	}
	if (columns->natts > MAX_COLUMNS_TOLD)
		which = psprintf("The first %d of its %d columns are", MAX_COLUMNS_TOLD, columns->natts);
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("%s column \"%s\" does not exist in the source", what, name),
			 list.len == 0 ? errdetail("It has no columns.") : errdetail("%s: %s.", which, list.data)));
}
