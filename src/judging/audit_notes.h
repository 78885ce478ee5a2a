/*
 * audit_notes.h
 *	  Notes, in words, on what the columns of collected rows tell of the label.
 */
#ifndef SPK_JUDGING_AUDIT_NOTES_H
#define SPK_JUDGING_AUDIT_NOTES_H

#include "postgres.h"

#include "lib/stringinfo.h"

#include "rows/row_store.h"

/* An AUC that is so many standard deviations from 0.5 is not there by chance. */
#define SPK_NO_CHANCE 3.0

typedef struct SpkAuditRow
{
	char		  *feature;
	double		   auc;		   /* NaN when it is not known */
	double		   z;		   /* how far from 0.5, in standard deviations of chance */
	uint32		   n_distinct; /* values */
	StringInfoData note;	   /* may be empty */
} SpkAuditRow;

typedef struct SpkAuditRows
{
	int			 n;
	SpkAuditRow *rows; /* the column that tells most comes first */
} SpkAuditRows;

/*
 * Audits the columns.  The result is in the current memory context.  The values of the
 * rows are used up.  More memory than sparkify.max_training_memory is an error.
 */
extern SpkAuditRows spk_audit_rows(SpkRowStore *rows);

/* Adds to a note, after a semicolon when it is not empty. */
extern void spk_append_note(StringInfo note, const char *format, ...) pg_attribute_printf(2, 3);

#endif /* SPK_JUDGING_AUDIT_NOTES_H */
