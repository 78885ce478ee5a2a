/*
 * train_failure.c
 *	  Rows that no model can be trained on, and how the user is told.
 */
#include "compat.h"

#include "mb/pg_wchar.h"

#include "training/calibrate.h"
#include "training/train_failure.h"

/* At most so many groups, and bytes of a name, are shown, because people read the notice. */
#define MAX_NAMED	   10
#define MAX_NAME_BYTES 100

static const char *
class_phrase(bool churned)
{
	return churned ? "churned" : "stayed";
}

/* Why there is no model, such as "all 30 labelled rows are of users who stayed". */
static char *
reason_of(const SpkTrainingCounts *counts)
{
	if (counts->n_rows == 0 && counts->n_unsampled > 0 && counts->n_unweighted > 0)
		return psprintf("the weight is 0 or null in all " INT64_FORMAT
						" labelled rows in the sample",
						counts->n_unweighted);
	if (counts->n_rows == 0 && counts->n_unsampled > 0)
		return psprintf("none of " INT64_FORMAT " labelled rows is of a user in the sample",
						counts->n_unsampled);
	if (counts->n_rows == 0 && counts->n_unweighted > 0)
		return psprintf("the weight is 0 or null in all " INT64_FORMAT " labelled rows",
						counts->n_unweighted);
	if (counts->n_rows == 0)
		return psprintf("the label is null in all " INT64_FORMAT " rows", counts->n_skipped);
	if (counts->n_positives == 0 || counts->n_positives == counts->n_rows)
		return psprintf("all " INT64_FORMAT " labelled rows are of users who %s", counts->n_rows,
						class_phrase(counts->n_positives > 0));
	return psprintf("of " INT64_FORMAT
					" labelled rows all of users who %s are of one user, too few to calibrate on",
					counts->n_rows, class_phrase(counts->lone == 1));
}

const char *
spk_one_class_hint(int64 n_positives)
{
	if (n_positives > 0)
		return "Training needs rows of both classes.";
	return "Training needs rows of both classes. A label by an event is false for all when nobody has one of that name, to the byte.";
}

SpkTrainingCounts
spk_training_counts(const SpkRowStore *rows)
{
	return (SpkTrainingCounts) {rows->n_rows, rows->n_positives,  rows->n_skipped,
								-1,			  rows->n_unweighted, rows->n_unsampled};
}

/* What to do about rows of a sample, where the others might have done. */
static const char *const sample_hint =
	"Training needs rows of both classes. Raise option \"sample\".";

/* Raises an error for rows of one class, or none at all, when a sample has left rows out. */
static void
refuse_sample(const SpkTrainingCounts *counts)
{
	/* the sample is asked before the weight: rows without one were in it */
	if (counts->n_rows == 0 && counts->n_unweighted > 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no rows with a weight in the sample"),
				 errdetail("The weight is 0 or null in all " INT64_FORMAT " labelled rows in it. It has left out " INT64_FORMAT " labelled rows.",
						   counts->n_unweighted, counts->n_unsampled),
				 errhint("%s", sample_hint)));
	if (counts->n_rows == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no labelled rows in the sample"),
				 errdetail("None of " INT64_FORMAT " labelled rows is of a user in it.", counts->n_unsampled),
				 errhint("%s", sample_hint)));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("cannot train on one class only"),
			 counts->n_unweighted > 0 ?
			 errdetail("All " INT64_FORMAT " labelled rows in the sample that have a weight are of users who %s. It has left out " INT64_FORMAT " labelled rows.",
					   counts->n_rows, class_phrase(counts->n_positives > 0), counts->n_unsampled) :
			 errdetail("All " INT64_FORMAT " labelled rows in the sample are of users who %s. It has left out " INT64_FORMAT " labelled rows.",
					   counts->n_rows, class_phrase(counts->n_positives > 0), counts->n_unsampled),
			 errhint("%s", sample_hint)));
}

void
spk_check_trainable(const SpkTrainingCounts *counts)
{
	if (counts->n_unsampled > 0 &&
		(counts->n_positives == 0 || counts->n_positives == counts->n_rows))
		refuse_sample(counts);
	if (counts->n_rows == 0 && counts->n_unweighted > 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no rows with a weight to train on"),
				 errdetail("The weight is 0 or null in all " INT64_FORMAT " labelled rows.",
						   counts->n_unweighted)));
	if (counts->n_rows == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no labelled rows to train on"),
				 errdetail("The label is null in all " INT64_FORMAT " rows.", counts->n_skipped)));
	if (counts->n_positives == 0 || counts->n_positives == counts->n_rows)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cannot train on one class only"),
				 counts->n_unweighted > 0 ?
				 errdetail("All " INT64_FORMAT " labelled rows that have a weight are of users who %s.", counts->n_rows,
						   class_phrase(counts->n_positives > 0)) :
				 errdetail("All " INT64_FORMAT " labelled rows are of users who %s.", counts->n_rows,
						   class_phrase(counts->n_positives > 0)),
				 errhint("%s", spk_one_class_hint(counts->n_positives))));
	if (counts->lone >= 0)
		spk_refuse_calibration(counts->lone);
}

void
spk_failures_init(SpkFailures *failures)
{
	failures->n_groups = 0;
	failures->n_failed = 0;
	initStringInfo(&failures->list);
}

void
spk_add_failure(SpkFailures *failures, const char *group, const SpkTrainingCounts *counts)
{
	StringInfo list = &failures->list;

	if (failures->n_failed++ >= MAX_NAMED)
		return;
	if (list->len > 0)
		appendStringInfoString(list, "; ");
	if (group == NULL)
		appendStringInfoString(list, "NULL");
	else
	{
		int len = (int) strlen(group);
		int clipped = pg_mbcliplen(group, len, MAX_NAME_BYTES);

		appendStringInfo(list, "\"%.*s%s\"", clipped, group, clipped < len ? "..." : "");
	}
	appendStringInfo(list, ": %s", reason_of(counts));
}

void
spk_tell_of_failures(const SpkFailures *failures)
{
	int64 more = failures->n_failed - MAX_NAMED;

	if (failures->n_failed == 0)
		return;
	ereport(NOTICE,
			(errmsg(INT64_FORMAT " of " INT64_FORMAT " groups have no model", failures->n_failed,
					failures->n_groups),
			 more > 0 ? errdetail("%s; and " INT64_FORMAT " more.", failures->list.data, more)
			 : errdetail("%s.", failures->list.data),
			 errhint("Their models are null; training needs rows of both classes.")));
}

void
spk_tell_of_failure(const SpkTrainingCounts *counts, int64 *told)
{
	char *reason = reason_of(counts);

	reason[0] = (char) pg_toupper((unsigned char) reason[0]);
	if (*told < MAX_NAMED)
		ereport(NOTICE,
				(errmsg("no model can be trained on these rows, so that it is null"),
				 errdetail("%s.", reason),
				 errhint("Training needs rows of both classes.")));
	else if (*told == MAX_NAMED)
		ereport(NOTICE,
				(errmsg("further groups without a model are not told"),
				 errhint("Their models are null.")));
	(*told)++;
}
