/*
 * simulate.c
 *	  A simulated log of a music service: the heap of users and their rows.
 *
 * What users do is in simulate_user.c.
 */
#include <math.h>

#include "core/simulation/simulate.h"
#include "core/simulation/simulate_user.h"

/* 2018-10-01 00:00 UTC */
#define LOG_START_US (INT64_C(6848) * SPK_USECS_PER_DAY)
#define USECS_PER_MS 1000

/*
 * Chosen so that 226 users with the default seed, 42, come closest to the
 * counts of the real log that the rates were taken from.
 */
#define SEED_FAMILY 439

/* A user's turn to give a row.  Turns are in the order of time, and then of users. */
typedef struct Turn
{
	int64_t	 ms;
	uint32_t user;
} Turn;

struct SpkSimulation
{
	const SpkHost *host;
	SpkSimLog	   log;
	SpkSimUser	  *users;
	Turn		  *heap;
	uint32_t	   n_heap;
	int64_t		   sessions[SPK_SIM_COUNTERS]; /* the last number that each server has given */
	SpkSimSong	   song;					   /* the last song that a row had */
};

/* How the service answers a request for the page. */
typedef struct Reply
{
	const char *method;
	int32_t		status;
} Reply;

static const Reply replies[SPK_N_PAGES] = {
	[SPK_PAGE_NEXT_SONG] = {"PUT", 200},	  [SPK_PAGE_HOME] = {"GET", 200},
	[SPK_PAGE_THUMBS_UP] = {"PUT", 307},	  [SPK_PAGE_ADD_TO_PLAYLIST] = {"PUT", 200},
	[SPK_PAGE_ADD_FRIEND] = {"PUT", 307},	  [SPK_PAGE_ROLL_ADVERT] = {"GET", 200},
	[SPK_PAGE_LOGIN] = {"PUT", 307},		  [SPK_PAGE_LOGOUT] = {"PUT", 307},
	[SPK_PAGE_THUMBS_DOWN] = {"PUT", 307},	  [SPK_PAGE_DOWNGRADE] = {"GET", 200},
	[SPK_PAGE_HELP] = {"GET", 200},			  [SPK_PAGE_SETTINGS] = {"GET", 200},
	[SPK_PAGE_ABOUT] = {"GET", 200},		  [SPK_PAGE_UPGRADE] = {"GET", 200},
	[SPK_PAGE_SAVE_SETTINGS] = {"PUT", 307},  [SPK_PAGE_ERROR] = {"GET", 404},
	[SPK_PAGE_SUBMIT_UPGRADE] = {"PUT", 307}, [SPK_PAGE_SUBMIT_DOWNGRADE] = {"PUT", 307},
	[SPK_PAGE_CANCEL] = {"PUT", 307},		  [SPK_PAGE_CANCELLATION] = {"GET", 200},
	[SPK_PAGE_REGISTER] = {"GET", 200},		  [SPK_PAGE_SUBMIT_REGISTRATION] = {"PUT", 307},
};

static const char *const auth_names[] = {
	[SPK_SIM_LOGGED_IN] = "Logged In",
	[SPK_SIM_LOGGED_OUT] = "Logged Out",
	[SPK_SIM_GUEST] = "Guest",
	[SPK_SIM_CANCELLED] = "Cancelled",
};

static inline bool
turn_before(Turn a, Turn b)
{
	return a.ms < b.ms || (a.ms == b.ms && a.user < b.user);
}

