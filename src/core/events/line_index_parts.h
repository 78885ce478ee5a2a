/*
 * line_index_parts.h
 *	  The part of an index that is the same in all ways, compiled for each of them.
 *
 * Whoever includes it defines before:
 *
 *	TARGET						the attribute of its functions
 *	Bytes, load(p)				64 bytes in registers
 *	is(bytes, byte)				the set of the places that have this byte
 *	is_below(bytes, byte)		the same of unsigned bytes below it
 *	is_high(bytes)				the same of those beyond ASCII
 *	minus(bytes, byte)			all less this byte, modulo 256
 *	is_short_escape(bytes)		the set of those that may follow a backslash, but for u
 *	small(bytes)				the same bytes with the bit 0x20, which makes letters small
 *	put_places(to, set, base)	writes base plus each place of the set to to, in order, and
 *								perhaps up to 64 more; returns their number
 */
#ifndef TARGET
#error "line_index_parts.h needs TARGET and what else its head names"
#endif

#include <string.h>

#include "core/base/likely.h"
#include "core/events/line_index.h"

#define ODD_PLACES UINT64_C(0xAAAAAAAAAAAAAAAA)

/* What the sets of one block need to know of the block before. */
typedef struct Before
{
	uint64_t escaped; /* 1 when the first byte is escaped by the last one of that block */
	uint64_t u;		  /* escaped letters u */
	uint64_t zero;	  /* digits 0, and D, if there is an u */
	uint64_t d;
	uint64_t high_half; /* the second digits of high halves of surrogate pairs */
} Before;

/* The set moved on by n bytes. */
SPK_ALWAYS_INLINE uint64_t
moved(uint64_t set, uint64_t before, unsigned n)
{
	return set << n | before >> (64 - n);
}

/*
 * The set of bytes that are escaped.  Of backslashes in a row every second one is, and the
 * byte behind an odd number.  The subtraction carries through each row from its first
 * backslash, and so finds out where rows end that began at an odd place or at an even one.
 */
SPK_ALWAYS_INLINE uint64_t
escaped_places(uint64_t backslashes, uint64_t *carry)
{
	uint64_t rows = backslashes & ~*carry;
	uint64_t ends = ((rows << 1 | ODD_PLACES) - rows) ^ ODD_PLACES;
	uint64_t escaped = ends ^ (backslashes | *carry);

	*carry = (ends & backslashes) >> 63;
	return escaped;
}

/* The set of places that are wrong in \uXXXX: other bytes than digits, U+0000, and halves of pairs. */
SPK_ALWAYS_INLINE TARGET uint64_t
wrong_digits(Bytes bytes, unsigned shift, uint64_t u, Before *before)
{
	Bytes	 letters = small(bytes);
	uint64_t a_or_b = (is(letters, 'a') | is(letters, 'b')) >> shift;
	uint64_t a_to_f = is_below(minus(letters, 'a'), 6) >> shift;
	uint64_t digits = is_below(minus(bytes, '0'), 10) >> shift;
	uint64_t zero = is(bytes, '0') >> shift;
	uint64_t d = is(letters, 'd') >> shift;
	uint64_t second = moved(u, before->u, 2);
	uint64_t last = moved(u, before->u, 4);
	uint64_t all = moved(u, before->u, 1) | second | moved(u, before->u, 3) | last;
	uint64_t wrong = all & ~(digits | a_to_f);
	uint64_t half;
	uint64_t high_half;

	wrong |= last & zero & moved(zero, before->zero, 1) & moved(zero, before->zero, 2) &
		moved(zero, before->zero, 3);

	/* D800 to DBFF must come right before DC00 to DFFF, and these right behind */
	half = second & moved(d, before->d, 1);
	high_half = half & ((is(bytes, '8') | is(bytes, '9')) >> shift | a_or_b);
	wrong |= moved(high_half, before->high_half, 6) ^ (half & a_to_f & ~a_or_b);

	before->u = u;
	before->zero = zero;
	before->d = d;
	before->high_half = high_half;
	return wrong;
}

/* The escapes of a block: returns the set of escaped bytes, and adds what is wrong to *wrong. */
SPK_ALWAYS_INLINE TARGET uint64_t
check_escapes(Bytes bytes, unsigned shift, uint64_t backslashes, Before *before, uint64_t *wrong)
{
	uint64_t escaped = escaped_places(backslashes, &before->escaped);
	uint64_t u = escaped & is(bytes, 'u') >> shift;

	*wrong |= escaped & ~u & ~(is_short_escape(bytes) >> shift);
	if ((u | before->u | before->high_half) != 0)
		*wrong |= wrong_digits(bytes, shift, u, before);
	return escaped;
}

/* What is in the sets of all blocks together. */
typedef struct Found
{
	uint64_t wrong;
	uint64_t high;
	uint64_t backslashes;
	uint64_t blocks; /* those of the first 64 that have backslashes */
} Found;

/* Finds the sets of a block, of which the first shift bytes are left out. */
SPK_ALWAYS_INLINE TARGET void
look_at_block(SpkIndexSets *sets, Bytes bytes, size_t at, unsigned shift, Found *found)
{
	sets->quotes = is(bytes, '"') >> shift;
	sets->backslashes = is(bytes, '\\') >> shift;
	found->backslashes |= sets->backslashes;
	found->blocks |= (uint64_t) (sets->backslashes != 0) << (at / SPK_INDEX_BLOCK % 64);
	found->wrong |= is_below(bytes, 0x20) >> shift;
	found->high |= is_high(bytes) >> shift;
}

