/*
 * event_tuple.c
 *	  Makes a heap's tuples straight from the values of events.
 *
 * heap_form_tuple wants a Datum of each value, so that each text is copied twice, and
 * takes the types from the row's description again for each row.  Here the way of each
 * column is known beforehand, and its value is written once, where it belongs.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "access/tupmacs.h"
#include "catalog/pg_type.h"

#include "events/event_tuple.h"

/* What holds the tuples of most batches; others are allocated one by one. */
#define ROOM_BYTES (256 * 1024)

/* No attribute is aligned to more bytes. */
#define MAX_PADDING (MAXIMUM_ALIGNOF - 1)

typedef enum SpkStepKind
{
	SPK_STEP_EIGHT, /* the field's eight bytes, aligned like a double */
	SPK_STEP_FOUR,	/* an int4 */
	SPK_STEP_TEXT,
	SPK_STEP_DATUM /* what the column's cast makes of the field */
} SpkStepKind;

/* How one attribute is written. */
typedef struct SpkStep
{
	SpkStepKind kind;
	int			col;	   /* of the schema */
	int			attribute; /* its number, from 0 */
	bool		varies;	   /* the value's length is its own */
	Datum		datum;	   /* of the row at work, in a step of that kind */
} SpkStep;

struct SpkTuples
{
	TupleDesc		  tupdesc;
	const SpkBinding *binding;
	SpkStep			 *steps; /* of the bound attributes, in their order */
	int				  n_steps;
	int				  n_datums; /* steps of that kind */
	Size			  bytes; /* of a tuple with its header, but for what differs from row to row */
	char			 *room;
	char			 *at; /* where the next tuple begins */
};

static SpkStepKind
step_kind(SpkCastWay way)
{
	switch (way)
	{
		case SPK_CAST_TIME:
		case SPK_CAST_INT8:
		case SPK_CAST_FLOAT8:
			return SPK_STEP_EIGHT;
		case SPK_CAST_INT4:
			return SPK_STEP_FOUR;
		case SPK_CAST_TEXT:
			return SPK_STEP_TEXT;
		default:
			return SPK_STEP_DATUM;
	}
}

SpkTuples *
spk_tuples_new(TupleDesc tupdesc, const SpkBinding *binding)
{
	SpkTuples *tuples = palloc0(sizeof(SpkTuples));

	tuples->tupdesc = tupdesc;
	tuples->binding = binding;
	tuples->steps = palloc(sizeof(SpkStep) * Max(tupdesc->natts, 1));
	tuples->bytes = HEAPTUPLESIZE + MAXALIGN(SizeofHeapTupleHeader + BITMAPLEN(tupdesc->natts));
	for (int i = 0; i < tupdesc->natts; i++)
	{
		int		 col = binding->columns[i];
		int		 len = TupleDescAttr(tupdesc, i)->attlen;
		SpkStep *step = &tuples->steps[tuples->n_steps];

		if (col == SPK_EVENT_NO_COLUMN)
			continue;
		step->kind = step_kind((SpkCastWay) binding->ways[col]);
		step->col = col;
		step->attribute = i;
		step->varies = len < 0;
		tuples->n_steps++;
		tuples->n_datums += step->kind == SPK_STEP_DATUM;
		tuples->bytes += (len > 0 ? len : VARHDRSZ) + MAX_PADDING;
	}
	tuples->room = palloc(ROOM_BYTES);
	tuples->at = tuples->room;
	return tuples;
}

void
spk_tuples_reset(SpkTuples *tuples)
{
	tuples->at = tuples->room;
}

/* Makes the Datums that the row needs; returns the bytes of those that vary in length. */
static Size
make_datums(SpkTuples *tuples, const SpkEventRow *row)
{
	Size size = 0;

	for (int i = 0; i < tuples->n_steps; i++)
	{
		SpkStep *step = &tuples->steps[i];
		int		 len = TupleDescAttr(tuples->tupdesc, step->attribute)->attlen;

		if (step->kind != SPK_STEP_DATUM || row->isnull[step->col])
			continue;
		step->datum = spk_cast_datum(&tuples->binding->casts[step->col], &row->field[step->col]);
		if (len > 0)
			continue;
		/* as a tuple's value it must not depend on what is elsewhere */
		if (len == -1 && VARATT_IS_EXTERNAL(DatumGetPointer(step->datum)))
			step->datum = PointerGetDatum(PG_DETOAST_DATUM(step->datum));
		size += att_addlength_datum(0, len, step->datum);
	}
	return size;
}

/* The most that the row's tuple takes; *any_null says whether it needs a bitmap. */
static Size
tuple_size(SpkTuples *tuples, const SpkEventRow *row, bool *any_null)
{
	Size size = tuples->bytes;
	bool nulls = tuples->n_steps < tuples->tupdesc->natts;

	for (int i = 0; i < tuples->n_steps; i++)
	{
		const SpkStep *step = &tuples->steps[i];

		if (row->isnull[step->col])
			nulls = true;
		else if (step->kind == SPK_STEP_TEXT)
			size += row->field[step->col].text.len;
	}
	if (tuples->n_datums > 0)
		size += make_datums(tuples, row);
	*any_null = nulls;
	return size;
}

