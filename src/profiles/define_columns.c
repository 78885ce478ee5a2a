/*
 * define_columns.c
 *	  Which columns churn_define_features makes.
 */
#include "compat.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "profiles/define_columns.h"
#include "profiles/define_names.h"
#include "profiles/log_args.h"

typedef struct Planner
{
	const SpkWish		   *wish;
	const SpkDefinedBefore *before;
	SpkColumnNames		   *names;
	SpkDefinedColumns	   *plan;
	int						n_attributes; /* of the type, with those that are new */
} Planner;

static bool
is_text(const SpkLogText *a, const char *text, size_t len)
{
	return a->len == len && memcmp(a->text, text, len) == 0;
}

static bool
is_excluded(const SpkWish *wish, const char *text, size_t len)
{
	for (int i = 0; i < wish->n_exclude; i++)
		if (is_text(&wish->exclude[i], text, len))
			return true;
	return false;
}

/* Is one of the names that a feature is of excluded? */
static bool
is_subject_excluded(const SpkWish *wish, const SpkLogWanted *wanted)
{
	SpkLogSubject subject = spk_log_kinds[wanted->kind].subject;

	if (subject == SPK_OF_LOG || subject == SPK_OF_LEVEL)
		return false;
	return is_excluded(wish, wanted->subject, wanted->subject_len) ||
		(subject == SPK_OF_PAIR && is_excluded(wish, wanted->second, wanted->second_len));
}

/* Appends a column to the plan. */
static void
add_column(Planner *p, const SpkLogWanted *wanted)
{
	SpkDefinedColumns *plan = p->plan;
	SpkPlannedColumn  *column;

	if (plan->n_columns == plan->room)
	{
		plan->room *= 2;
		plan->columns = repalloc(plan->columns, plan->room * sizeof(SpkPlannedColumn));
	}
	column = &plan->columns[plan->n_columns++];
	column->wanted = *wanted;
	column->name = spk_column_name(p->names, wanted, &column->is_new);
	p->n_attributes += column->is_new;
}

/* May the kind be wanted of this subject? */
static bool
is_wanted(const SpkWish *wish, SpkLogKind kind, SpkLogSubject subject, const SpkSeen *seen)
{
	const SpkLogKindInfo *info = &spk_log_kinds[kind];

	if (info->subject != subject || !wish->families[info->family])
		return false;
	if (info->family == SPK_FAMILY_amount)
		return seen->has_amounts;
	if (info->family == SPK_FAMILY_refund)
		return seen->has_refunds;
	return true;
}

/* Every kind of a subject that is wanted, in every window. */
static List *
wanted_of(const SpkWish *wish, SpkLogSubject subject, const SpkSeen *seen)
{
	List *all = NIL;

	for (int kind = 0; kind < SPK_N_LOG_KINDS; kind++)
	{
		bool has_window = spk_log_kinds[kind].has_window;

		for (int i = 0; i < (has_window ? wish->n_windows : 1); i++)
		{
			SpkLogWanted *wanted;

			if (!is_wanted(wish, (SpkLogKind) kind, subject, seen))
				continue;
			wanted = palloc0(sizeof(SpkLogWanted));
			wanted->kind = (SpkLogKind) kind;
			wanted->days = has_window ? wish->windows[i] : 0;
			wanted->subject = seen == NULL ? NULL : seen->text;
			wanted->subject_len = seen == NULL ? 0 : seen->len;
			all = lappend(all, wanted);
		}
	}
	return all;
}

/* Of these features, those that the type has no column for. */
static int
count_new(const Planner *p, List *all)
{
	int		  n = 0;
	ListCell *lc;

	foreach (lc, all)
		n += spk_column_before(p->names, lfirst(lc)) == NULL;
	return n;
}

static SpkColumnGroup *
add_group(Planner *p, const char *kind, const char *name, const SpkSeen *seen)
{
	SpkColumnGroup *group = palloc0(sizeof(SpkColumnGroup));

	group->kind = kind;
	group->name = name;
	group->seen = seen;
	group->first = p->plan->n_columns;
	p->plan->groups = lappend(p->plan->groups, group);
	return group;
}

static void
add_columns(Planner *p, SpkColumnGroup *group, List *all)
{
	ListCell *lc;

	foreach (lc, all)
		add_column(p, lfirst(lc));
	group->n = p->plan->n_columns - group->first;
}

static void
plan_levels(Planner *p, const SpkSurvey *survey)
{
	for (uint32 i = 0; i < survey->n_levels; i++)
	{
		const SpkSeen *seen = &survey->levels[i];

		add_columns(p, add_group(p, "level", spk_text_from_utf8(seen->text, seen->len), seen),
					wanted_of(p->wish, SPK_OF_LEVEL, seen));
	}
}

