/*
 * memory_limit.c
 *	  Limits the memory that training takes.
 *
 * Training takes what its rows need, and the operating system kills a server that
 * asks for too much.  What it will take is known before it starts, so that is
 * compared with a setting.
 */
#include "compat.h"

#ifdef __linux__
#include <sys/statvfs.h>
#endif
#include <unistd.h>

#include "storage/dsm_impl.h"
#include "utils/guc.h"
#include "utils/memutils.h"

#include "host/memory_limit.h"

/*
 * In kB.  The memory is the machine's, so the first limit is set by its
 * administrator; with the second a user may only ask for less.
 */
static int max_training_memory;
static int training_memory; /* -1: not less */
static int training_files;	/* an SpkFiles */

static const struct config_enum_entry files_words[] = {
	{"auto", SPK_FILES_AUTO, false},
	{"always", SPK_FILES_ALWAYS, false},
	{"off", SPK_FILES_OFF, false},
	{NULL, 0, false},
};

/* Half of the machine's memory: the rest is for the server and the file cache. */
static int
default_memory(void)
{
	long   pages = sysconf(_SC_PHYS_PAGES);
	long   page_size = sysconf(_SC_PAGESIZE);
	double kilobytes = (double) pages * page_size / 1024 / 2;

	if (pages <= 0 || page_size <= 0)
		return 1024 * 1024;
	return kilobytes < MAX_KILOBYTES ? (int) kilobytes : MAX_KILOBYTES;
}

void
spk_memory_define(void)
{
	DefineCustomIntVariable(
		"sparkify.max_training_memory", "Sets the most memory that training a model may take.",
		"Training that would take more is an error; it uses fewer workers before. "
		"The default is half of the machine's memory.",
		&max_training_memory, default_memory(), 1024, MAX_KILOBYTES, PGC_SUSET, GUC_UNIT_KB, NULL,
		NULL, NULL);
	DefineCustomIntVariable(
		"sparkify.training_memory",
		"Sets the memory that training a model may take, within sparkify.max_training_memory.",
		"-1 is all of that.", &training_memory, -1, -1, MAX_KILOBYTES, PGC_USERSET, GUC_UNIT_KB,
		NULL, NULL, NULL);
	DefineCustomEnumVariable(
		"sparkify.training_files", "Says when rows to train on go to temporary files.",
		"With \"auto\" they do when memory does not hold them, from which trees can be trained as well. "
		"With \"off\" that is an error.",
		&training_files, SPK_FILES_AUTO, files_words, PGC_USERSET, 0, NULL, NULL, NULL);
}

SpkFiles
spk_memory_files(void)
{
	return (SpkFiles) training_files;
}

/* Is it the user's own limit that holds? */
static bool
asks_for_less(void)
{
	return training_memory >= 0 && training_memory < max_training_memory;
}

uint64
spk_memory_limit(void)
{
	return (uint64) (asks_for_less() ? training_memory : max_training_memory) * 1024;
}

/* Rounded up, so that too much never looks like what is allowed. */
static uint64
megabytes(uint64 bytes)
{
	return (bytes + 1024 * 1024 - 1) / (1024 * 1024);
}

static void
refuse(uint64 bytes, uint64 n_rows, uint32 n_features, bool more, const char *others)
{
	const char *setting = asks_for_less() ? "sparkify.training_memory" :
											"sparkify.max_training_memory";
	uint64		limit = spk_memory_limit() / 1024;
	char	   *allowed = limit < 1024 ? psprintf(UINT64_FORMAT " kB", limit) :
										 psprintf(UINT64_FORMAT " MB", limit / 1024);

	ereport(ERROR,
			(errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
			 errmsg("training takes %s" UINT64_FORMAT " MB of memory, and %s is %s",
					more ? "more than " : "", megabytes(bytes), setting, allowed),
			 errdetail("There are %s" UINT64_FORMAT " rows of %u features.", more ? "at least " : "", n_rows, n_features),
			 errhint("Raise %s, train on a sample of the users or exclude columns%s.", setting, others)));
}

void
spk_memory_check_collected(uint64 bytes, uint64 n_rows, uint32 n_features, const char *others)
{
	if (bytes > spk_memory_limit())
		refuse(bytes, n_rows, n_features, true, others);
}

void
spk_memory_check_training(uint64 bytes, uint64 n_rows, uint32 n_features)
{
	if (bytes > spk_memory_limit())
		refuse(bytes, n_rows, n_features, false, "");
}

bool
spk_memory_shared_fits(uint64 bytes)
{
#ifdef __linux__
	struct statvfs fs;

	if (dynamic_shared_memory_type == DSM_IMPL_POSIX && statvfs("/dev/shm", &fs) == 0)
		return (uint64) fs.f_bavail * fs.f_frsize >= bytes;
#endif
	return true;
}
