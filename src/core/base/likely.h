/*
 * likely.h
 *	  What is nearly always so, or nearly never, for the compiler to lay out loops that
 *	  every byte passes through.
 */
#ifndef SPK_CORE_BASE_LIKELY_H
#define SPK_CORE_BASE_LIKELY_H

#define spk_likely(condition)	__builtin_expect((condition) != 0, 1)
#define spk_unlikely(condition) __builtin_expect((condition) != 0, 0)

#endif /* SPK_CORE_BASE_LIKELY_H */
