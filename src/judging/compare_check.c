/*
 * compare_check.c
 *	  What is true of every comparison, for builds with assertions.
 */
#include "compat.h"

#include "core/judging/cross_fit.h"
#include "core/models/learner.h"
#include "judging/compare.h"
#include "training/calibrate.h"

#ifdef USE_ASSERT_CHECKING

/* ---- Offsets ---- */

/* The part is aligned, and begins behind the parts before it, which end at *end. */
static void
check_part(Size *end, Size place, uint64 size)
{
	Assert(place % SPK_ALIGNMENT == 0);
	Assert(place >= *end);
	*end = place + size;
}

static void
check_form_parts(const SpkComparison *comparison, const SpkBinnedForm *form, Size *block,
				 Size *values)
{
	uint64 n_training = comparison->n_rows[SPK_PART_TRAINING];
	uint64 n_codes = form->has_codes ? n_training : 0;
	uint64 n_values = form->has_values ? n_training : 0;

	check_part(block, form->features, form->features_size);
	check_part(block, form->users, form->has_users ? n_codes * sizeof(uint32) : 0);
	check_part(block, form->code_folds, n_codes);
	check_part(block, form->value_folds, n_values);
	check_part(block, form->code_fold_sets, n_codes * comparison->n_fold_sets);
	check_part(block, form->value_fold_sets, n_values * comparison->n_fold_sets);
	for (int part = 0; part < SPK_N_PARTS; part++)
	{
		uint64 n = comparison->n_rows[part];
		bool   weighted = part == SPK_PART_TRAINING && spk_compare_weighted(comparison);

		if (form->has_codes)
			check_part(block, form->codes[part], n * form->stride[part]);
		if (form->has_values)
			check_part(values, form->values[part],
					   spk_weighted_values_size((uint32) n, comparison->n_features, weighted));
	}
}

/* No part reaches into another one, or beyond its block. */
static void
check_parts(const SpkComparison *comparison)
{
	uint64 n_fits = spk_compare_n_fits(comparison);
	Size   block = sizeof(SpkComparison);
	Size   values = 0;

	check_part(&block, comparison->specs, comparison->n_specs * sizeof(SpkModelSpec));
	check_part(&block, comparison->forms, comparison->n_forms * sizeof(SpkBinnedForm));
	check_part(&block, comparison->order, n_fits * sizeof(uint32));
	check_part(&block, comparison->fits, n_fits * sizeof(SpkCompareFit));
	for (uint32 i = 0; i < comparison->n_forms; i++)
		check_form_parts(comparison, spk_compare_form(comparison, i), &block, &values);
	Assert(block <= comparison->size);
	Assert(values <= comparison->values_size);
}

/* ---- Rows ---- */

/* Each fold has as many rows of each class as were counted. */
static void
check_folds(const SpkComparison *comparison, const SpkSamples *samples, bool codes,
			const SpkFoldCount *counts)
{
	const uint8 *folds = codes ? samples->matrix_folds : samples->values_folds;
	uint32		 n_rows = comparison->n_rows[SPK_PART_TRAINING];
	SpkFoldCount found[SPK_MAX_FOLDS] = {{{0}}};

	for (uint32 row = 0; row < n_rows; row++)
	{
		int label = codes ? spk_matrix_label(&samples->matrix, row) :
							spk_values_label(&samples->values, row);

		Assert(folds[row] < comparison->n_folds);
		Assert(label == 0 || label == 1);
		found[folds[row]].n_rows[label]++;
	}
	Assert(memcmp(found, counts, comparison->n_folds * sizeof(SpkFoldCount)) == 0);
}

static void
check_fold_sets(const SpkComparison *comparison, const uint8 *folds)
{
	uint64 n = (uint64) comparison->n_rows[SPK_PART_TRAINING] * comparison->n_fold_sets;

	for (uint64 i = 0; i < n; i++)
		Assert(folds[i] < SPK_CALIBRATION_FOLDS || folds[i] == SPK_HOLDOUT);
}

