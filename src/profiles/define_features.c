/*
 * define_features.c
 *	  churn_define_features: a row type and a function for the features of a log.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/tuplestore.h"

#include "host/args.h"
#include "profiles/define_columns.h"
#include "profiles/define_objects.h"
#include "profiles/define_survey.h"
#include "profiles/log_args.h"

PG_FUNCTION_INFO_V1(churn_define_features);

enum
{
	ARG_NAME,
	ARG_PROFILES,
	ARG_WINDOWS,
	ARG_EXCLUDE,
	ARG_FAMILIES,
	ARG_RATIOS,
	ARG_MAX_COLUMNS,
	N_ARGS
};

#define N_RESULT_COLUMNS 6

/* A composite type has no more columns than a table. */
#define TYPE_COLUMNS 1600

/* ---- Arguments ---- */

static void
refuse_nulls(const char *arg)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("%s must not contain nulls", arg)));
}

static int
compare_days(const void *a, const void *b)
{
	int32 x = *(const int32 *) a;
	int32 y = *(const int32 *) b;

	return (x > y) - (x < y);
}

static void
read_windows(ArrayType *array, SpkWish *wish)
{
	Datum *elements;
	bool  *nulls;
	int	   n;
	int	   kept = 0;

	deconstruct_array(array, INT4OID, sizeof(int32), true, TYPALIGN_INT, &elements, &nulls, &n);
	wish->windows = palloc(Max(n, 1) * sizeof(int32));
	for (int i = 0; i < n; i++)
	{
		if (nulls[i])
			refuse_nulls("windows");
		wish->windows[i] = DatumGetInt32(elements[i]);
		if (wish->windows[i] < 1 || wish->windows[i] > SPK_LOG_MAX_WINDOW)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("windows must be from 1 to %d days, not %d", SPK_LOG_MAX_WINDOW,
							wish->windows[i])));
	}
	/* in order and each once, so that columns do not depend on how they were written */
	qsort(wish->windows, n, sizeof(int32), compare_days);
	for (int i = 0; i < n; i++)
		if (kept == 0 || wish->windows[kept - 1] != wish->windows[i])
			wish->windows[kept++] = wish->windows[i];
	wish->n_windows = kept;
	if (kept > SPK_LOG_WINDOWS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("there can be %d windows, not %d", SPK_LOG_WINDOWS, kept)));
}

/* The texts of an array, as UTF-8. */
static SpkLogText *
read_texts(ArrayType *array, const char *arg, int *n)
{
	Datum	   *elements;
	bool	   *nulls;
	SpkLogText *texts;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, n);
	texts = palloc(Max(*n, 1) * sizeof(SpkLogText));
	for (int i = 0; i < *n; i++)
	{
		text  *element;
		size_t len;

		if (nulls[i])
			refuse_nulls(arg);
		element = DatumGetTextPP(elements[i]);
		texts[i].text = spk_text_to_utf8(VARDATA_ANY(element), VARSIZE_ANY_EXHDR(element), &len);
		texts[i].len = (uint32) len;
	}
	return texts;
}

/* Which families there are, for a hint. */
static char *
family_list(void)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < SPK_FAMILY_ratio; i++)
		appendStringInfo(&list, "%s%s", i > 0 ? ", " : "", spk_log_families[i]);
	return list.data;
}

static void
read_families(ArrayType *array, SpkWish *wish)
{
	int			n;
	SpkLogText *texts = read_texts(array, "families", &n);

	for (int i = 0; i < n; i++)
	{
		int family = 0;

		/* ratios are asked for by their names */
		while (family < SPK_FAMILY_ratio &&
			   (strlen(spk_log_families[family]) != texts[i].len ||
				memcmp(spk_log_families[family], texts[i].text, texts[i].len) != 0))
			family++;
		if (family == SPK_FAMILY_ratio)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("family \"%s\" of features is not known",
							spk_text_from_utf8(texts[i].text, texts[i].len)),
					 errhint("Families are: %s.", family_list())));
		wish->families[family] = true;
	}
}

