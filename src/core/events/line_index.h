/*
 * line_index.h
 *	  Where the quotes of a line of JSON stand, found for 64 bytes at a time.
 *
 * The texts of a line lie between its quotes, so that whoever knows these need not look
 * at the bytes of a text.  Everything that makes a text valid is checked on the way,
 * with sets of places: a set is a word of 64 bits, a bit for each byte (G. Langdale and
 * D. Lemire, Parsing Gigabytes of JSON per Second, 2019).
 *
 * There is a way for each kind of vector instructions, and all find the same.
 */
#ifndef SPK_CORE_EVENTS_LINE_INDEX_H
#define SPK_CORE_EVENTS_LINE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/vectors.h"

/* Longer lines than these are not indexed, nor are shorter ones, and those with more quotes. */
#define SPK_INDEX_BYTES	   (32 * 1024)
#define SPK_INDEX_QUOTES   512
#define SPK_INDEX_SHORTEST 32

/* Loops that are short and the same each time. */
#define SPK_INDEX_UNROLL _Pragma("GCC unroll 16")

/* The bytes of a set of places. */
#define SPK_INDEX_BLOCK 64

typedef enum SpkLineWay
{
	SPK_LINE_PLAIN, /* no index: keys and values are read one after the other */
	SPK_LINE_NEON,
	SPK_LINE_AVX2,
	SPK_LINE_AVX512
} SpkLineWay;

/* Of a block. */
typedef struct SpkIndexSets
{
	uint64_t quotes; /* those that are not escaped */
	uint64_t backslashes;
} SpkIndexSets;

typedef struct SpkLineIndex
{
	uint32_t n_quotes;
	uint32_t first_escape; /* the places of the first backslash and the last one: */
	uint32_t last_escape;  /* without any the first is behind the last */
	bool	 is_ascii;

	/* those that are not escaped, and behind them the length of the line */
	uint16_t	 quotes[SPK_INDEX_QUOTES + 2 * SPK_INDEX_BLOCK];
	SpkIndexSets sets[SPK_INDEX_BYTES / SPK_INDEX_BLOCK];
} SpkLineIndex;

/*
 * Bytes that all lines of a shape have at a place that is counted from a quote.  The
 * place of the quote after the last one is the end of the line.
 */
#define SPK_PIECE_BYTES 32

typedef struct SpkLinePiece
{
	uint16_t quote;
	int16_t	 from;
	int32_t	 len;
	uint8_t	 bytes[SPK_PIECE_BYTES];
} SpkLinePiece;

/* The functions of a way. */
typedef struct SpkIndexFunctions
{
	/*
	 * Sets the index of a line; false when there is none, because the line is too long or
	 * too short, has too many quotes, a control character or an escape that stands for no
	 * character.  Whether what is not ASCII is UTF-8 is left to the caller.
	 */
	bool (*index)(const char *line, size_t len, SpkLineIndex *index);

	/* Do all pieces stand in the line? */
	bool (*fit)(const SpkLinePiece *pieces, int n, const char *line, size_t len,
				const uint16_t *quotes);

	/* with more escapes than these in the texts of a line that are wanted, the plain way is faster */
	int most_escapes;
} SpkIndexFunctions;

/* Can this processor go this way? */
extern bool spk_line_has_way(SpkLineWay way);

/* The best way on this processor. */
extern SpkLineWay spk_line_best_way(void);

/* The functions of a way, which the processor must have; NULL of SPK_LINE_PLAIN. */
extern const SpkIndexFunctions *spk_index_functions(SpkLineWay way);

#if defined(__aarch64__) && defined(__ARM_NEON) && defined(__GNUC__)
#define SPK_INDEX_NEON
extern const SpkIndexFunctions spk_index_neon;
#endif

#ifdef SPK_VECTORS
/*
 * The bytes that may follow a backslash, but for u, have the bit of their upper half in
 * both of these tables, each of which is looked into by one half of the byte.
 */
#define SPK_ESCAPE_LOWER 0, 0, 1 | 4 | 8, 0, 8, 0, 4, 0, 0, 0, 0, 0, 2, 0, 4, 1
#define SPK_ESCAPE_UPPER 0, 0, 1, 0, 0, 2, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0

extern const SpkIndexFunctions spk_index_avx2;
extern const SpkIndexFunctions spk_index_avx512;
#endif

#endif /* SPK_CORE_EVENTS_LINE_INDEX_H */
