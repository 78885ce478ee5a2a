/*
 * code_form.h
 *	  Features as learners from codes take them, made of features as terms take them.
 *
 * A model of terms has a place for each category of a feature, however many there are.
 * Trees know categories by codes of one byte, so that more than SPK_MAX_BINS categories
 * are grouped.  Which are together a fit decides; until then they are one group.
 */
#ifndef SPK_CORE_ROWS_CODE_FORM_H
#define SPK_CORE_ROWS_CODE_FORM_H

#include "core/base/host.h"
#include "core/models/model.h"

/*
 * Puts those of n features that have more categories than codes into one group each.  Their
 * names stay, so that values mean what they did.  SPK_NO_MEMORY, after which the features
 * can be released as before.
 */
extern SpkStatus spk_features_for_codes(const SpkHost *host, SpkFeature *features, uint32_t n);

#endif /* SPK_CORE_ROWS_CODE_FORM_H */
