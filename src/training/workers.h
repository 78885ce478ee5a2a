/*
 * workers.h
 *	  The parallel workers of training: the memory that they share with the leader, the
 *	  work that they draw, their start and their end.
 *
 * The rows lie in a block, which is made before it is known whether workers will come.
 * Without them it is memory of the process.  Tickets give out the work, one piece after
 * the other, to whoever is free.  The leader draws, too, so that without workers it does
 * all of the work.  The result of a piece must not depend on who did it.
 *
 * The leader calls spk_wanted_workers, and spk_block_share or spk_block_alloc; then
 * spk_workers_new, spk_workers_launch, does work itself, and calls spk_workers_wait and
 * spk_workers_end.  A worker calls spk_worker_attach, works, and calls
 * spk_worker_detach.
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
 * Returns how many workers are worth asking for: at most `most`, and what the server's
 * settings allow.  There are none when the work is less than `least`, in the same unit,
 * because starting them would cost more, and where there cannot be any.
 */
extern int spk_wanted_workers(double work, double least, int64 most);

/* ---- Blocks ---- */

/* Bytes of shared memory beside a block, for workers that leave little or nothing in an area. */
#define SPK_CONTEXT_SIZE (1024 * 1024)

/* A block that has no memory is all NULL. */
typedef struct SpkMemoryBlock
{
	void		*memory;  /* aligned to SPK_ALIGNMENT */
	dsm_segment *segment; /* when it is shared */
	void		*own;	  /* what was allocated, when it is the process's own */
} SpkMemoryBlock;

/*
 * Makes a block of size bytes that workers can share.  Returns false, and makes none,
 * when the server has no segment left, and, with a warning, when shared memory has no
 * room for the block and for `more` bytes that will be wanted beside it.
 */
extern bool spk_block_share(SpkMemoryBlock *block, uint64 size, uint64 more);

/*
 * Makes a block in memory of the host, which is the process's own.  An error when there is
 * no memory names what it was for.
 */
extern void spk_block_alloc(SpkMemoryBlock *block, const SpkHost *host, uint64 size,
							const char *what);

/* Gives the memory back, if there is any.  The block has none afterwards. */
extern void spk_block_release(SpkMemoryBlock *block);

/* Warns that there is less shared memory than the size bytes that training takes. */
extern void spk_warn_of_shared_memory(uint64 size);

/* Returns the place of the next part, of size bytes, in a block whose parts end at *at so far. */
static inline Size
spk_block_part(Size *at, uint64 size)
{
	Size place = *at;

	*at += TYPEALIGN(SPK_ALIGNMENT, size);
	return place;
}

/* ---- Tickets ---- */

/* Numbered pieces of work.  This is plain data, to lie in memory that workers share. */
typedef struct SpkTickets
{
	uint32			 n;
	pg_atomic_uint32 next;
	pg_atomic_uint32 n_done;
} SpkTickets;

/* Starts with n pieces of work, of which none has been drawn. */
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

/* Notes that a piece is done.  Returns how many are. */
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
	const char			 *function;	   /* what a worker runs, an exported symbol of the library */
	int					  n;		   /* as many workers at most */
	Size				  shared_size; /* bytes for the leader to fill, may be 0 */
	bool				  has_area;	   /* is there an area, for what workers leave behind? */
	const SpkMemoryBlock *block;	   /* must be shared, and stay until the end */
	const SpkMemoryBlock *passing;	   /* NULL or without memory, or else shared; each process
										* releases it as soon as it does not need it any more */
} SpkWorkersPlan;

typedef struct SpkWorkers
{
	ParallelContext *context;
	void			*shared; /* shared_size bytes, or NULL */
	dsa_area		*area;	 /* NULL when the plan has none, and when no worker can come */
} SpkWorkers;

/* Bytes that an area starts with.  It grows. */
#define SPK_AREA_SIZE (256 * 1024)

/*
 * Prepares for workers, and enters parallel mode until spk_workers_end.  The transaction
 * owns all of this: an error ends the workers and gives their memory back.
 */
extern void spk_workers_new(SpkWorkers *workers, const SpkWorkersPlan *plan);

/*
 * Starts as many workers as are free, or none when the server has no shared memory left to
 * reach them by.  The leader fills `shared` before.
 */
extern void spk_workers_launch(SpkWorkers *workers);

/*
 * Waits until all workers have started, and returns how many there are.  This is for work
 * in which each waits for all others.  A worker that was to start and did not is an error.
 */
extern uint32 spk_workers_count(SpkWorkers *workers);

/* Waits until the workers are done, and raises their errors.  What they left is in the area. */
extern void spk_workers_wait(SpkWorkers *workers);

/* Gives back `shared` and the area, and leaves parallel mode. */
extern void spk_workers_end(SpkWorkers *workers);

/* ---- A worker, as it sees itself ---- */

typedef struct SpkWorker
{
	void		  *shared; /* NULL when the leader has none */
	dsa_area	  *area;   /* NULL when there is none */
	SpkMemoryBlock block;
	SpkMemoryBlock passing; /* has no memory when all who came before have released it */
} SpkWorker;

/* Finds what the leader shares.  seg and toc are the arguments of the worker's function. */
extern void spk_worker_attach(SpkWorker *worker, dsm_segment *seg, shm_toc *toc);
extern void spk_worker_detach(SpkWorker *worker);

/* ---- Areas ---- */

/* Is there room in shared memory for an area to take so many bytes more? */
extern bool spk_area_fits(uint64 size);

/* Copies the data into the area, which grows when it must.  No memory for that is an error. */
extern dsa_pointer spk_area_put(dsa_area *area, const void *data, Size size);

#endif /* SPK_TRAINING_WORKERS_H */
