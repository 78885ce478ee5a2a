/*
 * walk_numbers.c
 *	  The codes of a row's numbers.
 *
 * A code is the number of edges below the value, as in spk_code_number.  Where the search for
 * it begins is found by dividing: edges are quantiles, so that most parts of their range have
 * few of them.  Rounding does no harm.  Dividing never puts a greater number into a part
 * before that of a smaller one, so that edges of other parts are on the side that they seem
 * to be on.
 */
#include <math.h>
#include <string.h>

#include "core/scoring/walk_parts.h"

/* The part that a value is in; that of a NaN is the first. */
SPK_ALWAYS_INLINE uint32_t
part_of(double value, double low, double scale)
{
	double part = (value - low) * scale;

	part = part > 0 ? part : 0;
	return (uint32_t) (int32_t) (part < SPK_EDGE_PARTS - 1 ? part : SPK_EDGE_PARTS - 1);
}

/* Divides the range of n edges into parts; returns the steps that a search within any of them takes. */
static uint32_t
divide(SpkNumberGroup *group, uint32_t f, uint32_t n)
{
	const double *edges = group->edges[f];
	uint8_t		 *start = group->start + f * SPK_EDGE_PARTS;
	double		  scale = n < 2 ? 1 : (SPK_EDGE_PARTS - 1) / (edges[n - 1] - edges[0]);
	uint32_t	  most = 1; /* edges in a part */
	uint32_t	  steps = 1;
	uint32_t	  at = 0;

	/* edges too far apart, or too close, are all in the first part */
	group->low[f] = n == 0 ? 0 : edges[0];
	group->scale[f] = isfinite(scale) ? scale : 0;
	for (uint32_t part = 0; part < SPK_EDGE_PARTS; part++)
	{
		uint32_t first = at;

		start[part] = (uint8_t) at;
		while (at < n && part_of(edges[at], group->low[f], group->scale[f]) == part)
			at++;
		most = at - first > most ? at - first : most;
	}
	while ((1u << steps) - 1 < most)
		steps++;
	return steps;
}

/* A search of so many steps must not leave the edges: it may as well begin before its part. */
static void
limit_starts(SpkNumberGroup *group)
{
	uint32_t last = SPK_EDGES - (1u << group->steps);

	for (uint32_t i = 0; i < SPK_NUMBERS_IN_STEP * SPK_EDGE_PARTS; i++)
		group->start[i] = group->start[i] > last ? (uint8_t) last : group->start[i];
}

static void
put_edges(SpkNumberGroup *group, uint32_t f, const SpkFeature *feature)
{
	uint32_t n = feature->n_bins == 0 ? 0 : feature->n_bins - 1;
	uint32_t steps;

	if (n > 0)
		memcpy(group->edges[f], feature->edges, n * sizeof(double));
	for (uint32_t i = n; i < SPK_EDGES; i++)
		group->edges[f][i] = INFINITY;
	for (uint32_t k = 0; k < SPK_EDGE_STEP; k++)
		group->coarse[f][k] = group->edges[f][(k + 1) * SPK_EDGE_STEP - 1];
	steps = divide(group, f, n);
	group->steps = steps > group->steps ? steps : group->steps;
}

/* Puts a number's slots, which follow those of the number before, among those that are moved. */
static void
put_moves(SpkSlotMoves *moves, uint32_t number, const SpkNumberSlots *slots, uint32_t n_slots)
{
	uint32_t place = number % SPK_MOVED;

	if (place == 0)
		moves->first = slots->above != n_slots ? slots->above : slots->below;
	if (slots->above != n_slots)
		moves->from[moves->n++] = (uint8_t) place;
	if (slots->below != n_slots)
		moves->from[moves->n++] = (uint8_t) (place + SPK_MOVED);
}

/* What nobody asks for goes to the byte behind all slots. */
static uint32_t
slot_or_end(const SpkSlots *slots, uint32_t slot)
{
	return slot == SPK_WALK_NO_SLOT ? slots->n : slot;
}

