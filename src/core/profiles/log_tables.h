/*
 * log_tables.h
 *	  The tables of a growing profile of any log: which names and levels it has.
 *
 * Inside of log_profile.h: what is done with all closed days at once.
 */
#ifndef SPK_CORE_PROFILES_LOG_TABLES_H
#define SPK_CORE_PROFILES_LOG_TABLES_H

#include "core/profiles/log_profile.h"

/*
 * Gives a state, all of whose days are closed and in order, a dictionary of its
 * own with the names and levels that it keeps; the other ones become
 * SPK_NAME_OTHER.  The dictionary that it had is given back if it was its own.
 */
extern SpkStatus spk_log_tables_renew(SpkLogProfileState *state);

/* Appends the canonical bytes of such a state. */
extern SpkStatus spk_log_tables_encode(SpkLogProfileState *state, SpkWriter *w);

#endif /* SPK_CORE_PROFILES_LOG_TABLES_H */
