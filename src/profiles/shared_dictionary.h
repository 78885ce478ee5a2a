/*
 * shared_dictionary.h
 *	  The dictionary, and the memory, that all profiles of one aggregate share.
 */
#ifndef SPK_PROFILES_SHARED_DICTIONARY_H
#define SPK_PROFILES_SHARED_DICTIONARY_H

#include "compat.h"

#include "core/profiles/dictionary.h"

/*
 * The dictionary of this memory context, made at the first call.  It lives until
 * the context is reset, and so does what its host gives: memory of the context, in pieces
 * that profiles share.
 */
extern SpkDictionary *spk_shared_dictionary(MemoryContext context);

#endif /* SPK_PROFILES_SHARED_DICTIONARY_H */
