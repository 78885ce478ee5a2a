/*
 * test_json_memory.c
 *	  Strict JSON where memory is scarce: the whole value, or the word that there
 *	  was none; never a fault of the text, never a part of it.
 *
 * The executable's malloc is json-c's too.
 */
#include <errno.h>
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json/json_strict.h"
#include "unit_host.h"

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *ptr, size_t size);
extern void	 __libc_free(void *ptr);

static long budget = -1; /* bytes left to allocate; -1: as many as there are */
static bool failed;		 /* somebody got none */

/* Takes size bytes of the budget; false when it has not so many. */
static bool
take(size_t size)
{
	if (budget < 0)
		return true;
	if (size + 32 > (size_t) budget)
	{
		failed = true;
		errno = ENOMEM;
		return false;
	}
	budget -= size + 32;
	return true;
}

static void *
taken(void *ptr, size_t size)
{
	if (budget >= 0 && ptr != NULL)
		budget -= (long) malloc_usable_size(ptr) - (long) size;
	if (budget < -1)
		budget = 0;
	return ptr;
}

void *
malloc(size_t size)
{
	return take(size) ? taken(__libc_malloc(size), size) : NULL;
}

void *
calloc(size_t n, size_t size)
{
	return take(n * size) ? taken(__libc_calloc(n, size), n * size) : NULL;
}

void
free(void *ptr)
{
	if (budget >= 0 && ptr != NULL)
		budget += malloc_usable_size(ptr) + 32;
	__libc_free(ptr);
}

/* Both blocks count while one is copied to the other. */
void *
realloc(void *ptr, size_t size)
{
	void *wider;

	if (ptr == NULL)
		return malloc(size);
	if (budget < 0)
		return __libc_realloc(ptr, size);
	wider = malloc(size);
	if (wider == NULL)
		return NULL;
	memcpy(wider, ptr, malloc_usable_size(ptr) < size ? malloc_usable_size(ptr) : size);
	free(ptr);
	return wider;
}

/* Texts whose parts need memory of every kind. */
static char *
text_of(int i)
{
	static const char *const texts[] = {
		"{\"ts\":1538352117000,\"userId\":\"30\",\"length\":277.89016,\"song\":null,\"a\":true,\"last\":7}",
		"[1,-2,3.5,99999999999999999999,\"\\u00e9\",{},[],[[[\"deep\"]]],12]",
		"{\"k\":{\"k\":{\"k\":{\"k\":{\"k\":{\"k\":{}}}}}}}",
		"\"plain\"",
	};
	const int n = sizeof(texts) / sizeof(texts[0]);
	char	 *text = malloc(70000);
	size_t	  len = 0;

	if (i < n)
		return strcpy(text, texts[i]);
	text[len++] = i == n ? '{' : '[';
	for (int m = 0; m < 700; m++)
	{
		if (i == n) /* a table that grows several times */
			len += sprintf(text + len, "\"key%d\":\"%d\",", m, m);
		else if (i == n + 1) /* an array that does */
			len += sprintf(text + len, "%d,", m);
		else if (i == n + 2) /* many small ones */
			len += sprintf(text + len, "[],{},{\"a\":[0]},");
		else if (i == n + 3) /* a long string among them */
			len += sprintf(text + len, m == 300 ? "\"%0*d\"," : "\"%*d\",", m == 300 ? 40000 : 4,
						   m);
		else
		{
			__libc_free(text);
			return NULL;
		}
	}
	len += sprintf(text + len, i == n ? "\"last\":9}" : "9]");
	return text;
}

/* What the parse gives with so many bytes, or NULL: then there were too few. */
static char *
parse_within(const char *text, long bytes)
{
	UnitHost				unit = UNIT_HOST_INIT;
	SpkHost					host = unit_host(&unit);
	SpkJsonParser			parser;
	json_object			   *value = NULL;
	enum json_tokener_error error = SPK_JSON_NO_MEMORY;
	bool					is_open;
	char				   *result = NULL;

	failed = false;
	budget = bytes;
	is_open = spk_json_parser_open(&parser, 32);
	if (is_open)
		error = spk_json_parse_strict(&parser, text, strlen(text), &host, &value);
	budget = -1;

	if (error == json_tokener_success)
		result = strdup(json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN));
	else
	{
		assert_int_equal(error, SPK_JSON_NO_MEMORY);
		assert_null(value);
		assert_true(failed);
	}
	json_object_put(value);
	if (is_open)
		spk_json_parser_close(&parser);
	else
		assert_null(parser.tokener);
	return result;
}

static void
test_whole_or_not_at_all(void **state)
{
	char *text;

	(void) state;
	for (int i = 0; (text = text_of(i)) != NULL; i++)
	{
		char *expected = parse_within(text, -1);
		long  step = strlen(text) < 200 ? 8 : 1733;
		int	  n_whole = 0;
		int	  n_not = 0;

		assert_non_null(expected);
		for (long bytes = 0; n_whole < 20; bytes += step)
		{
			char *result = parse_within(text, bytes);

			if (result == NULL)
				n_not++;
			else
			{
				n_whole++;
				assert_string_equal(result, expected);
			}
			free(result);
		}
		assert_true(n_not > 100);
		free(expected);
		free(text);
	}
}

/* A fault of the text stays one, and a parser that had no memory goes on when there is some. */
static void
test_afterwards(void **state)
{
	static const char text[] = "{\"a\":[1,2],\"b\":\"c\"}";
	UnitHost		  unit = UNIT_HOST_INIT;
	SpkHost			  host = unit_host(&unit);
	SpkJsonParser	  parser;
	json_object		 *value;

	(void) state;
	assert_true(spk_json_parser_open(&parser, 32));
	errno = ENOMEM;
	assert_int_equal(spk_json_parse_strict(&parser, text, 6, &host, &value),
					 json_tokener_error_parse_eof);
	budget = 100;
	assert_int_equal(spk_json_parse_strict(&parser, text, strlen(text), &host, &value),
					 SPK_JSON_NO_MEMORY);
	budget = -1;
	assert_int_equal(spk_json_parse_strict(&parser, text, strlen(text), &host, &value),
					 json_tokener_success);
	assert_string_equal(json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN), text);
	json_object_put(value);
	spk_json_parser_close(&parser);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_or_not_at_all),
		cmocka_unit_test(test_afterwards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
