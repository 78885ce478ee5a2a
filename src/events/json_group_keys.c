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

static inline bool
is_one_text(const SpkJsonKeys *keys)
{
	return keys->n == 1 && keys->binding->ways[keys->keys[0].column] == SPK_CAST_TEXT;
}

const char *
spk_json_keys_find(SpkJsonKeys *keys, const SpkEventRow *row, int *len, uint64 *nulls)
{
	const SpkJsonKey *key = keys->keys;

	*nulls = 0;
	if (is_one_text(keys) && !row->isnull[key->column])
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

/* Takes so many bytes. */
static const char *
take(const char **at, int len)
{
	const char *bytes = *at;

	*at += len;
	return bytes;
}

/* A value of a type with a length of its own, whichever that is: all are made as text is. */
static Datum
take_varlena(const char **at)
{
	int len;

	memcpy(&len, take(at, sizeof(len)), sizeof(len));
	return PointerGetDatum(cstring_to_text_with_len(take(at, len), len));
}

/* The inverse of add_key. */
static Datum
take_value(const SpkJsonKeys *keys, const SpkJsonKey *key, const char **at)
{
	SpkField field;
	Datum	 value;

	switch (keys->binding->ways[key->column])
	{
		case SPK_CAST_TEXT:
			return take_varlena(at);
		case SPK_CAST_TIME:
		case SPK_CAST_INT8:
		case SPK_CAST_INT4:
			memcpy(&field.integer, take(at, sizeof(int64)), sizeof(int64));
			return spk_cast_datum(&keys->binding->casts[key->column], &field);
		default:
			break;
	}
	if (key->by_value)
	{
		memcpy(&value, take(at, sizeof(value)), sizeof(value));
		return value;
	}
	if (key->len > 0)
		return PointerGetDatum(memcpy(palloc(key->len), take(at, key->len), key->len));
	return take_varlena(at);
}

void
spk_json_keys_values(const SpkJsonKeys *keys, const char *bytes, int len, uint64 nulls,
					 Datum *values)
{
	const char *at = bytes;

	/* of a single text there is nothing but itself */
	if (is_one_text(keys) && nulls == 0)
	{
		values[0] = PointerGetDatum(cstring_to_text_with_len(bytes, len));
		return;
	}
	for (int i = 0; i < keys->n; i++)
		values[i] = (nulls >> i & 1) != 0 ? (Datum) 0 : take_value(keys, &keys->keys[i], &at);
	Assert(at == bytes + len);
}
