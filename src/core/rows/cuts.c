/*
 * cuts.c
 *	  The bins of a column of numbers, cut at exact quantiles.
 *
 * To find them, keys need not be in order but near the cuts.  They are spread
 * over buckets that are in order, so finely that none has more than a bin's
 * share of the keys unless these are equal.  A bucket that fits the open bin is
 * counted and passed by; the others, about one for each cut, are sorted.
 */
#include <string.h>

#include "core/rows/cuts.h"
#include "core/base/sort.h"

/* Buckets of one spreading, at most; and keys that each should get. */
#define BUCKET_BITS 14
#define BUCKET_KEYS 64

typedef struct Buckets
{
	const SpkHost *host;
	uint64_t	  *keys;
	uint64_t	  *scratch;
	uint32_t	   n;
	uint64_t	  *starts; /* a bit for each key: is it the first of a bucket? */
	uint32_t	  *places; /* 1 << BUCKET_BITS */
} Buckets;

/*
 * The bins while they are being cut.  A value with more rows than a bin's equal
 * share is heavy: it gets a bin of its own, so that it takes no resolution from
 * the rest, the light ones.
 */
typedef struct Cutting
{
	uint32_t max_bins;
	bool	 few;		 /* as many bins as values */
	uint32_t share;		 /* rows of a bin, if all had as many */
	uint32_t heavy_left; /* heavy values not reached yet */
	uint64_t light_left; /* rows of light values from the open bin on */
	uint64_t in_bin;	 /* rows of the open bin */
	bool	 heavy;		 /* the open bin's value is */
	SpkCuts *cuts;		 /* closed bins */
} Cutting;

/* ---- Buckets ---- */

static inline void
set_start(Buckets *b, uint32_t key)
{
	b->starts[key / 64] |= UINT64_C(1) << key % 64;
}

/* Where the bucket that starts here ends. */
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
 * Spreads keys from .. to - 1 over buckets, into the same places of scratch;
 * *same when they are equal and stay where they are.
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

/* Spreads all keys, then those of large buckets; counts buckets and heavy values. */
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

/* Length of the run of equal keys from here. */
static uint32_t
run_length(const uint64_t *keys, uint32_t from, uint32_t to)
{
	uint32_t at = from + 1;

	while (at < to && keys[at] == keys[from])
		at++;
	return at - from;
}

/* Where buckets are so few that values may be, too: gives each value its bucket, and finds out. */
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
 * A cut between neighbouring values: the middle, which is what a learner that
 * sees the values themselves would choose.
 */
static double
edge_between(double low, double high)
{
	double middle = low * 0.5 + high * 0.5 + 0.0;

	return low <= middle && middle < high ? middle : low;
}

/*
 * Does the open bin end before the next value?  A light bin aims at an equal
 * share of the light rows that are left, and ends before the value that would
 * carry it farther beyond its share than it falls short now.  There is always
 * a bin left for each heavy value to come.
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

/* Does the open bin end neither before nor within so many light rows, whatever their values? */
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

/* A value with so many rows, after those up to last. */
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
		if (takes_all(c, to - from))
		{
			c->in_bin += to - from;
			unknown = to - from;
			continue;
		}
		if (unknown > 0)
			find_range(b->keys + from - unknown, unknown, &low, &last);
		unknown = 0;
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