/* Where a tuple of at most this size can be made, aligned. */
static char *
find_room(SpkTuples *tuples, Size size)
{
	if (size <= (Size) (tuples->room + ROOM_BYTES - tuples->at))
		return tuples->at;
	return palloc(size);
}

/* Moves up to an address that is aligned to a power of two, over zeros. */
static inline char *
align(char *at, Size alignment)
{
	while (((uintptr_t) at & (alignment - 1)) != 0)
		*at++ = 0;
	return at;
}

/* Writes a text with its header, short where it can be; returns its end. */
static inline char *
put_text(char *at, const char *data, int len)
{
	if (len + VARHDRSZ_SHORT <= VARATT_SHORT_MAX)
	{
		SET_VARSIZE_SHORT(at, len + VARHDRSZ_SHORT);
		at += VARHDRSZ_SHORT;
	}
	else
	{
		at = align(at, ALIGNOF_INT);
		SET_VARSIZE(at, len + VARHDRSZ);
		at += VARHDRSZ;
	}
	memcpy(at, data, len);
	return at + len;
}

static Size
alignment_of(Form_pg_attribute att)
{
	switch (att->attalign)
	{
		case TYPALIGN_CHAR:
			return 1;
		case TYPALIGN_SHORT:
			return ALIGNOF_SHORT;
		case TYPALIGN_INT:
			return ALIGNOF_INT;
		default:
			return ALIGNOF_DOUBLE;
	}
}

static char *
put_varlena(char *at, Form_pg_attribute att, Pointer value)
{
	if (VARATT_IS_SHORT(value))
	{
		memcpy(at, value, VARSIZE_SHORT(value));
		return at + VARSIZE_SHORT(value);
	}
	if (att->attstorage != TYPSTORAGE_PLAIN && VARATT_CAN_MAKE_SHORT(value))
	{
		int size = VARATT_CONVERTED_SHORT_SIZE(value);

		SET_VARSIZE_SHORT(at, size);
		memcpy(at + VARHDRSZ_SHORT, VARDATA(value), size - VARHDRSZ_SHORT);
		return at + size;
	}
	at = align(at, alignment_of(att));
	memcpy(at, value, VARSIZE(value));
	return at + VARSIZE(value);
}

static char *
put_datum(char *at, Form_pg_attribute att, Datum datum)
{
	Size len;

	if (att->attlen == -1)
		return put_varlena(at, att, DatumGetPointer(datum));
	at = align(at, alignment_of(att));
	if (att->attbyval)
	{
		store_att_byval(at, datum, att->attlen);
		return at + att->attlen;
	}
	len = att_addlength_datum(0, att->attlen, datum);
	memcpy(at, DatumGetPointer(datum), len);
	return at + len;
}

/* Writes the value of a step that is not NULL; returns its end. */
static inline char *
put_value(const SpkTuples *tuples, const SpkStep *step, const SpkField *field, char *at)
{
	int32 four;

	switch (step->kind)
	{
		case SPK_STEP_EIGHT:
			at = align(at, ALIGNOF_DOUBLE);
			memcpy(at, field, sizeof(int64));
			return at + sizeof(int64);
		case SPK_STEP_FOUR:
			at = align(at, ALIGNOF_INT);
			four = (int32) field->integer;
			memcpy(at, &four, sizeof(four));
			return at + sizeof(four);
		case SPK_STEP_TEXT:
			return put_text(at, field->text.data, field->text.len);
		case SPK_STEP_DATUM:
			return put_datum(at, TupleDescAttr(tuples->tupdesc, step->attribute), step->datum);
	}
	return at;
}

HeapTuple
spk_tuple_make(SpkTuples *tuples, const SpkEventRow *row)
{
	int				natts = tuples->tupdesc->natts;
	bool			any_null;
	Size			size = tuple_size(tuples, row, &any_null);
	char		   *room = find_room(tuples, size);
	HeapTuple		tuple = (HeapTuple) room;
	HeapTupleHeader header = (HeapTupleHeader) (room + HEAPTUPLESIZE);
	Size			hoff;
	char		   *at;

	/* the header, as heap_form_tuple makes it */
	hoff = MAXALIGN(SizeofHeapTupleHeader + (any_null ? BITMAPLEN(natts) : 0));
	memset(room, 0, HEAPTUPLESIZE + hoff);
	ItemPointerSetInvalid(&tuple->t_self);
	tuple->t_data = header;
	HeapTupleHeaderSetNatts(header, natts);
	header->t_hoff = hoff;
	header->t_infomask = any_null ? HEAP_HASNULL : 0;

	/* the values, and a bit for each that is there */
	at = (char *) header + hoff;
	for (int i = 0; i < tuples->n_steps; i++)
	{
		const SpkStep *step = &tuples->steps[i];

		if (row->isnull[step->col])
			continue;
		if (any_null)
			header->t_bits[step->attribute >> 3] |= 1 << (step->attribute & 7);
		if (step->varies)
			header->t_infomask |= HEAP_HASVARWIDTH;
		at = put_value(tuples, step, &row->field[step->col], at);
	}
	tuple->t_len = at - (char *) header;
	Assert(at <= room + size);
	if (room == tuples->at)
		tuples->at = room + MAXALIGN(at - room);
	return tuple;
}
