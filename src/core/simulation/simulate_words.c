/*
 * simulate_words.c
 *	  The simulated log's artists, songs, people and places.
 */
#include "core/simulation/draw.h"
#include "core/simulation/simulate_words.h"

#define N_ARTISTS 16384
#define N_TITLES  48 /* of an artist */

/*
 * The lists below have 64, 32, 16 or 8 entries, so that bits choose among them.  Those
 * of foreign words alone hold letters beyond ASCII, and are seldom drawn: about 43 of
 * 1,000 rows of the real log have such a letter.
 */
/* clang-format off */
static const char *const adjectives[64] = {
	"Amber", "Ancient", "Arctic", "Bitter", "Blue", "Brave", "Bright", "Broken",
	"Burning", "Calm", "Candid", "Crimson", "Crystal", "Damp", "Distant", "Double",
	"Drowsy", "Dusty", "Early", "Electric", "Empty", "Endless", "Faded", "Foreign",
	"Frozen", "Gentle", "Golden", "Grey", "Hidden", "Hollow", "Honest", "Humble",
	"Idle", "Indigo", "Infinite", "Late", "Little", "Lonely", "Loud", "Lunar",
	"Magnetic", "Midnight", "Modern", "Narrow", "Neon", "Noble", "Paper", "Patient",
	"Quiet", "Restless", "Rustic", "Second", "Secret", "Silent", "Silver", "Slow",
	"Southern", "Tender", "Velvet", "Violet", "Wandering", "Wild", "Winter", "Young",
};

static const char *const nouns[64] = {
	"Anchor", "Arrow", "Autumn", "Avenue", "Bakery", "Balcony", "Bell", "Bridge",
	"Cabin", "Candle", "Canyon", "Castle", "Circle", "City", "Cloud", "Compass",
	"Dancer", "Desert", "Dream", "Engine", "Evening", "Feather", "Fire", "Forest",
	"Garden", "Ghost", "Harbour", "Heart", "Horizon", "Island", "Journey", "Kitchen",
	"Ladder", "Lantern", "Letter", "Lion", "Machine", "Map", "Mirror", "Moon",
	"Mountain", "Needle", "North", "Ocean", "Orchard", "Parade", "Piano", "Pilot",
	"Planet", "Radio", "Rain", "River", "Satellite", "Season", "Shadow", "Sparrow",
	"Station", "Stone", "Street", "Summer", "Thunder", "Train", "Window", "Wolf",
};

static const char *const firstnames[2][32] = {
	{
		"Ada", "Alma", "Amelia", "Anna", "Bianca", "Carla", "Clara", "Daisy",
		"Elena", "Emma", "Fiona", "Freya", "Grace", "Hanna", "Ines", "Irene",
		"Jana", "Julia", "Kira", "Laura", "Lena", "Mara", "Mia", "Nadia",
		"Nora", "Olga", "Paula", "Rosa", "Sara", "Sofia", "Vera", "Zelda",
	},
	{
		"Adam", "Andrew", "Anton", "Ben", "Boris", "Carl", "Daniel", "David",
		"Emil", "Erik", "Felix", "Frank", "George", "Hugo", "Ivan", "Jack",
		"Joseph", "Karl", "Leo", "Lukas", "Marco", "Max", "Noah", "Oscar",
		"Paul", "Peter", "Robert", "Samuel", "Stefan", "Thomas", "Victor", "William",
	},
};

static const char *const lastnames[64] = {
	"Adler", "Allen", "Baker", "Banks", "Bauer", "Bell", "Berg", "Boyd",
	"Brooks", "Brown", "Carter", "Clark", "Cole", "Costa", "D'Angelo", "Diaz",
	"Dubois", "Ellis", "Evans", "Farmer", "Fischer", "Ford", "Fox", "Garcia",
	"Gray", "Green", "Hall", "Harris", "Hayes", "Hill", "Jensen", "Keller",
	"Kim", "King", "Lambert", "Lane", "Lopez", "Marsh", "Meyer", "Mills",
	"Moore", "Nguyen", "Novak", "Nunez", "O'Brien", "O'Neill", "Owens", "Park",
	"Patel", "Perry", "Price", "Reed", "Rossi", "Santos", "Silva", "Stone",
	"Svensson", "Turner", "Vogel", "Wagner", "Ward", "Weber", "White", "Young",
};

