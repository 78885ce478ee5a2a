/*
 * export.h
 *	  Models in the formats of other programs.
 *
 * Each function appends a whole document in the encoding of the database.  A model that
 * the format cannot tell rightly is ERRCODE_FEATURE_NOT_SUPPORTED, with the reason.
 */
#ifndef SPK_MODELS_EXPORT_H
#define SPK_MODELS_EXPORT_H

#include "postgres.h"

#include "lib/stringinfo.h"

#include "core/models/model.h"

/* A file of Python 3 without dependencies; it is ASCII, whatever the encoding. */
extern void spk_export_python(StringInfo buf, const SpkModel *model);

/*
 * JSON for XGBoost's Booster.load_model: of models with trees that are not calibrated and
 * split no times, whose names XGBoost can have.
 */
extern void spk_export_xgboost(StringInfo buf, const SpkModel *model);

#endif /* SPK_MODELS_EXPORT_H */
