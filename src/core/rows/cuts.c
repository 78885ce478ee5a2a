/*
 * cuts.c
 *	  Cutting a column of numbers into bins, at exact quantiles.
 *
 * Only near the cuts must keys be in order.  So the keys are spread over buckets,
 * which are in order while the keys in them are not.  Buckets are so fine that none
 * has more keys than a bin's equal share, unless its keys are all equal.  A bucket
 * that fits into the open bin is counted and passed by.  The others, about one for
 * each cut, are sorted.
 */
#include <string.h>

#include "core/rows/cuts.h"
#include "core/base/sort.h"

/* At most 2^BUCKET_BITS buckets are made at once; each of them should get BUCKET_KEYS keys. */
#define BUCKET_BITS 14
#define BUCKET_KEYS 64

/* All keys, and where the buckets that they are in begin. */
typedef struct Buckets
{
	const SpkHost *host;
	uint64_t	  *keys;
	uint64_t	  *scratch;
	uint32_t	   n;
	uint64_t	  *starts; /* a bit for each key: is it the first of a bucket? */
	uint32_t	  *places; /* for spread: room for 1 << BUCKET_BITS */
} Buckets;

/*
 * The bins while they are being cut.  A value that has more rows than a bin's equal
 * share is heavy.  It gets a bin of its own, so that the other values, the light
 * ones, are cut as finely as if it were not there.
 */
typedef struct Cutting
{
	uint32_t max_bins;
	bool	 few;		 /* there are no more values than bins */
	uint32_t share;		 /* the rows that each bin would have if all had as many */
	uint32_t heavy_left; /* heavy values that are still to come */
	uint64_t light_left; /* rows of light values from the open bin on */
	uint64_t in_bin;	 /* rows in the open bin */
	bool	 heavy;		 /* the value in the open bin is heavy */
	SpkCuts *cuts;		 /* the closed bins */
} Cutting;

/* ---- Buckets ---- */

static inline void
set_start(Buckets *b, uint32_t key)
{
	b->starts[key / 64] |= UINT64_C(1) << key % 64;
}

/* Returns where the bucket that begins at from ends. */
static uint32_t
bucket_end(const Buckets *b, uint32_t from)
{
	uint32_t word = (from + 1) / 64;
	uint64_t bits;

	if (from + 1 >= b->n)
		return b->n;
	bits = b->starts[word] & UINT64_MAX << (from + 1) % 64;
	while (bits == 0)
	{
		if (++word > (b->n - 1) / 64)
			return b->n;
		bits = b->starts[word];
	}
	return word * 64 + (uint32_t) __builtin_ctzll(bits);
}

/* Finds the lowest and the highest of n keys. */
static void
find_range(const uint64_t *keys, uint32_t n, uint64_t *low, uint64_t *high)
{
	*low = *high = keys[0];
	for (uint32_t i = 1; i < n; i++)
	{
		*low = keys[i] < *low ? keys[i] : *low;
		*high = keys[i] > *high ? keys[i] : *high;
	}
}

/*
 * Spreads the keys from .. to - 1 over buckets, into the same places of scratch.
 * When they are all equal, they stay where they are, and *same becomes true.
 */
static SpkStatus
spread(Buckets *b, uint32_t from, uint32_t to, bool *same)
{
	const uint64_t *keys = b->keys;
	uint32_t		n_buckets = 0;
	uint32_t		bits = 1;
	uint32_t		place = from;
	unsigned		shift = 0;
	uint64_t		low, high;

	if (spk_cancelled(b->host))
		return SPK_CANCELLED;
	find_range(keys + from, to - from, &low, &high);
	*same = low == high;
	if (*same)
		return SPK_OK;

	/* a bucket is a range of keys, a power of two wide, so that a shift finds it */
	while (bits < BUCKET_BITS && (to - from) >> bits > BUCKET_KEYS)
		bits++;
	while ((high - low) >> shift >> bits != 0)
		shift++;
	n_buckets = (uint32_t) ((high - low) >> shift) + 1;

	memset(b->places, 0, n_buckets * sizeof(uint32_t));
	for (uint32_t i = from; i < to; i++)
	{
		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(b->host))
			return SPK_CANCELLED;
		b->places[(keys[i] - low) >> shift]++;
	}

	/* buckets follow each other in the order of their keys; empty ones are none */
	for (uint32_t bucket = 0; bucket < n_buckets; bucket++)
	{
		uint32_t count = b->places[bucket];

		if (count > 0)
			set_start(b, place);
		b->places[bucket] = place;
		place += count;
	}

	for (uint32_t i = from; i < to; i++)
	{
		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(b->host))
			return SPK_CANCELLED;
		b->scratch[b->places[(keys[i] - low) >> shift]++] = keys[i];
	}
	return SPK_OK;
}

