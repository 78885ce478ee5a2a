/*
 * plot_reasons.h
 *	  What pictures of contributions share.
 */
#ifndef SPK_REPORT_PLOT_REASONS_H
#define SPK_REPORT_PLOT_REASONS_H

#include "postgres.h"

#include "core/models/model.h"

/* Are contributions to this model's predictions log-odds, and no probabilities? */
extern bool spk_plot_is_odds(const SpkModel *model);

/* A feature's value as people read it: a number with many digits has about four; NULL for NULL. */
extern char *spk_plot_value_text(char *value);

#endif /* SPK_REPORT_PLOT_REASONS_H */
