/*
 * vectors.h
 *	  What the compiler is told where vectors matter.
 */
#ifndef SPK_CORE_BASE_VECTORS_H
#define SPK_CORE_BASE_VECTORS_H

#define SPK_ALWAYS_INLINE static inline __attribute__((always_inline))

/* Functions for processors with AVX2 or AVX-512 can be made, to be called where walk.h's ways allow. */
#if defined(__x86_64__) && defined(__GNUC__)
#define SPK_VECTORS
#endif

#endif /* SPK_CORE_BASE_VECTORS_H */
