/*
 * evidence.h
 *	  Scored rows with the user of each, in bounded memory, for what is told of chance.
 *
 * Rows of one user are alike, so that only users can be told apart by chance.  Evidence
 * keeps all rows up to SPK_MAX_EVIDENCE, or another number.  Beyond that it keeps those of some users, whole:
 * of the users whose hash ends in so many zeros that the rows fit.  So what is kept depends
 * on the rows alone, not on their order or on the parts in which they are merged.
 */
#ifndef SPK_CORE_JUDGING_EVIDENCE_H
#define SPK_CORE_JUDGING_EVIDENCE_H

#include "core/judging/scores.h"

/* At most so many rows are kept, of 24 bytes each; of pairs of scores, which are told apart, more. */
#define SPK_MAX_EVIDENCE (UINT32_C(1) << 17)
#define SPK_MAX_PAIRS	 (UINT32_C(1) << 20)

typedef struct SpkWitness
{
	uint64_t  user; /* the key of the row's user; 0: a user of its own */
	SpkScored row;
	uint64_t  other; /* the score of another model, as bits; 0 when there is none */
} SpkWitness;

typedef struct SpkEvidence
{
	uint64_t	n_all; /* rows that were added */
	uint32_t	max;   /* rows to keep; 0 stands for SPK_MAX_EVIDENCE */
	uint32_t	level; /* zeros that the hash of a user ends with who is kept */
	uint32_t	n;	   /* rows that are kept */
	uint32_t	capacity;
	SpkWitness *rows;
} SpkEvidence;

/*
 * Adds a row with a score and a label as spk_scored has them, of a user with this key, and
 * the score that another model gives.  SPK_NO_MEMORY; SPK_LIMIT when some users have so many rows
 * that no choice of users would fit.
 */
extern SpkStatus spk_evidence_add(const SpkHost *host, SpkEvidence *evidence, uint64_t user,
								  SpkScored row, double other);

/* Adds the rows of another one, which stays as it is.  Fails likewise, and with SPK_CANCELLED. */
extern SpkStatus spk_evidence_merge(const SpkHost *host, SpkEvidence *evidence,
									const SpkEvidence *from);

extern void spk_evidence_release(const SpkHost *host, SpkEvidence *evidence);

/* ---- In order ---- */

typedef struct SpkUserRow
{
	SpkScored row;
	double	  other; /* the score of another model */
	uint32_t  user;	 /* 0 .. n_users - 1 */
} SpkUserRow;

/* Rows by score, the lowest first, in an order that depends on the rows alone. */
typedef struct SpkUserRows
{
	uint64_t	n_all; /* rows of which these are a part */
	uint32_t	n;
	uint32_t	n_users;
	SpkUserRow *rows;
} SpkUserRows;

/*
 * Puts the rows of some evidence in order; the evidence then has another order, too.
 * There is at least one row.  For spk_user_rows_release.  SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_user_rows_of(const SpkHost *host, SpkEvidence *evidence, SpkUserRows *rows);

/*
 * The same of scores whose users are not known: each row is a user of its own.  Of more
 * than SPK_MAX_EVIDENCE rows some are taken, at even distances in the order of the scores of a class.
 */
extern SpkStatus spk_user_rows_of_scores(const SpkHost *host, SpkScores *scores, SpkUserRows *rows);

extern void spk_user_rows_release(const SpkHost *host, SpkUserRows *rows);

#ifdef SPK_CHECK_INVARIANTS
/* What has to hold: rows are in order, and each user has one. */
extern void spk_user_rows_check(const SpkUserRows *rows);
#else
#define spk_user_rows_check(rows) ((void) 0)
#endif

#endif /* SPK_CORE_JUDGING_EVIDENCE_H */
