/*
 * audit.h
 *	  What a single feature tells of the label, and whether it may know it from
 *	  elsewhere.
 */
#ifndef SPK_CORE_JUDGING_AUDIT_H
#define SPK_CORE_JUDGING_AUDIT_H

#include "core/rows/matrix.h"

#define SPK_NO_TWIN UINT32_MAX

/* In what a column equals another. */
typedef enum SpkTwin
{
	SPK_TWIN_VALUES, /* of categories: their rows are the same, whatever they are called */
	SPK_TWIN_ORDER,	 /* numbers: the one rises where the other does */
	SPK_TWIN_REVERSE /* numbers: the one falls where the other rises */
} SpkTwin;

/* What there is to say of a column. */
typedef struct SpkAudit
{
	uint32_t n_known;	  /* rows in which it is not missing */
	uint32_t n_distinct;  /* values among them */
	uint64_t wins;		  /* pairs of known rows, one of each class, in which the positive one is
								 * higher, twice; ties once */
	double	 auc;		  /* wins / 2 / pairs, see below; NaN when known rows are of one class */
	double	 z;			  /* its distance from 0.5, in what chance makes of it; 0 when auc is NaN */
	double	 missing_auc; /* likewise of being missing, over all rows */
	double	 missing_z;
	bool	 whole;		   /* numbers: all known values are whole */
	bool	 equals_label; /* numbers: in every row */
	bool	 pure;		   /* no value (missing being one) occurs in both classes */
	uint32_t twin;		   /* the first column before it that says the same; or SPK_NO_TWIN */
	SpkTwin	 how;
} SpkAudit;

/* Does the column, of numbers, equal the label in every row? */
extern bool spk_equals_label(const SpkColumn *column, const uint8_t *labels, uint32_t n_rows);

/*
 * Audits one column, but for its twin, which is set to SPK_NO_TWIN.  The AUC
 * of a number or time orders rows by it.  That of a category orders rows by
 * the share of positives in their category: for each pair it is taken without
 * the two rows, so that categories of few rows do not look telling when they
 * are not; a category without other rows has the share of all.  Pairs within a
 * category are ties; an AUC below 0.5, which is chance, is given as 0.5.
 * (Leave-pair-out: Airola et al., Computational Statistics & Data Analysis 55,
 * 2011.)  z is by the normal approximation of the
 * Mann-Whitney statistic with its correction for ties; without it, and so too
 * small, for categories.
 * SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_audit_column(const SpkHost *host, const SpkTable *table, uint32_t column,
								  SpkAudit *audit);

/*
 * Finds the twins of all columns, audited before; constant columns have none.
 * SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_audit_twins(const SpkHost *host, const SpkTable *table, SpkAudit *audits);

/* Bytes of host memory that the two take while they work, at most. */
extern uint64_t spk_audit_size(const SpkTable *table);

#endif /* SPK_CORE_JUDGING_AUDIT_H */
