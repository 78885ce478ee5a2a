/*
 * line_index.c
 *	  Chooses the way to read lines.
 *
 * Without vectors of 32 bytes on x86-64 an index takes longer than it saves, and so it
 * does without any vectors.
 */
#include "core/events/line_index.h"

bool
spk_line_has_way(SpkLineWay way)
{
	switch (way)
	{
		case SPK_LINE_PLAIN:
			return true;
		case SPK_LINE_NEON:
#ifdef SPK_INDEX_NEON
			return true;
#else
			return false;
#endif
#ifdef SPK_VECTORS
		case SPK_LINE_AVX2:
			return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
				__builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
		case SPK_LINE_AVX512:
			return spk_line_has_way(SPK_LINE_AVX2) && __builtin_cpu_supports("avx512f") &&
				__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
				__builtin_cpu_supports("avx512vbmi2");
#endif
		default:
			return false;
	}
}

SpkLineWay
spk_line_best_way(void)
{
	SpkLineWay way = SPK_LINE_AVX512;

	while (!spk_line_has_way(way))
		way--;
	return way;
}

const SpkIndexFunctions *
spk_index_functions(SpkLineWay way)
{
	switch (way)
	{
#ifdef SPK_INDEX_NEON
		case SPK_LINE_NEON:
			return &spk_index_neon;
#endif
#ifdef SPK_VECTORS
		case SPK_LINE_AVX2:
			return &spk_index_avx2;
		case SPK_LINE_AVX512:
			return &spk_index_avx512;
#endif
		default:
			return NULL;
	}
}
