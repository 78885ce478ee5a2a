/*
 * fit_watch.c
 *	  A host for fits that processes draw from tickets: its polls tell how many are done.
 */
#include "compat.h"

#include "training/fit_watch.h"

static void *
watch_alloc(void *ctx, size_t size)
{
	return spk_alloc(&((SpkFitWatch *) ctx)->host, size, 1);
}

static void
watch_release(void *ctx, void *ptr)
{
	spk_release(&((SpkFitWatch *) ctx)->host, ptr);
}

static bool
watch_cancelled(void *ctx)
{
	SpkFitWatch *watch = ctx;

	if (watch->progress != NULL)
		spk_train_progress(watch->progress, watch->unit,
						   watch->n_before + spk_tickets_n_done(watch->tickets), watch->n_planned);
	return spk_cancelled(&watch->host);
}

SpkHost
spk_fit_watch_host(SpkFitWatch *watch)
{
	return (SpkHost) {watch_alloc, watch_release, watch_cancelled, watch};
}
