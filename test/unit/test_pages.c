/*
 * test_pages.c
 *	  Values that are read page by page give what values in memory give.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/judging/audit.h"
#include "core/rows/pick.h"
#include "core/rows/row_names.h"
#include "unit_table.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

/* Pages of a table: a page of a column is gone when the next one is asked for. */
typedef struct Paper
{
	const UnitTable *table;
	void			*page[UNIT_MAX_COLUMNS];
	uint32_t		 n_read;
} Paper;

static const void *
read_page(void *arg, uint32_t column, uint32_t from)
{
	Paper			*paper = arg;
	const SpkColumn *c = &paper->table->columns[column];
	size_t			 size = c->kind == SPK_CATEGORY ? sizeof(uint32_t) : sizeof(double);
	uint32_t		 n = spk_page_rows(paper->table->table.n_rows, from);
	const char		*values = c->kind == SPK_CATEGORY ? (const char *) paper->table->ids[column] :
														(const char *) paper->table->numbers[column];

	assert_int_equal(from % SPK_PAGE_ROWS, 0);
	assert_true(from < paper->table->table.n_rows);
	free(paper->page[column]);
	paper->page[column] = malloc(n * size);
	memcpy(paper->page[column], values + from * size, n * size);
	paper->n_read++;
	return paper->page[column];
}

/* The same table, of which no column has its values. */
typedef struct Paged
{
	SpkTable  table;
	SpkColumn columns[UNIT_MAX_COLUMNS];
	SpkPages  pages;
	Paper	  paper;
} Paged;

static void
page_table(const UnitTable *t, Paged *paged)
{
	memset(paged, 0, sizeof(*paged));
	paged->paper.table = t;
	paged->pages = (SpkPages) {&paged->paper, read_page};
	paged->table = t->table;
	paged->table.columns = paged->columns;
	for (uint32_t c = 0; c < t->table.n_columns; c++)
	{
		paged->columns[c] = t->columns[c];
		paged->columns[c].numbers = NULL;
		paged->columns[c].ids = NULL;
		paged->columns[c].pages = &paged->pages;
		paged->columns[c].number = c;
	}
}

static void
drop_pages(Paged *paged)
{
	for (int c = 0; c < UNIT_MAX_COLUMNS; c++)
		free(paged->paper.page[c]);
}

/* Row counts around the ends of pages. */
static const uint32_t counts[] = {1,	2,	  1023, 1024, 1025, 2047, 2048,
								  2049, 3000, 4095, 4096, 4097, 5000};

#define N_COUNTS (sizeof(counts) / sizeof(counts[0]))

/* The bytes of a table's features, and its matrix behind them: all that learners see. */
static SpkWriter
code_table(const SpkHost *host, const SpkTable *table, uint32_t max_bins)
{
	SpkFeature features[UNIT_MAX_COLUMNS];
	SpkWriter  w = spk_writer(host);
	SpkMatrix  matrix;
	uint8_t	  *codes;
	uint32_t  *origins = spk_alloc(host, table->n_rows, sizeof(uint32_t));

	for (uint32_t c = 0; c < table->n_columns; c++)
		assert_int_equal(spk_bin_feature(host, &table->columns[c], table->n_rows, max_bins,
										 &features[c]),
						 SPK_OK);
	matrix = spk_table_shape(table, features);
	codes = spk_alloc(host, table->n_rows, matrix.stride);
	assert_int_equal(spk_bin_table(host, table, features, codes, &matrix, origins), SPK_OK);
	assert_int_equal(spk_features_encode(features, table->n_columns, &w), SPK_OK);
	spk_write_bytes(&w, codes, (size_t) table->n_rows * matrix.stride);
	spk_write_bytes(&w, origins, table->n_rows * sizeof(uint32_t));
	spk_write_u32(&w, matrix.n_positives);
	for (uint32_t c = 0; c < table->n_columns; c++)
		spk_feature_release(host, &features[c]);
	spk_release(host, codes);
	spk_release(host, origins);
	return w;
}

