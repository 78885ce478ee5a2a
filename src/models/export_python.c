/*
 * export_python.c
 *	  Models as a file of Python: the scorer (see scorer.py) and the model's JSON text.
 */
#include "compat.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"

#include "core/models/learner.h"
#include "models/export.h"
#include "models/model_json.h"
#include "models/scorer_text.h"

#define LINE_BYTES 100

/* Where a character may stand that needs no escape, in JSON and in Python's quotes. */
static bool
is_plain(unsigned char c)
{
	return c < 0x80 && c != '\\' && c != '\'';
}

/* Appends a character beyond ASCII as JSON escapes it, whose backslash Python escapes. */
static void
append_escaped(StringInfo buf, pg_wchar c)
{
	if (c < 0x10000)
		appendStringInfo(buf, "\\\\u%04x", (unsigned) c);
	else
		appendStringInfo(buf, "\\\\u%04x\\\\u%04x", 0xd800 + (unsigned) ((c - 0x10000) >> 10),
						 0xdc00 + (unsigned) ((c - 0x10000) & 0x3ff));
}

/*
 * Appends JSON, which is UTF-8, for a literal of Python in three single quotes.  Lines end
 * where JSON may have white space, so that an editor can show them.
 */
static void
append_json(StringInfo buf, const char *json)
{
	bool   in_string = false;
	bool   is_escaped = false; /* by a backslash before it */
	size_t line = 0;

	for (const unsigned char *at = (const unsigned char *) json; *at != '\0'; at++)
	{
		if (line++ % LINE_BYTES == 0)
			CHECK_FOR_INTERRUPTS();
		if (*at >= 0x80)
		{
			pg_wchar c = utf8_to_unicode(at);

			append_escaped(buf, c);
			at += c < 0x800 ? 1 : c < 0x10000 ? 2 : 3; /* to its last byte */
		}
		else if (is_plain(*at))
			appendStringInfoChar(buf, (char) *at);
		else
			appendStringInfo(buf, "\\%c", *at);

		/* a quote ends a string unless it is escaped, and so does no escape of another one */
		if (*at == '"' && !is_escaped)
			in_string = !in_string;
		is_escaped = *at == '\\' && !is_escaped;
		if (*at == ',' && !in_string && line >= LINE_BYTES)
		{
			appendStringInfoChar(buf, '\n');
			line = 0;
		}
	}
}

static const char *
adds_up(const SpkModel *model)
{
	return spk_learners[model->algorithm].answer == SPK_ANSWER_LOGISTIC ? "True" : "False";
}

static const char *
terms(const SpkModel *model)
{
	switch (spk_learners[model->algorithm].terms)
	{
		case SPK_TERMS_LOGISTIC:
			return "'logistic'";
		case SPK_TERMS_BAYES:
			return "'bayes'";
		default:
			return "None";
	}
}

void
spk_export_python(StringInfo buf, const SpkModel *model)
{
	StringInfoData json;
	char		  *text;

	initStringInfo(&json);
	spk_model_to_json(&json, model);
	text = pg_server_to_any(json.data, json.len, PG_UTF8);

	appendStringInfo(buf,
					 "# A churn model of sparkify as plain Python: %s, fingerprint %016llx.\n#\n",
					 spk_learners[model->algorithm].name, (unsigned long long) model->fingerprint);
	appendStringInfoString(buf, spk_scorer_text);
	appendStringInfo(buf,
					 "TREES_ADD_UP = %s  # to the log-odds of churn; otherwise it is their mean\n",
					 adds_up(model));
	appendStringInfo(buf, "TERMS = %s\n", terms(model));
	appendStringInfoString(buf, "PARTS = [");
	for (uint32 i = 0; i < model->n_parts; i++)
		appendStringInfo(buf, "%s(%s, %s)", i > 0 ? ", " : "", adds_up(&model->parts[i].model),
						 terms(&model->parts[i].model));
	appendStringInfoString(buf, "]  # of a blend: the same of each\n");
	appendStringInfoString(buf, "load('''");
	append_json(buf, text);
	appendStringInfoString(buf, "''')\n\nif __name__ == '__main__':\n    main()\n");
}
