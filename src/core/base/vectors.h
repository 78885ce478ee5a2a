/*
 * vectors.h
 *	  What the compiler is told where the speed depends on vector instructions.
 */
#ifndef SPK_CORE_BASE_VECTORS_H
#define SPK_CORE_BASE_VECTORS_H

#define SPK_ALWAYS_INLINE static inline __attribute__((always_inline))

/* Functions can be compiled for AVX2 and AVX-512, to be called where the processor has them. */
#if defined(__x86_64__) && defined(__GNUC__)
#define SPK_VECTORS
#endif

#endif /* SPK_CORE_BASE_VECTORS_H */
