/*
 * silent_spell.h
 *	  On which day a user has been silent for so long, from the days of activity.
 *
 * Somebody who falls silent is known to have left when the silence is as long as it
 * must be, and not on its first day: only then the day lies behind as_of for all who
 * were at risk there, and no day is counted of which the log does not tell.
 */
#ifndef SPK_CORE_PROFILES_SILENT_SPELL_H
#define SPK_CORE_PROFILES_SILENT_SPELL_H

#include "core/profiles/features.h"

/* Called for each day on which a user was active.  Days ascend, and may come more than once. */
typedef void (*SpkDayVisitor)(void *ctx, int32_t day);

typedef struct SpkSilentSpell
{
	int32_t as_of; /* SPK_NO_DAY at first: from the first active day on */
	int32_t days;  /* the silence that counts, 1 .. SPK_MAX_SILENCE */
	int32_t until; /* the first day of which nothing is known */
	int32_t last;  /* the last active day so far; SPK_NO_DAY before the first */
	int32_t left;  /* the last day of the first such silence; SPK_NO_DAY without one */
	bool	at_risk;
	bool	absent; /* not at risk, once and for all */
} SpkSilentSpell;

#define SPK_MAX_SILENCE 100000

static inline SpkSilentSpell
spk_silent_spell(int32_t as_of, int32_t days, int32_t until)
{
	return (SpkSilentSpell) {as_of, days, until, SPK_NO_DAY, SPK_NO_DAY, false, false};
}

/* Is the day of the last activity within a silence of as_of? */
static inline bool
spk_silent_spell_is_recent(const SpkSilentSpell *spell)
{
	return spell->last != SPK_NO_DAY && spell->last + spell->days >= spell->as_of;
}

/* Adds an active day.  Days ascend, and may come more than once. */
static inline void
spk_silent_spell_add(SpkSilentSpell *spell, int32_t day)
{
	if (spell->absent || spell->left != SPK_NO_DAY || day >= spell->until)
		return;
	if (spell->as_of == SPK_NO_DAY)
	{
		spell->as_of = day;
		spell->at_risk = true;
	}
	else if (day >= spell->as_of && !spell->at_risk)
	{
		spell->at_risk = spk_silent_spell_is_recent(spell);
		spell->absent = !spell->at_risk;
	}
	if (spell->at_risk && spell->last != SPK_NO_DAY && day > spell->last + spell->days)
		spell->left = spell->last + spell->days;
	spell->last = day;
}

/*
 * Ends the days.  SPK_LABEL_YES when the user fell silent from as_of on and before until:
 * then spell->left is the last day of that silence.  At risk was who was active in as long
 * a time before as_of, and without as_of who ever was.
 */
static inline SpkLabel
spk_silent_spell_end(SpkSilentSpell *spell)
{
	if (!spell->at_risk && !spell->absent && spell->as_of != SPK_NO_DAY)
		spell->at_risk = spk_silent_spell_is_recent(spell);
	if (!spell->at_risk)
		return SPK_LABEL_NOT_AT_RISK;
	if (spell->left == SPK_NO_DAY && spell->last + spell->days < spell->until)
		spell->left = spell->last + spell->days;
	return spell->left != SPK_NO_DAY ? SPK_LABEL_YES : SPK_LABEL_NO;
}

#endif /* SPK_CORE_PROFILES_SILENT_SPELL_H */
