/*
 * predict.c
 *	  churn_predict and churn_at_risk: a model applied to one row.
 *
 * Called for millions of rows with few models.  A model is detoasted, checked
 * and decoded when it first occurs at a place in a query and kept there; a
 * stored model is known again by its toast pointer, without being read.
 */
#include "compat.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "core/additive.h"
#include "core/binning.h"
#include "core/codec.h"
#include "core/predict.h"
#include "core/walk.h"
#include "model_type.h"
#include "pg_host.h"
#include "row_binding.h"

/* Models kept for each place in a query: rows may switch between a few. */
#define MAX_KEPT	8

/*
 * How to know a value again.  A toast pointer stands for itself, as does a
 * small compressed value; a plain one is known by its header, which holds a
 * fingerprint, and its size.
 */
typedef struct ModelKey
{
	size_t		size;			/* of the whole value as it is passed */
	size_t		len;
	const void *bytes;
} ModelKey;

typedef struct Prepared
{
	MemoryContext context;		/* of this and all below */
	ModelKey	key;
	uint64		used;			/* the predictor's clock at the last use */
	SpkModel   *model;			/* without its trees */
	SpkWalker  *walker;			/* of its trees; NULL when it has none */
	SpkRow	   *row;			/* NULL until the first row */
	SpkRowColumn *columns;		/* of the row, one for each feature */
	uint32	   *asked;			/* features that the model asks for: all that trees use, or all */
	int			n_asked;
	bool		flat;			/* can all of these be read where they are in a row without NULLs? */
	double	   *values;			/* of the row, one for each feature; of those asked for */
	uint8	   *codes;			/* that trees ask for */
} Prepared;

typedef struct Predictor
{
	MemoryContext context;
	uint64		clock;
	int			n_kept;
	Prepared   *last;
	Prepared   *kept[MAX_KEPT];
} Predictor;

/* The key of a value that is not an indirect or expanded one. */
static ModelKey
model_key(const struct varlena *value)
{
	ModelKey	key = {VARSIZE_ANY(value), VARSIZE_ANY(value), value};

	if (!VARATT_IS_EXTERNAL(value) && !VARATT_IS_COMPRESSED(value))
	{
		key.bytes = VARDATA_ANY(value);
		key.len = Min(VARSIZE_ANY_EXHDR(value), SPK_MODEL_HEADER);
	}
	return key;
}

static inline bool
key_equal(const ModelKey *a, const ModelKey *b)
{
	return a->size == b->size && a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

/* Lays out the model's trees for walking, and gives back their memory. */
static SpkWalker *
make_walker(SpkModel *model, MemoryContext context)
{
	SpkHost		host = spk_pg_host(context);
	SpkWalker  *walker = spk_walker_new(&host, model, spk_walk_best());

	if (walker == NULL)
		spk_check(SPK_NO_MEMORY, "churn model", NULL);
	spk_model_release_trees(&host, model);
	return walker;
}

static Prepared *
prepare(Predictor *predictor, struct varlena *value, const ModelKey *key)
{
	MemoryContext context = AllocSetContextCreate(predictor->context, "churn model",
												  ALLOCSET_DEFAULT_SIZES);
	Prepared   *p = MemoryContextAllocZero(context, sizeof(Prepared));
	void	   *bytes = MemoryContextAlloc(context, key->len);

	memcpy(bytes, key->bytes, key->len);
	p->context = context;
	p->key = *key;
	p->key.bytes = bytes;
	p->model = spk_model_from_datum(PointerGetDatum(value), context);
	if (spk_algorithm_is_forest(p->model->algorithm))
		p->walker = make_walker(p->model, context);
	p->asked = MemoryContextAlloc(context, Max(p->model->n_features, 1) * sizeof(uint32));
	for (uint32 i = 0; i < p->model->n_features; i++)
		if (p->walker == NULL || spk_walk_uses(p->walker, i))
			p->asked[p->n_asked++] = i;
	p->columns = MemoryContextAlloc(context, Max(p->model->n_features, 1) * sizeof(SpkRowColumn));
	p->values = MemoryContextAllocZero(context, Max(p->model->n_features, 1) * sizeof(double));
	if (p->walker != NULL)
		p->codes = MemoryContextAllocZero(context, spk_walker_codes(p->walker));
	return p;
}

/* A place for one more model, the least recently used one's when all are taken. */
static int
free_place(Predictor *predictor)
{
	int			oldest = 0;

	if (predictor->n_kept < MAX_KEPT)
		return predictor->n_kept++;
	for (int i = 1; i < MAX_KEPT; i++)
		if (predictor->kept[i]->used < predictor->kept[oldest]->used)
			oldest = i;
	MemoryContextDelete(predictor->kept[oldest]->context);
	return oldest;
}

static Prepared *
find_prepared(Predictor *predictor, struct varlena *value)
{
	ModelKey	key;
	Prepared   *p;

	if (VARATT_IS_EXTERNAL(value) && !VARATT_IS_EXTERNAL_ONDISK(value))
		value = pg_detoast_datum(value);
	key = model_key(value);
	predictor->clock++;
	if (predictor->last != NULL && key_equal(&predictor->last->key, &key))
		p = predictor->last;
	else
	{
		p = NULL;
		for (int i = 0; i < predictor->n_kept && p == NULL; i++)
			if (key_equal(&predictor->kept[i]->key, &key))
				p = predictor->kept[i];
		if (p == NULL)
		{
			p = prepare(predictor, value, &key);
			predictor->kept[free_place(predictor)] = p;
		}
		predictor->last = p;
	}
	p->used = predictor->clock;
	return p;
}

/* Finds the model's features in rows like this one, which becomes the model's. */
static void
bind_row(Prepared *p, SpkRow *row)
{
	int			last = -1;		/* column that the model asks for */

	if (p->row != NULL)
		spk_row_free(p->row);
	p->row = NULL;
	for (uint32 i = 0; i < p->model->n_features; i++)
	{
		const SpkFeature *feature = &p->model->features[i];
		int			attno = spk_row_find(row, feature->name);

		if (attno < 0)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("column \"%s\" of the model is missing from the row", feature->name),
					 errhint("Pass a row with every feature column the model was trained on.")));
		p->columns[i] = spk_row_column(row, attno);
		if (p->columns[i].kind != feature->kind)
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column \"%s\" of type %s does not fit the model", feature->name,
							format_type_be(TupleDescAttr(row->desc, attno)->atttypid)),
					 errdetail("The model was trained on %s in this column, not %s.",
							   spk_kind_phrase(feature->kind), spk_kind_phrase(p->columns[i].kind))));
	}
	p->flat = true;
	for (int i = 0; i < p->n_asked; i++)
	{
		const SpkRowColumn *column = &p->columns[p->asked[i]];

		last = Max(last, column->attno);
		p->flat = p->flat && column->kind != SPK_CATEGORY && column->offset >= 0;
	}
	spk_row_limit(row, last + 1);
	p->row = row;
}

