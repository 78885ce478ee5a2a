/*
 * shared_dictionary.h
 *	  The dictionary that all profiles of one aggregate share.
 */
#ifndef SPK_PROFILES_SHARED_DICTIONARY_H
#define SPK_PROFILES_SHARED_DICTIONARY_H

#include "compat.h"

#include "core/profiles/dictionary.h"

/*
 * The dictionary of this memory context, made at the first call.  It lives until
 * the context is reset or deleted, as states do that lie there.
 */
extern SpkDictionary *spk_shared_dictionary(MemoryContext context);

#endif /* SPK_PROFILES_SHARED_DICTIONARY_H */
