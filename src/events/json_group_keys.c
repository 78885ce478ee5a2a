/*
 * json_group_keys.c
 *	  The keys by which a scan groups events.
 */
#include "compat.h"

#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "events/json_fdw_upper.h"
#include "events/json_group_keys.h"

void
spk_json_keys_init(SpkJsonKeys *keys, const ForeignScan *plan, SpkBinding *binding,
				   const int *columns)
{
	int n = linitial_int(list_nth(plan->fdw_private, SPK_SCAN_N_OUTPUTS));

	keys->binding = binding;
	keys->n = 0;
	keys->keys = palloc0(sizeof(SpkJsonKey) * Max(n, 1));
	for (int i = 0; i < n; i++)
	{
		const TargetEntry *entry = list_nth(plan->fdw_scan_tlist, i);
		SpkJsonKey		  *key = &keys->keys[keys->n];

		if (!IsA(entry->expr, Var))
			continue;
		key->output = i;
		key->column = columns[i];
		get_typlenbyval(((Var *) entry->expr)->vartype, &key->len, &key->by_value);
		keys->n++;
	}
	Assert(keys->n <= SPK_MAX_GROUP_KEYS);
	initStringInfo(&keys->bytes);
}

/* Adds a value that is not as it stands in the line. */
static void
add_datum(SpkJsonKeys *keys, const SpkJsonKey *key, const SpkField *field)
{
	Datum			value = spk_cast_datum(&keys->binding->casts[key->column], field);
	struct varlena *packed;
	int				len;

	if (key->by_value)
		appendBinaryStringInfo(&keys->bytes, (char *) &value, sizeof(value));
	else if (key->len > 0)
		appendBinaryStringInfo(&keys->bytes, DatumGetPointer(value), key->len);
	else
	{
		packed = PG_DETOAST_DATUM_PACKED(value);
		len = VARSIZE_ANY_EXHDR(packed);
		appendBinaryStringInfo(&keys->bytes, (char *) &len, sizeof(len));
		appendBinaryStringInfo(&keys->bytes, VARDATA_ANY(packed), len);
	}
}

/* Adds the bytes of a key, by which it can be told from any other. */
static void
add_key(SpkJsonKeys *keys, const SpkJsonKey *key, const SpkField *field)
{
	switch (keys->binding->ways[key->column])
	{
		case SPK_CAST_TEXT:
			appendBinaryStringInfo(&keys->bytes, (const char *) &field->text.len, sizeof(int));
			appendBinaryStringInfo(&keys->bytes, field->text.data, field->text.len);
			break;
		case SPK_CAST_TIME:
		case SPK_CAST_INT8:
		case SPK_CAST_INT4:
			appendBinaryStringInfo(&keys->bytes, (const char *) &field->integer, sizeof(int64));
			break;
		default:
			add_datum(keys, key, field);
	}
}

const char *
spk_json_keys_find(SpkJsonKeys *keys, const SpkEventRow *row, int *len, uint64 *nulls)
{
	const SpkJsonKey *key = keys->keys;

	*nulls = 0;
	if (keys->n == 1 && !row->isnull[key->column] &&
		keys->binding->ways[key->column] == SPK_CAST_TEXT)
	{
		*len = row->field[key->column].text.len;
		return row->field[key->column].text.data;
	}
	resetStringInfo(&keys->bytes);
	for (int i = 0; i < keys->n; i++, key++)
	{
		if (row->isnull[key->column])
			*nulls |= UINT64_C(1) << i;
		else
			add_key(keys, key, &row->field[key->column]);
	}
	*len = keys->bytes.len;
	return keys->bytes.data;
}

Datum
spk_json_key_datum(const SpkJsonKeys *keys, int i, const SpkEventRow *row)
{
	int				column = keys->keys[i].column;
	const SpkField *field = &row->field[column];

	if (keys->binding->ways[column] == SPK_CAST_TEXT)
		return PointerGetDatum(cstring_to_text_with_len(field->text.data, field->text.len));
	return spk_cast_datum(&keys->binding->casts[column], field);
}
