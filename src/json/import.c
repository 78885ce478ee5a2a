/*
 * import.c
 *	  Reads models of other programs from their text.
 */
#include <string.h>

#include "core/base/invariant.h"
#include "json/import.h"
#include "json/import_reader.h"

/* json-c is given nothing but strings. */
#define STRING_DEPTH 2

const SpkImportFormat spk_import_formats[SPK_N_IMPORT_FORMATS] = {
	{SPK_FROM_LIGHTGBM, spk_import_lightgbm},
	{SPK_FROM_XGBOOST, spk_import_xgboost},
};

SpkStatus
spk_import(SpkImport *im, const SpkImportFormat *format, const SpkHost *host, const char *text,
		   size_t len, SpkDraft *draft)
{
	SpkJsonPiece whole = {text, len};

	memset(im, 0, sizeof(*im));
	memset(draft, 0, sizeof(*draft));
	im->host = host;
	im->draft = draft;
	draft->from = format->from;
	im->text = text;
	im->tree = im->node = -1;
	if (!spk_json_parser_open(&im->parser, STRING_DEPTH))
		im->status = SPK_NO_MEMORY;
	else
		format->read(im, whole);
	if (!spk_importing(im))
		spk_draft_release(host, draft);
	spk_assert((im->status == SPK_CORRUPT || im->status == SPK_LIMIT) == (im->why[0] != '\0'));
	return im->status;
}

void
spk_import_close(SpkImport *im)
{
	json_object_put(im->element);
	im->element = NULL;
	spk_json_parser_close(&im->parser);
}
