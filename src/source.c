/*
 * source.c
 *	  A source of rows that a user names: a table, a view or a query.
 */
#include "compat.h"

#include "catalog/namespace.h"
#include "executor/spi.h"
#include "nodes/makefuncs.h"
#include "parser/parser.h"
#include "parser/scansup.h"
#include "tcop/dest.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/plancache.h"
#include "utils/regproc.h"

#include "source.h"

/* The end of a comment that starts here, or the same place when none does. */
static const char *
skip_comment(const char *p)
{
	int			depth = 0;

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
	bool		quoted = false;

	for (; *p != '\0'; p++)
	{
		if (*p == '"')
			quoted = !quoted;
		else if (!quoted && scanner_isspace(*p) && *skip_blanks(p) != '\0')
			return true;
	}
	return false;
}

/* Is the text to be read as a query, and not as a name? */
static bool
is_query(const char *source)
{
	static const char *const keywords[] = {"select", "with", "values", "table"};
	const char *p = skip_blanks(source);

	if (*p == '(' || has_words(p))
		return true;
	for (int i = 0; i < lengthof(keywords); i++)
	{
		size_t		len = strlen(keywords[i]);

		if (pg_strncasecmp(p, keywords[i], len) == 0 &&
			(p[len] == '(' || p[len] == '*' || p[len] == '"' || p[len] == '\'' ||
			 skip_comment(p + len) != p + len))
			return true;
	}
	return false;
}

/* Points syntax errors into the source, not into the statement that called us. */
static void
source_error_callback(void *arg)
{
	int			position = geterrposition();

	if (position > 0)
	{
		errposition(0);
		internalerrposition(position);
		internalerrquery(arg);
	}
}

/* The text of the one SELECT in the source, without a semicolon. */
static char *
query_text(char *source)
{
	ErrorContextCallback context = {error_context_stack, source_error_callback, source};
	List	   *statements;
	RawStmt    *raw;

	error_context_stack = &context;
	statements = spk_raw_parser(source);
	error_context_stack = context.previous;
	if (list_length(statements) != 1)
		ereport(ERROR,
				(errcode(ERRCODE_SYNTAX_ERROR),
				 errmsg("a source must be one query, not %d", list_length(statements))));
	raw = linitial_node(RawStmt, statements);
	if (!IsA(raw->stmt, SelectStmt) || ((SelectStmt *) raw->stmt)->intoClause != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_SYNTAX_ERROR),
				 errmsg("a source must be a table, a view or a query that only reads")));
	return raw->stmt_len > 0 ? pnstrdup(source + raw->stmt_location, raw->stmt_len)
		: pstrdup(source + raw->stmt_location);
}

char *
spk_source_from(const char *source)
{
	RangeVar   *name;
	Oid			relation;

	/* on lines of its own, for a comment at its end */
	if (is_query(source))
		return psprintf("(\n%s\n) AS q", query_text(pstrdup(source)));
	name = makeRangeVarFromNameList(spk_name_list(source));
	relation = RangeVarGetRelid(name, NoLock, false);
	return psprintf("%s AS q",
					quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation)),
											   get_rel_name(relation)));
}

TupleDesc
spk_source_columns(const char *from)
{
	MemoryContext context = CurrentMemoryContext;
	char	   *sql = psprintf("SELECT q.* FROM %s", from);
	MemoryContext old;
	SPIPlanPtr	plan;
	CachedPlanSource *analyzed;
	TupleDesc	columns;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	plan = SPI_prepare(sql, 0, NULL);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	analyzed = linitial(SPI_plan_get_plan_sources(plan));
	old = MemoryContextSwitchTo(context);
	columns = CreateTupleDescCopy(analyzed->resultDesc);
	MemoryContextSwitchTo(old);
	SPI_finish();
	return columns;
}

double
spk_source_rows(const char *from)
{
	double		rows = 0;
	SPIPlanPtr	plan;
	CachedPlan *cached;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	plan = SPI_prepare(psprintf("SELECT q.* FROM %s", from), 0, NULL);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	cached = SPI_plan_get_cached_plan(plan);
	if (cached != NULL)
	{
		rows = linitial_node(PlannedStmt, cached->stmt_list)->planTree->plan_rows;
		ReleaseCachedPlan(cached, 0);	/* of no owner, as the plan is not saved */
	}
	SPI_finish();
	return rows;
}

void
spk_source_require_column(TupleDesc columns, const char *name, const char *what)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < columns->natts; i++)
	{
		const char *column = NameStr(TupleDescAttr(columns, i)->attname);

		if (strcmp(column, name) == 0)
			return;
		appendStringInfo(&list, "%s%s", i == 0 ? "" : ", ", column);
	}
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("%s column \"%s\" does not exist in the source", what, name),
			 list.len == 0 ? errdetail("It has no columns.") : errdetail("Its columns are: %s.", list.data)));
}

/* A DestReceiver that hands rows to a callback. */
typedef struct CallbackReceiver
{
	DestReceiver pub;
	SpkRowCallback callback;
	void	   *arg;
} CallbackReceiver;

static bool
receive_row(TupleTableSlot *slot, DestReceiver *self)
{
	CallbackReceiver *receiver = (CallbackReceiver *) self;

	receiver->callback(slot, receiver->arg);
	return true;
}

static void
receive_startup(DestReceiver *self, int operation, TupleDesc typeinfo)
{
}

static void
receive_end(DestReceiver *self)
{
}

void
spk_source_run(const char *sql, int n_params, const Oid *types, const Datum *values,
			   SpkRowCallback callback, void *arg)
{
	CallbackReceiver receiver = {{receive_row, receive_startup, receive_end, receive_end, DestNone},
	callback, arg};
	int			result;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	result = spk_spi_run(sql, n_params, types, values, &receiver.pub);
	if (result < 0)
		elog(ERROR, "could not run query: %s", SPI_result_code_string(result));
	SPI_finish();
}