static void
check_form(const SpkCompareMemory *memory, const SpkBinnedForm *form, const SpkFoldCount *counts)
{
	const SpkComparison *comparison = memory->comparison;
	const SpkFoldCount	*holdout = &counts[comparison->n_folds];
	SpkSamples			 samples = spk_compare_samples(memory, form, SPK_PART_TRAINING);
	uint32				 n_positives = 0;

	for (uint32 fold = 0; fold < comparison->n_folds; fold++)
		n_positives += counts[fold].n_rows[1];
	Assert(form->has_codes || form->has_values);
	Assert(form->n_positives[SPK_PART_TRAINING] == n_positives);
	Assert(form->n_positives[SPK_PART_HOLDOUT] == holdout->n_rows[1]);
	if (form->has_codes)
	{
		check_folds(comparison, &samples, true, counts);
		check_fold_sets(comparison, spk_compare_at(comparison, form->code_fold_sets));
	}
	if (form->has_values)
	{
		check_folds(comparison, &samples, false, counts);
		check_fold_sets(comparison, spk_compare_at(comparison, form->value_fold_sets));
	}
}

/* ---- Fits ---- */

/* Each spec finds the rows that it learns from, in a form that it can read. */
static void
check_specs(const SpkComparison *comparison)
{
	for (uint32 i = 0; i < comparison->n_specs; i++)
	{
		const SpkModelSpec	*spec = spk_compare_spec(comparison, i);
		const SpkBinnedForm *form;

		Assert(spec->form < comparison->n_forms);
		form = spk_compare_form(comparison, spec->form);
		Assert(spk_learns_codes(spec->algorithm) ? form->has_codes : form->has_values);
		Assert((spec->n_parts > 0) ==
			   (spk_has_parts(spec->algorithm) ||
				spk_needs_cross_fit(&spec->options, spec->algorithm)));
		if (spec->n_parts > 0)
			Assert(spec->fold_set < comparison->n_fold_sets);
	}
}

/* The order has each fit once, and those from values before those from codes. */
static void
check_order(const SpkComparison *comparison)
{
	const uint32 *order = spk_compare_at(comparison, comparison->order);
	uint32		  n = spk_compare_n_fits(comparison);
	bool		 *seen = palloc0(n * sizeof(bool));
	bool		  codes = false;

	Assert(comparison->tickets.n == n);
	for (uint32 i = 0; i < n; i++)
	{
		const SpkModelSpec *spec;

		Assert(order[i] < n && !seen[order[i]]);
		seen[order[i]] = true;
		spec = spk_compare_spec(comparison, order[i] / (comparison->n_folds + 1));
		Assert(!codes || spk_learns_codes(spec->algorithm));
		codes = spk_learns_codes(spec->algorithm);
	}
	pfree(seen);
}

void
spk_compare_check(const SpkCompareMemory *memory, const SpkFoldCount *counts)
{
	const SpkComparison *comparison = memory->comparison;
	const SpkFoldCount	*holdout = &counts[comparison->n_folds];
	uint64				 n_training = 0;

	/* folds and holdout have each row once */
	for (uint32 fold = 0; fold < comparison->n_folds; fold++)
	{
		Assert(counts[fold].n_rows[0] > 0 && counts[fold].n_rows[1] > 0);
		n_training += (uint64) counts[fold].n_rows[0] + counts[fold].n_rows[1];
	}
	Assert(n_training == comparison->n_rows[SPK_PART_TRAINING]);
	Assert((uint64) holdout->n_rows[0] + holdout->n_rows[1] ==
		   comparison->n_rows[SPK_PART_HOLDOUT]);

	check_parts(comparison);
	check_specs(comparison);
	for (uint32 i = 0; i < comparison->n_forms; i++)
		check_form(memory, spk_compare_form(comparison, i), counts);
	check_order(comparison);
}

void
spk_compare_check_fits(const SpkComparison *comparison, const SpkFoldCount *counts,
					   bytea *const *models)
{
	for (uint32 spec = 0; spec < comparison->n_specs; spec++)
	{
		const SpkCompareFit *last = spk_compare_fit(comparison, spec, comparison->n_folds);

		/* a fold judges the fit that left it out, the holdout the fit to all folds */
		for (uint32 fold = 0; fold <= comparison->n_folds; fold++)
		{
			const SpkCompareFit *fit = spk_compare_fit(comparison, spec, fold);
			const SpkFoldCount	*count = &counts[fold];

			Assert(fit->metrics.n == (uint64) count->n_rows[0] + count->n_rows[1]);
			Assert(fit->metrics.n == 0 || fit->metrics.positives == count->n_rows[1]);
			Assert(fit->seconds >= 0);
		}
		Assert(last->facts[SPK_FACT_ROWS] == comparison->n_rows[SPK_PART_TRAINING]);
		Assert(models[spec] != NULL);
	}
}

#endif
