/*
 * import_reader.h
 *	  Takes the documents of other programs apart: for the readers of each format.
 *
 * Objects and arrays are not parsed as a whole, because they may be as large as the text.
 * They are walked, and each value is checked where it is read.  What no reader asks for
 * is passed over.  After the first fault these functions do nothing, and return zero,
 * empty pieces, NULL or false.
 */
#ifndef SPK_JSON_IMPORT_READER_H
#define SPK_JSON_IMPORT_READER_H

#include "json/import.h"

#define SPK_LENGTHOF(array) ((int) (sizeof(array) / sizeof((array)[0])))

static inline bool
spk_importing(const SpkImport *im)
{
	return im->status == SPK_OK;
}

/* Notes a fault of the document, a sentence for people, to which the place is added. */
extern void spk_import_refuse(SpkImport *im, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Notes that the model would not score here as it does there, with a hint or NULL. */
extern void spk_import_cannot(SpkImport *im, const char *hint, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Notes what people should know: static text. */
extern void spk_import_note(SpkImport *im, const char *note);

/* A member of an object that a reader asks for; its piece is empty when there is none. */
typedef struct SpkImportMember
{
	const char	*key;
	bool		 required;
	SpkJsonPiece piece;
} SpkImportMember;

/*
 * Finds these members of an object.  It is a fault when one of them occurs twice, or is
 * required and missing.
 */
extern void spk_import_members(SpkImport *im, SpkJsonPiece object, SpkImportMember *members, int n);

/* The elements of an array, or the members of an object, that are still to come. */
typedef struct SpkImportList
{
	SpkImport	 *im;
	SpkJsonCursor c;
	bool		  opened;
} SpkImportList;

extern SpkImportList spk_import_list(SpkImport *im, SpkJsonPiece container);

/* Takes the next element; false at the end.  So does the other one with a member. */
extern bool spk_import_next(SpkImportList *list, SpkJsonPiece *element);
extern bool spk_import_next_member(SpkImportList *list, SpkJsonPiece *key, SpkJsonPiece *value);

/* How many elements an array has.  More than max are a fault, which calls them by what. */
extern uint32_t spk_import_count(SpkImport *im, SpkJsonPiece array, uint32_t max, const char *what);

/* A finite number; a whole number from 0 to max; true or false. */
extern double	spk_import_number(SpkImport *im, SpkJsonPiece piece, const char *what);
extern uint32_t spk_import_whole(SpkImport *im, SpkJsonPiece piece, uint32_t max, const char *what);
extern bool		spk_import_bool(SpkImport *im, SpkJsonPiece piece, const char *what);

/* Is the piece this text to the letter?  A string's has its quotes. */
extern bool spk_import_is(SpkJsonPiece piece, const char *text);

/* What stands between the quotes of a string without escapes; the piece itself without quotes. */
extern SpkJsonPiece spk_import_unquoted(SpkJsonPiece piece);

/*
 * A string without its escapes, terminated, of *len bytes without a zero byte.  It lasts
 * until the next one is read.
 */
extern const char *spk_import_string(SpkImport *im, SpkJsonPiece piece, const char *what,
									 size_t *len);

/* n things of this size in the host's memory, cleared; NULL, which is noted, without memory. */
extern void *spk_import_array(SpkImport *im, size_t n, size_t size);

/* Makes n features of these names, which an array of strings has, and their gains. */
extern void spk_import_features(SpkImport *im, SpkJsonPiece names);

/*
 * Gives a feature n categories, whose names are in an array: strings, whole numbers, true
 * or false.  They are named as SQL casts such values to text.
 */
extern void spk_import_categories(SpkImport *im, SpkFeature *feature, SpkJsonPiece names);

/*
 * Gives a feature categories that XGBoost describes: an object with the names' bytes as
 * numbers ("values") and where each begins and the last ends ("offsets"), or with whole
 * numbers that are their own names ("values" alone).  No categories leave it as it is.
 */
extern void spk_import_encoding(SpkImport *im, SpkFeature *feature, SpkJsonPiece encoding);

/* Adds a node, or a set, to the draft's tree; NULL, which is noted, without memory. */
extern SpkDraftNode *spk_import_node(SpkImport *im, SpkDraftTree *tree);
extern SpkCodeSet	*spk_import_set(SpkImport *im, SpkDraftTree *tree);

/* The readers of each format. */
extern void spk_import_lightgbm(SpkImport *im, SpkJsonPiece text);
extern void spk_import_xgboost(SpkImport *im, SpkJsonPiece text);

#endif /* SPK_JSON_IMPORT_READER_H */