static const char *const locations[32] = {
	"Albany-Schenectady-Troy, NY", "Atlanta-Sandy Springs-Roswell, GA", "Austin-Round Rock, TX",
	"Baltimore-Columbia-Towson, MD", "Boston-Cambridge-Newton, MA-NH", "Boulder, CO",
	"Carson City, NV", "Chicago-Naperville-Elgin, IL-IN-WI", "Cleveland-Elyria, OH",
	"Coeur d'Alene, ID", "Dallas-Fort Worth-Arlington, TX", "Denver-Aurora-Lakewood, CO",
	"Detroit-Warren-Dearborn, MI", "Eugene, OR", "Fargo, ND-MN", "Fresno, CA",
	"Houston-The Woodlands-Sugar Land, TX", "Jackson, MS", "Kansas City, MO-KS",
	"Los Angeles-Long Beach-Anaheim, CA", "Madison, WI", "Miami-Fort Lauderdale-West Palm Beach, FL",
	"Mobile, AL", "New Orleans-Metairie, LA", "New York-Newark-Jersey City, NY-NJ-PA",
	"Phoenix-Mesa-Scottsdale, AZ", "Portland-Vancouver-Hillsboro, OR-WA", "Raleigh, NC",
	"San Francisco-Oakland-Hayward, CA", "Seattle-Tacoma-Bellevue, WA", "St. Louis, MO-IL",
	"Tampa-St. Petersburg-Clearwater, FL",
};

/* Of a person and of a song; some are encoded twice, as many in the real log are. */
static const char *const foreign_firstnames[2][8] = {
	{
		"Am\xc3\xa9lie", "Chlo\xc3\xab", "In\xc3\xa9s", "Jos\xc3\xa9phine", "M\xc3\xa5rta", "S\xc3\xb8lvi",
		"Zo\xc3\xab", "Zs\xc3\xb3" "fia",
	},
	{
		"Andr\xc3\xa9", "Bj\xc3\xb6rn", "Jos\xc3\xa9", "J\xc3\xbcrgen", "Luk\xc3\xa1" "s", "Ren\xc3\xa9",
		"S\xc3\xb8ren", "\xc3\x93scar",
	},
};

static const char *const foreign_words[16] = {
	"Caf\xc3\xa9", "Caf\xc3\x83\xc2\xa9", "Coraz\xc3\x83\xc2\xb3n", "D\xc3\x83\xc2\xa9j\xc3\x83\xc2\xa0 Vu", "Fa\xc3\x83\xc2\xa7" "ade",
	"Fr\xc3\x83\xc2\xbchling", "Jalape\xc3\xb1o", "Na\xc3\xafve", "Ni\xc3\xb1o", "Ni\xc3\x83\xc2\xb1" "a", "No\xc3\x83\xc2\xabl",
	"\xc3\x9c" "ber", "Ma\xc3\x83\xc2\xb1" "ana", "Stra\xc3\x9f" "e", "Sue\xc3\xb1o", "Se\xc3\x83\xc2\xb1or",
};

/* Three in four are in quotes, as the real log has them. */
static const char *const useragents[8] = {
	"\"Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/69.0.3497.100 Safari/537.36\"",
	"\"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_13_6) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.0 Safari/605.1.15\"",
	"\"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/70.0.3538.67 Safari/537.36\"",
	"\"Mozilla/5.0 (iPhone; CPU iPhone OS 12_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148\"",
	"\"Mozilla/5.0 (Windows NT 6.3; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/69.0.3497.92 Safari/537.36\"",
	"\"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_12_6) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/70.0.3538.77 Safari/537.36\"",
	"Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:63.0) Gecko/20100101 Firefox/63.0",
	"Mozilla/5.0 (Windows NT 6.3; Trident/7.0; rv:11.0) like Gecko \\ desktop",
};

/* clang-format on */

SpkSimPerson
spk_sim_person(uint64_t bits)
{
	SpkSimPerson person;

	person.gender = bits & 1;
	person.firstname = bits >> 8 & 31;
	person.lastname = bits >> 16 & 63;
	person.location = bits >> 24 & 31;
	person.useragent = bits >> 32 & 7;
	person.foreign = (bits >> 40 & 63) == 0;
	return person;
}

const char *
spk_sim_firstname(const SpkSimPerson *person)
{
	if (person->foreign)
		return foreign_firstnames[person->gender][person->firstname & 7];
	return firstnames[person->gender][person->firstname];
}

const char *
spk_sim_lastname(const SpkSimPerson *person)
{
	return lastnames[person->lastname];
}

const char *
spk_sim_location(const SpkSimPerson *person)
{
	return locations[person->location];
}

const char *
spk_sim_useragent(const SpkSimPerson *person)
{
	return useragents[person->useragent];
}

