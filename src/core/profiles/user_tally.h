/*
 * user_tally.h
 *	  What looking at a log for the first time needs of one user.
 *
 * Unlike a profile (log_profile.h) it knows the first and last time of each name
 * to the microsecond, and takes what a profile refuses: rows without a time, and
 * times that cannot be.  Any order, split and merge of the rows give the same.
 * Of names it keeps as many as a profile, the same ones; the others are together.
 */
#ifndef SPK_CORE_PROFILES_USER_TALLY_H
#define SPK_CORE_PROFILES_USER_TALLY_H

#include "core/profiles/log_profile.h"
#include "core/profiles/row_sample.h"

/* 1971-01-01 00:00 UTC: an event before it is most likely a number that was read in a wrong unit. */
#define SPK_EARLIEST_EVENT (-INT64_C(10592) * SPK_USECS_PER_DAY)

/* Rows, and the first and last time of them. */
typedef struct SpkSpan
{
	uint64_t rows;
	int64_t	 first; /* no meaning without rows */
	int64_t	 last;
} SpkSpan;

typedef struct SpkNameTally
{
	uint32_t number; /* in the tally's dictionary; SPK_NAME_OTHER: all that are not kept */
	SpkSpan	 span;
} SpkNameTally;

/* Amounts of a name's rows, in millionths.  Sums stick at their maximum. */
typedef struct SpkAmountTally
{
	uint64_t rows; /* that have one */
	int64_t	 gained;
	int64_t	 refunded; /* as a positive number */
} SpkAmountTally;

/* Which of so many days had an event. */
#define SPK_BLOCK_DAYS 64

typedef struct SpkDayBlock
{
	int32_t	 number; /* day / SPK_BLOCK_DAYS, counted from SPK_EARLIEST_EVENT's */
	uint64_t days;
} SpkDayBlock;

typedef struct SpkUserTally
{
	SpkDictionary  *names;
	SpkNameTally   *entries; /* ascending by number */
	SpkAmountTally *amounts; /* as many as entries have room; NULL: none has one */
	SpkDayBlock	   *blocks;	 /* ascending */
	SpkRowSample	sample;
	uint32_t		n_entries;
	uint32_t		entries_room;
	uint32_t		last_entry; /* the one that was used last */
	uint32_t		n_blocks;
	uint32_t		blocks_room;
	bool			owns_names;
	uint64_t		rows; /* of any kind */
	uint64_t		no_time;
	uint64_t		no_event;
	SpkSpan			early;	/* before SPK_EARLIEST_EVENT */
	SpkSpan			late;	/* from the time on that is given */
	SpkSpan			events; /* all others; only these have names, days and repeats */
	SpkSpan			done;	/* of them, what the user did; only these have days */
} SpkUserTally;

/* Without rows.  The dictionary may be shared, and outlives the tally. */
extern void spk_user_tally_init(SpkUserTally *tally, SpkDictionary *names);
extern void spk_user_tally_release(SpkUserTally *tally);

/* As after spk_user_tally_init, with the memory that it had. */
extern void spk_user_tally_clear(SpkUserTally *tally);

/*
 * Counts a row that is no event, as its time or name is not known, or as its time
 * is too early or too late.
 */
extern void spk_user_tally_add_blank(SpkUserTally *tally, bool has_time, bool has_event);
extern void spk_user_tally_add_odd(SpkUserTally *tally, int64_t ts);

/*
 * Adds an event that is neither too early nor too late.  is_done: the user did it, unlike
 * a mail that was sent.  SPK_NO_MEMORY, SPK_CANCELLED.
 */
extern SpkStatus spk_user_tally_add(SpkUserTally *tally, const SpkLogEvent *event, bool is_done);

/*
 * Appends the tally, and adds what was appended; SPK_CORRUPT when it was not.
 * Writing drops the names that a profile would not keep.
 */
extern SpkStatus spk_user_tally_write(SpkUserTally *tally, SpkWriter *w);
extern SpkStatus spk_user_tally_read(SpkUserTally *tally, const void *data, size_t len);

/* Adds rows and their times. */
extern void spk_span_add(SpkSpan *span, const SpkSpan *other);

/* Adds amounts. */
extern void spk_amount_tally_add(SpkAmountTally *tally, const SpkAmountTally *other);

#endif /* SPK_CORE_PROFILES_USER_TALLY_H */
