/*
 * model_type.c
 *	  The SQL types churn_model and churn_forest.
 *
 * Both store the bytes that core/models/codec.h describes.  A churn_forest is a
 * churn_model whose algorithm makes an ensemble of trees, which is checked wherever
 * one comes in.
 */
#include "compat.h"

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "core/models/codec.h"
#include "core/models/learner.h"
#include "core/models/model_check.h"
#include "core/trees/constraints_check.h"
#include "host/compact_text.h"
#include "host/detoast.h"
#include "models/model_json.h"
#include "models/model_type.h"
#include "host/pg_host.h"

PG_FUNCTION_INFO_V1(sparkify_model_in);
PG_FUNCTION_INFO_V1(sparkify_model_out);
PG_FUNCTION_INFO_V1(sparkify_model_recv);
PG_FUNCTION_INFO_V1(sparkify_model_send);
PG_FUNCTION_INFO_V1(sparkify_model_json);
PG_FUNCTION_INFO_V1(sparkify_forest_in);
PG_FUNCTION_INFO_V1(sparkify_forest_recv);
PG_FUNCTION_INFO_V1(churn_forest);
PG_FUNCTION_INFO_V1(churn_fingerprint);
PG_FUNCTION_INFO_V1(churn_set_threshold);

SpkModel *
spk_model_apart_from_datum(Datum datum, MemoryContext context, MemoryContext trees)
{
	bytea	   *bytes = (bytea *) spk_detoast_packed(datum);
	SpkHost		host = spk_pg_host(context);
	SpkHost		tree_host = spk_pg_host(trees);
	SpkModel   *model = MemoryContextAlloc(context, sizeof(SpkModel));
	const char *why = NULL;
	SpkStatus	status = spk_model_decode_apart(&host, &tree_host, VARDATA_ANY(bytes),
												VARSIZE_ANY_EXHDR(bytes), model, &why);

	spk_check(status, "churn model", why);
	if ((Pointer) bytes != DatumGetPointer(datum))
		pfree(bytes);
	return model;
}

SpkModel *
spk_model_from_datum(Datum datum, MemoryContext context)
{
	return spk_model_apart_from_datum(datum, context, context);
}

/* Encodes a model, which need not be sound. */
static bytea *
encode(const SpkModel *model)
{
	SpkHost	  host = spk_pg_host(CurrentMemoryContext);
	SpkWriter w = spk_writer(&host);

	spk_write_u32(&w, 0); /* the varlena's length word */
	spk_check(spk_model_encode(model, &w), "churn model", NULL);
	if (!AllocSizeIsValid(w.len))
		spk_check(SPK_LIMIT, "churn model", NULL);
	SET_VARSIZE(w.data, w.len);
	return (bytea *) w.data;
}

bytea *
spk_model_to_bytes(const SpkModel *model)
{
	spk_model_check(model);
	return encode(model);
}

/*
 * Returns what is wrong with bytes from outside; NULL when nothing is.  Names that are
 * not in the encoding of the database are an error of their own.
 */
static const char *
fault_of(const void *data, size_t len)
{
	SpkHost		host = spk_pg_host(CurrentMemoryContext);
	SpkModel	model;
	const char *why = NULL;
	SpkStatus	status = spk_model_decode(&host, data, len, &model, &why);

	if (status == SPK_CORRUPT)
		return why;
	spk_check(status, "churn model", NULL);
	spk_check(spk_constraints_fault(&host, &model, &why), "churn model", NULL);
	for (uint32 i = 0; i < model.n_features; i++)
	{
		const SpkFeature *feature = &model.features[i];

		pg_verifymbstr(feature->name, strlen(feature->name), false);
		for (uint32 j = 0; feature->kind == SPK_CATEGORY && j < spk_n_categories(feature); j++)
			pg_verifymbstr(feature->categories[j].name, feature->categories[j].len, false);
	}
	spk_model_release(&host, &model);
	return why;
}

static bytea *
model_from_json(const char *text)
{
	SpkModel *model = spk_model_from_json(text);
	SpkHost	  host = spk_pg_host(CurrentMemoryContext);
	bytea	 *bytes = encode(model);

	spk_model_release(&host, model);
	return bytes;
}

/* Reads a model from its text, of either form. */
static bytea *
model_in(const char *text)
{
	bytea	   *bytes = spk_is_compact_text(text) ? spk_compact_text_read(text, "churn_model") :
													model_from_json(text);
	const char *fault;

	fault = fault_of(VARDATA(bytes), VARSIZE(bytes) - VARHDRSZ);
	if (fault != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s", "churn_model"),
				 errdetail("%s.", fault)));
	return bytes;
}

