/*
 * describe_log_line.c
 *	  A row of the result of churn_describe_log.
 */
#include "compat.h"

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "profiles/describe_log_line.h"

SpkLine
spk_line(const char *topic, const char *name)
{
	SpkLine line;

	memset(line.nulls, true, sizeof(line.nulls));
	line.values[SPK_LINE_TOPIC] = CStringGetTextDatum(topic);
	line.values[SPK_LINE_NAME] = CStringGetTextDatum(name);
	line.nulls[SPK_LINE_TOPIC] = line.nulls[SPK_LINE_NAME] = false;
	return line;
}

void
spk_line_set(SpkLine *line, SpkLineColumn column, Datum value)
{
	line->values[column] = value;
	line->nulls[column] = false;
}

void
spk_line_count(SpkLine *line, SpkLineColumn column, uint64 n)
{
	spk_line_set(line, column, Int64GetDatum((int64) n));
}

void
spk_line_note(SpkLine *line, const char *note)
{
	if (note != NULL)
		spk_line_set(line, SPK_LINE_NOTE, CStringGetTextDatum(note));
}

static Datum
numeric_of(const char *text)
{
	return DirectFunctionCall3(numeric_in, CStringGetDatum(text), ObjectIdGetDatum(InvalidOid),
							   Int32GetDatum(-1));
}

void
spk_line_ratio(SpkLine *line, SpkLineColumn column, uint64 n, uint64 of, unsigned times)
{
	uint64 whole;

	if (of == 0)
		return;
	n *= times;
	whole = (n / of) * 100 + ((n % of) * 100 + of / 2) / of;
	spk_line_set(line, column,
				 numeric_of(psprintf(UINT64_FORMAT "."
												   "%02u",
									 whole / 100, (unsigned) (whole % 100))));
}

void
spk_line_times(SpkLine *line, const SpkSpan *span)
{
	if (span->rows == 0)
		return;
	spk_line_set(line, SPK_LINE_FIRST_AT, TimestampTzGetDatum(span->first));
	spk_line_set(line, SPK_LINE_LAST_AT, TimestampTzGetDatum(span->last));
}

/* Millionths, with as many digits behind the point as they need, two at least. */
void
spk_line_amount(SpkLine *line, int64 amount)
{
	uint64 size = amount < 0 ? -(uint64) amount : (uint64) amount;
	char  *text = psprintf("%s" UINT64_FORMAT ".%06u", amount < 0 ? "-" : "", size / SPK_AMOUNT_ONE,
						   (unsigned) (size % SPK_AMOUNT_ONE));

	for (size_t len = strlen(text), n = 0; n < 4 && text[len - 1] == '0'; n++)
		text[--len] = '\0';
	spk_line_set(line, SPK_LINE_AMOUNT, numeric_of(text));
}

void
spk_line_put(const SpkTelling *t, SpkLine *line)
{
	tuplestore_putvalues(t->rsinfo->setResult, t->rsinfo->setDesc, line->values, line->nulls);
}
