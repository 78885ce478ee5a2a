/*
 * statistics.h
 *	  Target statistics of categories (Prokhorenkova et al.: CatBoost, 2018).
 *
 * Each category of a feature is replaced by a number: the share of its rows that
 * churn, drawn towards that of all rows.  A row that sees its own label in that number
 * would learn it by heart, and so would one that sees another row of its user.  So the
 * users are put into a random order, and each row has the statistic of the rows of the
 * users before its own.  Prediction knows the statistic of all rows.
 *
 * The statistics of all rows, in ascending order, are parted into bins, which are what
 * trees cut between.  Sums are whole numbers and the order is that of a stream, so that
 * bins depend on the rows alone.
 */
#ifndef SPK_CORE_TREES_STATISTICS_H
#define SPK_CORE_TREES_STATISTICS_H

#include "core/base/rng.h"
#include "core/rows/matrix.h"

/* Do the feature's categories have statistics?  subsets is the option category_subsets. */
static inline bool
spk_has_statistics(const SpkFeature *feature, uint32_t subsets)
{
	return feature->kind == SPK_CATEGORY && (feature->n_grouped > 0 || feature->n_bins > subsets);
}

/* How many of n features have statistics. */
extern uint32_t spk_count_statistics(const SpkFeature *features, uint32_t n, uint32_t subsets);

/* Does fitting the model put users into an order, so that it has to know them? */
extern bool spk_orders_users(const SpkModel *model);

/* The rows of a category, and those of them that churn, in units of their weights. */
typedef struct SpkCount
{
	uint32_t n;
	uint32_t churn;
} SpkCount;

/* The units that stand for this option category_smoothing among rows of the matrix. */
static inline double
spk_statistics_more(const SpkMatrix *matrix, double smoothing)
{
	return matrix->weighted ? smoothing / matrix->unit : smoothing;
}

/* The edges between bins of statistics, ascending. */
typedef struct SpkRanks
{
	uint32_t n_edges;
	double	 edges[SPK_MAX_BINS];
} SpkRanks;

/*
 * A feature whose categories have statistics.  Categories have ids: their codes, or, of
 * categories that are grouped, their places; missing values have the last one.
 */
typedef struct SpkStatistics
{
	const SpkHost	*host;
	const SpkMatrix *matrix; /* its codes are as rows were binned */
	uint32_t		 feature;
	uint32_t		 n_ids;
	bool			 grouped;
	uint32_t		 number; /* if grouped: which of the features that are */
	double			 more;	 /* units of the usual share that are added to those of a category */
	/* rows that count for no other; NULL: there are none */
	bool (*left_out)(const void *ctx, uint32_t row);
	const void *ctx;

	SpkCount  all; /* of the rows that are not left out */
	SpkCount *counts;
	SpkCount *before; /* of the rows that are known, while the rows are gone through */
	SpkRanks  ranks;
	uint8_t	 *bins; /* of the ids, by the counts of all rows that are not left out */
} SpkStatistics;

/*
 * Makes ready for the statistics of this feature, in host memory for
 * spk_statistics_release.  *statistics is the caller's, and what the host, matrix, more
 * and left_out are is set.  SPK_NO_MEMORY, after which nothing is held.
 */
extern SpkStatus spk_statistics_new(SpkStatistics *s, const SpkFeature *features, uint32_t feature);
extern void		 spk_statistics_release(SpkStatistics *s);

/* The most bytes that the statistics of a feature with so many categories take while they are made. */
extern uint64_t spk_statistics_most(uint32_t n_categories);

/* The same of one of these features. */
extern uint64_t spk_statistics_size(const SpkFeature *features, uint32_t n);

/*
 * Counts the rows and parts the statistics of n categories into max_bins bins at most.
 * There is an edge between each two, when these are few enough; otherwise bins have about
 * equally many rows.  When the categories are grouped the edges are those of all rows,
 * whether they are left out or not, so that they are what spk_group_categories finds.
 * SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_statistics_count(SpkStatistics *s, uint32_t n, uint32_t max_bins);

/*
 * Sets the feature's codes in to, which are rows of the matrix: to the bins of what the
 * rows of users before say of their categories, and of rows that are left out to those of
 * all others.  order has the rows, those of a user together.  SPK_CANCELLED.
 */
extern SpkStatus spk_statistics_set_rows(SpkStatistics *s, const uint32_t *order, uint8_t *to);

/*
 * Puts the rows into the order of their users', which is random (Fisher and Yates).
 * order and places have room for all rows; places is not used without users.
 * SPK_CANCELLED.
 */
extern SpkStatus spk_order_users(const SpkHost *host, const SpkMatrix *matrix, SpkRng rng,
								 uint32_t *order, uint32_t *places);

/*
 * Groups the categories of each feature that has them grouped, by their statistics over all
 * rows of the matrix: sets its groups, n_bins (max_bins at most), counts and missing_group.
 * SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_group_categories(const SpkHost *host, const SpkMatrix *matrix, double more,
									  uint32_t max_bins, SpkFeature *features);

#endif /* SPK_CORE_TREES_STATISTICS_H */
