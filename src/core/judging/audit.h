/*
 * audit.h
 *	  What a single feature says about the label, and whether it may know the
 *	  label from elsewhere.
 */
#ifndef SPK_CORE_JUDGING_AUDIT_H
#define SPK_CORE_JUDGING_AUDIT_H

#include "core/judging/one_sided.h"
#include "core/rows/matrix.h"

/* In place of a column's number: it has no twin. */
#define SPK_NO_TWIN UINT32_MAX

/* In what way a column equals another. */
typedef enum SpkTwin
{
	SPK_TWIN_VALUES, /* equal values; of categories, the same rows whatever their names are */
	SPK_TWIN_ORDER,	 /* numbers: one rises where the other rises */
	SPK_TWIN_REVERSE /* numbers: one falls where the other rises */
} SpkTwin;

/* What there is to say about a column. */
typedef struct SpkAudit
{
	uint32_t n_known;	 /* rows in which it is not missing */
	uint32_t n_distinct; /* values among them */
	uint32_t most_rows;	 /* of one value */
	uint32_t n_most;	 /* values that so many rows have */

	/*
	 * Pairs of known rows, one of each class, in which the positive one is higher,
	 * counted twice; ties are counted once.
	 */
	uint64_t wins;

	double	 auc; /* wins / 2 / pairs, see below; NaN when the known rows are of one class */
	double	 z;	  /* the distance from 0.5 in standard deviations; 0 when auc is NaN */
	double	 missing_auc; /* the AUC of being missing, over all rows */
	double	 missing_z;
	bool	 whole;		   /* numbers: all known values are whole */
	bool	 equals_label; /* numbers: the column equals the label in every row */
	bool	 pure;		   /* no value, nor being missing, occurs in both classes */
	uint32_t twin;		   /* the first column before it that says the same, or SPK_NO_TWIN */
	SpkTwin	 how;		   /* in what way it says the same */
	SpkSide	 sides[2];	   /* what only rows of class 0, and of class 1, have */
} SpkAudit;

/* Is this a column of numbers that equals the label in every row? */
extern bool spk_audit_equals_label(const SpkColumn *column, const uint8_t *labels, uint32_t n_rows);

/*
 * Audits one column.  Its twin is not looked for, but set to SPK_NO_TWIN.  groups has a
 * key of each row's user, 0 where there is none; it is NULL when users are not known.
 *
 * The AUC of a number or a time orders the rows by it.  The AUC of a category orders
 * the rows by the share of positives in their category.  For each pair of rows the
 * share is taken without the two (leave-pair-out: Airola et al., Computational
 * Statistics & Data Analysis 55, 2011).  So categories of few rows do not look
 * telling when they are not.  A category without other rows has the share of all
 * rows.  Pairs within a category are ties.  An AUC below 0.5 is due to chance, and is
 * given as 0.5.
 *
 * z is the normal approximation of the Mann-Whitney statistic, corrected for ties.
 * For categories it is not corrected, and so too small.  SPK_CANCELLED,
 * SPK_NO_MEMORY.
 */
extern SpkStatus spk_audit_feature(const SpkHost *host, const SpkTable *table, uint32_t column,
								   const uint64_t *groups, SpkAudit *audit);

/*
 * Finds the twins of all columns, which have been audited before.  Constant columns
 * have none.  SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_audit_twins(const SpkHost *host, const SpkTable *table, SpkAudit *audits);

/* The most bytes of host memory that either of the two takes while it works. */
extern uint64_t spk_audit_size(const SpkTable *table, bool grouped);

#endif /* SPK_CORE_JUDGING_AUDIT_H */
