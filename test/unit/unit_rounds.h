/*
 * unit_rounds.h
 *	  How often a test of chance is repeated: less where each round takes longer.
 */
#ifndef UNIT_ROUNDS_H
#define UNIT_ROUNDS_H

#ifndef FEWER
#define FEWER 1
#endif

/* n rounds, or that part of them which valgrind has time for (see memcheck in the Makefile) */
#define ROUNDS(n) ((n) / FEWER)

#endif /* UNIT_ROUNDS_H */
