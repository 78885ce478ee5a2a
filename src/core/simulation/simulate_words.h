/*
 * simulate_words.h
 *	  The simulated log's artists, songs, people and places.
 *
 * All of them are put together from small lists of words.  The lists hold letters
 * beyond ASCII, quotes, apostrophes and backslashes, as real logs do.
 */
#ifndef SPK_CORE_SIMULATION_SIMULATE_WORDS_H
#define SPK_CORE_SIMULATION_SIMULATE_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#define SPK_SIM_TEXT 128 /* room for any artist or title with its terminating zero */

/* What every row of a user repeats, as places in the lists. */
typedef struct SpkSimPerson
{
	uint8_t gender; /* 0 female, 1 male */
	uint8_t firstname;
	uint8_t lastname;
	uint8_t location;
	uint8_t useragent;
	bool	foreign; /* the first name is of those with letters beyond ASCII */
} SpkSimPerson;

/* A song. */
typedef struct SpkSimSong
{
	char   artist[SPK_SIM_TEXT];
	char   title[SPK_SIM_TEXT];
	double length; /* seconds, with five decimals */
} SpkSimSong;

/* Makes a person of 64 random bits. */
extern SpkSimPerson spk_sim_person(uint64_t bits);

extern const char *spk_sim_firstname(const SpkSimPerson *person);
extern const char *spk_sim_lastname(const SpkSimPerson *person);
extern const char *spk_sim_location(const SpkSimPerson *person);
extern const char *spk_sim_useragent(const SpkSimPerson *person);

/* Writes a user's number as its decimal digits; text has room for ten and a terminating zero. */
extern void spk_sim_userid(uint32_t number, char *text);

/*
 * Makes a song of 64 random bits.  A few artists and songs come often, most come
 * rarely.  A title of an artist always has the same length.
 */
extern void spk_sim_song(uint64_t bits, SpkSimSong *song);

#endif /* SPK_CORE_SIMULATION_SIMULATE_WORDS_H */
