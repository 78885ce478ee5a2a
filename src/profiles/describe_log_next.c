/*
 * describe_log_next.c
 *	  The SQL to go on with after a look at a log.
 *
 * All that comes from the user is quoted: names of tables and columns as
 * identifiers, names of events as literals.  Lines are short, so that psql shows
 * them whole.
 */
#include "compat.h"

#include "catalog/namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "lib/stringinfo.h"
#include "nodes/makefuncs.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"

#include "core/base/calendar.h"
#include "core/profiles/name_groups.h"
#include "host/source.h"
#include "profiles/define_objects.h"
#include "profiles/describe_log_line.h"
#include "profiles/log_args.h"

/* Dates to train at: a week apart, and no more than this. */
#define DAYS_BETWEEN	   7
#define MAX_TRAINING_DATES 12

/* Days that a user should have been seen for before the first of them, where there is room. */
#define FIRST_DAYS 28

/* The schema of the extension's functions, with a point, where it must be named. */
static const char *
prefix(const SpkLogLook *look)
{
	return FunctionIsVisible(look->function) ? "" : psprintf("%s.", spk_own_schema(look->function));
}

/*
 * A name for a new object: that of the source, if it has one, and what it is, with
 * room for what is put behind the name of features to name their type.
 */
static char *
new_name(const SpkLogLook *look, const char *what)
{
	const char *name = "log";
	char	   *longest;

	if (strncmp(look->from, SPK_SOURCE_OPEN, strlen(SPK_SOURCE_OPEN)) != 0)
	{
		List *names = spk_name_list(look->source);

		name = strVal(llast(names));
	}
	longest = makeObjectName(name, NULL, psprintf("%s" SPK_ROW_SUFFIX, what));
	return pnstrdup(longest, strlen(longest) - strlen(SPK_ROW_SUFFIX));
}

/* The column of users in what is made of the log; it must not be called as another one. */
static const char *
user_column(const SpkLogLook *look)
{
	static const char *const taken[] = {"profile", "as_of", "churned", "model"};

	for (int i = 0; i < lengthof(taken); i++)
		if (strcmp(look->columns.user, taken[i]) == 0)
			return "user_id";
	for (int kind = 0; kind < SPK_N_LOG_KINDS; kind++)
		if (spk_log_kinds[kind].subject == SPK_OF_LOG &&
			strcmp(look->columns.user, spk_log_kinds[kind].column) == 0)
			return "user_id";
	return quote_identifier(look->columns.user);
}

static const char *
day_literal(int32 day)
{
	char text[SPK_TIME_TEXT];

	spk_day_text(day, text);
	return psprintf("'%s'", text);
}

static const char *
time_literal(int64 ts)
{
	char text[SPK_TIME_TEXT];

	spk_time_text(ts, text);
	return psprintf("'%s'", text);
}

char *
spk_log_look_grouped(const SpkLogLook *look, const char *column)
{
	char *x = psprintf("%s%s", column,
					   look->steps != 0 && look->columns.event_is_enum ? "::text" : "");

	if (look->steps & SPK_GROUP_CUT)
		x = psprintf("regexp_replace(%s, '[?#].*', '')", x);
	if (look->steps & SPK_GROUP_FIRST)
		x = psprintf("substring(%s from '^/?[^/?#]*')", x);
	if (look->steps & SPK_GROUP_DIGITS)
		x = psprintf("regexp_replace(%s, '[0-9]+', '#', 'g')", x);
	if (look->steps & SPK_GROUP_IDS)
		x = psprintf("regexp_replace(%s, '[0-9a-f-]*[0-9][0-9a-f-]*', '#', 'g')", x);
	return x;
}

/* The name of an event in the profiles, as a literal. */
static char *
name_literal(const SpkLogLook *look, uint32 number)
{
	const SpkDictionary *names = &look->tally.names;
	char				 name[SPK_LOG_NAME_BYTES];
	size_t				 len = names->names[number].len;

	memcpy(name, spk_dictionary_text(names, number), len);
	len = spk_name_groups_apply(name, len, look->steps);
	return quote_literal_cstr(spk_text_from_utf8(name, len));
}

/* A column of the source, quoted. */
static char *
column(const char *name)
{
	return psprintf("q.%s", quote_identifier(name));
}

/* The arguments of churn_profile. */
static char *
profile_arguments(const SpkLogLook *look)
{
	const SpkLogColumns *c = &look->columns;
	StringInfoData		 list;

	initStringInfo(&list);
	appendStringInfo(&list, "%s, %s", column(c->ts), spk_log_look_grouped(look, column(c->event)));
	if (c->session != NULL || c->amount != NULL || c->level != NULL)
		appendStringInfo(&list, ", %s", c->session != NULL ? column(c->session) : "NULL::text");
	if (c->amount != NULL || c->level != NULL)
		appendStringInfo(&list, ", %s", c->amount != NULL ? column(c->amount) : "NULL::numeric");
	if (c->level != NULL)
		appendStringInfo(&list, ", %s", column(c->level));
	return list.data;
}

