/*
 * log_recipe.c
 *	  Which features of any log are wanted.
 */
#include "core/profiles/log_recipe.h"

#define FIRST_FEATURES 16

const SpkLogKindInfo spk_log_kinds[SPK_N_LOG_KINDS] = {
#define SPK_LOG_FEATURE_ITEM(kind, subject, window, type, family, column, value, formula) \
	{#kind,	 SPK_OF_##subject, window == 1, SPK_LOG_TYPE_##type, SPK_FAMILY_##family,     \
	 column, formula},
#include "core/profiles/log_feature_list.h"
#undef SPK_LOG_FEATURE_ITEM
};

const char *const spk_log_families[SPK_N_LOG_FAMILIES] = {
	[SPK_FAMILY_activity] = "activity", [SPK_FAMILY_count] = "count",
	[SPK_FAMILY_window] = "window",		[SPK_FAMILY_trend] = "trend",
	[SPK_FAMILY_change] = "change",		[SPK_FAMILY_since] = "since",
	[SPK_FAMILY_days] = "days",			[SPK_FAMILY_amount] = "amount",
	[SPK_FAMILY_refund] = "refund",		[SPK_FAMILY_level] = "level",
	[SPK_FAMILY_rate] = "rate",			[SPK_FAMILY_dates] = "dates",
	[SPK_FAMILY_ratio] = "ratio",
};

void
spk_log_recipe_init(SpkLogRecipe *recipe, const SpkHost *host)
{
	memset(recipe, 0, sizeof(*recipe));
	spk_dictionary_init(&recipe->names, host, UINT16_MAX);
	spk_dictionary_init(&recipe->levels, host, UINT16_MAX);
}

void
spk_log_recipe_release(SpkLogRecipe *recipe)
{
	const SpkHost host = recipe->names.host;

	spk_release(&host, recipe->features);
	spk_dictionary_release(&recipe->names);
	spk_dictionary_release(&recipe->levels);
	spk_log_recipe_init(recipe, &host);
}

/* Puts a bound among the others, unless it is there. */
static void
add_bound(SpkLogRecipe *recipe, int32_t days)
{
	uint32_t at = recipe->n_bounds;

	for (uint32_t i = 0; i < recipe->n_bounds; i++)
		if (recipe->bounds[i] == days)
			return;
	for (; at > 0 && recipe->bounds[at - 1] > days; at--)
		recipe->bounds[at] = recipe->bounds[at - 1];
	recipe->bounds[at] = days;
	recipe->n_bounds++;
}

static uint8_t
bound_of(const SpkLogRecipe *recipe, int32_t days)
{
	uint8_t at = 0;

	while (recipe->bounds[at] != days)
		at++;
	return at;
}

/* The place of a window, which is added when it is new. */
static SpkStatus
find_window(SpkLogRecipe *recipe, int32_t days, uint32_t *place)
{
	if (days < 1 || days > SPK_LOG_MAX_WINDOW)
		return SPK_INVALID;
	for (*place = 0; *place < recipe->n_windows; ++*place)
		if (recipe->windows[*place].days == days)
			return SPK_OK;
	if (recipe->n_windows == SPK_LOG_WINDOWS)
		return SPK_LIMIT;
	recipe->windows[recipe->n_windows++].days = days;
	add_bound(recipe, days);
	add_bound(recipe, 2 * days);
	/* the new ones may have moved the others */
	for (uint32_t i = 0; i < recipe->n_windows; i++)
	{
		SpkLogWindow *window = &recipe->windows[i];

		window->bound = bound_of(recipe, window->days);
		window->double_bound = bound_of(recipe, 2 * window->days);
	}
	return SPK_OK;
}

/* Room for one more feature. */
static SpkStatus
make_room(SpkLogRecipe *recipe)
{
	const SpkHost *host = &recipe->names.host;
	uint32_t	   room = recipe->room == 0 ? FIRST_FEATURES : 2 * recipe->room;
	SpkLogFeature *features;

	if (recipe->n_features < recipe->room)
		return SPK_OK;
	features = spk_alloc(host, room, sizeof(SpkLogFeature));
	if (features == NULL)
		return SPK_NO_MEMORY;
	if (recipe->n_features > 0)
		memcpy(features, recipe->features, recipe->n_features * sizeof(SpkLogFeature));
	spk_release(host, recipe->features);
	recipe->features = features;
	recipe->room = room;
	return SPK_OK;
}

SpkStatus
spk_log_recipe_add(SpkLogRecipe *recipe, const SpkLogWanted *wanted)
{
	const SpkLogKindInfo *info = &spk_log_kinds[wanted->kind];
	SpkLogFeature		  feature = {.kind = wanted->kind};
	SpkStatus			  status = make_room(recipe);

	if (status == SPK_OK && info->has_window)
		status = find_window(recipe, wanted->days, &feature.window);
	if (status == SPK_OK && info->subject == SPK_OF_LEVEL)
		status = spk_dictionary_add(&recipe->levels, wanted->subject, wanted->subject_len,
									&feature.subject);
	else if (status == SPK_OK && info->subject != SPK_OF_LOG)
		status = spk_dictionary_add(&recipe->names, wanted->subject, wanted->subject_len,
									&feature.subject);
	if (status == SPK_OK && info->subject == SPK_OF_PAIR)
		status = spk_dictionary_add(&recipe->names, wanted->second, wanted->second_len,
									&feature.second);
	if (status == SPK_OK)
		recipe->features[recipe->n_features++] = feature;
	return status;
}

SpkLogKind
spk_log_kind_of(const char *text, size_t len)
{
	int kind = 0;

	while (kind < SPK_N_LOG_KINDS &&
		   (strlen(spk_log_kinds[kind].kind) != len ||
			memcmp(spk_log_kinds[kind].kind, text, len) != 0))
		kind++;
	return (SpkLogKind) kind;
}
