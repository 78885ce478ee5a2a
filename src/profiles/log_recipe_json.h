/*
 * log_recipe_json.h
 *	  Recipes of features as JSON.
 *
 * A recipe is {"version": 1, "columns": {...}, "unused": {...}}.  Each column of a
 * row type stands there under its name, with the kind of feature, as
 * core/profiles/log_feature_list.h calls it, what it is of, and the days of its
 * window: ["events"], ["events_in", 7], ["count", "purchase"], ["count_in",
 * "purchase", 7], ["ratio", "purchase", "view"].  Unused columns are NULL: they
 * are remembered, so that no other feature ever gets their names.
 */
#ifndef SPK_PROFILES_LOG_RECIPE_JSON_H
#define SPK_PROFILES_LOG_RECIPE_JSON_H

#include "compat.h"

#include "utils/jsonb.h"

#include "core/profiles/log_recipe.h"

#define SPK_RECIPE_COLUMNS "columns"
#define SPK_RECIPE_UNUSED  "unused"

/* A column, and what it is; palloc'd, texts of wanted are UTF-8. */
typedef struct SpkRecipeColumn
{
	char		*name;
	SpkLogWanted wanted;
} SpkRecipeColumn;

/* All columns of a part of a recipe, how many there are in *n; errors if it is malformed. */
extern SpkRecipeColumn *spk_recipe_columns(Jsonb *recipe, const char *part, int *n);

/* Appends a column as a member of a part. */
extern void spk_recipe_append(StringInfo buf, const char *name, const SpkLogWanted *wanted);

/* The text of a recipe with these members in its parts. */
extern char *spk_recipe_text(const char *columns, const char *unused);

#endif /* SPK_PROFILES_LOG_RECIPE_JSON_H */
