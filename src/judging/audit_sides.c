/*
 * audit_sides.c
 *	  Notes, in words, on values that only rows of one class have.
 */
#include "compat.h"

#include "common/shortest_dec.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "judging/audit_notes.h"
#include "judging/audit_sides.h"

/* Of a longer category only so many bytes are shown. */
#define MAX_SIDE_BYTES 60

/*
 * Appends a category as SQL would have it in quotes.  It may be anything: characters that
 * a terminal obeys are written as escapes, so that the note stays one line.
 */
static void
append_category(StringInfo s, const SpkCategory *category)
{
	const char *name = category->name;
	int			len = pg_mbcliplen(name, (int) category->len, MAX_SIDE_BYTES);
	bool		escaped = false;

	for (int i = 0; i < len; i++)
		escaped |= name[i] == '\\' || (unsigned char) name[i] < ' ' || name[i] == 0x7f;
	appendStringInfoString(s, escaped ? "E'" : "'");
	for (int i = 0; i < len; i++)
	{
		if ((unsigned char) name[i] < ' ' || name[i] == 0x7f)
			appendStringInfo(s, "\\x%02X", (unsigned char) name[i]);
		else if (name[i] == '\'' || name[i] == '\\')
			appendStringInfo(s, "%c%c", name[i], name[i]);
		else
			appendStringInfoChar(s, name[i]);
	}
	appendStringInfoString(s, len < (int) category->len ? "...'" : "'");
}

/* Appends a point in time, in microseconds since 2000, in UTC. */
static void
append_time(StringInfo s, double value)
{
	struct pg_tm tm;
	fsec_t		 fraction;
	char		 text[MAXDATELEN + 1];

	if (timestamp2tm((Timestamp) value, NULL, &tm, &fraction, NULL, NULL) != 0)
		appendStringInfo(s, "%.0f", value);
	else
	{
		EncodeDateTime(&tm, fraction, false, 0, NULL, USE_ISO_DATES, text);
		appendStringInfoString(s, text);
	}
}

static void
append_value(StringInfo s, const SpkColumn *column, double value)
{
	char digits[DOUBLE_SHORTEST_DECIMAL_LEN];

	if (column->kind == SPK_CATEGORY)
		append_category(s, &column->names[(uint32_t) value]);
	else if (spk_kind_is_time(column->kind))
		append_time(s, value);
	else
	{
		double_to_shortest_decimal_buf(value, digits);
		appendStringInfoString(s, digits);
	}
}

/* Says what the rows have. */
static char *
thing(const SpkColumn *column, const SpkSide *side)
{
	StringInfoData s;

	/* the words before the value, the value, and the words after it */
	initStringInfo(&s);
	if (side->kind == SPK_SIDE_KNOWN)
		appendStringInfoString(&s, "known");
	else if (side->kind == SPK_SIDE_MISSING)
		appendStringInfoString(&s, "missing");
	else if (side->kind == SPK_SIDE_OTHERS)
		appendStringInfoString(&s, "other than ");
	if (side->kind == SPK_SIDE_OTHERS || side->kind == SPK_SIDE_BELOW ||
		side->kind == SPK_SIDE_ABOVE)
		append_value(&s, column, side->values[0]);
	if (side->kind == SPK_SIDE_BELOW || side->kind == SPK_SIDE_ABOVE)
		appendStringInfoString(&s, side->kind == SPK_SIDE_BELOW ? " or less" : " or more");
	if (side->kind == SPK_SIDE_VALUES)
		for (uint32 i = 0; i < Min(side->n_values, SPK_SIDE_SHOWN); i++)
		{
			appendStringInfoString(&s, i > 0 ? ", " : "");
			append_value(&s, column, side->values[i]);
		}
	if (side->kind == SPK_SIDE_VALUES && side->n_values > SPK_SIDE_SHOWN)
		appendStringInfo(&s, " or %u other values", side->n_values - SPK_SIDE_SHOWN);
	return s.data;
}

/* Notes what the rows of one class have, of which there are so many of either class. */
static void
note_side(StringInfo note, const SpkColumn *column, const SpkSide *side, int class,
		  const uint32 n_rows[2])
{
	const char *users = side->n_users > 0 && side->n_users < side->rows[0] + side->rows[1] ?
		psprintf(" (%u users)", side->n_users) :
		"";
	const char *odd = side->rows[!class] > 0 ? psprintf("in %u", side->rows[!class]) : "in none";

	if (side->kind == SPK_SIDE_NONE)
		return;
	spk_append_note(
		note, "%s in %u of %u rows that %s%s and %s of %u others: is it known before %s leave?",
		thing(column, side), side->rows[class], n_rows[class], class == 1 ? "churned" : "stayed",
		users, odd, n_rows[!class], class == 1 ? "they" : "the others");
}

void
spk_note_sides(StringInfo note, const SpkTable *table, const SpkColumn *column,
			   const SpkAudit *audit)
{
	uint32 n_rows[2] = {0, 0};

	if (audit->sides[0].kind == SPK_SIDE_NONE && audit->sides[1].kind == SPK_SIDE_NONE)
		return;
	for (uint32 i = 0; i < table->n_rows; i++)
		n_rows[table->labels[i]]++;
	note_side(note, column, &audit->sides[1], 1, n_rows);
	note_side(note, column, &audit->sides[0], 0, n_rows);
}