bool
spk_numbers_new(const SpkHost *host, const SpkModel *model, SpkSlots *slots)
{
	size_t n_groups = spk_number_groups(slots->n_numbers);
	size_t n_moves = (slots->n_numbers + SPK_MOVED - 1) / SPK_MOVED;
	size_t n = n_groups * SPK_NUMBERS_IN_STEP;

	if ((slots->moves = spk_alloc(host, n_moves, sizeof(SpkSlotMoves))) == NULL ||
		(slots->groups_memory = spk_alloc(host, n_groups * sizeof(SpkNumberGroup) + SPK_CACHE_LINE,
										  1)) == NULL)
		return false;
	slots->groups = spk_cache_line(slots->groups_memory);
	memset(slots->moves, 0, n_moves * sizeof(SpkSlotMoves));
	memset(slots->groups, 0, n_groups * sizeof(SpkNumberGroup));

	for (uint32_t i = 0; i < n; i++)
	{
		SpkNumberSlots *number = &slots->numbers[i];
		SpkNumberGroup *group = &slots->groups[i / SPK_NUMBERS_IN_STEP];

		if (i % SPK_NUMBERS_IN_STEP == 0 && spk_cancelled(host))
			return false;

		/* repeating the last number fills up the last group */
		if (i >= slots->n_numbers)
			*number = number[-1];
		group->feature[i % SPK_NUMBERS_IN_STEP] = number->feature;
		put_edges(group, i % SPK_NUMBERS_IN_STEP, &model->features[number->feature]);
		number->above = slot_or_end(slots, slots->above[number->feature]);
		number->below = slot_or_end(slots, slots->below[number->feature]);
		if (i < slots->n_numbers)
			put_moves(&slots->moves[i / SPK_MOVED], i, number, slots->n);
	}
	for (size_t i = 0; i < n_groups; i++)
		limit_starts(&slots->groups[i]);
	return true;
}

/* Codes the numbers of a group in step, without branches on the values; so many steps, a constant. */
SPK_ALWAYS_INLINE void
code_group(const SpkNumberGroup *group, const double *value, uint32_t *code, const uint32_t steps)
{
	for (uint32_t f = 0; f < SPK_NUMBERS_IN_STEP; f++)
		code[f] =
			group->start[f * SPK_EDGE_PARTS + part_of(value[f], group->low[f], group->scale[f])];
	for (uint32_t half = 1u << steps >> 1; half > 0; half /= 2)
#pragma GCC unroll 8
		for (uint32_t f = 0; f < SPK_NUMBERS_IN_STEP; f++)
			code[f] += half & -(uint32_t) (group->edges[f][code[f] + half - 1] < value[f]);
}

void
spk_put_numbers_plain(const SpkSlots *slots, const double *numbers, uint8_t *codes)
{
	const SpkNumberSlots *number = slots->numbers;

	for (size_t i = 0; i < spk_number_groups(slots->n_numbers); i++, number += SPK_NUMBERS_IN_STEP)
	{
		const SpkNumberGroup *group = &slots->groups[i];
		double				  value[SPK_NUMBERS_IN_STEP];
		uint32_t			  code[SPK_NUMBERS_IN_STEP];

		for (uint32_t f = 0; f < SPK_NUMBERS_IN_STEP; f++)
			value[f] = numbers[group->feature[f]];
		if (group->steps == 1)
			code_group(group, value, code, 1);
		else if (group->steps == 2)
			code_group(group, value, code, 2);
		else
			code_group(group, value, code, group->steps);
		for (uint32_t f = 0; f < SPK_NUMBERS_IN_STEP; f++)
		{
			codes[number[f].above] = isnan(value[f]) ? SPK_MISSING : (uint8_t) code[f];
			codes[number[f].below] = isnan(value[f]) ? 0 : (uint8_t) code[f];
		}
	}
}
