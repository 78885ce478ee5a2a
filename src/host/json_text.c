/*
 * json_text.c
 *	  Reads JSON text strictly with json-c, and raises PostgreSQL's errors.
 */
#include "compat.h"

#include "json/json_strict.h"
#include "host/json_text.h"
#include "host/pg_host.h"

#define TEXT_DEPTH 32

/* The most bytes of a user's text in a message. */
#define MAX_SHOWN 63

void
spk_json_error(const char *what, const char *detail_fmt, ...)
{
	char	detail[256];
	va_list args;
	int		len;

	va_start(args, detail_fmt);
	len = vsnprintf(detail, sizeof(detail), detail_fmt, args);
	va_end(args);
	if (len >= (int) sizeof(detail))
		detail[pg_mbcliplen(detail, sizeof(detail) - 1, sizeof(detail) - 1)] = '\0';
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type %s", what),
			 errdetail_internal("%s", detail)));
}

char *
spk_json_shown(const char *text)
{
	return pnstrdup(text, pg_mbcliplen(text, strlen(text), MAX_SHOWN));
}

json_object *
spk_json_parse(const char *text, const char *what)
{
	SpkHost							 host = spk_pg_host(CurrentMemoryContext);
	SpkJsonParser					 parser;
	json_object						*root;
	volatile enum json_tokener_error error;

	if (!spk_json_parser_open(&parser, TEXT_DEPTH))
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));

	/* the host jumps when it is cancelled, and PostgreSQL frees nothing of json-c's */
	PG_TRY();
	{
		error = spk_json_parse_strict(&parser, text, strlen(text), &host, &root);
	}
	PG_FINALLY();
	{
		spk_json_parser_close(&parser);
	}
	PG_END_TRY();
	if (error == SPK_JSON_NO_MEMORY)
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
	if (error != json_tokener_success)
		spk_json_error(what, "The text is not JSON: %s.", json_tokener_error_desc(error));
	if (root == NULL)
		spk_json_error(what, "The text is null.");
	return root;
}

json_object *
spk_json_member(json_object *object, const char *key, json_type type, bool optional,
				const char *what)
{
	json_object *member;

	if (!json_object_is_type(object, json_type_object))
		spk_json_error(what, "An object with \"%s\" is expected.", key);
	if (!json_object_object_get_ex(object, key, &member))
	{
		if (optional)
			return NULL;
		spk_json_error(what, "The member \"%s\" is missing.", key);
	}
	if (!json_object_is_type(member, type))
		spk_json_error(what, "The member \"%s\" must be of type %s.", key, json_type_to_name(type));
	return member;
}

int64
spk_json_int(json_object *object, const char *key, int64 min, int64 max, const char *what)
{
	json_object *member = spk_json_member(object, key, json_type_int, false, what);
	int64		 value = json_object_get_int64(member);

	/* json-c clamps what does not fit, so the ends of int64 may stand for other numbers */
	if (value < min || value > max)
		spk_json_error(what, "The member \"%s\" is out of range.", key);
	return value;
}

const char *
spk_json_string(json_object *object, const char *key, const char *what)
{
	json_object *member = spk_json_member(object, key, json_type_string, false, what);
	const char	*value = json_object_get_string(member);

	if (strlen(value) != (size_t) json_object_get_string_len(member))
		spk_json_error(what, "The member \"%s\" contains a null character.", key);
	return value;
}

void
spk_json_only(json_object *object, const char *const *keys, int n, const char *what)
{
	json_object_object_foreach(object, key, member)
	{
		int i = 0;

		(void) member;
		while (i < n && strcmp(key, keys[i]) != 0)
			i++;
		if (i == n)
			spk_json_error(what, "The member \"%s\" is not known.", spk_json_shown(key));
	}
}