static void
bins_and_codes_are_the_same(void **arg)
{
	for (size_t i = 0; i < N_COUNTS; i++)
		for (uint32_t bins = 2; bins <= 255; bins = bins * 4 + 7)
		{
			UnitHost   unit = UNIT_HOST_INIT;
			SpkHost	   host = unit_host(&unit);
			UnitTable *t = unit_table_mixed(counts[i]);
			Paged	   paged;
			SpkWriter  memory = code_table(&host, &t->table, bins);
			SpkWriter  pages;

			page_table(t, &paged);
			pages = code_table(&host, &paged.table, bins);
			assert_int_equal(memory.len, pages.len);
			assert_memory_equal(memory.data, pages.data, memory.len);

			/* each value was read twice, no more */
			assert_int_equal(paged.paper.n_read, 2 * 3 * ((counts[i] + 1023) / 1024));
			spk_release(&host, memory.data);
			spk_release(&host, pages.data);
			drop_pages(&paged);
			free(t);
			assert_int_equal(unit.live, 0);
		}
}

static void
names_of_rows_are_the_same(void **arg)
{
	for (size_t i = 0; i < N_COUNTS; i++)
	{
		UnitHost   unit = UNIT_HOST_INIT;
		SpkHost	   host = unit_host(&unit);
		UnitTable *t = unit_table_mixed(counts[i]);
		uint64_t  *memory = calloc(counts[i], sizeof(uint64_t));
		uint64_t  *pages = calloc(counts[i], sizeof(uint64_t));
		Paged	   paged;

		page_table(t, &paged);
		assert_int_equal(spk_row_names(&host, &t->table, memory), SPK_OK);
		assert_int_equal(spk_row_names(&host, &paged.table, pages), SPK_OK);
		assert_memory_equal(memory, pages, counts[i] * sizeof(uint64_t));
		drop_pages(&paged);
		free(memory);
		free(pages);
		free(t);
	}
}

/* Some rows of a table with pages are a table in memory. */
static void
picked_rows_are_the_same(void **arg)
{
	for (size_t i = 0; i < N_COUNTS; i++)
	{
		UnitHost   unit = UNIT_HOST_INIT;
		SpkHost	   host = unit_host(&unit);
		UnitTable *t = unit_table_mixed(counts[i]);
		uint8_t	  *chosen = calloc(counts[i], 1);
		SpkTable   memory, pages;
		Paged	   paged;

		for (uint32_t r = 0; r < counts[i]; r++)
			chosen[r] = r * 7919 % 5 < 2;
		page_table(t, &paged);
		assert_int_equal(spk_table_pick(&host, &t->table, chosen, &memory), SPK_OK);
		assert_int_equal(spk_table_pick(&host, &paged.table, chosen, &pages), SPK_OK);
		drop_pages(&paged);
		assert_false(spk_table_has_pages(&pages));
		assert_int_equal(memory.n_rows, pages.n_rows);
		assert_memory_equal(memory.columns[0].numbers, pages.columns[0].numbers,
							memory.n_rows * sizeof(double));
		assert_memory_equal(memory.columns[1].numbers, pages.columns[1].numbers,
							memory.n_rows * sizeof(double));
		assert_memory_equal(memory.columns[2].ids, pages.columns[2].ids,
							memory.n_rows * sizeof(uint32_t));
		spk_table_unpick(&host, &memory);
		spk_table_unpick(&host, &pages);
		free(chosen);
		free(t);
		assert_int_equal(unit.live, 0);
	}
}

/* A column that is the label, but for one row: at the end of a page, or behind it. */
static void
labels_among_features_are_found(void **arg)
{
	for (uint32_t r = 1022; r <= 2050; r++)
	{
		UnitTable *t = unit_table_new(2051);
		double	  *x = unit_table_numbers(t, "x");
		Paged	   paged;

		for (uint32_t i = 0; i < 2051; i++)
			x[i] = t->labels[i] = i % 3 == 0;
		page_table(t, &paged);
		assert_true(spk_audit_equals_label(&paged.columns[0], t->labels, 2051));
		x[r] = 1 - x[r];
		assert_false(spk_audit_equals_label(&paged.columns[0], t->labels, 2051));
		drop_pages(&paged);
		free(t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bins_and_codes_are_the_same),
		cmocka_unit_test(names_of_rows_are_the_same),
		cmocka_unit_test(picked_rows_are_the_same),
		cmocka_unit_test(labels_among_features_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
