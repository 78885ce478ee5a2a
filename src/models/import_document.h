/*
 * import_document.h
 *	  Models of other programs.
 */
#ifndef SPK_MODELS_IMPORT_DOCUMENT_H
#define SPK_MODELS_IMPORT_DOCUMENT_H

#include "postgres.h"

#include "core/models/model.h"

/*
 * Returns the model that a document of this format describes, in the current memory
 * context.  The document may come from anywhere.  An unknown format is
 * ERRCODE_INVALID_PARAMETER_VALUE, with a hint that lists all; a document that is no model
 * is ERRCODE_INVALID_TEXT_REPRESENTATION; a model that would not score here as it does
 * there is ERRCODE_FEATURE_NOT_SUPPORTED.  What people should know is told in notices.
 */
extern SpkModel *spk_model_from_document(const char *format, const char *document);

#endif /* SPK_MODELS_IMPORT_DOCUMENT_H */
