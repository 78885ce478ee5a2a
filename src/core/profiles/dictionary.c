/*
 * dictionary.c
 *	  Texts of a log and small numbers for them.
 *
 * The texts lie one behind another, and a table of numbers with open addressing
 * finds them by hash.
 */
#include "core/profiles/dictionary.h"
#include "core/base/hash.h"

#define FIRST_NAMES 16
#define FIRST_TEXTS 256

/* All texts together take at most this. */
#define MAX_TEXTS (UINT32_C(4) << 20)

/* Part of the profile's format: names that are kept depend on it. */
#define NAME_SEED UINT64_C(0x6e616d65)

void
spk_dictionary_init(SpkDictionary *dictionary, const SpkHost *host, uint32_t limit)
{
	memset(dictionary, 0, sizeof(*dictionary));
	dictionary->host = *host;
	dictionary->limit = limit;
}

void
spk_dictionary_release(SpkDictionary *dictionary)
{
	spk_release(&dictionary->host, dictionary->names);
	spk_release(&dictionary->host, dictionary->texts);
	spk_release(&dictionary->host, dictionary->slots);
	spk_dictionary_init(dictionary, &dictionary->host, dictionary->limit);
}

/* Room for n things of this size where there were old_n; NULL when there is none. */
static void *
enlarge(const SpkHost *host, void *old, uint32_t old_n, uint32_t n, size_t size)
{
	void *larger = spk_alloc(host, n, size);

	if (larger != NULL && old != NULL)
	{
		memcpy(larger, old, old_n * size);
		spk_release(host, old);
	}
	return larger;
}

static bool
is_plain(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((text[i] >= '0' && text[i] <= '9') || text[i] == '/')
			return false;
	return true;
}

/* A number of n bytes, 4 or 8. */
static inline uint64_t
load(const char *text, size_t n)
{
	uint64_t eight;
	uint32_t four;

	if (n == 8)
	{
		memcpy(&eight, text, sizeof(eight));
		return eight;
	}
	memcpy(&four, text, sizeof(four));
	return four;
}

/* What tells a text of at most 16 bytes from others of its length. */
static inline SpkRecentName
ends_of(const char *text, size_t len)
{
	SpkRecentName ends = {.len = (uint32_t) len};

	if (len >= 4)
	{
		size_t n = len >= 8 ? 8 : 4;

		ends.begin = load(text, n);
		ends.end = load(text + len - n, n);
	}
	else
		for (size_t i = 0; i < len; i++)
			ends.begin = ends.begin << 8 | (unsigned char) text[i];
	return ends;
}

/*
 * Where a text is remembered as found lately.  The hash of the format is thorough,
 * and costs more than the rest of an event; this one takes the ends of the text.
 * Texts that share a place take longer to find, and nothing else.
 */
static inline uint32_t
recent_place(const SpkRecentName *ends)
{
	uint64_t mixed = (ends->begin ^ (ends->end << 1 | ends->end >> 63)) + ends->len;

	_Static_assert(SPK_RECENT_NAMES == 1 << 8, "the highest 8 bits are a place");
	return (uint32_t) (mixed * UINT64_C(0x9e3779b97f4a7c15) >> 56);
}

/* Is the text the one that is remembered? */
static inline bool
is_recent(const SpkDictionary *d, const SpkRecentName *recent, const SpkRecentName *ends,
		  const char *text)
{
	if (recent->number == SPK_NAME_OTHER || recent->begin != ends->begin ||
		recent->end != ends->end || recent->len != ends->len)
		return false;
	return ends->len <= 16 ||
		memcmp(spk_dictionary_text(d, recent->number) + 8, text + 8, ends->len - 16) == 0;
}

/* The slot of a text: where it is found, or the free one where it belongs. */
static uint32_t
find_slot(const SpkDictionary *d, uint64_t hash, const char *text, size_t len)
{
	uint32_t slot = (uint32_t) hash & (d->n_slots - 1);

	for (; d->slots[slot] != 0; slot = (slot + 1) & (d->n_slots - 1))
	{
		const SpkName *name = &d->names[d->slots[slot]];

		if (name->hash == hash && name->len == len && memcmp(d->texts + name->text, text, len) == 0)
			break;
	}
	return slot;
}

/* Twice the slots (or the first), the names put into them anew. */
static bool
enlarge_slots(SpkDictionary *d)
{
	uint32_t  n = d->n_slots == 0 ? 2 * FIRST_NAMES : 2 * d->n_slots;
	uint32_t *slots = spk_alloc(&d->host, n, sizeof(uint32_t));

	if (slots == NULL)
		return false;
	memset(slots, 0, n * sizeof(uint32_t));
	spk_release(&d->host, d->slots);
	d->slots = slots;
	d->n_slots = n;
	for (uint32_t i = 1; i < d->n; i++)
	{
		uint32_t slot = (uint32_t) d->names[i].hash & (n - 1);

		while (slots[slot] != 0)
			slot = (slot + 1) & (n - 1);
		slots[slot] = i;
	}
	return true;
}

