/*
 * walk_slots.c
 *	  What tests ask about a row, and which bytes of its codes have the answers.
 */
#include <math.h>
#include <string.h>

#include "core/scoring/walk_parts.h"

/* Finds the set among those of the feature that have slots, or SPK_WALK_NO_SLOT. */
static uint32_t
find_set(const SpkSlots *slots, uint32_t feature, const SpkCodeSet *set)
{
	uint32_t at = slots->first_set[feature];

	while (at != SPK_WALK_NO_SLOT && memcmp(&slots->set_slots[at].set, set, sizeof(*set)) != 0)
		at = slots->set_slots[at].next;
	return at;
}

/* Notes that a test asks for the set, or that there are too many sets. */
static void
note_set(SpkSlots *slots, uint32_t feature, const SpkCodeSet *set)
{
	bool known = !slots->late_sets && find_set(slots, feature, set) != SPK_WALK_NO_SLOT;

	if (!known && slots->n_set_slots == SPK_MAX_SET_SLOTS)
	{
		slots->late_sets = true;
		slots->first_set[feature] = 0; /* any will do to note that it has some */
	}
	else if (!known)
	{
		slots->set_slots[slots->n_set_slots] = (SpkSetSlot) {*set, 0, slots->first_set[feature]};
		slots->first_set[feature] = slots->n_set_slots++;
	}
}

/*
 * Notes in above, below and the lists of sets what the tests ask for.  Any slot will do
 * until slots are numbered.  False when cancelled.
 */
static bool
note_tests(const SpkHost *host, SpkSlots *slots, const SpkModel *model)
{
	for (uint32_t t = 0; t < model->n_trees; t++)
		for (uint32_t i = 0; i < model->trees[t].n_nodes; i++)
		{
			const SpkNode *node = &model->trees[t].nodes[i];

			if (i % SPK_POLL_NODES == 0 && spk_cancelled(host))
				return false;
			if (node->flags & SPK_NODE_LEAF)
				continue;
			if (node->flags & SPK_NODE_SET)
				note_set(slots, node->feature, &model->trees[t].sets[node->set]);
			else if (node->flags & SPK_NODE_MISSING_LEFT)
				slots->below[node->feature] = 0;
			else
				slots->above[node->feature] = 0;
		}
	return true;
}

/* Numbers the slots.  What nobody asks for goes to the byte behind them all. */
static void
number_slots(SpkSlots *slots)
{
	for (uint32_t f = 0; f < slots->n_features; f++)
	{
		if (slots->above[f] != SPK_WALK_NO_SLOT)
			slots->above[f] = slots->n++;
		if (slots->below[f] != SPK_WALK_NO_SLOT)
			slots->below[f] = slots->n++;
		if (slots->above[f] != SPK_WALK_NO_SLOT || slots->below[f] != SPK_WALK_NO_SLOT)
			slots->numbers[slots->n_numbers++].feature = f;
		if (slots->first_set[f] != SPK_WALK_NO_SLOT && slots->late_sets)
			slots->above[f] = slots->n++;
	}
	for (uint32_t i = 0; i < slots->n_set_slots && !slots->late_sets; i++)
		slots->set_slots[i].slot = slots->n++;
}

bool
spk_slots_new(const SpkHost *host, const SpkModel *model, SpkSlots *slots)
{
	size_t n = model->n_features;

	memset(slots, 0, sizeof(*slots));
	slots->n_features = model->n_features;
	if ((slots->above = spk_alloc(host, n, sizeof(uint32_t))) == NULL ||
		(slots->below = spk_alloc(host, n, sizeof(uint32_t))) == NULL ||
		(slots->first_set = spk_alloc(host, n, sizeof(uint32_t))) == NULL ||
		(slots->numbers = spk_alloc(host, spk_number_groups(n) * SPK_NUMBERS_IN_STEP,
									sizeof(SpkNumberSlots))) == NULL ||
		(slots->set_slots = spk_alloc(host, SPK_MAX_SET_SLOTS, sizeof(SpkSetSlot))) == NULL)
		return false;
	memset(slots->above, 0xFF, n * sizeof(uint32_t));
	memset(slots->below, 0xFF, n * sizeof(uint32_t));
	memset(slots->first_set, 0xFF, n * sizeof(uint32_t));
	if (!note_tests(host, slots, model))
		return false;
	number_slots(slots);
	return spk_numbers_new(host, model, slots);
}

void
spk_slots_release(const SpkHost *host, SpkSlots *slots)
{
	spk_release(host, slots->above);
	spk_release(host, slots->below);
	spk_release(host, slots->first_set);
	spk_release(host, slots->numbers);
	spk_release(host, slots->set_slots);
	spk_release(host, slots->moves);
	spk_release(host, slots->groups_memory);
}

uint32_t
spk_slot_of(const SpkSlots *slots, const SpkTree *tree, const SpkNode *node)
{
	if ((node->flags & SPK_NODE_SET) && !slots->late_sets)
		return slots->set_slots[find_set(slots, node->feature, &tree->sets[node->set])].slot;
	return (node->flags & SPK_NODE_MISSING_LEFT) ? slots->below[node->feature] :
												   slots->above[node->feature];
}

bool
spk_walk_uses(const SpkWalker *walker, uint32_t feature)
{
	const SpkSlots *slots = &walker->slots;

	return slots->above[feature] != SPK_WALK_NO_SLOT || slots->below[feature] != SPK_WALK_NO_SLOT ||
		slots->first_set[feature] != SPK_WALK_NO_SLOT;
}

void
spk_walk_put_code(const SpkWalker *walker, uint32_t feature, uint8_t code, uint8_t *codes)
{
	const SpkSlots *slots = &walker->slots;

	if (slots->above[feature] != SPK_WALK_NO_SLOT)
		codes[slots->above[feature]] = code;
	if (slots->below[feature] != SPK_WALK_NO_SLOT)
		codes[slots->below[feature]] = code == SPK_MISSING ? 0 : code;
	if (!slots->late_sets)
		for (uint32_t i = slots->first_set[feature]; i != SPK_WALK_NO_SLOT;
			 i = slots->set_slots[i].next)
			codes[slots->set_slots[i].slot] = !spk_set_has(&slots->set_slots[i].set, code);
}
