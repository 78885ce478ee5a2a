/*
 * event_paths.c
 *	  The files that a path with wildcards stands for.
 */
#include "compat.h"

#include <glob.h>
#include <sys/stat.h>

#include "miscadmin.h"

#include "event_file.h"

static bool
is_pattern(const char *path)
{
	struct stat st;

	return strpbrk(path, "*?[") != NULL && lstat(path, &st) != 0;
}

static int
compare_paths(const ListCell *a, const ListCell *b)
{
	return strcmp(lfirst(a), lfirst(b));
}

static void
report_glob(const char *path, int error)
{
	switch (error)
	{
		case 0:
			return;
		case GLOB_NOMATCH:
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_FILE),
					 errmsg("no file matches \"%s\"", path)));
			break;
		case GLOB_NOSPACE:
			ereport(ERROR,
					(errcode(ERRCODE_OUT_OF_MEMORY),
					 errmsg("out of memory")));
			break;
		default:
			ereport(ERROR,
					(errcode_for_file_access(),
					 errmsg("could not look for files that match \"%s\": %m", path)));
	}
}

/* A folder that is not there has no files; one that cannot be read is an error. */
static int
on_glob_error(const char *path, int error)
{
	errno = error;
	return error != ENOENT && error != ENOTDIR;
}

/* The order is made here: that of glob() depends on the locale. */
static List *
expand(const char *path, bool missing_ok)
{
	glob_t		found = {0};
	List	   *volatile paths = NIL;

	PG_TRY();
	{
		int			error = glob(path, GLOB_NOSORT, on_glob_error, &found);

		if (!missing_ok || error == GLOB_NOSPACE)
			report_glob(path, error);
		for (size_t i = 0; i < found.gl_pathc; i++)
			paths = lappend(paths, pstrdup(found.gl_pathv[i]));
	}
	PG_FINALLY();
	{
		globfree(&found);
	}
	PG_END_TRY();
	list_sort(paths, compare_paths);
	return paths;
}

List *
spk_paths_unchecked(const char *path, bool missing_ok)
{
	return is_pattern(path) ? expand(path, missing_ok) : list_make1(pstrdup(path));
}

List *
spk_paths(const char *path)
{
	spk_check_file_privilege();
	return spk_paths_unchecked(path, false);
}
