/*
 * unit_corpus.h
 *	  Replays a fuzzer's corpus, and mutations of it, without the fuzzer's
 *	  tools; include it after cmocka.h.
 */
#ifndef UNIT_CORPUS_H
#define UNIT_CORPUS_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../fuzz/fuzz_host.h"

#define CORPUS_MAX_SEEDS 200
#define CORPUS_MAX_BYTES 8192

typedef struct CorpusBytes
{
	size_t	len;
	uint8_t data[CORPUS_MAX_BYTES];
} CorpusBytes;

typedef struct Corpus
{
	uint64_t		   random_state;  /* not 0 */
	const char *const *tokens;		  /* what mutations put in; may hold zero bytes ... */
	const size_t	  *token_lengths; /* ... when their lengths are given; NULL: terminated */
	size_t			   n_tokens;
	size_t			   n_seeds;
	CorpusBytes		   seeds[CORPUS_MAX_SEEDS];
} Corpus;

/* Below n.  G. Marsaglia's xorshift */
static inline size_t
corpus_draw(Corpus *c, size_t n)
{
	c->random_state ^= c->random_state << 13;
	c->random_state ^= c->random_state >> 7;
	c->random_state ^= c->random_state << 17;
	return (size_t) (c->random_state % n);
}

static inline int
corpus_compare_names(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* In the order of their names, so that the mutations are always the same. */
static inline void
corpus_read(Corpus *c, const char *folder)
{
	struct dirent **entries;
	int				n = scandir(folder, &entries, NULL, corpus_compare_names);

	assert_true(n > 2);
	for (int i = 0; i < n; free(entries[i++]))
	{
		char  path[512];
		FILE *file;

		if (entries[i]->d_name[0] == '.')
			continue;
		assert_true(c->n_seeds < CORPUS_MAX_SEEDS);
		snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		file = fopen(path, "rb");
		assert_non_null(file);
		c->seeds[c->n_seeds].len = fread(c->seeds[c->n_seeds].data, 1, CORPUS_MAX_BYTES, file);
		c->n_seeds++;
		fclose(file);
	}
	free(entries);
}

/* Puts bytes in place of n others, as far as there is room. */
static inline void
corpus_replace(CorpusBytes *b, size_t at, size_t n, const void *bytes, size_t len)
{
	if (n > b->len - at)
		n = b->len - at;
	if (b->len - n + len > CORPUS_MAX_BYTES)
		return;
	memmove(b->data + at + len, b->data + at + n, b->len - at - n);
	memcpy(b->data + at, bytes, len);
	b->len = b->len - n + len;
}

static inline void
corpus_mutate(Corpus *c, CorpusBytes *b)
{
	size_t at = corpus_draw(c, b->len + 1);
	size_t t = corpus_draw(c, c->n_tokens);
	size_t token_len = c->token_lengths != NULL ? c->token_lengths[t] : strlen(c->tokens[t]);
	const CorpusBytes *other = &c->seeds[corpus_draw(c, c->n_seeds)];
	size_t			   from = corpus_draw(c, other->len + 1);
	uint8_t			   byte = (uint8_t) corpus_draw(c, 256);

	switch (corpus_draw(c, 6))
	{
		case 0:
			corpus_replace(b, at, 1, &byte, 1);
			break;
		case 1:
			corpus_replace(b, at, corpus_draw(c, 4), c->tokens[t], token_len);
			break;
		case 2:
			corpus_replace(b, at, token_len, c->tokens[t], token_len);
			break;
		case 3:
			corpus_replace(b, at, corpus_draw(c, 8), "", 0);
			break;
		case 4:
			/* keeps both ends, so that it is still the start of one thing and the end of another */
			corpus_replace(b, at, corpus_draw(c, 20), other->data + from,
						   corpus_draw(c, other->len - from + 1));
			break;
		case 5:
			if (at < b->len)
				b->data[at] = (uint8_t) (b->data[at] + (byte & 1 ? 1 : -1));
			break;
	}
}

/* On a copy that ends where the bytes end, so that reads beyond show. */
static inline void
corpus_run(const CorpusBytes *b)
{
	uint8_t *copy = malloc(b->len + (b->len == 0));

	assert_non_null(copy);
	memcpy(copy, b->data, b->len);
	(void) LLVMFuzzerTestOneInput(copy, b->len);
	free(copy);
}

static inline void
corpus_replay(const Corpus *c)
{
	for (size_t i = 0; i < c->n_seeds; i++)
		corpus_run(&c->seeds[i]);
}

/* n mutations, of one to three steps each. */
static inline void
corpus_run_mutations(Corpus *c, int n)
{
	static CorpusBytes b;

	for (int i = 0; i < n; i++)
	{
		const CorpusBytes *seed = &c->seeds[corpus_draw(c, c->n_seeds)];

		b.len = seed->len;
		memcpy(b.data, seed->data, seed->len);
		for (size_t steps = 1 + corpus_draw(c, 3); steps > 0; steps--)
			corpus_mutate(c, &b);
		corpus_run(&b);
	}
}

#endif /* UNIT_CORPUS_H */
