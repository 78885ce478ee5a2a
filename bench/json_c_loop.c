/*
 * json_c_loop.c
 *	  The floor of any loader that has json-c parse every line: reads a file,
 *	  parses each line with one tokener, and throws the objects away.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <json-c/json.h>

static double
seconds_now(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec + now.tv_nsec * 1e-9;
}

/* Parses all lines; exits on the first that is not JSON. */
static long
parse_lines(FILE *file)
{
	json_tokener *tokener = json_tokener_new();
	char		 *line = NULL;
	size_t		  size = 0;
	ssize_t		  length;
	long		  lines = 0;

	while ((length = getline(&line, &size, file)) > 0)
	{
		json_object *object = json_tokener_parse_ex(tokener, line, (int) length);

		if (object == NULL)
		{
			fprintf(stderr, "line %ld is not JSON\n", lines + 1);
			exit(1);
		}
		json_object_put(object);
		json_tokener_reset(tokener);
		lines++;
	}
	free(line);
	json_tokener_free(tokener);
	return lines;
}

int
main(int argc, char **argv)
{
	FILE  *file = argc == 2 ? fopen(argv[1], "r") : NULL;
	double start = seconds_now(CLOCK_MONOTONIC);
	long   lines;

	if (file == NULL)
	{
		fprintf(stderr, "usage: %s FILE\n", argv[0]);
		return 1;
	}
	setvbuf(file, NULL, _IOFBF, 1 << 20);
	lines = parse_lines(file);
	printf("Time: %.3f ms\nCPU: %.3f ms\n%ld lines\n", 1e3 * (seconds_now(CLOCK_MONOTONIC) - start),
		   1e3 * seconds_now(CLOCK_PROCESS_CPUTIME_ID), lines);
	fclose(file);
	return 0;
}