/* Takes the quotes that are escaped away, and notes whatever is wrong in escapes. */
SPK_ALWAYS_INLINE TARGET void
look_at_escapes(SpkLineIndex *index, const char *line, size_t len, Found *found)
{
	size_t	 n = (len + SPK_INDEX_BLOCK - 1) / SPK_INDEX_BLOCK;
	uint64_t blocks = n <= 64 ? found->blocks : UINT64_MAX;
	uint64_t pending = 0; /* the next block has to do with what is at the end of this one */
	Before	 before = {0};

	for (size_t i = 0; i < n; i++)
	{
		SpkIndexSets *sets;
		size_t		  base;
		unsigned	  shift;

		/* on to the next block that has any, of which most lines have one or two */
		if (pending == 0 && n <= 64)
		{
			if (blocks >> i == 0)
				break;
			i += (size_t) __builtin_ctzll(blocks >> i);
			before.u = before.high_half = 0;
		}
		sets = &index->sets[i];
		base = i * SPK_INDEX_BLOCK;
		shift = i + 1 < n ? 0 : (unsigned) (n * SPK_INDEX_BLOCK - len);
		sets->quotes &= ~check_escapes(load(line + base - shift), shift, sets->backslashes, &before,
									   &found->wrong);
		pending = before.escaped | before.u >> 60 | before.high_half >> 58;
		if (sets->backslashes == 0)
			continue;
		if (index->last_escape == 0)
			index->first_escape = (uint32_t) (base + (size_t) __builtin_ctzll(sets->backslashes));
		index->last_escape = (uint32_t) (base + 63 - (size_t) __builtin_clzll(sets->backslashes));
	}
	/* a pair whose second half would be behind the end */
	found->wrong |= before.high_half >> 58;
}

/* Writes the places of all quotes; false when they are too many. */
SPK_ALWAYS_INLINE TARGET bool
put_quotes(SpkLineIndex *index, size_t len)
{
	uint32_t n = 0;

	for (size_t base = 0; base < len; base += SPK_INDEX_BLOCK)
	{
		n += put_places(index->quotes + n, index->sets[base / SPK_INDEX_BLOCK].quotes, base);
		if (spk_unlikely(n > SPK_INDEX_QUOTES))
			return false;
	}
	index->n_quotes = n;
	index->quotes[n] = (uint16_t) len;
	return true;
}

SPK_ALWAYS_INLINE TARGET bool
index_line(const char *line, size_t len, SpkLineIndex *index)
{
	char		  copy[SPK_INDEX_BLOCK] = {0};
	SpkIndexSets *sets = index->sets;
	Found		  found = {0};
	size_t		  at = 0;

	if (len < SPK_INDEX_SHORTEST || len > SPK_INDEX_BYTES)
		return false;
	index->first_escape = UINT32_MAX;
	index->last_escape = 0;
	if (len < SPK_INDEX_BLOCK)
	{
		/* at the end of a block, as if it were the last one of a longer line */
		memcpy(copy + SPK_INDEX_BLOCK - len, line, len);
		line = copy + SPK_INDEX_BLOCK - len;
	}

	/* of the last block bytes of the one before are left out, so that none is behind the line */
	for (; len - at > SPK_INDEX_BLOCK; at += SPK_INDEX_BLOCK)
		look_at_block(sets++, load(line + at), at, 0, &found);
	look_at_block(sets, load(line + len - SPK_INDEX_BLOCK), at,
				  (unsigned) (at + SPK_INDEX_BLOCK - len), &found);

	/* most lines of many logs have no escapes at all */
	if (found.backslashes != 0)
		look_at_escapes(index, line, len, &found);
	index->is_ascii = found.high == 0;
	return found.wrong == 0 && put_quotes(index, len);
}

/* 32 bytes, which the compiler takes apart where registers are smaller. */
typedef uint8_t Piece __attribute__((vector_size(SPK_PIECE_BYTES)));

/* From its middle on less by the number of bytes that count: ones for these, zeros behind. */
static const uint8_t counted[2 * SPK_PIECE_BYTES] = {
	255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
	255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
};

SPK_ALWAYS_INLINE TARGET bool
pieces_fit(const SpkLinePiece *pieces, int n, const char *line, size_t len, const uint16_t *quotes)
{
	char	 tail[2 * SPK_PIECE_BYTES] = {0};
	uint32_t safe = (uint32_t) len - SPK_PIECE_BYTES;
	Piece	 differences = {0};
	uint64_t words[SPK_PIECE_BYTES / sizeof(uint64_t)];

	/* nothing behind the line is read, and bytes of zero are no part of a line */
	memcpy(tail, line + safe, SPK_PIECE_BYTES);
	for (int i = 0; i < n; i++)
	{
		const SpkLinePiece *piece = &pieces[i];
		uint32_t			at = quotes[piece->quote] + (uint32_t) (int32_t) piece->from;
		uint32_t			behind = at - safe < SPK_PIECE_BYTES ? at - safe : SPK_PIECE_BYTES;
		const char		   *from = at <= safe ? line + at : tail + behind;
		Piece				bytes;
		Piece				wanted;
		Piece				counts;

		memcpy(&bytes, from, sizeof(bytes));
		memcpy(&wanted, piece->bytes, sizeof(wanted));
		memcpy(&counts, counted + SPK_PIECE_BYTES - piece->len, sizeof(counts));
		differences |= (bytes ^ wanted) & counts;
	}
	memcpy(words, &differences, sizeof(words));
	return (words[0] | words[1] | words[2] | words[3]) == 0;
}
