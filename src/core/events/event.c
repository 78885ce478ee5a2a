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

#define NAME(literal)                \
	{                                \
		literal, sizeof(literal) - 1 \
	}

static const PageName page_names[SPK_N_PAGES] = {
	[SPK_PAGE_NEXT_SONG] = NAME("NextSong"),
	[SPK_PAGE_HOME] = NAME("Home"),
	[SPK_PAGE_THUMBS_UP] = NAME("Thumbs Up"),
	[SPK_PAGE_ADD_TO_PLAYLIST] = NAME("Add to Playlist"),
	[SPK_PAGE_ADD_FRIEND] = NAME("Add Friend"),
	[SPK_PAGE_ROLL_ADVERT] = NAME("Roll Advert"),
	[SPK_PAGE_LOGIN] = NAME("Login"),
	[SPK_PAGE_LOGOUT] = NAME("Logout"),
	[SPK_PAGE_THUMBS_DOWN] = NAME("Thumbs Down"),
	[SPK_PAGE_DOWNGRADE] = NAME("Downgrade"),
	[SPK_PAGE_HELP] = NAME("Help"),
	[SPK_PAGE_SETTINGS] = NAME("Settings"),
	[SPK_PAGE_ABOUT] = NAME("About"),
	[SPK_PAGE_UPGRADE] = NAME("Upgrade"),
	[SPK_PAGE_SAVE_SETTINGS] = NAME("Save Settings"),
	[SPK_PAGE_ERROR] = NAME("Error"),
	[SPK_PAGE_SUBMIT_UPGRADE] = NAME("Submit Upgrade"),
	[SPK_PAGE_SUBMIT_DOWNGRADE] = NAME("Submit Downgrade"),
	[SPK_PAGE_CANCEL] = NAME("Cancel"),
	[SPK_PAGE_CANCELLATION] = NAME("Cancellation Confirmation"),
	[SPK_PAGE_REGISTER] = NAME("Register"),
	[SPK_PAGE_SUBMIT_REGISTRATION] = NAME("Submit Registration"),
	[SPK_PAGE_OTHER] = NAME("other"),
};

/* A slot without a page holds 0, which is a page as well, but one whose name does not match. */
static const uint8_t page_slots[PAGE_SLOTS] = {
	[PAGE_SLOT(8, 'x')] = SPK_PAGE_NEXT_SONG,
	[PAGE_SLOT(4, 'm')] = SPK_PAGE_HOME,
	[PAGE_SLOT(9, 'u')] = SPK_PAGE_THUMBS_UP,
	[PAGE_SLOT(15, 'd')] = SPK_PAGE_ADD_TO_PLAYLIST,
	[PAGE_SLOT(10, 'd')] = SPK_PAGE_ADD_FRIEND,
	[PAGE_SLOT(11, 'l')] = SPK_PAGE_ROLL_ADVERT,
	[PAGE_SLOT(5, 'g')] = SPK_PAGE_LOGIN,
	[PAGE_SLOT(6, 'g')] = SPK_PAGE_LOGOUT,
	[PAGE_SLOT(11, 'u')] = SPK_PAGE_THUMBS_DOWN,
	[PAGE_SLOT(9, 'w')] = SPK_PAGE_DOWNGRADE,
	[PAGE_SLOT(4, 'l')] = SPK_PAGE_HELP,
	[PAGE_SLOT(8, 't')] = SPK_PAGE_SETTINGS,
	[PAGE_SLOT(5, 'o')] = SPK_PAGE_ABOUT,
	[PAGE_SLOT(7, 'g')] = SPK_PAGE_UPGRADE,
	[PAGE_SLOT(13, 'v')] = SPK_PAGE_SAVE_SETTINGS,
	[PAGE_SLOT(5, 'r')] = SPK_PAGE_ERROR,
	[PAGE_SLOT(14, 'b')] = SPK_PAGE_SUBMIT_UPGRADE,
	[PAGE_SLOT(16, 'b')] = SPK_PAGE_SUBMIT_DOWNGRADE,
	[PAGE_SLOT(6, 'n')] = SPK_PAGE_CANCEL,
	[PAGE_SLOT(25, 'n')] = SPK_PAGE_CANCELLATION,
	[PAGE_SLOT(8, 'g')] = SPK_PAGE_REGISTER,
	[PAGE_SLOT(19, 'b')] = SPK_PAGE_SUBMIT_REGISTRATION,
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
