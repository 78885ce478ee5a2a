/*
 * invariant.h
 *	  Assertions about states, made where a state changes hands.
 *
 * Some types have rules that no single line of code shows.  Each of them has a
 * function that checks all of its rules, such as spk_model_check.  It is called
 * where a state is made, merged, read back and handed on, but only in builds with
 * SPK_CHECK_INVARIANTS: those of the unit tests, of the sanitizers, and for a
 * PostgreSQL with assertions.  Other builds do not compile the calls.
 *
 * All this is about mistakes in our own code.  Bytes from outside are always
 * validated, and refused with an SpkStatus.
 */
#ifndef SPK_CORE_BASE_INVARIANT_H
#define SPK_CORE_BASE_INVARIANT_H

#ifdef SPK_CHECK_INVARIANTS
#include <assert.h>
/* Ends the program when the condition does not hold. */
#define spk_assert(condition) assert(condition)
#else
#define spk_assert(condition) ((void) 0)
#endif

#endif /* SPK_CORE_BASE_INVARIANT_H */