static void
plan_ratios(Planner *p)
{
	for (int i = 0; i < p->wish->n_ratios; i++)
	{
		const SpkPair  *pair = &p->wish->ratios[i];
		SpkLogWanted   *wanted = palloc0(sizeof(SpkLogWanted));
		SpkColumnGroup *group;

		wanted->kind = SPK_LOG_ratio;
		wanted->subject = pair->first.text;
		wanted->subject_len = pair->first.len;
		wanted->second = pair->second.text;
		wanted->second_len = pair->second.len;
		group = add_group(p, "ratio",
						  psprintf("%s / %s", spk_text_from_utf8(pair->first.text, pair->first.len),
								   spk_text_from_utf8(pair->second.text, pair->second.len)),
						  NULL);
		/* it would tell what an excluded event does */
		if (is_subject_excluded(p->wish, wanted))
			group->note = "excluded";
		else
			add_columns(p, group, list_make1(wanted));
	}
}

/* What needs no names; the last level is of the log only if there are levels. */
static void
plan_log(Planner *p, const SpkSurvey *survey)
{
	List	 *all = wanted_of(p->wish, SPK_OF_LOG, NULL);
	List	 *there = NIL;
	ListCell *lc;

	foreach (lc, all)
		if (((SpkLogWanted *) lfirst(lc))->kind != SPK_LOG_level || survey->n_levels > 0)
			there = lappend(there, lfirst(lc));
	add_columns(p, add_group(p, "log", NULL, NULL), there);
}

/* Refuses a limit that leaves no room for what needs no name. */
static void
check_room(const Planner *p)
{
	if (p->n_attributes > p->wish->max_columns)
		ereport(ERROR,
				(errcode(ERRCODE_TOO_MANY_COLUMNS),
				 errmsg("max_columns must be at least %d, not %d", p->n_attributes,
						p->wish->max_columns),
				 errdetail("So many columns are of the whole log, of levels or of ratios, or are there already."),
				 errhint("Raise max_columns, or name fewer families or windows.")));
}

static void
plan_names(Planner *p, const SpkSurvey *survey)
{
	SpkDefinedColumns *plan = p->plan;
	List			  *without = NIL;

	for (uint32 i = 0; i < survey->n_names; i++)
	{
		const SpkSeen  *seen = &survey->names[i];
		List		   *all = wanted_of(p->wish, SPK_OF_NAME, seen);
		int				n_new = count_new(p, all);
		SpkColumnGroup *group;

		CHECK_FOR_INTERRUPTS();
		group = add_group(p, "event", spk_text_from_utf8(seen->text, seen->len), seen);
		if (is_excluded(p->wish, seen->text, seen->len))
			group->note = "excluded";
		else if (n_new > 0 &&
				 (plan->n_left_out > 0 || p->n_attributes + n_new > p->wish->max_columns))
		{
			/* and none behind it, so that it is always those that most users have */
			group->note = "max_columns";
			plan->n_left_out++;
		}
		else
		{
			add_columns(p, group, all);
			plan->n_fitting++;
			continue;
		}
		list_free_deep(all);
		plan->groups = list_delete_last(plan->groups);
		without = lappend(without, group);
	}
	plan->groups = list_concat(plan->groups, without);
}

/* Is it still wanted, though no profile of the source has it now? */
static bool
is_still_wanted(const SpkWish *wish, const SpkLogWanted *wanted)
{
	const SpkLogKindInfo *info = &spk_log_kinds[wanted->kind];
	bool				  has_window = !info->has_window;

	for (int i = 0; i < wish->n_windows && !has_window; i++)
		has_window = wish->windows[i] == wanted->days;
	if (!has_window || (!wish->families[info->family] && info->family != SPK_FAMILY_ratio))
		return false;
	return !is_subject_excluded(wish, wanted);
}

/* Columns of before that are not planned now stay as they were, or are unused. */
static void
keep_others(Planner *p)
{
	for (int i = 0; i < p->before->n_columns; i++)
	{
		SpkRecipeColumn *column = &p->before->columns[i];
		bool			 planned = false;

		for (int k = 0; k < p->plan->n_columns && !planned; k++)
			planned = strcmp(p->plan->columns[k].name, column->name) == 0;
		if (planned)
			continue;
		if (i < p->before->n_used && is_still_wanted(p->wish, &column->wanted))
			add_column(p, &column->wanted);
		else
		{
			p->plan->unused = lappend(p->plan->unused, column);
			p->plan->n_unused_now += i < p->before->n_used;
		}
	}
}

SpkDefinedColumns *
spk_plan_columns(const SpkWish *wish, const SpkSurvey *survey, const SpkDefinedBefore *before)
{
	Planner p = {.wish = wish,
				 .before = before,
				 .names = spk_column_names(before),
				 .plan = palloc0(sizeof(SpkDefinedColumns)),
				 .n_attributes = list_length(before->attributes)};

	p.plan->room = 256;
	p.plan->columns = palloc(p.plan->room * sizeof(SpkPlannedColumn));
	plan_log(&p, survey);
	plan_levels(&p, survey);
	plan_ratios(&p);
	check_room(&p);
	plan_names(&p, survey);
	keep_others(&p);
	return p.plan;
}
