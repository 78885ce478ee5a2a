/*
 * audit_names.h
 *	  What the names of columns say, where nothing else does.
 */
#ifndef SPK_JUDGING_AUDIT_NAMES_H
#define SPK_JUDGING_AUDIT_NAMES_H

#include "judging/audit_notes.h"

/* Has a feature of churn_features this name? */
extern bool spk_is_profile_feature(const char *name);

/*
 * Notes features that are called as those of churn_features that grow with the time for
 * which a user is observed: they may be of the whole history.  But that ends with the
 * user's last event, so that days_since_last is 0 in all rows.  Where it is not, and does
 * not say who has left, the rows are as of a date, and nothing is noted.
 */
extern void spk_note_names(SpkAuditRows *rows);

#endif /* SPK_JUDGING_AUDIT_NAMES_H */
