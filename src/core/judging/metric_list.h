/*
 * metric_list.h
 *	  The one list of the metrics: SPK_METRIC_ITEM(name, SQL type, formula, use).
 *
 * Include it with SPK_METRIC_ITEM defined.  The order is that of SpkMetrics
 * and of the SQL type churn_metrics; int8 is a count, float8 a figure that may
 * be NaN, which is NULL.  Type, comments and the table of docs/metrics.md are
 * made from this list by tools/generate.pl; "use" tells there what to make of
 * the metric, and may be empty.
 */
#ifndef SPK_METRIC_ITEM
#error "SPK_METRIC_ITEM says what becomes of each metric"
#endif

/* Counts of the rows, and the threshold */
SPK_METRIC_ITEM(n, int8,
	"rows judged: those with a label and a score",
	"")
SPK_METRIC_ITEM(positives, int8,
	"rows that churned",
	"below about 50, all that follows is shaky")
SPK_METRIC_ITEM(threshold, float8,
	"a row is flagged when its score is at least this",
	"as given, or 0.5")
SPK_METRIC_ITEM(tp, int8,
	"true positives: flagged and churned",
	"")
SPK_METRIC_ITEM(fp, int8,
	"false positives: flagged, but stayed",
	"")
SPK_METRIC_ITEM(tn, int8,
	"true negatives: not flagged and stayed",
	"")
SPK_METRIC_ITEM(fn, int8,
	"false negatives: not flagged, but churned",
	"")

/* At the threshold */
SPK_METRIC_ITEM(accuracy, float8,
	"(tp + tn) / n",
	"the classes are about equally large")
SPK_METRIC_ITEM(precision, float8,
	"of the churn class: tp / (tp + fp); NULL when nothing is flagged",
	"acting on a user costs something")
SPK_METRIC_ITEM(recall, float8,
	"of the churn class: tp / (tp + fn); NULL when nobody churned",
	"losing a user costs more than acting")
SPK_METRIC_ITEM(f1, float8,
	"F1 of the churn class alone: 2 tp / (2 tp + fp + fn), 0 when tp is 0; scikit-learn's f1_score with average='binary'",
	"you want one figure for the churn class")
SPK_METRIC_ITEM(weighted_f1, float8,
	"F1 of both classes, averaged with the number of rows of each class as weight; what Spark's MulticlassClassificationEvaluator calls f1, scikit-learn's average='weighted'",
	"you compare with Spark or with the literature on this data")
SPK_METRIC_ITEM(macro_f1, float8,
	"F1 of both classes, plain average; scikit-learn's average='macro' with both labels",
	"both classes matter alike, however large they are")

/* Of the scores, whatever the threshold */
SPK_METRIC_ITEM(auc, float8,
	"area under the ROC curve: the probability that somebody who churned scores higher than somebody who stayed, ties counting half; NULL with one class only",
	"you compare models as rankings")
SPK_METRIC_ITEM(pr_auc, float8,
	"average precision: the mean over all churned rows of the precision at their score; scikit-learn's average_precision_score; NULL when nobody churned",
	"churn is rare, and only the top of the list is acted on")
SPK_METRIC_ITEM(log_loss, float8,
	"mean of -ln(probability given to what happened), scores clipped to 1e-15 .. 1 - 1e-15",
	"scores are used as probabilities; sure and wrong costs most")
SPK_METRIC_ITEM(brier, float8,
	"mean squared difference between score and label",
	"the same, with a bounded price")
SPK_METRIC_ITEM(baseline_weighted_f1, float8,
	"weighted_f1 of the claim that nobody churns",
	"always, beside weighted_f1")
SPK_METRIC_ITEM(best_threshold, float8,
	"the score which, as threshold, gives the best f1 (churn class) on these rows, the highest one on ties; NULL when nobody churned",
	"you choose a threshold, on rows other than those you report on")
SPK_METRIC_ITEM(best_f1, float8,
	"f1 (churn class) at best_threshold",
	"to see what the threshold costs you: its distance from f1")
SPK_METRIC_ITEM(ece, float8,
	"expected calibration error: how far, on average over the rows, the mean score of a row's bin is from the share that churned in it; ten bins of equal width",
	"scores are used as probabilities, and you want to know how far they are off; it says nothing of how well they tell users apart")