/* Spreads all keys, and those of large buckets again; counts the buckets and the heavy values. */
static SpkStatus
spread_all(Buckets *b, Cutting *cutting, uint32_t *n_buckets)
{
	bool	  same;
	SpkStatus status = spread(b, 0, b->n, &same);

	if (status == SPK_OK && !same)
	{
		uint64_t *keys = b->keys;

		b->keys = b->scratch;
		b->scratch = keys;
	}

	/* each spreading narrows the range of keys in a bucket, so that this ends */
	*n_buckets = 0;
	for (uint32_t from = 0, to; from < b->n && status == SPK_OK; from = to)
	{
		to = bucket_end(b, from);
		for (same = false; status == SPK_OK && !same && to - from > cutting->share;
			 to = bucket_end(b, from))
		{
			status = spread(b, from, to, &same);
			if (status == SPK_OK && !same)
				memcpy(b->keys + from, b->scratch + from, (size_t) (to - from) * sizeof(uint64_t));
		}
		if (to - from > cutting->share)
		{
			cutting->heavy_left++;
			cutting->light_left -= to - from;
		}
		(*n_buckets)++;
	}
	return status;
}

/* Returns the length of the run of equal keys that begins at from. */
static uint32_t
run_length(const uint64_t *keys, uint32_t from, uint32_t to)
{
	uint32_t at = from + 1;

	while (at < to && keys[at] == keys[from])
		at++;
	return at - from;
}

/*
 * Finds out whether there are no more values than bins, which may be when there are
 * no more buckets than bins.  Gives each value a bucket of its own on the way.
 */
static SpkStatus
count_few(Buckets *b, Cutting *cutting)
{
	uint32_t n_values = 0;

	for (uint32_t from = 0, to; from < b->n && n_values <= cutting->max_bins; from = to, n_values++)
	{
		SpkStatus status;

		to = bucket_end(b, from);
		if (to - from > cutting->share)
			continue;
		status = spk_sort_u64(b->host, b->keys + from, b->scratch, to - from, 0);
		if (status != SPK_OK)
			return status;
		to = from + run_length(b->keys, from, to);
		if (to < b->n)
			set_start(b, to);
	}
	cutting->few = n_values <= cutting->max_bins;
	return SPK_OK;
}

/* ---- Cuts ---- */

/*
 * Returns the edge between two neighbouring values: their middle, which a learner
 * that sees the values themselves would choose, too.
 */
static double
edge_between(double low, double high)
{
	double middle = low * 0.5 + high * 0.5 + 0.0;

	return low <= middle && middle < high ? middle : low;
}

/*
 * Does the open bin end before the next value, which has run rows?  A light bin aims
 * at an equal share of the light rows that are left.  It ends before the value that
 * would carry it farther beyond this share than it falls short of it now.  There is
 * always a bin left for each heavy value to come.
 */
static bool
ends_before(const Cutting *c, uint32_t run)
{
	uint64_t light_bins = c->max_bins - c->cuts->n_bins - c->heavy_left;

	if (c->few || run > c->share)
		return true;
	if (light_bins < 2)
		return false;
	return c->heavy || (2 * c->in_bin + run) * light_bins > 2 * c->light_left;
}

