/*
 * event.c
 *	  From the words of the log to codes, and back.
 */
#include <string.h>

#include "core/events/event.h"

/*
 * A perfect hash of the pages' names: no two of them have a length and a third
 * letter that lead to the same slot.  Every event of a log passes here, so finding
 * its page must cost one multiplication and one comparison, not 22 comparisons.
 */
#define PAGE_SLOTS			  64
#define PAGE_SLOT(len, third) (((unsigned) (len) + 29u * (unsigned char) (third)) % PAGE_SLOTS)
#define SHORTEST_PAGE		  4

typedef struct PageName
{
	const char *name;
	size_t		len;
} PageName;

static const PageName page_names[SPK_N_PAGES] = {
#define SPK_PAGE_ITEM(constant, name, third) {name, sizeof(name) - 1},
#include "core/events/page_list.h"
#undef SPK_PAGE_ITEM
	[SPK_PAGE_OTHER] = {"other", sizeof("other") - 1},
};

/* A slot without a page holds 0, a page whose name then does not match. */
static const uint8_t page_slots[PAGE_SLOTS] = {
#define SPK_PAGE_ITEM(constant, name, third) \
	[PAGE_SLOT(sizeof(name) - 1, third)] = SPK_PAGE_##constant,
#include "core/events/page_list.h"
#undef SPK_PAGE_ITEM
};

const char *
spk_page_name(SpkPage page)
{
	return page_names[page].name;
}

SpkPage
spk_page_of(const char *name, size_t len)
{
	SpkPage page;

	if (len < SHORTEST_PAGE)
		return SPK_PAGE_OTHER;
	page = (SpkPage) page_slots[PAGE_SLOT(len, name[2])];
	if (page_names[page].len != len || memcmp(page_names[page].name, name, len) != 0)
		return SPK_PAGE_OTHER;
	return page;
}

SpkLevel
spk_level_of(const char *name, size_t len)
{
	if (len == 4 && memcmp(name, "free", 4) == 0)
		return SPK_LEVEL_FREE;
	if (len == 4 && memcmp(name, "paid", 4) == 0)
		return SPK_LEVEL_PAID;
	return SPK_LEVEL_UNKNOWN;
}

SpkGender
spk_gender_of(const char *name, size_t len)
{
	if (len == 1 && name[0] == 'F')
		return SPK_GENDER_FEMALE;
	if (len == 1 && name[0] == 'M')
		return SPK_GENDER_MALE;
	return SPK_GENDER_UNKNOWN;
}

int64_t
spk_length_us(double seconds)
{
	/* the comparison is false for NaN */
	if (!(seconds > 0.0 && seconds <= 1e6))
		return 0;
	return (int64_t) (seconds * 1e6 + 0.5);
}