static uint8
category_code(Prepared *p, uint32 feature)
{
	SpkCategory c = spk_row_category(p->row, &p->columns[feature]);

	return c.name == NULL ? SPK_MISSING : spk_code_category(&p->model->features[feature], c.name, c.len);
}

/* Reads the loaded row. */
static void
read_row(Prepared *p)
{
	for (int i = 0; i < p->n_asked; i++)
	{
		uint32		feature = p->asked[i];

		if (p->model->features[feature].kind != SPK_CATEGORY)
			p->values[feature] = spk_row_number(p->row, &p->columns[feature]);
		else if (p->walker == NULL)
			p->values[feature] = spk_value_of_code(category_code(p, feature));
		else
			spk_walk_put_code(p->walker, feature, category_code(p, feature), p->codes);
	}
}

/* Of the row that was read. */
static double
predict_row(const Prepared *p)
{
	if (p->walker == NULL)
		return spk_additive_predict(p->model, p->values);
	spk_walk_put_numbers(p->walker, p->values, p->codes);
	return spk_answer(p->model, spk_walk(p->walker, p->codes));
}

static double
predict_tuple(Prepared *p, HeapTupleHeader tuple)
{
	if (p->row == NULL || !spk_row_matches(p->row, tuple))
		bind_row(p, spk_row_make(tuple, p->context));
	if (p->flat && spk_row_is_flat(p->row, tuple))
		spk_row_flat_numbers(tuple, p->columns, p->asked, p->n_asked, p->values);
	else
	{
		spk_row_load(p->row, tuple);
		read_row(p);
	}
	return predict_row(p);
}

/* The model of argument 0, prepared. */
static Prepared *
prepared_model(FunctionCallInfo fcinfo)
{
	Predictor  *predictor = fcinfo->flinfo->fn_extra;

	if (predictor == NULL)
	{
		predictor = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(Predictor));
		predictor->context = fcinfo->flinfo->fn_mcxt;
		fcinfo->flinfo->fn_extra = predictor;
	}
	return find_prepared(predictor, (struct varlena *) PG_GETARG_POINTER(0));
}

PG_FUNCTION_INFO_V1(churn_predict);
Datum
churn_predict(PG_FUNCTION_ARGS)
{
	Prepared   *p = prepared_model(fcinfo);

	PG_RETURN_FLOAT8(predict_tuple(p, PG_GETARG_HEAPTUPLEHEADER(1)));
}

PG_FUNCTION_INFO_V1(churn_at_risk);
Datum
churn_at_risk(PG_FUNCTION_ARGS)
{
	Prepared   *p = prepared_model(fcinfo);

	PG_RETURN_BOOL(predict_tuple(p, PG_GETARG_HEAPTUPLEHEADER(1)) >= p->model->threshold);
}

/* A row of a call's arguments: the features in the model's order. */
static SpkRow *
row_of_arguments(const Prepared *p, FunctionCallInfo fcinfo)
{
	uint32		n = p->model->n_features;
	const char **names = MemoryContextAlloc(p->context, Max(n, 1) * sizeof(char *));

	if (PG_NARGS() - 1 != n)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the model has %u features, not %d", n, PG_NARGS() - 1)));
	for (uint32 i = 0; i < n; i++)
		names[i] = p->model->features[i].name;
	return spk_row_of_arguments(fcinfo, 1, (int) n, names, p->context);
}

/* What churn_score calls: making a row of each and taking it apart would cost as much as reading the table. */
PG_FUNCTION_INFO_V1(churn_predict_values);
Datum
churn_predict_values(PG_FUNCTION_ARGS)
{
	Prepared   *p;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	p = prepared_model(fcinfo);
	if (p->row == NULL)
		bind_row(p, row_of_arguments(p, fcinfo));
	spk_row_load_arguments(p->row, fcinfo, 1);
	read_row(p);
	PG_RETURN_FLOAT8(predict_row(p));
}
