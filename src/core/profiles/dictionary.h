/*
 * dictionary.h
 *	  Texts of a log (names of events, levels) and small numbers for them.
 *
 * All profiles that one aggregate makes share a dictionary, so that an event
 * costs one look-up and a name is stored once.  Texts are bytes of UTF-8, and
 * are compared as bytes.
 *
 * A profile keeps only so many names.  Which ones depends on the names alone,
 * so that any order, split and merge of the events keeps the same: see
 * spk_dictionary_rank.
 */
#ifndef SPK_CORE_PROFILES_DICTIONARY_H
#define SPK_CORE_PROFILES_DICTIONARY_H

#include "core/base/host.h"

/* The number of everything that has none of its own: too long, or beyond what a profile keeps. */
#define SPK_NAME_OTHER 0

/* The longest text, in bytes. */
#define SPK_LOG_NAME_BYTES 255

/* A place that was given to a name for the time of some work: good while the stamps agree. */
typedef struct SpkNamePlace
{
	uint32_t stamp;
	uint32_t at;
} SpkNamePlace;

/* One text.  A text can be the name of an event and a level, too, and has a place as either. */
typedef struct SpkName
{
	uint64_t	 hash;
	uint32_t	 text; /* offset into the dictionary's texts */
	SpkNamePlace as_name;
	SpkNamePlace as_level;
	uint8_t		 len;
	bool		 plain; /* no digit and no slash */
} SpkName;

/* Texts that were found lately, by a hash that is quick. */
#define SPK_RECENT_NAMES 256

/* One of them: its length and its first and last 8 bytes, which overlap in a short one. */
typedef struct SpkRecentName
{
	uint64_t begin;
	uint64_t end;
	uint32_t len;
	uint32_t number; /* SPK_NAME_OTHER: none yet */
} SpkRecentName;

/*
 * The host is the dictionary's own copy, which what is made with the dictionary
 * may keep a pointer to.
 */
typedef struct SpkDictionary
{
	SpkHost		  host;
	SpkName		 *names; /* [0] stands for SPK_NAME_OTHER */
	char		 *texts;
	uint32_t	 *slots; /* a hash table of numbers; 0 is free */
	uint32_t	  n;	 /* names, with [0] */
	uint32_t	  room;
	uint32_t	  n_slots; /* a power of 2 */
	uint32_t	  texts_len;
	uint32_t	  texts_room;
	uint32_t	  limit; /* names that there can be */
	uint32_t	  stamp; /* the last one given out */
	SpkRecentName recent[SPK_RECENT_NAMES];
} SpkDictionary;

/* An empty dictionary for at most so many names; takes no memory yet. */
extern void spk_dictionary_init(SpkDictionary *dictionary, const SpkHost *host, uint32_t limit);
extern void spk_dictionary_release(SpkDictionary *dictionary);

/*
 * The number of a text, which is added when it is new; SPK_NAME_OTHER when it is
 * longer than SPK_LOG_NAME_BYTES.  SPK_LIMIT when it is new and the dictionary is full.
 */
extern SpkStatus spk_dictionary_add(SpkDictionary *dictionary, const char *text, size_t len,
									uint32_t *number);

/* The number of a text that was added; SPK_NAME_OTHER when it was not. */
extern uint32_t spk_dictionary_find(const SpkDictionary *dictionary, const char *text, size_t len);

/* The text of a number other than SPK_NAME_OTHER: names[number].len bytes. */
static inline const char *
spk_dictionary_text(const SpkDictionary *dictionary, uint32_t number)
{
	return dictionary->texts + dictionary->names[number].text;
}

/*
 * Which of two numbers comes first where not all can be kept: less, equal or
 * greater than 0.  Names without digits and slashes come first, for those with
 * them are often generated (addresses, numbers of orders); then it is by a hash
 * of the name, which belongs to the profile's format, then by bytes.
 * SPK_NAME_OTHER comes last.
 */
extern int spk_dictionary_rank(const SpkDictionary *dictionary, uint32_t a, uint32_t b);

/* The same for two texts, of which neither need be in a dictionary. */
extern int spk_name_rank(const char *a, size_t a_len, const char *b, size_t b_len);

/* Which of two numbers' texts is less by bytes, a prefix before what it begins. */
extern int spk_dictionary_compare(const SpkDictionary *dictionary, uint32_t a, uint32_t b);

#endif /* SPK_CORE_PROFILES_DICTIONARY_H */
