/*
 * log_sessions.c
 *	  A user's sessions, put together from the parts that the days hold.
 */
#include "core/profiles/log_sessions.h"
#include "core/base/hash.h"
#include "core/profiles/slice.h"

#define FIRST_SESSIONS		32
#define FIRST_SESSION_SLOTS 64

void
spk_log_sessions_init(SpkLogSessions *sessions, const SpkHost *host)
{
	memset(sessions, 0, sizeof(*sessions));
	sessions->host = host;
}

void
spk_log_sessions_release(SpkLogSessions *sessions)
{
	spk_release(sessions->host, sessions->at);
	spk_release(sessions->host, sessions->slots);
	spk_log_sessions_init(sessions, sessions->host);
}

void
spk_log_sessions_start(SpkLogSessions *sessions)
{
	sessions->n = 0;
	sessions->derived = 0;
	/* few slots again, so that one busy user does not slow those who follow */
	sessions->n_slots = sessions->slots_room < FIRST_SESSION_SLOTS ? 0 : FIRST_SESSION_SLOTS;
	if (sessions->n_slots > 0)
		memset(sessions->slots, 0, sessions->n_slots * sizeof(uint32_t));
}

/* Appends a session; NULL when there is no memory. */
static SpkDaySession *
append(SpkLogSessions *s, const SpkDaySession *part)
{
	if (s->n == s->room)
	{
		uint32_t	   room = s->room == 0 ? FIRST_SESSIONS : 2 * s->room;
		SpkDaySession *at = room > s->room ? spk_alloc(s->host, room, sizeof(*at)) : NULL;

		if (at == NULL)
			return NULL;
		if (s->n > 0)
			memcpy(at, s->at, s->n * sizeof(*at));
		spk_release(s->host, s->at);
		s->at = at;
		s->room = room;
	}
	s->at[s->n] = *part;
	return &s->at[s->n++];
}

static void
extend(SpkDaySession *session, const SpkDaySession *part)
{
	session->first = spk_earlier(session->first, part->first);
	session->last = spk_later(session->last, part->last);
}

/* The slot of a session with an id: where it is found, or the free one where it belongs. */
static uint32_t
find_slot(const SpkLogSessions *s, const SpkDaySession *part)
{
	uint32_t slot = (uint32_t) spk_mix64((uint64_t) part->id + part->kind) & (s->n_slots - 1);

	for (; s->slots[slot] != 0; slot = (slot + 1) & (s->n_slots - 1))
	{
		const SpkDaySession *found = &s->at[s->slots[slot] - 1];

		if (found->id == part->id && found->kind == part->kind)
			break;
	}
	return slot;
}

/* Twice the slots (or the first), the sessions put into them anew. */
static bool
enlarge_slots(SpkLogSessions *s)
{
	uint32_t n = s->n_slots == 0 ? FIRST_SESSION_SLOTS : 2 * s->n_slots;

	if (n > s->slots_room)
	{
		uint32_t *slots = n > s->n_slots ? spk_alloc(s->host, n, sizeof(uint32_t)) : NULL;

		if (slots == NULL)
			return false;
		spk_release(s->host, s->slots);
		s->slots = slots;
		s->slots_room = n;
	}
	memset(s->slots, 0, n * sizeof(uint32_t));
	s->n_slots = n;
	for (uint32_t i = 0; i < s->n; i++)
		if (s->at[i].kind != SPK_SESSION_DERIVED)
			s->slots[find_slot(s, &s->at[i])] = i + 1;
	return true;
}

static SpkStatus
add_with_id(SpkLogSessions *s, const SpkDaySession *part)
{
	uint32_t slot;

	/* at most half of the slots are taken, so that chains stay short */
	if (2 * (s->n + 1) > s->n_slots && !enlarge_slots(s))
		return SPK_NO_MEMORY;
	slot = find_slot(s, part);
	if (s->slots[slot] != 0)
	{
		extend(&s->at[s->slots[slot] - 1], part);
		return SPK_OK;
	}
	if (append(s, part) == NULL)
		return SPK_NO_MEMORY;
	s->slots[slot] = s->n;
	return SPK_OK;
}

/* Parts come in the order of their times, those of one day apart by the gap and more. */
static SpkStatus
add_derived(SpkLogSessions *s, const SpkDaySession *part)
{
	/* written so that it cannot overflow, as the two may be any days apart */
	if (s->derived > 0 && part->first - SPK_SESSION_GAP < s->at[s->derived - 1].last)
	{
		extend(&s->at[s->derived - 1], part);
		return SPK_OK;
	}
	if (append(s, part) == NULL)
		return SPK_NO_MEMORY;
	s->derived = s->n;
	return SPK_OK;
}

SpkStatus
spk_log_sessions_add(SpkLogSessions *sessions, const SpkLogDay *day)
{
	SpkStatus status = SPK_OK;

	for (uint32_t i = 0; i < day->n_sessions && status == SPK_OK; i++)
	{
		const SpkDaySession *part = &day->sessions[i];

		if (spk_poll_sessions(sessions->host, i))
			return SPK_CANCELLED;
		status = part->kind == SPK_SESSION_DERIVED ? add_derived(sessions, part) :
													 add_with_id(sessions, part);
	}
	return status;
}
