/*
 * define_columns.h
 *	  Which columns churn_define_features makes, and what they are called.
 */
#ifndef SPK_PROFILES_DEFINE_COLUMNS_H
#define SPK_PROFILES_DEFINE_COLUMNS_H

#include "compat.h"

#include "nodes/pg_list.h"

#include "profiles/define_survey.h"
#include "profiles/log_recipe_json.h"

/* Two names of which a ratio is wanted, UTF-8. */
typedef struct SpkPair
{
	SpkLogText first;
	SpkLogText second;
} SpkPair;

/* What the user wants. */
typedef struct SpkWish
{
	int32	   *windows; /* days, ascending, each once */
	int			n_windows;
	bool		families[SPK_N_LOG_FAMILIES];
	SpkLogText *exclude; /* UTF-8 */
	int			n_exclude;
	SpkPair	   *ratios;
	int			n_ratios;
	int			max_columns;
} SpkWish;

/* What was defined before under the same name. */
typedef struct SpkDefinedBefore
{
	SpkRecipeColumn *columns; /* those used and those not, one behind the other */
	int				 n_used;
	int				 n_columns;
	List			*attributes; /* names of the type's columns, as char * */
} SpkDefinedBefore;

typedef struct SpkPlannedColumn
{
	char		*name;
	SpkLogWanted wanted;
	bool		 is_new; /* the type has it not yet */
} SpkPlannedColumn;

/* What some columns are of. */
typedef struct SpkColumnGroup
{
	const char	  *kind; /* "log", "level", "ratio" or "event" */
	const char	  *name; /* of the session's encoding; NULL for the log */
	const SpkSeen *seen; /* NULL for the log and ratios */
	int			   first;
	int			   n;	 /* columns; none when it was left out */
	const char	  *note; /* why it was, or NULL */
} SpkColumnGroup;

typedef struct SpkDefinedColumns
{
	SpkPlannedColumn *columns;
	int				  n_columns;
	int				  room;
	List			 *groups;		/* of SpkColumnGroup, those without columns last */
	int				  n_fitting;	/* names that have columns */
	int				  n_left_out;	/* names that have none for want of room */
	List			 *unused;		/* of SpkRecipeColumn: defined before, NULL from now on */
	int				  n_unused_now; /* of these, those that were used until now */
} SpkDefinedColumns;

/*
 * The columns for what the profiles have: those that need no name, then those of
 * the names that most users have, as many names as fit wish->max_columns.  What
 * has been defined before keeps its name.  An error when not even the first fit.
 */
extern SpkDefinedColumns *spk_plan_columns(const SpkWish *wish, const SpkSurvey *survey,
										   const SpkDefinedBefore *before);

#endif /* SPK_PROFILES_DEFINE_COLUMNS_H */
