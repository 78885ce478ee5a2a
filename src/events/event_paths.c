/*
 * event_paths.c
 *	  The files that a path with wildcards stands for.
 *
 * glob() cannot be cancelled, and what it has allocated is lost when an error
 * jumps out of it.  So the folders are read here, level by level, with looks for
 * interrupts: one folder takes milliseconds, but many, or a slow disk, take more.
 */
#include "compat.h"

#include <fnmatch.h>
#include <sys/stat.h>

#include "miscadmin.h"
#include "storage/fd.h"
#include "utils/memutils.h"

#include "events/event_file.h"

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

/* The path of a name in a folder; the folder "" is where relative paths begin. */
static char *
join(const char *folder, const char *name)
{
	size_t len = strlen(folder);

	return psprintf("%s%s%s", folder, len == 0 || folder[len - 1] == '/' ? "" : "/", name);
}

/* The name that a part of the pattern means which has no wildcards. */
static char *
unescaped(const char *part)
{
	char *name = palloc(strlen(part) + 1);
	char *to = name;

	for (; *part != '\0'; part++)
	{
		if (*part == '\\' && part[1] != '\0')
			part++;
		*to++ = *part;
	}
	*to = '\0';
	return name;
}

/* False when the folder is not there.  One that cannot be read is an error, unless missing_ok. */
static bool
open_folder(const char *folder, bool missing_ok, DIR **dir)
{
	*dir = AllocateDir(folder[0] == '\0' ? "." : folder);
	if (*dir != NULL)
		return true;
	if (!missing_ok && errno != ENOENT && errno != ENOTDIR)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not open directory \"%s\": %m", spk_path_shown(folder))));
	return false;
}

/* Adds what matches the part in a folder, by the rules of a shell. */
static List *
add_matches(List *paths, const char *folder, const char *part, bool missing_ok)
{
	DIR			  *dir;
	struct dirent *entry;

	if (!open_folder(folder, missing_ok, &dir))
		return paths;
	while ((entry = ReadDirExtended(dir, folder, missing_ok ? LOG : ERROR)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		if (fnmatch(part, entry->d_name, FNM_PERIOD) == 0)
			paths = lappend(paths, join(folder, entry->d_name));
	}
	FreeDir(dir);
	return paths;
}

/* The paths of the next level: those in these folders that match its part. */
static List *
next_level(const List *folders, const char *part, bool missing_ok)
{
	bool	  has_wildcards = strpbrk(part, "*?[") != NULL;
	List	 *paths = NIL;
	ListCell *cell;

	foreach (cell, folders)
	{
		CHECK_FOR_INTERRUPTS();
		if (has_wildcards)
			paths = add_matches(paths, lfirst(cell), part, missing_ok);
		else
			paths = lappend(paths, join(lfirst(cell), unescaped(part)));
	}
	return paths;
}

/*
 * A path that is not there is no match.  Where that cannot be told it is an
 * error, unless missing_ok: nobody would miss a file in a folder that cannot be
 * searched.
 */
static bool
exists(const char *path, bool missing_ok)
{
	struct stat st;

	if (lstat(path, &st) == 0)
		return true;
	if (!missing_ok && errno != ENOENT && errno != ENOTDIR)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not stat file \"%s\": %m", spk_path_shown(path))));
	return false;
}

/* The paths that exist, copied into this context.  Those that were found in a folder do. */
static List *
existing(const List *paths, MemoryContext context, bool missing_ok, bool were_found)
{
	MemoryContext oldcontext = MemoryContextSwitchTo(context);
	List		 *result = NIL;
	ListCell	 *cell;

	foreach (cell, paths)
	{
		CHECK_FOR_INTERRUPTS();
		if (were_found || exists(lfirst(cell), missing_ok))
			result = lappend(result, pstrdup(lfirst(cell)));
	}
	MemoryContextSwitchTo(oldcontext);
	return result;
}

static List *
expand(const char *path, bool missing_ok)
{
	MemoryContext walk = AllocSetContextCreate(CurrentMemoryContext, "sparkify paths",
											   ALLOCSET_DEFAULT_SIZES);
	MemoryContext oldcontext = MemoryContextSwitchTo(walk);
	List		 *paths = list_make1(path[0] == '/' ? "/" : "");
	char		 *rest = pstrdup(path);
	char		 *part;
	bool		  were_found = false;

	while ((part = strsep(&rest, "/")) != NULL)
	{
		if (part[0] == '\0')
			continue;
		paths = next_level(paths, part, missing_ok);
		were_found = strpbrk(part, "*?[") != NULL;
	}
	MemoryContextSwitchTo(oldcontext);
	paths = existing(paths, oldcontext, missing_ok, were_found);
	MemoryContextDelete(walk);

	if (paths == NIL && !missing_ok)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FILE),
				 errmsg("no file matches \"%s\"", path)));
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