/* Reads a model from its binary form, which are its bytes. */
static bytea *
model_recv(StringInfo buf)
{
	int			len = buf->len - buf->cursor;
	const char *fault = fault_of(buf->data + buf->cursor, len);
	SpkHost		host;
	bytea	   *bytes;

	if (fault != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary form of a churn model"),
				 errdetail("%s.", fault)));
	bytes = palloc(VARHDRSZ + len);
	SET_VARSIZE(bytes, VARHDRSZ + len);
	host = spk_pg_host(CurrentMemoryContext);
	(void) spk_copy(&host, VARDATA(bytes), pq_getmsgbytes(buf, len), len);
	return bytes;
}

/* Fetches the start of a stored model, which tells its algorithm and fingerprint. */
static bytea *
header_of(Datum datum)
{
	bytea *header = DatumGetByteaPSlice(datum, 0, SPK_MODEL_HEADER);

	if (spk_model_fingerprint(VARDATA(header), VARSIZE(header) - VARHDRSZ) == 0)
		spk_check(SPK_CORRUPT, "churn model", "The data do not start as a model does");
	return header;
}

/* Refuses a model that is no churn_forest. */
static void
check_forest(const bytea *header)
{
	SpkAlgorithm algorithm;

	if (!spk_model_algorithm(VARDATA(header), VARSIZE(header) - VARHDRSZ, &algorithm) ||
		!spk_has_trees(algorithm))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("model is not an ensemble of trees"),
				 errhint("Keep it as a churn_model.")));
}

Datum
sparkify_model_in(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(model_in(PG_GETARG_CSTRING(0)));
}

/* Writes a stored model as JSON text. */
static StringInfoData
model_text(Datum datum)
{
	StringInfoData buf;

	initStringInfo(&buf);
	spk_model_to_json(&buf, spk_model_from_datum(datum, CurrentMemoryContext));
	return buf;
}

Datum
sparkify_model_out(PG_FUNCTION_ARGS)
{
	if (spk_compact_text_wanted())
		PG_RETURN_CSTRING(spk_compact_text_write((bytea *) spk_detoast_packed(PG_GETARG_DATUM(0))));
	PG_RETURN_CSTRING(model_text(PG_GETARG_DATUM(0)).data);
}

/* The cast to json, which has the bytes of its text. */
Datum
sparkify_model_json(PG_FUNCTION_ARGS)
{
	StringInfoData text = model_text(PG_GETARG_DATUM(0));

	PG_RETURN_TEXT_P(cstring_to_text_with_len(text.data, text.len));
}

Datum
sparkify_model_recv(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(model_recv((StringInfo) PG_GETARG_POINTER(0)));
}

Datum
sparkify_model_send(PG_FUNCTION_ARGS)
{
	bytea  *bytes = (bytea *) spk_detoast_packed(PG_GETARG_DATUM(0));
	size_t	len = VARSIZE_ANY_EXHDR(bytes);
	SpkHost host = spk_pg_host(CurrentMemoryContext);
	bytea  *result = palloc(VARHDRSZ + len);

	SET_VARSIZE(result, VARHDRSZ + len);
	(void) spk_copy(&host, VARDATA(result), VARDATA_ANY(bytes), len);
	PG_RETURN_BYTEA_P(result);
}

Datum
sparkify_forest_in(PG_FUNCTION_ARGS)
{
	bytea *bytes = model_in(PG_GETARG_CSTRING(0));

	check_forest(bytes);
	PG_RETURN_BYTEA_P(bytes);
}

Datum
sparkify_forest_recv(PG_FUNCTION_ARGS)
{
	bytea *bytes = model_recv((StringInfo) PG_GETARG_POINTER(0));

	check_forest(bytes);
	PG_RETURN_BYTEA_P(bytes);
}

/* The cast from churn_model. */
Datum
churn_forest(PG_FUNCTION_ARGS)
{
	check_forest(header_of(PG_GETARG_DATUM(0)));
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

Datum
churn_fingerprint(PG_FUNCTION_ARGS)
{
	bytea *header = header_of(PG_GETARG_DATUM(0));
	uint64 fingerprint = spk_model_fingerprint(VARDATA(header), VARSIZE(header) - VARHDRSZ);

	PG_RETURN_TEXT_P(cstring_to_text(psprintf("%016llx", (unsigned long long) fingerprint)));
}

Datum
churn_set_threshold(PG_FUNCTION_ARGS)
{
	double	  threshold;
	SpkModel *model;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	/* never NULL in place of a model: an UPDATE would lose it */
	if (PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("threshold must not be null"),
				 errhint("churn_threshold is NULL when nobody churned or nobody can be flagged; coalesce() keeps a threshold then.")));
	threshold = PG_GETARG_FLOAT8(1);
	if (!(threshold > 0 && threshold < 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("threshold must be greater than 0 and less than 1")));
	model = spk_model_from_datum(PG_GETARG_DATUM(0), CurrentMemoryContext);
	if (threshold != model->threshold)
		model->facts[SPK_FACT_THRESHOLD_RULE] = SPK_THRESHOLD_GIVEN;
	model->threshold = threshold;
	PG_RETURN_BYTEA_P(spk_model_to_bytes(model));
}
