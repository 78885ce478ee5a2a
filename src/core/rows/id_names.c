/*
 * id_names.c
 *	  Columns that are called ids.
 */
#include <string.h>

#include "core/rows/id_names.h"

static inline char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char) (c - 'A' + 'a') : c;
}

/* Does the name end in this, in either case?  Sets *front to the length of what is before. */
static bool
ends_in(const char *name, const char *end, size_t *front)
{
	size_t n = strlen(name);
	size_t len = strlen(end);

	if (n < len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (lower(name[n - len + i]) != end[i])
			return false;
	*front = n - len;
	return true;
}

/* Is this the name, in upper or lower case? */
static bool
is_name(const char *name, const char *other)
{
	size_t front;

	return ends_in(name, other, &front) && front == 0;
}

bool
spk_names_user(const char *name)
{
	static const char *const users[] = {"user",	   "customer", "cust",	  "client",
										"account", "acct",	   "member",  "subscriber",
										"person",  "player",   "visitor", "employee"};
	static const char *const whole[] = {"id",	 "uid",		 "uuid",	  "guid",
										"email", "username", "user_name", "msisdn"};
	static const char *const ids[] = {"id",	 "_id",	   "uuid",	  "_uuid", "no",
									  "_no", "number", "_number", "key",   "_key"};
	char					 end[32];
	size_t					 front;

	/* as the end of a name these may be part of any word, as in "paid" */
	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
		if (is_name(name, whole[i]))
			return true;

	/* behind a word for users they are not, whatever stands before both */
	for (size_t u = 0; u < sizeof(users) / sizeof(users[0]); u++)
	{
		if (is_name(name, users[u]))
			return true;
		for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		{
			strcpy(end, users[u]);
			strcat(end, ids[i]);
			if (ends_in(name, end, &front))
				return true;
		}
	}
	return false;
}

bool
spk_names_id(const char *name)
{
	static const char *const ids[] = {"id", "uuid", "guid"};
	size_t					 front;

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (ends_in(name, ids[i], &front) &&
			(front == 0 || name[front - 1] == '_' ||
			 (name[front] == 'I' && name[front - 1] != 'I')))
			return true;
	return spk_names_user(name);
}
