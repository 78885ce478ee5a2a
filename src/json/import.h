/*
 * import.h
 *	  Reads models of other programs from their JSON text.
 *
 * It needs libc, json-c and the core only, so that it can be fuzzed without a
 * server.
 */
#ifndef SPK_JSON_IMPORT_H
#define SPK_JSON_IMPORT_H

#include "core/models/draft.h"
#include "json/json_pieces.h"
#include "json/json_strict.h"

/* What people should know of a model that was read well. */
#define SPK_IMPORT_NOTES 4

/*
 * A reader at work.  The first fault counts: after it status is not SPK_OK, and everything
 * that is asked for is zero, empty or NULL.  Open json-c objects hang here, and what has
 * been read hangs on the draft, so that both can be given back when a host jumps.
 */
typedef struct SpkImport
{
	const SpkHost *host;
	SpkJsonParser  parser;
	const char	  *text;	/* the document */
	json_object	  *element; /* the string being read */
	SpkDraft	  *draft;
	int64_t		   tree; /* the tree and the node being read; -1: none */
	int64_t		   node;
	SpkStatus	   status;
	char		   why[256]; /* for SPK_CORRUPT and SPK_LIMIT: a sentence for people */
	const char	  *hint;	 /* static text for people; NULL for none */
	uint32_t	   n_notes;
	const char	  *notes[SPK_IMPORT_NOTES]; /* static texts for people */
} SpkImport;

/* A program whose models are read. */
typedef struct SpkImportFormat
{
	SpkImportFrom from; /* which has its names, too */
	void (*read)(SpkImport *im, SpkJsonPiece text);
} SpkImportFormat;

#define SPK_N_IMPORT_FORMATS 2
extern const SpkImportFormat spk_import_formats[SPK_N_IMPORT_FORMATS];

/*
 * Reads a text into the draft, whose memory comes from the host; json-c takes some
 * kilobytes of its own.  The text may hold anything; its strings are UTF-8, and so are
 * the draft's.
 *
 * SPK_CORRUPT: the text is not a model of this format; SPK_LIMIT: it is one that would
 * not score here as it does there.  im->why says why, and where in the document.  After
 * these, SPK_NO_MEMORY and SPK_CANCELLED nothing is held but what spk_import_close gives
 * back.
 */
extern SpkStatus spk_import(SpkImport *im, const SpkImportFormat *format, const SpkHost *host,
							const char *text, size_t len, SpkDraft *draft);

/*
 * Gives back what json-c holds.  To be called in any case, also after a jump; an import
 * of all zeros may be closed, too.
 */
extern void spk_import_close(SpkImport *im);

#endif /* SPK_JSON_IMPORT_H */
