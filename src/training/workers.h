/*
 * workers.h
 *	  The parallel workers of training: the memory that they share with the
 *	  leader, the work they draw, their start and their end.
 *
 * The rows lie in a block that is there before it is known whether workers will
 * come; without them it is memory of the process.  Tickets give the work out,
 * one piece after the other, to whoever is free, the leader too, so that without
 * workers the leader does all of it.  What comes of a piece must not depend on who
 * did it.
 *
 * The leader's way: spk_wanted_workers, spk_block_share or spk_block_alloc;
 * then spk_workers_new, spk_workers_launch, work of its own, spk_workers_wait,
 * spk_workers_end.  A worker's: spk_worker_attach, work, spk_worker_detach.
 */
#ifndef SPK_TRAINING_WORKERS_H
#define SPK_TRAINING_WORKERS_H

#include "postgres.h"

#include "access/parallel.h"
#include "port/atomics.h"
#include "storage/dsm.h"
#include "storage/shm_toc.h"
#include "utils/dsa.h"

#include "core/base/host.h"

/*
 * How many workers are worth asking for: none where the work, in whatever
 * unit, is less than `least`, which their start would cost, or where there cannot
 * be any; at most `most`, and what the server's settings allow.
 */
extern int spk_wanted_workers(double work, double least, int64 most);

/* ---- Blocks ---- */

/*
 * Shared memory that workers take beside a block, when what they leave in the
 * area is not much.
 */
#define SPK_CONTEXT_SIZE (1024 * 1024)

/* Without memory all of it is NULL. */
typedef struct SpkMemoryBlock
{
	void		*memory;  /* aligned */
	dsm_segment *segment; /* of shared memory */
	void		*own;	  /* else what was allocated */
} SpkMemoryBlock;

/*
 * A block of so many bytes that workers can share.  False, and no block, when
 * the server has no segment to give, or when there is no room in shared memory
 * for it and `more` bytes that will be wanted, which is a warning.
 */
extern bool spk_block_share(SpkMemoryBlock *block, uint64 size, uint64 more);

/* A block in memory of the host, the process's own; what is trained is told when there is none. */
extern void spk_block_alloc(SpkMemoryBlock *block, const SpkHost *host, uint64 size,
							const char *what);

/* Gives the memory back, if there is any.  The block is then one without. */
extern void spk_block_release(SpkMemoryBlock *block);

/* The warning that there is less shared memory than training takes: so many bytes. */
extern void spk_warn_of_shared_memory(uint64 size);

/* The place of the next part, of so many bytes, in a block whose parts end at *at. */
static inline Size
spk_block_part(Size *at, uint64 size)
{
	Size place = *at;

	*at += TYPEALIGN(SPK_ALIGNMENT, size);
	return place;
}

/* ---- Tickets ---- */

/* Plain data, for a block or the memory that workers share. */
typedef struct SpkTickets
{
	uint32			 n;
	pg_atomic_uint32 next;
	pg_atomic_uint32 n_done;
} SpkTickets;

/* n pieces of work, none of them drawn. */
static inline void
spk_tickets_init(SpkTickets *tickets, uint32 n)
{
	tickets->n = n;
	pg_atomic_init_u32(&tickets->next, 0);
	pg_atomic_init_u32(&tickets->n_done, 0);
}

/* Draws the next piece of work; false when there is none left. */
static inline bool
spk_tickets_draw(SpkTickets *tickets, uint32 *number)
{
	*number = pg_atomic_fetch_add_u32(&tickets->next, 1);
	return *number < tickets->n;
}

/* Is there a piece that nobody has drawn? */
static inline bool
spk_tickets_left(SpkTickets *tickets)
{
	return pg_atomic_read_u32(&tickets->next) < tickets->n;
}

/* Notes that a piece is done; how many are. */
static inline uint32
spk_tickets_note(SpkTickets *tickets)
{
	return pg_atomic_add_fetch_u32(&tickets->n_done, 1);
}

static inline uint32
spk_tickets_n_done(SpkTickets *tickets)
{
	return pg_atomic_read_u32(&tickets->n_done);
}

/* ---- Workers, as the leader sees them ---- */

typedef struct SpkWorkersPlan
{
	const char			 *function;	   /* what a worker runs, a symbol of the library */
	int					  n;		   /* at most */
	Size				  shared_size; /* of memory for the leader to fill; 0: none */
	bool				  has_area;	   /* for what workers leave behind */
	const SpkMemoryBlock *block;	   /* shared, and there until the end */
	const SpkMemoryBlock
		*passing; /* NULL, or shared, and released by whoever does not need it any more */
} SpkWorkersPlan;

typedef struct SpkWorkers
{
	ParallelContext *context;
	void			*shared; /* shared_size bytes */
	dsa_area		*area;	 /* NULL: without, or no worker can come */
} SpkWorkers;

/* What an area starts with; it grows. */
#define SPK_AREA_SIZE (256 * 1024)

/*
 * Makes ready for workers, within parallel mode until spk_workers_end.  An error
 * ends them, as the transaction does.
 */
extern void spk_workers_new(SpkWorkers *workers, const SpkWorkersPlan *plan);

/*
 * Starts as many as there are; none when the server has no memory to reach them
 * by.  Who has filled the shared memory calls it.
 */
extern void spk_workers_launch(SpkWorkers *workers);

/*
 * How many have started, once all of them have: for work that waits for each.
 * One that was to start and did not is an error.
 */
extern uint32 spk_workers_count(SpkWorkers *workers);

/* Waits until they are done; errors of theirs are raised here.  What they left is in the area. */
extern void spk_workers_wait(SpkWorkers *workers);

/* Ends parallel mode, and gives back shared memory and area. */
extern void spk_workers_end(SpkWorkers *workers);

/* ---- A worker, as it sees itself ---- */

typedef struct SpkWorker
{
	void		  *shared; /* NULL: there is none, as of the next */
	dsa_area	  *area;
	SpkMemoryBlock block;
	SpkMemoryBlock passing; /* without memory when it is gone, since nobody needs it */
} SpkWorker;

/* Finds what the leader shares, by the arguments that a worker's function gets. */
extern void spk_worker_attach(SpkWorker *worker, dsm_segment *seg, shm_toc *toc);
extern void spk_worker_detach(SpkWorker *worker);

/* ---- Areas ---- */

/* Can an area take so many bytes more, with what it grows by? */
extern bool spk_area_fits(uint64 size);

/* A copy of the data in the area, which grows if need be. */
extern dsa_pointer spk_area_put(dsa_area *area, const void *data, Size size);

#endif /* SPK_TRAINING_WORKERS_H */