void
spk_sim_userid(uint32_t number, char *text)
{
	char digits[10];
	int	 n = 0;

	do
	{
		digits[n++] = (char) ('0' + number % 10);
		number /= 10;
	} while (number > 0);
	while (n > 0)
		*text++ = digits[--n];
	*text = '\0';
}

/*
 * Writes the parts one after the other.  NULL ends the parts.  The text is cut at
 * SPK_SIM_TEXT bytes, which no parts of the lists above reach.
 */
static void
put_text(char *text, const char *const *parts)
{
	const char *end = text + SPK_SIM_TEXT - 1;

	for (; *parts != NULL; parts++)
		for (const char *at = *parts; *at != '\0' && text < end; at++)
			*text++ = *at;
	*text = '\0';
}

#define PUT_TEXT(text, ...) put_text(text, (const char *const[]) {__VA_ARGS__, NULL})

static void
put_artist(char *text, uint64_t bits)
{
	bool		foreign = (bits >> 40 & 63) == 0;
	const char *adjective = adjectives[bits >> 8 & 63];
	const char *noun = foreign ? foreign_words[bits >> 46 & 15] : nouns[bits >> 16 & 63];
	const char *firstname = firstnames[bits >> 30 & 1][bits >> 24 & 31];
	const char *lastname = foreign ? noun : lastnames[bits >> 32 & 63];

	/* the cases are weights in sixteenths: quotes and backslashes must occur, but be rare */
	switch (bits & 15)
	{
		case 0:
			PUT_TEXT(text, firstname, " \"", adjective, "\" ", lastname);
			break;
		case 1:
			PUT_TEXT(text, adjective, "\\", noun);
			break;
		case 2:
		case 3:
			PUT_TEXT(text, firstname, " & The ", noun, "s");
			break;
		case 4:
			PUT_TEXT(text, adjective, " ", noun, " Featuring ", firstname, " ", lastname);
			break;
		case 5:
		case 6:
		case 7:
		case 8:
			PUT_TEXT(text, firstname, " ", lastname);
			break;
		case 9:
		case 10:
		case 11:
			PUT_TEXT(text, "The ", adjective, " ", noun, "s");
			break;
		default:
			PUT_TEXT(text, adjective, " ", noun);
	}
}

static void
put_title(char *text, uint64_t bits)
{
	const char *adjective = adjectives[bits >> 8 & 63];
	bool		foreign = (bits >> 32 & 31) == 0;
	const char *noun = foreign ? foreign_words[bits >> 37 & 15] : nouns[bits >> 16 & 63];
	const char *other = nouns[bits >> 24 & 63];

	/* weights in sixteenths, as above */
	switch (bits & 15)
	{
		case 0:
			PUT_TEXT(text, adjective, " ", noun, " (12\" Mix)");
			break;
		case 1:
			PUT_TEXT(text, "Don't Leave The ", noun);
			break;
		case 2:
			PUT_TEXT(text, noun, "'s ", other);
			break;
		case 3:
			PUT_TEXT(text, noun, " / ", other, " (Album Version)");
			break;
		case 4:
			PUT_TEXT(text, noun, " \\ ", other);
			break;
		case 5:
		case 6:
			PUT_TEXT(text, "My ", adjective, " ", noun);
			break;
		case 7:
			PUT_TEXT(text, adjective, " ", noun, " (Live)");
			break;
		case 8:
		case 9:
		case 10:
			PUT_TEXT(text, "The ", noun, " And The ", other);
			break;
		default:
			PUT_TEXT(text, adjective, " ", noun);
	}
}

/*
 * The square of a uniform number makes the first artist about a hundred times as
 * popular as the median one.  Lengths are lognormal, with a median of 236 s and a mean
 * of 249 s.
 */
void
spk_sim_song(uint64_t bits, SpkSimSong *song)
{
	double	 a = (double) (bits >> 32) * 0x1.0p-32;
	double	 t = (double) (bits & UINT32_MAX) * 0x1.0p-32;
	uint64_t artist = spk_hash_combine(UINT64_C(0x617274), (uint64_t) (a * a * N_ARTISTS));
	uint64_t title = spk_hash_combine(artist, (uint64_t) (t * t * N_TITLES));
	double	 length = 236.0 * spk_exp(0.33 * spk_normal_quantile(spk_unit(spk_mix64(title))));

	put_artist(song->artist, artist);
	put_title(song->title, title);
	song->length = (double) (int64_t) (length * 1e5) / 1e5;
}
