/*
 * import.c
 *	  The SQL function churn_import.
 */
#include "compat.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "core/models/codec.h"
#include "host/detoast.h"
#include "host/pg_host.h"
#include "models/import_document.h"
#include "models/model_type.h"

PG_FUNCTION_INFO_V1(churn_import);

Datum
churn_import(PG_FUNCTION_ARGS)
{
	char	   *document = text_to_cstring((text *) spk_detoast_packed(PG_GETARG_DATUM(0)));
	char	   *format = text_to_cstring(PG_GETARG_TEXT_PP(1));
	SpkHost		host = spk_pg_host(CurrentMemoryContext);
	bytea	   *bytes = spk_model_to_bytes(spk_model_from_document(format, document));
	SpkModel	model;
	const char *why;

	/* what is stored must be readable, whatever the document was */
	spk_check(spk_model_decode(&host, VARDATA(bytes), VARSIZE(bytes) - VARHDRSZ, &model, &why),
			  "churn model", why);
	PG_RETURN_BYTEA_P(bytes);
}
