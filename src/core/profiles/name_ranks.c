/*
 * name_ranks.c
 *	  Which names stay where not all can be kept.
 */
#include "core/profiles/name_ranks.h"

/* Steps of sorting between two polls of the host. */
#define SORT_STEPS 4096

/* Numbers that are put in the order of their ranks, by their places. */
typedef struct Ranking
{
	const SpkDictionary *dictionary;
	const uint32_t		*numbers;
	uint32_t			*places;
} Ranking;

static bool
is_before(const Ranking *r, uint32_t a, uint32_t b)
{
	return spk_dictionary_rank(r->dictionary, r->numbers[a], r->numbers[b]) < 0;
}

/* Lets the place at the top of a heap, whose first is the last in rank, sink to where it belongs. */
static void
sink(Ranking *r, uint32_t top, uint32_t n)
{
	uint32_t sinking = r->places[top];

	for (;;)
	{
		uint32_t child = 2 * top + 1;

		if (child >= n)
			break;
		if (child + 1 < n && is_before(r, r->places[child], r->places[child + 1]))
			child++;
		if (!is_before(r, sinking, r->places[child]))
			break;
		r->places[top] = r->places[child];
		top = child;
	}
	r->places[top] = sinking;
}

/* Heapsort: it needs no memory, and an order that is not the C library's to know. */
static SpkStatus
sort_places(Ranking *r, uint32_t n)
{
	const SpkHost *host = &r->dictionary->host;

	for (uint32_t i = n / 2; i-- > 0;)
		sink(r, i, n);
	for (uint32_t i = n; i-- > 1;)
	{
		uint32_t last = r->places[0];

		if (i % SORT_STEPS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		r->places[0] = r->places[i];
		r->places[i] = last;
		sink(r, 0, i);
	}
	return SPK_OK;
}

SpkStatus
spk_name_ranks_keep(const SpkDictionary *from, const uint32_t *numbers, uint32_t n, uint32_t keep,
					SpkDictionary *to, uint32_t *kept)
{
	Ranking	  r = {from, numbers, spk_alloc(&from->host, n, sizeof(uint32_t))};
	SpkStatus status;

	if (r.places == NULL)
		return SPK_NO_MEMORY;
	for (uint32_t i = 0; i < n; i++)
	{
		r.places[i] = i;
		kept[i] = SPK_NAME_OTHER;
	}
	status = sort_places(&r, n);
	for (uint32_t i = 0; i < n && i < keep && status == SPK_OK; i++)
	{
		uint32_t number = numbers[r.places[i]];

		if (number == SPK_NAME_OTHER)
			break; /* the last in rank */
		status = spk_dictionary_add(to, spk_dictionary_text(from, number), from->names[number].len,
									&kept[r.places[i]]);
	}
	spk_release(&from->host, r.places);
	return status;
}
