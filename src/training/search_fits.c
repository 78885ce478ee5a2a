/*
 * search_fits.c
 *	  The fits of a search, which leader and workers make as they are free.
 *
 * Each round has a list of fits in the block, the most expensive ones first.  Leader and
 * workers draw them; each fit is serial.  Models that are fitted to all rows come back as
 * bytes.
 */
#include "compat.h"

#include <math.h>

#include "utils/memutils.h"

#include "core/models/codec.h"
#include "core/models/learner.h"
#include "core/rows/code_form.h"
#include "host/pg_host.h"
#include "models/model_type.h"
#include "training/fit_watch.h"
#include "training/search_block.h"

static void
check(SpkStatus status)
{
	spk_check(status, "training set", NULL);
}

/* A process that makes fits. */
typedef struct Maker
{
	SpkSearchBlock *block;
	MemoryContext	outer;	 /* where models are kept */
	MemoryContext	context; /* where fits work */
	SpkFitWatch		watch;
	SpkHost			host;
	SpkSamples		samples;
	SpkModel		like;  /* has the features, and what is asked of all models */
	SpkModel		coded; /* the same with features in the form of codes */
} Maker;

static Maker *
maker_new(SpkSearchBlock *block, SpkTrainProgress *progress, const char *unit)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "churn model fit",
												  ALLOCSET_DEFAULT_SIZES);
	Maker		 *maker = MemoryContextAllocZero(context, sizeof(Maker));
	const char	 *why = NULL;

	maker->block = block;
	maker->outer = CurrentMemoryContext;
	maker->context = context;
	maker->watch = (SpkFitWatch) {spk_pg_host(context), progress,	   unit,
								  &block->tickets,		block->n_done, block->n_planned};
	maker->host = spk_fit_watch_host(&maker->watch);
	maker->samples = spk_search_block_samples(block);

	/* features have pointers, which would mean nothing in another process: they come as bytes */
	spk_check(spk_features_decode(&maker->host, spk_search_at(block, block->features),
								  block->features_size, &maker->like.features,
								  &maker->like.n_features, &why),
			  "set of features", why);
	maker->like.options = block->asked;
	strlcpy(maker->like.weights, block->weights_of, sizeof(maker->like.weights));
	maker->coded = maker->like;
	spk_check(spk_features_decode(&maker->host, spk_search_at(block, block->features),
								  block->features_size, &maker->coded.features,
								  &maker->coded.n_features, &why),
			  "set of features", why);
	check(spk_features_for_codes(&maker->host, maker->coded.features, maker->coded.n_features));
	return maker;
}

/* What models of the candidate are like. */
static const SpkModel *
like_of(const Maker *maker, const SpkTried *tried)
{
	return spk_learns_codes(tried->algorithm) ? &maker->coded : &maker->like;
}

/* Fits the candidate to all rows.  Returns the model as bytes in the outer context. */
static bytea *
fit_all(Maker *maker, const SpkTried *tried)
{
	const SpkMatrix *matrix = &maker->samples.matrix;
	SpkFeature *features = spk_must_alloc(&maker->host, maker->like.n_features, sizeof(SpkFeature),
										  "training set");
	SpkModel	model = {.features = features, .n_features = maker->like.n_features};
	MemoryContext old;
	bytea		 *bytes;

	/* the importances are the model's own */
	memcpy(features, like_of(maker, tried)->features, maker->like.n_features * sizeof(SpkFeature));
	spk_search_start(tried, &maker->like, matrix->n_rows, matrix->n_positives, &model);
	check(spk_samples_fit(&maker->host, &maker->samples, SPK_NO_FOLD, &model));

	old = MemoryContextSwitchTo(maker->outer);
	bytes = spk_model_to_bytes(&model);
	MemoryContextSwitchTo(old);
	model.n_features = 0;
	spk_model_release(&maker->host, &model);
	return bytes;
}

/* Makes a fit of the list.  Returns its model, if it is kept, or NULL. */
static bytea *
make_fit(Maker *maker, uint32 number)
{
	SpkSearchBlock *block = maker->block;
	SpkSearchFit	what = ((SpkListedFit *) spk_search_at(block, block->fits))[number].what;
	const SpkTried *tried = (SpkTried *) spk_search_at(block, block->tried) + what.candidate;
	double		   *margins = spk_search_at(block, block->margins);

	if (what.fold == SPK_SEARCH_ALL)
		return fit_all(maker, tried);
	check(spk_search_fit(&maker->host, &maker->samples, (int) what.fold, tried,
						 like_of(maker, tried),
						 margins + (Size) what.candidate * block->matrix.n_rows));
	return NULL;
}

void
spk_search_worker(dsm_segment *seg, shm_toc *toc)
{
	SpkWorker		worker;
	Maker		   *maker;
	SpkSearchBlock *block;
	uint32			number;

	spk_worker_attach(&worker, seg, toc);
	block = worker.block.memory;
	maker = maker_new(block, NULL, NULL);
	while (spk_tickets_draw(&block->tickets, &number))
	{
		bytea *model = make_fit(maker, number);

		/* where the area has no room, the leader makes this fit again */
		if (model != NULL && spk_area_fits(VARSIZE(model)))
			((SpkListedFit *) spk_search_at(block, block->fits))[number].model =
				spk_area_put(worker.area, model, VARSIZE(model));
		if (model != NULL)
			pfree(model);
		(void) spk_tickets_note(&block->tickets);
	}
	MemoryContextDelete(maker->context);
	spk_worker_detach(&worker);
}