/* Room for one more name with a text of this length. */
static SpkStatus
make_room(SpkDictionary *d, size_t len)
{
	if (d->n > d->limit || d->texts_len + len > MAX_TEXTS)
		return SPK_LIMIT;
	if (d->n == d->room || d->room == 0)
	{
		uint32_t room = d->room == 0 ? FIRST_NAMES : 2 * d->room;
		SpkName *names = enlarge(&d->host, d->names, d->n, room, sizeof(SpkName));

		if (names == NULL)
			return SPK_NO_MEMORY;
		if (d->room == 0)
		{
			memset(names, 0, sizeof(SpkName));
			d->n = 1;
		}
		d->names = names;
		d->room = room;
	}
	if (d->texts_len + len > d->texts_room || d->texts == NULL)
	{
		uint32_t room = d->texts_room == 0 ? FIRST_TEXTS : 2 * d->texts_room;
		char	*texts = enlarge(&d->host, d->texts, d->texts_len, room, 1);

		if (texts == NULL)
			return SPK_NO_MEMORY;
		d->texts = texts;
		d->texts_room = room;
	}
	/* at most half of the slots are taken, so that chains stay short */
	if (2 * (d->n + 1) > d->n_slots && !enlarge_slots(d))
		return SPK_NO_MEMORY;
	return SPK_OK;
}

/* Finds a text in the table, or adds it. */
static SpkStatus
find_or_add(SpkDictionary *d, const char *text, size_t len, uint32_t *number)
{
	uint64_t  hash = spk_hash_bytes(text, len, NAME_SEED);
	uint32_t  slot;
	SpkStatus status;

	*number = SPK_NAME_OTHER;
	if (d->n_slots > 0)
	{
		*number = d->slots[find_slot(d, hash, text, len)];
		if (*number != SPK_NAME_OTHER)
			return SPK_OK;
	}
	status = make_room(d, len);
	if (status != SPK_OK)
		return status;
	/* the table may have grown */
	slot = find_slot(d, hash, text, len);
	*number = d->n++;
	d->slots[slot] = *number;
	d->names[*number] = (SpkName) {.hash = hash,
								   .text = d->texts_len,
								   .len = (uint8_t) len,
								   .plain = is_plain(text, len)};
	memcpy(d->texts + d->texts_len, text, len);
	d->texts_len += (uint32_t) len;
	return SPK_OK;
}

SpkStatus
spk_dictionary_add(SpkDictionary *d, const char *text, size_t len, uint32_t *number)
{
	SpkRecentName  ends;
	SpkRecentName *recent;
	SpkStatus	   status;

	*number = SPK_NAME_OTHER;
	if (len > SPK_LOG_NAME_BYTES)
		return SPK_OK;
	ends = ends_of(text, len);
	recent = &d->recent[recent_place(&ends)];
	if (is_recent(d, recent, &ends, text))
	{
		*number = recent->number;
		return SPK_OK;
	}
	status = find_or_add(d, text, len, number);
	ends.number = *number;
	*recent = ends;
	return status;
}

uint32_t
spk_dictionary_find(const SpkDictionary *d, const char *text, size_t len)
{
	if (d->n_slots == 0 || len > SPK_LOG_NAME_BYTES)
		return SPK_NAME_OTHER;
	return d->slots[find_slot(d, spk_hash_bytes(text, len, NAME_SEED), text, len)];
}

/* Order by bytes, a prefix before what it begins. */
static int
compare_texts(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int order = memcmp(a, b, a_len < b_len ? a_len : b_len);

	return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

int
spk_dictionary_compare(const SpkDictionary *d, uint32_t a, uint32_t b)
{
	return compare_texts(spk_dictionary_text(d, a), d->names[a].len, spk_dictionary_text(d, b),
						 d->names[b].len);
}

/* Order by plainness and hash; 0 when only bytes can tell. */
static int
rank_before_bytes(bool a_plain, uint64_t a_hash, bool b_plain, uint64_t b_hash)
{
	if (a_plain != b_plain)
		return a_plain ? -1 : 1;
	return (a_hash > b_hash) - (a_hash < b_hash);
}

int
spk_dictionary_rank(const SpkDictionary *d, uint32_t a, uint32_t b)
{
	const SpkName *x;
	const SpkName *y;
	int			   order;

	if (a == b)
		return 0;
	if (a == SPK_NAME_OTHER || b == SPK_NAME_OTHER)
		return a == SPK_NAME_OTHER ? 1 : -1;
	x = &d->names[a];
	y = &d->names[b];
	order = rank_before_bytes(x->plain, x->hash, y->plain, y->hash);
	return order != 0 ? order : spk_dictionary_compare(d, a, b);
}

int
spk_name_rank(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int order = rank_before_bytes(is_plain(a, a_len), spk_hash_bytes(a, a_len, NAME_SEED),
								  is_plain(b, b_len), spk_hash_bytes(b, b_len, NAME_SEED));

	return order != 0 ? order : compare_texts(a, a_len, b, b_len);
}