/* The rows to profile: each once, where there are repeats. */
static char *
from_clause(const SpkLogLook *look)
{
	const SpkLogColumns *c = &look->columns;
	const char			*names[] = {c->user, c->ts, c->event, c->session, c->amount, c->level};
	StringInfoData		 sql;

	if (look->tally.repeats == 0)
		return look->from;
	initStringInfo(&sql);
	appendStringInfoString(&sql, "(SELECT DISTINCT ");
	for (int i = 0; i < lengthof(names); i++)
	{
		bool is_there = names[i] == NULL;

		/* a column may be named for several things, and comes once */
		for (int j = 0; j < i && !is_there; j++)
			is_there = names[j] != NULL && strcmp(names[i], names[j]) == 0;
		if (!is_there)
			appendStringInfo(&sql, "%s%s", i == 0 ? "" : ", ", column(names[i]));
	}
	appendStringInfo(&sql, "\n      FROM %s) AS q", look->from);
	return sql.data;
}

static char *
profiles_statement(const SpkLogLook *look)
{
	const SpkLogTally *tally = &look->tally;
	const char		  *user = column(look->columns.user);
	const char		  *ts = column(look->columns.ts);
	StringInfoData	   sql;

	if (tally->events.rows == 0)
		return NULL;
	initStringInfo(&sql);
	appendStringInfo(&sql, "CREATE TABLE %s AS\nSELECT %s",
					 quote_identifier(new_name(look, "profiles")), user);
	if (strcmp(user_column(look), quote_identifier(look->columns.user)) != 0)
		appendStringInfo(&sql, " AS %s", user_column(look));
	appendStringInfo(&sql, ",\n    %schurn_profile(%s) AS profile\nFROM %s\nWHERE %s%s",
					 prefix(look), profile_arguments(look), from_clause(look), user,
					 look->columns.user_is_text ? " <> ''" : " IS NOT NULL");
	if (tally->early.rows > 0)
		appendStringInfo(&sql, "\n    AND %s >= %s", ts, time_literal(SPK_EARLIEST_EVENT));
	if (tally->late.rows > 0)
		appendStringInfo(&sql, "\n    AND %s < %s", ts, time_literal(look->end_of_time));
	appendStringInfo(&sql, "\nGROUP BY %s;", user);
	return sql.data;
}

static char *
features_statement(const SpkLogLook *look)
{
	StringInfoData sql;

	if (look->tally.events.rows == 0)
		return NULL;
	initStringInfo(&sql);
	appendStringInfo(&sql,
					 "SELECT kind, subject, users, cardinality(columns) AS columns, left_out\n"
					 "FROM %schurn_define_features(%s,\n    %s",
					 prefix(look), quote_literal_cstr(quote_identifier(new_name(look, "features"))),
					 quote_literal_cstr(psprintf("SELECT profile FROM %s",
												 quote_identifier(new_name(look, "profiles")))));
	for (uint32 i = 0; i < look->n_leavers; i++)
		appendStringInfo(&sql, "%s%s", i == 0 ? ",\n    exclude => ARRAY[" : ", ",
						 name_literal(look, look->leavers[i]));
	appendStringInfoString(&sql, look->n_leavers > 0 ? "]);" : ");");
	return sql.data;
}

/*
 * Days to label by.  For silence they are what the usual gap tells.  An event of
 * leaving may come on any day: the more days, the more of them, and yet there must be
 * room for dates to train at and to judge.
 */
static int32
label_horizon(const SpkLogLook *look)
{
	int32 room = (look->end - spk_day_of(look->tally.events.first)) / 4;

	if (look->n_leavers == 0)
		return look->horizon;
	return room >= 30 ? 30 : room >= 14 ? 14 : Min(look->horizon, 7);
}

/* The first and last date to train at, whose horizons the log reaches. */
static void
choose_dates(const SpkLogLook *look, int32 *first, int32 *last)
{
	int32 begin = spk_day_of(look->tally.events.first);

	*last = look->end - label_horizon(look);
	*first = begin + Min(Max(FIRST_DAYS, label_horizon(look)), (*last - begin) / 2);
	*first = *last - (*last - *first) / DAYS_BETWEEN * DAYS_BETWEEN;
	*first = Max(*first, *last - (MAX_TRAINING_DATES - 1) * DAYS_BETWEEN);
}

/* Whether there is something to learn from. */
static bool
can_be_learnt(const SpkLogLook *look)
{
	return look->tally.events.rows > 0 && look->horizon > 0;
}

/* The names to ignore, as an array of literals. */
static char *
ignored_names(const SpkLogLook *look)
{
	StringInfoData sql;
	Datum		  *names;
	int			   n;

	deconstruct_array(look->columns.ignore, TEXTOID, -1, false, TYPALIGN_INT, &names, NULL, &n);
	initStringInfo(&sql);
	for (int i = 0; i < n; i++)
		appendStringInfo(&sql, "%s%s", i == 0 ? "ARRAY[" : ", ",
						 quote_literal_cstr(TextDatumGetCString(names[i])));
	appendStringInfoChar(&sql, ']');
	return sql.data;
}