/* The leader's share.  models has room for one of each fit of the list. */
static void
make_in_leader(Maker *maker, bytea **models)
{
	uint32 number;

	while (spk_tickets_draw(&maker->block->tickets, &number))
	{
		models[number] = make_fit(maker, number);
		(void) spk_tickets_note(&maker->block->tickets);
	}
}

/* Copies the models that workers have left, and fits those again for which there was no room. */
static void
take_models(Maker *maker, dsa_area *area, bytea **models)
{
	SpkListedFit *fits = spk_search_at(maker->block, maker->block->fits);

	for (uint32 i = 0; i < maker->block->tickets.n; i++)
	{
		const bytea *shared;

		if (models[i] != NULL || fits[i].what.fold != SPK_SEARCH_ALL)
			continue;
		if (area == NULL || !DsaPointerIsValid(fits[i].model))
		{
			models[i] = make_fit(maker, i);
			continue;
		}
		shared = dsa_get_address(area, fits[i].model);
		models[i] = palloc(VARSIZE(shared));
		memcpy(models[i], shared, VARSIZE(shared));
		dsa_free(area, fits[i].model);
	}
}

/* Makes all fits of the list. */
static void
make_fits(SpkSearchFits *fits, bytea **models)
{
	SpkSearchBlock *block = fits->block.memory;
	SpkWorkersPlan	plan = {"spk_search_worker", Min(fits->n_workers, (int) block->tickets.n - 1),
							.has_area = true, .block = &fits->block};
	SpkWorkers		workers;
	Maker		   *maker = maker_new(block, &fits->progress, fits->unit);

	if (plan.n <= 0)
		make_in_leader(maker, models);
	else
	{
		spk_workers_new(&workers, &plan);
		spk_workers_launch(&workers);
		make_in_leader(maker, models);
		spk_workers_wait(&workers);
		take_models(maker, workers.area, models);
		spk_workers_end(&workers);
	}
	block->n_done += block->tickets.n;
	MemoryContextDelete(maker->context);
}

/* ---- Lists of fits ---- */

static int
compare_fits(const void *a, const void *b)
{
	const SpkListedFit *x = a;
	const SpkListedFit *y = b;

	if (x->cost != y->cost)
		return x->cost > y->cost ? -1 : 1;
	if (x->what.candidate != y->what.candidate)
		return x->what.candidate < y->what.candidate ? -1 : 1;
	return x->what.fold < y->what.fold ? -1 : 1;
}

/* Puts a list of fits into the block, the most expensive ones first. */
static void
put_list(const SpkSearchFits *fits, const SpkSearchFit *list, uint32 n)
{
	SpkSearchBlock *block = fits->block.memory;
	SpkListedFit   *to = spk_search_at(block, block->fits);

	for (uint32 i = 0; i < n; i++)
		to[i] = (SpkListedFit) {list[i], fits->costs[list[i].candidate], InvalidDsaPointer};
	qsort(to, n, sizeof(SpkListedFit), compare_fits);
	spk_tickets_init(&block->tickets, n);
	block->n_planned = Max(block->n_planned, block->n_done + n);
}

SpkStatus
spk_search_fits_round(void *arg, SpkSearch *search)
{
	SpkSearchFits *fits = arg;
	bytea		 **models = palloc0(Max(search->n_fits, 1) * sizeof(bytea *));

	put_list(fits, search->fits, search->n_fits);
	make_fits(fits, models);
	pfree(models);
	return SPK_OK;
}

/* The model of these bytes, in the host's memory. */
static SpkModel
decode(const SpkHost *host, const bytea *bytes)
{
	SpkModel	model;
	const char *why = NULL;

	spk_check(spk_model_decode(host, VARDATA(bytes), VARSIZE(bytes) - VARHDRSZ, &model, &why),
			  "churn model", why);
	return model;
}

void
spk_search_fits_parts(SpkSearchFits *fits, const SpkSearch *search, SpkModel *parts)
{
	SpkSearchFit		list[SPK_MAX_TRIED] = {{0}};
	bytea			   *models[SPK_MAX_TRIED] = {NULL};
	SpkSearchBlock	   *block = fits->block.memory;
	const SpkListedFit *made = spk_search_at(block, block->fits);
	uint32				n = 0;

	for (uint32 i = 0; i < search->n; i++)
		if (search->tried[i].weight > 0)
			list[n++] = (SpkSearchFit) {i, SPK_SEARCH_ALL};
	put_list(fits, list, n);
	make_fits(fits, models);

	/* the list was sorted by cost; parts are in the order of candidates */
	for (uint32 at = 0; at < n; at++)
	{
		uint32 place = 0;

		for (uint32 i = 0; i < made[at].what.candidate; i++)
			place += search->tried[i].weight > 0;
		parts[place] = decode(fits->host, models[at]);
		pfree(models[at]);
	}
}
