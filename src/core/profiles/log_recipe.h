/*
 * log_recipe.h
 *	  Which features of any log are wanted.
 *
 * The kinds of features are those of log_feature_list.h; a recipe says of which
 * names, levels and windows, in the order in which the values are wanted.
 */
#ifndef SPK_CORE_PROFILES_LOG_RECIPE_H
#define SPK_CORE_PROFILES_LOG_RECIPE_H

#include "core/profiles/dictionary.h"

typedef enum SpkLogKind
{
#define SPK_LOG_FEATURE_ITEM(kind, ...) SPK_LOG_##kind,
#include "core/profiles/log_feature_list.h"
#undef SPK_LOG_FEATURE_ITEM
	SPK_N_LOG_KINDS
} SpkLogKind;

/* What a feature is of. */
typedef enum SpkLogSubject
{
	SPK_OF_LOG,
	SPK_OF_NAME,
	SPK_OF_PAIR,
	SPK_OF_LEVEL
} SpkLogSubject;

/* SQL types of feature columns. */
typedef enum SpkLogType
{
	SPK_LOG_TYPE_int4,
	SPK_LOG_TYPE_int8,
	SPK_LOG_TYPE_float8,
	SPK_LOG_TYPE_text
} SpkLogType;

/* Kinds that are wanted together, or not at all. */
typedef enum SpkLogFamily
{
	SPK_FAMILY_activity,
	SPK_FAMILY_count,
	SPK_FAMILY_window,
	SPK_FAMILY_trend,
	SPK_FAMILY_change,
	SPK_FAMILY_since,
	SPK_FAMILY_days,
	SPK_FAMILY_amount,
	SPK_FAMILY_refund,
	SPK_FAMILY_level,
	SPK_FAMILY_rate,
	SPK_FAMILY_dates,
	SPK_FAMILY_ratio,
	SPK_N_LOG_FAMILIES
} SpkLogFamily;

typedef struct SpkLogKindInfo
{
	const char	 *kind; /* as recipes write it */
	SpkLogSubject subject;
	bool		  has_window;
	SpkLogType	  type;
	SpkLogFamily  family;
	const char	 *column;  /* its name; %s is the subject, and a window's days follow */
	const char	 *formula; /* for people */
} SpkLogKindInfo;

extern const SpkLogKindInfo spk_log_kinds[SPK_N_LOG_KINDS];

/* By SpkLogFamily, as users write them. */
extern const char *const spk_log_families[SPK_N_LOG_FAMILIES];

#define SPK_LOG_WINDOWS	   8
#define SPK_LOG_MAX_WINDOW 36500 /* days */
#define SPK_LOG_BOUNDS	   (2 * SPK_LOG_WINDOWS)

/* The days before the reference day, as many as *days*, and as many before those. */
typedef struct SpkLogWindow
{
	int32_t days;
	uint8_t bound;		  /* of the recipe's bounds: days */
	uint8_t double_bound; /* twice the days */
} SpkLogWindow;

typedef struct SpkLogFeature
{
	SpkLogKind kind;
	uint32_t   window;	/* place of it in the recipe */
	uint32_t   subject; /* a number of the recipe's names or levels */
	uint32_t   second;	/* of a pair */
} SpkLogFeature;

/*
 * Bounds are the windows' days and their doubles, ascending and each once: what
 * is counted by the first bound that an age in days does not exceed is counted
 * once, and all windows are sums of that.
 */
typedef struct SpkLogRecipe
{
	SpkDictionary  names;
	SpkDictionary  levels;
	SpkLogFeature *features;
	uint32_t	   n_features;
	uint32_t	   room;
	uint32_t	   n_windows;
	uint32_t	   n_bounds;
	SpkLogWindow   windows[SPK_LOG_WINDOWS];
	int32_t		   bounds[SPK_LOG_BOUNDS];
} SpkLogRecipe;

/* A recipe of nothing; takes no memory yet. */
extern void spk_log_recipe_init(SpkLogRecipe *recipe, const SpkHost *host);
extern void spk_log_recipe_release(SpkLogRecipe *recipe);

/* What one more feature is of; texts are UTF-8 and the caller's. */
typedef struct SpkLogWanted
{
	SpkLogKind	kind;
	int32_t		days; /* the window's, where the kind has one */
	const char *subject;
	size_t		subject_len;
	const char *second;
	size_t		second_len;
} SpkLogWanted;

/*
 * Adds a feature.  SPK_INVALID for a window that is not of 1 to
 * SPK_LOG_MAX_WINDOW days, SPK_LIMIT for more than SPK_LOG_WINDOWS of them or
 * for names that take more memory than a dictionary has; SPK_NO_MEMORY.
 */
extern SpkStatus spk_log_recipe_add(SpkLogRecipe *recipe, const SpkLogWanted *wanted);

/* The kind that recipes write so; SPK_N_LOG_KINDS when there is none. */
extern SpkLogKind spk_log_kind_of(const char *text, size_t len);

#endif /* SPK_CORE_PROFILES_LOG_RECIPE_H */