/* Is it certain that the open bin takes the next n light rows, whatever their values are? */
static bool
takes_all(const Cutting *c, uint32_t n)
{
	uint64_t light_bins = c->max_bins - c->cuts->n_bins - c->heavy_left;

	if (c->few || n > c->share || c->in_bin == 0)
		return false;
	return light_bins < 2 || (!c->heavy && (c->in_bin + n) * light_bins <= c->light_left);
}

static void
close_bin(Cutting *c)
{
	c->cuts->counts[c->cuts->n_bins++] = (uint32_t) c->in_bin;
	if (!c->heavy)
		c->light_left -= c->in_bin;
	c->in_bin = 0;
}

/* Adds a value with run rows; last is the value before it. */
static void
cut_value(Cutting *c, uint64_t value, uint32_t run, uint64_t last)
{
	if (c->in_bin > 0 && ends_before(c, run))
	{
		c->cuts->edges[c->cuts->n_bins] = edge_between(spk_number_of_key(last),
													   spk_number_of_key(value));
		close_bin(c);
	}
	if (c->in_bin == 0)
		c->heavy = run > c->share;
	c->heavy_left -= run > c->share;
	c->in_bin += run;
}

/* Cuts the bins, bucket by bucket. */
static SpkStatus
cut_buckets(Buckets *b, Cutting *c)
{
	uint64_t last = 0;	  /* the largest key of the buckets before, once known */
	uint32_t unknown = 0; /* keys of the last bucket passed by, without last */
	uint32_t n_seen = 0;

	for (uint32_t from = 0, to; from < b->n; from = to)
	{
		SpkStatus status;
		uint64_t  low;

		to = bucket_end(b, from);
		if (n_seen++ % SPK_POLL_ROWS == 0 && spk_cancelled(b->host))
			return SPK_CANCELLED;

		/* most buckets: no cut is in them, so that their keys need no order */
		if (takes_all(c, to - from))
		{
			c->in_bin += to - from;
			unknown = to - from;
			continue;
		}
		/* a cut before this bucket lies behind the largest key of the last one passed by */
		if (unknown > 0)
			find_range(b->keys + from - unknown, unknown, &low, &last);
		unknown = 0;

		/* a bucket beyond the share holds one value alone */
		status = to - from > c->share ?
			SPK_OK :
			spk_sort_u64(b->host, b->keys + from, b->scratch, to - from, 0);
		if (status != SPK_OK)
			return status;
		for (uint32_t at = from, run; at < to; at += run)
		{
			run = run_length(b->keys, at, to);
			cut_value(c, b->keys[at], run, last);
			last = b->keys[at];
		}
	}
	close_bin(c);
	return SPK_OK;
}

SpkStatus
spk_cut_keys(const SpkHost *host, uint64_t *keys, uint64_t *scratch, uint32_t n, uint32_t max_bins,
			 SpkCuts *cuts)
{
	Buckets	 buckets = {host, keys, scratch, n, NULL, NULL};
	Cutting	 cutting = {.max_bins = max_bins, .share = n / max_bins, .light_left = n, .cuts = cuts};
	uint32_t n_buckets;
	SpkStatus status = SPK_NO_MEMORY;

	cuts->n_bins = 0;
	if (n == 0)
		return SPK_OK;
	buckets.starts = spk_alloc(host, ((size_t) n + 63) / 64, sizeof(uint64_t));
	buckets.places = spk_alloc(host, 1 << BUCKET_BITS, sizeof(uint32_t));
	if (buckets.starts != NULL && buckets.places != NULL)
	{
		memset(buckets.starts, 0, ((size_t) n + 63) / 64 * sizeof(uint64_t));
		status = spread_all(&buckets, &cutting, &n_buckets);
	}
	if (status == SPK_OK && n_buckets <= max_bins)
		status = count_few(&buckets, &cutting);
	if (status == SPK_OK)
		status = cut_buckets(&buckets, &cutting);
	spk_release(host, buckets.starts);
	spk_release(host, buckets.places);
	return status;
}