/*
 * The label as of a date.  With the end of the log, for dates that are changed later:
 * a horizon that reaches beyond it would make everybody stay, or everybody leave.
 */
static char *
label_call(const SpkLogLook *look, const char *as_of, bool with_end)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "%s%s(p.profile, %s, '%d days'", prefix(look),
					 look->n_leavers > 0 ? "churn_label" : "churn_inactive", as_of,
					 label_horizon(look));
	if (look->n_leavers > 0)
		appendStringInfo(&sql, ", event => %s", name_literal(look, look->leavers[0]));
	else if (look->columns.ignore != NULL)
		appendStringInfo(&sql, ",\n        ignore => %s", ignored_names(look));
	if (with_end)
		appendStringInfo(&sql, ",\n        log_end => %s", day_literal(look->end));
	appendStringInfoChar(&sql, ')');
	return sql.data;
}

static char *
training_statement(const SpkLogLook *look)
{
	StringInfoData sql;
	int32		   first;
	int32		   last;

	if (!can_be_learnt(look))
		return NULL;
	choose_dates(look, &first, &last);
	/* who is not at risk at a date has no label, and no row */
	initStringInfo(&sql);
	appendStringInfo(&sql,
					 "CREATE VIEW %s AS\nSELECT p.%s, d AS as_of,\n    %s AS churned,\n    f.*\n"
					 "FROM %s AS p,\n    %schurn_dates(%s, %s, '%d days') AS d,\n"
					 "    %s(p.profile, d) AS f\nWHERE %s IS NOT NULL;",
					 quote_identifier(new_name(look, "training")), user_column(look),
					 label_call(look, "d", true), quote_identifier(new_name(look, "profiles")),
					 prefix(look), day_literal(first), day_literal(last), DAYS_BETWEEN,
					 quote_identifier(new_name(look, "features")), label_call(look, "d", true));
	return sql.data;
}

/* The column of users in what is made of the log, and the training rows, as arguments. */
static char *
id_literal(const SpkLogLook *look)
{
	return quote_literal_cstr(strcmp(user_column(look), "user_id") == 0 ? "user_id" :
																		  look->columns.user);
}

static char *
training_literal(const SpkLogLook *look)
{
	return quote_literal_cstr(quote_identifier(new_name(look, "training")));
}

static char *
backtest_statement(const SpkLogLook *look)
{
	int32 first;
	int32 last;

	if (!can_be_learnt(look))
		return NULL;
	/* a date is judged when there are rows whose horizon ends before it */
	choose_dates(look, &first, &last);
	if (last - first < label_horizon(look))
		return NULL;
	return psprintf("SELECT as_of, n_train, n_train_positive, (metrics).n, (metrics).positives,\n"
					"    round((metrics).auc::numeric, 3) AS auc,\n"
					"    round((metrics).precision::numeric, 3) AS precision,\n"
					"    round((metrics).recall::numeric, 3) AS recall\n"
					"FROM %schurn_backtest(%s, horizon => '%d days',\n    id => %s);",
					prefix(look), training_literal(look), label_horizon(look), id_literal(look));
}

static char *
model_statement(const SpkLogLook *look)
{
	if (!can_be_learnt(look))
		return NULL;
	return psprintf("CREATE TABLE %s AS\nSELECT model FROM %schurn_train(%s,\n    id => %s, "
					"\"time\" => 'as_of');",
					quote_identifier(new_name(look, "model")), prefix(look), training_literal(look),
					id_literal(look));
}

/* Who is most at risk where the log ends. */
static char *
scores_statement(const SpkLogLook *look)
{
	StringInfoData sql;

	if (!can_be_learnt(look))
		return NULL;
	initStringInfo(&sql);
	appendStringInfo(&sql,
					 "SELECT p.%s, round(%schurn_predict(m.model, f)::numeric, 3) AS risk,\n"
					 "    %schurn_reasons(m.model, f) AS reasons\nFROM %s AS p, %s AS m,\n"
					 "    %s(p.profile, %s) AS f\nWHERE %s IS NOT NULL\n"
					 "ORDER BY risk DESC LIMIT 10;",
					 user_column(look), prefix(look), prefix(look),
					 quote_identifier(new_name(look, "profiles")),
					 quote_identifier(new_name(look, "model")),
					 quote_identifier(new_name(look, "features")), day_literal(look->end),
					 label_call(look, day_literal(look->end), false));
	return sql.data;
}

static void
put_statement(const SpkTelling *t, const char *name, const char *statement)
{
	SpkLine line = spk_line("next", name);

	if (statement == NULL)
		return;
	spk_line_note(&line, statement);
	spk_line_put(t, &line);
}

void
spk_log_look_tell_next(const SpkLogLook *look, ReturnSetInfo *rsinfo)
{
	const SpkTelling t = {look, rsinfo};

	put_statement(&t, "profiles", profiles_statement(look));
	put_statement(&t, "features", features_statement(look));
	put_statement(&t, "training", training_statement(look));
	put_statement(&t, "backtest", backtest_statement(look));
	put_statement(&t, "model", model_statement(look));
	put_statement(&t, "scores", scores_statement(look));
}
