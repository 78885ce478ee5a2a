/*
 * audit_notes.h
 *	  What the columns of collected rows tell of the label, in words.
 */
#ifndef SPK_JUDGING_AUDIT_NOTES_H
#define SPK_JUDGING_AUDIT_NOTES_H

#include "postgres.h"

#include "lib/stringinfo.h"

#include "rows/row_store.h"

/* An AUC that is no chance: so many standard deviations from 0.5. */
#define SPK_NO_CHANCE 3.0

typedef struct SpkAuditRow
{
	char		  *feature;
	double		   auc;	 /* NaN: not known */
	double		   z;	 /* how far from 0.5, in standard deviations of chance */
	StringInfoData note; /* may be empty */
} SpkAuditRow;

typedef struct SpkAuditRows
{
	int			 n;
	SpkAuditRow *rows; /* the most telling first */
} SpkAuditRows;

/*
 * Audits the columns, in the current memory context.  The rows are used up, as
 * by spk_train.
 */
extern SpkAuditRows spk_audit_rows(SpkRowStore *rows);

/* Adds to a note, after a semicolon if need be. */
extern void spk_append_note(StringInfo note, const char *format, ...) pg_attribute_printf(2, 3);

#endif /* SPK_JUDGING_AUDIT_NOTES_H */
