/*
 * processors.c
 *	  How many processors there are.
 */
#include "compat.h"

#ifdef __linux__
#include <sched.h>
#endif
#include <unistd.h>

#include "host/processors.h"

int
spk_processors(void)
{
	int64 n;

#ifdef CPU_COUNT
	/* fails where there are more than a set has bits */
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		return Max(CPU_COUNT(&set), 1);
#endif
	n = sysconf(_SC_NPROCESSORS_ONLN);
	return (int) Max(n, 1);
}
