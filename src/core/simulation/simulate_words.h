/*
 * simulate_words.h
 *	  The simulated log's artists, songs, people and places.
 *
 * All of them are put together from small lists of words; those hold letters
 * beyond ASCII, quotes, apostrophes and backslashes, as real logs do.
 */
#ifndef SPK_CORE_SIMULATION_SIMULATE_WORDS_H
#define SPK_CORE_SIMULATION_SIMULATE_WORDS_H

#include <stdint.h>

#define SPK_SIM_TEXT 128 /* room for any artist or song, terminated */

/* What a user carries into every row; places in the lists. */
typedef struct SpkSimPerson
{
	uint8_t gender; /* 0 female, 1 male */
	uint8_t firstname;
	uint8_t lastname;
	uint8_t location;
	uint8_t useragent;
} SpkSimPerson;

/* One song, the same for the same artist and title number. */
typedef struct SpkSimSong
{
	char   artist[SPK_SIM_TEXT];
	char   title[SPK_SIM_TEXT];
	double length; /* seconds, five decimals */
} SpkSimSong;

/* A person from 64 random bits. */
extern SpkSimPerson spk_sim_person(uint64_t bits);

extern const char *spk_sim_firstname(const SpkSimPerson *person);
extern const char *spk_sim_lastname(const SpkSimPerson *person);
extern const char *spk_sim_location(const SpkSimPerson *person);
extern const char *spk_sim_useragent(const SpkSimPerson *person);

/* A song from 64 random bits: few artists and songs are played often, most rarely. */
extern void spk_sim_song(uint64_t bits, SpkSimSong *song);

#endif /* SPK_CORE_SIMULATION_SIMULATE_WORDS_H */