static bool
is_same_text(const SpkLogText *a, const SpkLogText *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

static bool
has_ratio(const SpkWish *wish, const SpkPair *pair)
{
	for (int i = 0; i < wish->n_ratios; i++)
		if (is_same_text(&wish->ratios[i].first, &pair->first) &&
			is_same_text(&wish->ratios[i].second, &pair->second))
			return true;
	return false;
}

static void
read_ratios(ArrayType *array, SpkWish *wish)
{
	int			n;
	SpkLogText *texts = read_texts(array, "ratios", &n);

	if (n > 0 && (ARR_NDIM(array) != 2 || ARR_DIMS(array)[1] != 2))
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("ratios must be pairs of events"),
				 errhint("Write them as '{{purchase,view},{purchase,visit}}'.")));
	wish->ratios = palloc(Max(n / 2, 1) * sizeof(SpkPair));
	/* each once, however often it is written */
	for (int i = 0; i < n; i += 2)
	{
		const SpkPair pair = {texts[i], texts[i + 1]};

		if (!has_ratio(wish, &pair))
			wish->ratios[wish->n_ratios++] = pair;
	}
}

static SpkWish *
read_wish(FunctionCallInfo fcinfo)
{
	SpkWish *wish = palloc0(sizeof(SpkWish));

	read_windows(PG_GETARG_ARRAYTYPE_P(ARG_WINDOWS), wish);
	wish->exclude = read_texts(PG_GETARG_ARRAYTYPE_P(ARG_EXCLUDE), "exclude", &wish->n_exclude);
	read_families(PG_GETARG_ARRAYTYPE_P(ARG_FAMILIES), wish);
	read_ratios(PG_GETARG_ARRAYTYPE_P(ARG_RATIOS), wish);
	wish->max_columns = PG_GETARG_INT32(ARG_MAX_COLUMNS);
	if (wish->max_columns < 1 || wish->max_columns > TYPE_COLUMNS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("max_columns must be from 1 to %d, not %d", TYPE_COLUMNS,
						wish->max_columns),
				 errdetail("A type has at most %d columns, and a table can store a row of about 1000.",
						   TYPE_COLUMNS)));
	return wish;
}

/* ---- What is told ---- */

/* Names that the user wrote and no profile has: mistyped, or no longer there. */
static void
tell_unseen(const SpkWish *wish, const SpkSurvey *survey)
{
	for (int i = 0; i < wish->n_exclude; i++)
		if (spk_find_seen(survey->names, survey->n_names, wish->exclude[i].text,
						  wish->exclude[i].len) == NULL)
			ereport(WARNING,
					(errmsg("no profile has event \"%s\", which exclude names",
							spk_text_from_utf8(wish->exclude[i].text, wish->exclude[i].len))));
	for (int i = 0; i < 2 * wish->n_ratios; i++)
	{
		const SpkPair	 *pair = &wish->ratios[i / 2];
		const SpkLogText *name = i % 2 == 0 ? &pair->first : &pair->second;

		if (spk_find_seen(survey->names, survey->n_names, name->text, name->len) == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("no profile has event \"%s\", of which a ratio is wanted",
							spk_text_from_utf8(name->text, name->len))));
	}
}

static void
tell_left_out(const SpkWish *wish, const SpkSurvey *survey, const SpkDefinedColumns *plan)
{
	if (plan->n_left_out > 0)
		ereport(NOTICE,
				(errmsg("columns of %d of %d events fit max_columns, which is %d", plan->n_fitting,
						plan->n_fitting + plan->n_left_out, wish->max_columns),
				 errdetail("They are those that most users have."),
				 errhint("Raise max_columns, or name fewer families or windows.")));
	if (survey->users_with_others > 0)
		ereport(WARNING,
				(errmsg("%lld of %lld profiles have events whose names they did not keep",
						(long long) survey->users_with_others, (long long) survey->users),
				 errdetail("What these profiles do not tell is NULL."),
				 errhint("Make profiles with an expression that groups names, as without the numbers in them.")));
}

