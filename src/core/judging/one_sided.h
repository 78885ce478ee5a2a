/*
 * one_sided.h
 *	  Values that only rows of one class have, as a status that is set when users leave.
 */
#ifndef SPK_CORE_JUDGING_ONE_SIDED_H
#define SPK_CORE_JUDGING_ONE_SIDED_H

#include "core/rows/matrix.h"

/* A value that fewer rows have is never one-sided: chance might explain it. */
#define SPK_SIDE_MIN_ROWS 10

/* So many of the values are given. */
#define SPK_SIDE_SHOWN 3

/* What the rows have in common that hardly any row of the other class has. */
typedef enum SpkSideKind
{
	SPK_SIDE_NONE,	  /* nothing */
	SPK_SIDE_KNOWN,	  /* the column is known */
	SPK_SIDE_MISSING, /* the column is missing */
	SPK_SIDE_OTHERS,  /* a value other than the most frequent one, values[0] */
	SPK_SIDE_VALUES,  /* one of n_values values */
	SPK_SIDE_BELOW,	  /* numbers: values[0] or less */
	SPK_SIDE_ABOVE	  /* numbers: values[0] or more */
} SpkSideKind;

typedef struct SpkSide
{
	SpkSideKind kind;
	uint32_t	rows[2];  /* rows of each class that have it */
	uint32_t	n_users;  /* users of these rows; 0 when users are not known */
	uint32_t	n_values; /* values[0] .. up to SPK_SIDE_SHOWN: those that most rows have */
	double		values[SPK_SIDE_SHOWN]; /* numbers, or places in the column's names */
} SpkSide;

/* A value and how many rows of each class have it. */
typedef struct SpkSideTally
{
	uint64_t key; /* spk_key_of_number, or the place in the column's names */
	uint32_t rows[2];
} SpkSideTally;

/* A column as spk_one_sided looks at it. */
typedef struct SpkSideColumn
{
	const SpkTable	   *table;
	const SpkColumn	   *column;
	const uint64_t	   *groups;	   /* a key of each row's user, 0 where it has none; or NULL */
	uint32_t			n_rows[2]; /* rows of each class */
	uint32_t			known[2];  /* rows of each class in which it is known */
	uint32_t			n_distinct;
	const SpkSideTally *tallies; /* of the values that SPK_SIDE_MIN_ROWS rows have, by key */
	uint32_t			n_tallies;
	const uint64_t	   *keys[2]; /* numbers: the keys of the known rows of each class, sorted */
} SpkSideColumn;

/*
 * Sets sides[c] to what rows of class c have, and of the other class hardly any: at
 * most one for each hundred that would be there if the column had nothing to do with
 * the label.  Of several such things it is the first that SpkSideKind lists, but
 * that of the last three which most rows have; of two values one is not the other than the
 * other.
 *
 * If k of n rows have a value and a share q of all rows is of the other class, E = k q
 * of the k are expected there.  The probability that s or fewer of them are is at most
 * exp(-(E - s + s ln(s/E))), without replacement as with it (Hoeffding, Journal of the
 * American Statistical Association 58, 1963).  It must be so small that among all
 * columns and all values that are frequent enough to be told (Tarone, Biometrics 46,
 * 1990) such a thing comes up by chance in one of 1,000 tables.  Where users are
 * known, each of them counts once, as his rows are not independent.
 *
 * Beyond chance is not yet dishonest.  What users do decides so often for nearly all of
 * them whether they leave, as much activity or a contract does, that more is asked where
 * that is usual: of rows that stayed (class 0), and of a range, 50 of the other class must
 * be expected; a range and a single number of a column with more than two must hold a
 * tenth of the class; and what stayed must be no number of such a column.
 *
 * SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_one_sided(const SpkHost *host, const SpkSideColumn *column, SpkSide sides[2]);

/* The most bytes of host memory that it takes, with the tallies, for so many rows. */
extern uint64_t spk_one_sided_size(uint32_t n_rows, bool grouped);

#endif /* SPK_CORE_JUDGING_ONE_SIDED_H */
