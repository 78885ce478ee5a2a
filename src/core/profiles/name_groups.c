/*
 * name_groups.c
 *	  Names that a program made, and what they have in common.
 */
#include "core/profiles/name_groups.h"

/* Names between two polls of the host. */
#define POLL_NAMES 1024

/* What is tried, what changes less before what changes more. */
static const unsigned attempts[] = {
	SPK_GROUP_DIGITS, SPK_GROUP_IDS,
	SPK_GROUP_CUT,	  SPK_GROUP_CUT | SPK_GROUP_IDS,
	SPK_GROUP_FIRST,  SPK_GROUP_FIRST | SPK_GROUP_IDS,
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_of_id(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || c == '-';
}

static size_t
cut(const char *name, size_t len)
{
	size_t n = 0;

	while (n < len && name[n] != '?' && name[n] != '#')
		n++;
	return n;
}

static size_t
first_part(const char *name, size_t len)
{
	size_t n = len > 0 && name[0] == '/' ? 1 : 0;

	while (n < len && name[n] != '/' && name[n] != '?' && name[n] != '#')
		n++;
	return n;
}

/* Puts one # in place of each run of these characters that has a digit. */
static size_t
replace_runs(char *name, size_t len, bool (*is_of_run)(char))
{
	size_t n = 0;

	for (size_t i = 0; i < len;)
	{
		size_t end = i;
		bool   has_digit = false;

		for (; end < len && is_of_run(name[end]); end++)
			has_digit = has_digit || is_digit(name[end]);
		if (has_digit)
			name[n++] = '#';
		else
		{
			end = end > i ? end : i + 1;
			memmove(name + n, name + i, end - i);
			n += end - i;
		}
		i = end;
	}
	return n;
}

size_t
spk_name_groups_apply(char *name, size_t len, unsigned steps)
{
	if (steps & SPK_GROUP_CUT)
		len = cut(name, len);
	if (steps & SPK_GROUP_FIRST)
		len = first_part(name, len);
	if (steps & SPK_GROUP_DIGITS)
		len = replace_runs(name, len, is_digit);
	if (steps & SPK_GROUP_IDS)
		len = replace_runs(name, len, is_of_id);
	return len;
}

/* How many groups there are after these steps; limit + 1 for more than the limit. */
static SpkStatus
count_groups(const SpkDictionary *names, uint32_t limit, unsigned steps, uint32_t *n)
{
	SpkDictionary groups;
	SpkStatus	  status = SPK_OK;
	char		  name[SPK_LOG_NAME_BYTES];

	spk_dictionary_init(&groups, &names->host, limit);
	for (uint32_t i = 1; i < names->n && status == SPK_OK; i++)
	{
		size_t	 len = names->names[i].len;
		uint32_t number;

		if (i % POLL_NAMES == 0 && spk_cancelled(&names->host))
			status = SPK_CANCELLED;
		memcpy(name, spk_dictionary_text(names, i), len);
		len = spk_name_groups_apply(name, len, steps);
		if (status == SPK_OK)
			status = spk_dictionary_add(&groups, name, len, &number);
	}
	/* a dictionary that is full says that there are too many */
	*n = groups.n > 0 ? groups.n - 1 : 0;
	if (status == SPK_LIMIT)
	{
		*n = limit + 1;
		status = SPK_OK;
	}
	spk_dictionary_release(&groups);
	return status;
}

SpkStatus
spk_name_groups_find(const SpkDictionary *names, uint32_t limit, unsigned *steps,
					 uint32_t *n_groups)
{
	*steps = 0;
	*n_groups = 0;
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++)
	{
		uint32_t  n;
		SpkStatus status = count_groups(names, limit, attempts[i], &n);

		if (status != SPK_OK)
			return status;
		if (n <= limit && n > *n_groups)
		{
			*steps = attempts[i];
			*n_groups = n;
		}
	}
	return SPK_OK;
}
