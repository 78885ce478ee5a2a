/*
 * audit_sides.h
 *	  Notes, in words, on values that only rows of one class have.
 */
#ifndef SPK_JUDGING_AUDIT_SIDES_H
#define SPK_JUDGING_AUDIT_SIDES_H

#include "postgres.h"

#include "lib/stringinfo.h"

#include "core/judging/audit.h"

/* Appends to a note what only those who churned have, and what only those who stayed have. */
extern void spk_note_sides(StringInfo note, const SpkTable *table, const SpkColumn *column,
						   const SpkAudit *audit);

#endif /* SPK_JUDGING_AUDIT_SIDES_H */
