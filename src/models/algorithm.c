/*
 * algorithm.c
 *	  Algorithms by the names that users give.
 */
#include "compat.h"

#include "models/algorithm.h"

/* Returns "random_forest, decision_tree" and so on, for a hint. */
static char *
list_algorithms(void)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < SPK_N_ALGORITHMS; i++)
		appendStringInfo(&list, "%s%s", i == 0 ? "" : ", ", spk_training_name((SpkAlgorithm) i));
	return list.data;
}

SpkAlgorithm
spk_algorithm_require(const char *name, size_t len)
{
	for (int i = 0; i < SPK_N_ALGORITHMS; i++)
	{
		const char *known = spk_training_name((SpkAlgorithm) i);

		if (strlen(known) == len && memcmp(known, name, len) == 0)
			return (SpkAlgorithm) i;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unrecognized algorithm \"%.*s\"", (int) len, name),
			 errhint("The algorithms are: %s.", list_algorithms())));
	return SPK_N_ALGORITHMS; /* not reached */
}
