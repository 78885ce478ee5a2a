/*
 * unit_log.h
 *	  Events of any log in unit tests, and the features that are wanted of them.
 */
#ifndef UNIT_LOG_H
#define UNIT_LOG_H

#include <math.h>
#include <stdio.h>

#include "core/profiles/log_features.h"
#include "core/profiles/log_profile.h"
#include "unit_host.h"

#define N_EVENTS	 400
#define MAX_NAME	 24
#define MAX_FEATURES 4000
#define NEVER		 "never seen"

static const int32_t windows[] = {1, 7, 14, 28, 90};

#define N_WINDOWS (int) (sizeof(windows) / sizeof(windows[0]))

static SpkLogEvent	events[N_EVENTS];
static SpkLogWanted wanted[MAX_FEATURES];

/* The profile of the first n events. */
static inline SpkWriter
profile_of(const SpkHost *host, int n)
{
	SpkDictionary	   dictionary;
	SpkLogProfileState state;
	SpkWriter		   w = spk_writer(host);

	spk_dictionary_init(&dictionary, host, SPK_SHARED_NAMES);
	spk_log_profile_init(&state, &dictionary);
	for (int i = 0; i < n; i++)
		assert_int_equal(spk_log_profile_add(&state, &events[i]), SPK_OK);
	assert_int_equal(spk_log_profile_encode(&state, &w), SPK_OK);
	spk_log_profile_release(&state);
	spk_dictionary_release(&dictionary);
	return w;
}

/* Puts a feature at place n; the next place. */
static inline int
want(int n, SpkLogKind kind, int32_t days, const char *subject, const char *second)
{
	wanted[n] = (SpkLogWanted) {kind,	 days,
								subject, subject == NULL ? 0 : strlen(subject),
								second,	 second == NULL ? 0 : strlen(second)};
	return n + 1;
}

/* Every kind of every window and of some names, one of which no event has. */
static inline int
want_everything(void)
{
	static const char *const subjects[] = {"name 0", "name 3", NEVER};
	static const char *const leveled[] = {"level 0", "level 1", NEVER};
	int						 n = 0;

	for (int kind = 0; kind < SPK_N_LOG_KINDS; kind++)
	{
		const SpkLogKindInfo *info = &spk_log_kinds[kind];

		for (int w = 0; w < (info->has_window ? N_WINDOWS : 1); w++)
			for (int s = 0; s < (info->subject == SPK_OF_LOG ? 1 : 3); s++)
				n = want(n, (SpkLogKind) kind, info->has_window ? windows[w] : 0,
						 info->subject == SPK_OF_LOG	   ? NULL :
							 info->subject == SPK_OF_LEVEL ? leveled[s] :
															 subjects[s],
						 info->subject == SPK_OF_PAIR ? subjects[(s + 1) % 3] : NULL);
	}
	return n;
}

/* A recipe of the first n that are wanted. */
static inline void
make_recipe(SpkLogRecipe *recipe, const SpkHost *host, int n)
{
	spk_log_recipe_init(recipe, host);
	for (int i = 0; i < n; i++)
		assert_int_equal(spk_log_recipe_add(recipe, &wanted[i]), SPK_OK);
}

static inline void
put(int i, int64_t ts, const char *name, SpkSessionKind kind, int64_t session)
{
	events[i] = (SpkLogEvent) {.ts = ts,
							   .name = name,
							   .name_len = strlen(name),
							   .session_kind = kind,
							   .session = session};
}

/* The values of the first n wanted features of the first n_events events. */
static inline void
values_of(const SpkHost *host, int n_events, int n, int32_t as_of, double *values,
		  char last_level[MAX_NAME])
{
	SpkWriter	 w = profile_of(host, n_events);
	SpkLogRecipe recipe;
	SpkLogPass	 pass;
	SpkLogText	 level;
	bool		 seen;
	const char	*why;

	make_recipe(&recipe, host, n);
	assert_int_equal(spk_log_pass_init(&pass, host, &recipe), SPK_OK);
	assert_int_equal(spk_log_features(&pass, w.data, w.len, as_of, values, &level, &seen, &why),
					 SPK_OK);
	snprintf(last_level, MAX_NAME, "%.*s", (int) level.len, level.text == NULL ? "" : level.text);
	spk_log_pass_release(&pass);
	spk_log_recipe_release(&recipe);
	spk_release(host, w.data);
}

#endif /* UNIT_LOG_H */
