/*
 * audit_names.c
 *	  What the names of columns say, where nothing else does.
 */
#include "compat.h"

#include <math.h>

#include "core/profiles/features.h"
#include "judging/audit_names.h"

/* Days since the last event that have this AUC or more say who has left. */
#define TELLS_WHO_LEFT 0.8

static const char *const feature_names[] = {
#define SPK_FEATURE_ITEM(name, type, value, formula) #name,
#include "core/profiles/feature_list.h"
#undef SPK_FEATURE_ITEM
};

bool
spk_is_profile_feature(const char *name)
{
	for (int i = 0; i < SPK_N_PROFILE_FEATURES; i++)
		if (strcmp(feature_names[i], name) == 0)
			return true;
	return false;
}

/* Does the feature grow, or shrink, with the time for which a user is observed? */
static bool
grows_with_time(const char *name)
{
	return spk_is_profile_feature(name) &&
		(strncmp(name, "n_", 2) == 0 || strcmp(name, "days_active") == 0 ||
		 strcmp(name, "tenure_days") == 0 || strcmp(name, "listened_hours") == 0 ||
		 strcmp(name, "days_since_last") == 0);
}

/*
 * Are the rows as of a date?  The whole history ends with the user's last event; counted up
 * to the end of the log instead, the days since then say who has left.
 */
static bool
are_of_a_date(const SpkAuditRows *rows)
{
	for (int i = 0; i < rows->n; i++)
		if (strcmp(rows->rows[i].feature, "days_since_last") == 0)
			return rows->rows[i].n_distinct > 1 && rows->rows[i].auc < TELLS_WHO_LEFT;
	return false;
}

void
spk_note_names(SpkAuditRows *rows)
{
	if (are_of_a_date(rows))
		return;
	for (int i = 0; i < rows->n; i++)
	{
		SpkAuditRow *row = &rows->rows[i];

		if (grows_with_time(row->feature) && fabs(row->z) >= SPK_NO_CHANCE)
			spk_append_note(&row->note,
							"a leak if it is of the whole history, up to the user's leaving");
	}
}
