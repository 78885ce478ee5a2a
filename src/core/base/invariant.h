/*
 * invariant.h
 *	  Assertions about states, made where a state changes hands.
 *
 * A type whose state has rules that no single line shows has a function that
 * checks all of them, as spk_profile_check.  It is called where the state is
 * made, merged, read back and handed on, in builds that look: those of the unit
 * tests, of the sanitizers and for a PostgreSQL with assertions define
 * SPK_CHECK_INVARIANTS.  Others compile no call.
 *
 * This is about mistakes in our own code.  Bytes from outside are validated
 * always, and refused with an SpkStatus.
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