static void
tell_changes(const SpkDefinition *definition, const SpkDefinedColumns *plan)
{
	int n_new = 0;

	if (!definition->exists)
		return;
	for (int i = 0; i < plan->n_columns; i++)
		n_new += plan->columns[i].is_new;
	ereport(NOTICE,
			(errmsg("%s was defined before; new columns: %d, columns that are NULL from now on: %d",
					definition->shown, n_new, plan->n_unused_now),
			 n_new > 0 ? errdetail("Views that were made with f.* keep their columns until they are made anew.") : 0));
}

/* ---- What is returned ---- */

/* The names of a group's columns. */
static Datum
columns_datum(const SpkDefinedColumns *plan, const SpkColumnGroup *group)
{
	Datum *names = palloc(Max(group->n, 1) * sizeof(Datum));

	for (int i = 0; i < group->n; i++)
		names[i] = CStringGetTextDatum(plan->columns[group->first + i].name);
	return PointerGetDatum(construct_array(names, group->n, TEXTOID, -1, false, TYPALIGN_INT));
}

static void
put_group(ReturnSetInfo *rsinfo, const SpkSurvey *survey, const SpkDefinedColumns *plan,
		  const SpkColumnGroup *group)
{
	Datum values[N_RESULT_COLUMNS] = {0};
	bool  nulls[N_RESULT_COLUMNS] = {false};
	bool  is_log = group->name == NULL;

	values[0] = CStringGetTextDatum(group->kind);
	nulls[1] = is_log;
	if (!is_log)
		values[1] = CStringGetTextDatum(group->name);
	nulls[2] = nulls[3] = !is_log && group->seen == NULL;
	if (is_log || group->seen != NULL)
	{
		values[2] = Int64GetDatum(is_log ? survey->users : group->seen->users);
		values[3] = Int64GetDatum(is_log ? survey->events : group->seen->events);
	}
	values[4] = columns_datum(plan, group);
	nulls[5] = group->note == NULL;
	if (group->note != NULL)
		values[5] = CStringGetTextDatum(group->note);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/*
 * Citus makes the function on other servers as well, and refuses to in a transaction in which it has
 * asked several of them at once, as it does for profiles that are distributed.  The setting is undone
 * at the level that is returned.
 */
static int
visit_servers_in_turn(void)
{
	static const char name[] = "citus.multi_shard_modify_mode";
	int				  level = NewGUCNestLevel();

	if (GetConfigOption(name, true, false) != NULL)
		(void) set_config_option(name, "sequential", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
								 true, 0, false);
	return level;
}

/* churn_define_features(name, profiles, windows, exclude, families, ratios, max_columns) */
Datum
churn_define_features(PG_FUNCTION_ARGS)
{
	static const char *const names[N_ARGS] = {"name",	  "profiles", "windows",	"exclude",
											  "families", "ratios",	  "max_columns"};
	ReturnSetInfo			*rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	SpkWish					*wish;
	SpkDefinition			*definition;
	SpkSurvey				*survey;
	SpkDefinedColumns		*plan;
	ListCell				*lc;
	int						 level;

	PreventCommandDuringRecovery("churn_define_features()");
	PreventCommandIfReadOnly("churn_define_features()");
	spk_require_args(fcinfo, names, N_ARGS);
	spk_materialized_srf(fcinfo);
	wish = read_wish(fcinfo);
	/* before profiles are read, which may take its time */
	level = visit_servers_in_turn();
	definition = spk_find_definition(text_to_cstring(PG_GETARG_TEXT_PP(ARG_NAME)),
									 fcinfo->flinfo->fn_oid);
	survey = spk_survey_profiles(text_to_cstring(PG_GETARG_TEXT_PP(ARG_PROFILES)),
								 fcinfo->flinfo->fn_oid);
	tell_unseen(wish, survey);
	plan = spk_plan_columns(wish, survey, &definition->before);
	if (plan->n_columns == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no feature is wanted"),
				 errhint("Families are: %s.", family_list())));
	spk_make_definition(definition, plan);
	AtEOXact_GUC(false, level);
	tell_left_out(wish, survey, plan);
	tell_changes(definition, plan);
	foreach (lc, plan->groups)
		put_group(rsinfo, survey, plan, lfirst(lc));
	return (Datum) 0;
}