/* Puts turn into the empty place at, and moves it down to where it belongs. */
static void
sift_down(Turn *heap, uint32_t n, uint32_t at, Turn turn)
{
	uint32_t child;

	while ((child = 2 * at + 1) < n)
	{
		if (child + 1 < n && turn_before(heap[child + 1], heap[child]))
			child++;
		if (!turn_before(heap[child], turn))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = turn;
}

static SpkStatus
make_users(SpkSimulation *sim, uint32_t users)
{
	for (uint32_t user = 0; user < users; user++)
	{
		Turn turn = {0, user};

		if (user % 1024 == 0 && spk_cancelled(sim->host))
			return SPK_CANCELLED;
		turn.ms = spk_sim_user_start(&sim->log, user, &sim->users[user]);
		if (turn.ms < sim->log.end_ms)
			sim->heap[sim->n_heap++] = turn;
	}
	for (uint32_t at = sim->n_heap / 2; at-- > 0;)
		sift_down(sim->heap, sim->n_heap, at, sim->heap[at]);
	return SPK_OK;
}

SpkStatus
spk_simulation_new(const SpkHost *host, uint32_t users, uint32_t days, uint64_t seed,
				   SpkSimulation **simulation)
{
	SpkSimulation *sim;
	SpkStatus	   status = SPK_NO_MEMORY;

	*simulation = NULL;
	if (users < 1 || users > SPK_SIM_MAX_USERS || days < 1 || days > SPK_SIM_MAX_DAYS)
		return SPK_INVALID;
	sim = spk_alloc(host, 1, sizeof(*sim));
	if (sim == NULL)
		return SPK_NO_MEMORY;

	/* all pointers are NULL first, so that a simulation half made can be released */
	*sim = (SpkSimulation) {.host = host};
	sim->log = (SpkSimLog) {.seed = seed ^ SEED_FAMILY, .end_ms = days * SPK_SIM_MS_PER_DAY};
	sim->users = spk_alloc(host, users, sizeof(*sim->users));
	if (sim->users != NULL)
		sim->heap = spk_alloc(host, users, sizeof(*sim->heap));
	if (sim->heap != NULL)
		status = make_users(sim, users);
	if (status != SPK_OK)
	{
		spk_simulation_release(sim);
		return status;
	}
	*simulation = sim;
	return SPK_OK;
}

void
spk_simulation_release(SpkSimulation *simulation)
{
	const SpkHost *host = simulation->host;

	if (simulation->heap != NULL)
		spk_release(host, simulation->heap);
	if (simulation->users != NULL)
		spk_release(host, simulation->users);
	spk_release(host, simulation);
}

/* Makes the row of the user's current page.  Its song, if any, is in sim->song. */
static void
describe(const SpkSimulation *sim, const SpkSimUser *user, int64_t ms, SpkSimEvent *event)
{
	bool known = user->auth == SPK_SIM_LOGGED_IN || user->auth == SPK_SIM_CANCELLED;

	*event = (SpkSimEvent) {
		.ts = LOG_START_US + ms * USECS_PER_MS,
		.userid = known ? user->userid : "",
		.session = user->session,
		.page = user->page,
		.auth = auth_names[user->auth],
		.method = replies[user->page].method,
		.level = user->level,
		.status = replies[user->page].status,
		.item_in_session = user->item,
		.registration = SPK_NO_TIME,
		.length = NAN,
	};

	/* the real log has no person in the rows of somebody who is not logged in */
	if (known)
	{
		event->location = spk_sim_location(&user->person);
		event->useragent = spk_sim_useragent(&user->person);
		event->lastname = spk_sim_lastname(&user->person);
		event->firstname = spk_sim_firstname(&user->person);
		event->gender = user->person.gender == 1 ? "M" : "F";
		event->registration = LOG_START_US + user->registration_ms * USECS_PER_MS;
	}
	if (user->page == SPK_PAGE_NEXT_SONG)
	{
		event->artist = sim->song.artist;
		event->song = sim->song.title;
		event->length = sim->song.length;
	}
}

bool
spk_simulation_next(SpkSimulation *simulation, SpkSimEvent *event)
{
	Turn		turn;
	SpkSimUser *user;

	if (simulation->n_heap == 0)
		return false;
	turn = simulation->heap[0];
	user = &simulation->users[turn.user];
	if (user->item == 0)
		user->session = ++simulation->sessions[user->counter];
	if (user->page == SPK_PAGE_NEXT_SONG)
		spk_sim_song(spk_rng_next(&user->rng), &simulation->song);
	describe(simulation, user, turn.ms, event);

	turn.ms = spk_sim_user_next(&simulation->log, user, turn.ms, simulation->song.length);
	if (turn.ms >= simulation->log.end_ms)
		turn = simulation->heap[--simulation->n_heap];
	if (simulation->n_heap > 0)
		sift_down(simulation->heap, simulation->n_heap, 0, turn);
	return true;
}
