/*
 * import_document.c
 *	  From the documents of other programs to drafts, with PostgreSQL's errors.
 */
#include "compat.h"

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"

#include "host/pg_host.h"
#include "json/import.h"
#include "models/import_document.h"

/* Returns the format of this name; an unknown one is an error that lists all. */
static const SpkImportFormat *
require_format(const char *name)
{
	StringInfoData buf;

	for (int i = 0; i < SPK_N_IMPORT_FORMATS; i++)
		if (strcmp(spk_import_names[spk_import_formats[i].from], name) == 0)
			return &spk_import_formats[i];
	initStringInfo(&buf);
	for (int i = 0; i < SPK_N_IMPORT_FORMATS; i++)
		appendStringInfo(&buf, "%s%s", i > 0 ? ", " : "",
						 spk_import_names[spk_import_formats[i].from]);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unrecognized format of import \"%s\"", name),
			 errhint("The formats are: %s.", buf.data)));
	return NULL;
}

/* Raises the error that a status stands for; why and hint are about the document. */
static void
check_import(SpkStatus status, const SpkImportFormat *format, const char *why, const char *hint)
{
	if (status == SPK_CORRUPT)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("document is not a model of %s", spk_import_titles[format->from]),
				 errdetail_internal("%s", why),
				 hint != NULL ? errhint("%s", hint) : 0));
	if (status == SPK_LIMIT)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("this model of %s cannot be imported", spk_import_titles[format->from]),
				 errdetail_internal("%s", why),
				 hint != NULL ? errhint("%s", hint) : 0));
	spk_check(status, "churn model", NULL);
}

/* Converts a name of len bytes from this encoding to the database's, or raises an error. */
static char *
convert_name(const char *name, size_t len, int encoding)
{
	char *converted = pg_any_to_server(name, (int) len, encoding);

	return converted == name ? pnstrdup(name, len) : converted;
}

/* Likewise all names in a draft. */
static void
convert_names(SpkDraft *draft, int encoding)
{
	for (uint32 i = 0; i < draft->n_features; i++)
	{
		SpkFeature *feature = &draft->features[i];

		feature->name = convert_name(feature->name, strlen(feature->name), encoding);
		for (uint32 j = 0; feature->kind == SPK_CATEGORY && j < feature->n_bins; j++)
		{
			SpkCategory *category = &feature->categories[j];

			category->name = convert_name(category->name, category->len, encoding);
			category->len = (uint32) strlen(category->name);
		}
	}
}

/* Reads a document, whose names are then in the encoding of the database. */
static void
read_draft(const SpkImportFormat *format, const char *document, SpkDraft *draft)
{
	SpkHost	   host = spk_pg_host(CurrentMemoryContext);
	SpkImport *im = palloc0(sizeof(SpkImport));
	/* json-c knows only UTF-8; bytes without an encoding stay as they are */
	int	  encoding = GetDatabaseEncoding() == PG_SQL_ASCII ? PG_SQL_ASCII : PG_UTF8;
	char *text = pg_server_to_any(document, (int) strlen(document), encoding);

	PG_TRY();
	{
		(void) spk_import(im, format, &host, text, strlen(text), draft);
	}
	PG_FINALLY();
	{
		spk_import_close(im);
	}
	PG_END_TRY();
	check_import(im->status, format, im->why, im->hint);
	for (uint32 i = 0; i < im->n_notes; i++)
		ereport(NOTICE, (errmsg_internal("%s", im->notes[i])));
	convert_names(draft, encoding);
}

SpkModel *
spk_model_from_document(const char *format_name, const char *document)
{
	static const char hint[] =
		"Train with fewer bins, such as max_bin 250, and a max_depth; name features in 63 bytes at most.";
	const SpkImportFormat *format = require_format(format_name);
	SpkHost				   host = spk_pg_host(CurrentMemoryContext);
	SpkModel			  *model = palloc(sizeof(SpkModel));
	SpkDraft			   draft;
	SpkStatus			   status;

	read_draft(format, document, &draft);
	status = spk_draft_finish(&host, &draft, model);
	check_import(status, format, draft.why, status == SPK_LIMIT ? hint : NULL);
	spk_draft_release(&host, &draft);
	return model;
}
