/*
 * fuzz_profile_text.c
 *	  Texts of profiles, as the bytes are.
 *
 * Whatever the text, it is refused with a reason, or its slices are sound: then
 * what it says is encoded, written as text again and read again, and is still
 * the same.  Memory is in proportion to the text, and comes back, also when it
 * ends or somebody cancels on the way.
 */
#include <string.h>

#include "fuzz_profile_text.h"
#include "json/profile_text.h"

uint64_t fuzz_profile_texts;

/* A byte of text makes no more than so many of host memory, but for what every text takes. */
#define MEMORY_PER_BYTE 64
#define MEMORY_AT_LEAST 65536

static SpkStatus
read_text(const SpkHost *host, const void *text, size_t len, SpkProfileState *state,
		  SpkTextFault *fault)
{
	SpkJsonParser parser;
	SpkStatus	  status;

	fuzz_check(spk_json_parser_open(&parser, SPK_PROFILE_DEPTH), "there is a parser");
	spk_profile_init(state, host);
	status = spk_profile_read_text(&parser, text, len, state, fault);
	spk_json_parser_close(&parser);
	return status;
}

/* The bytes of a state, which is given back. */
static SpkStatus
encode(const SpkHost *host, SpkProfileState *state, SpkWriter *w)
{
	SpkStatus status;

	*w = spk_writer(host);
	status = spk_profile_encode(state, w);
	spk_release(host, state->closed.data);
	return status;
}

/* What was read is written and read again. */
static void
check_round_trip(const SpkHost *host, const SpkWriter *bytes)
{
	SpkWriter		text = spk_writer(host);
	SpkWriter		again;
	SpkProfileState state;
	SpkTextFault	fault;
	const char	   *why;

	fuzz_check(spk_profile_write_text(host, bytes->data, bytes->len, &text, &why) == SPK_OK,
			   "a profile has a text");
	fuzz_check(read_text(host, text.data, text.len, &state, &fault) == SPK_OK,
			   "a profile's text is read");
	spk_release(host, text.data);
	fuzz_check(encode(host, &state, &again) == SPK_OK, "what was read is encoded");
	fuzz_check(again.len == bytes->len && memcmp(again.data, bytes->data, again.len) == 0,
			   "text in and out gives the same bytes");
	spk_release(host, again.data);
}

/* A host that ends early: after so many allocations or polls. */
static void
check_ends_early(const uint8_t *data, size_t size, long allocs, long polls)
{
	FuzzHost		fuzz = {{allocs, polls, 0}, 0};
	SpkHost			host = fuzz_host(&fuzz);
	SpkProfileState state;
	SpkTextFault	fault;
	SpkWriter		w = spk_writer(&host);
	SpkStatus		status = read_text(&host, data, size, &state, &fault);

	if (status == SPK_OK)
		status = encode(&host, &state, &w);
	else
		spk_release(&host, state.closed.data);
	fuzz_check(status == SPK_OK || status == (allocs >= 0 ? SPK_NO_MEMORY : SPK_CANCELLED),
			   "an end comes as it is");
	spk_release(&host, w.data);
	fuzz_check(fuzz.unit.live == 0, "an early end gives its memory back");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzHost		fuzz = FUZZ_HOST_INIT;
	SpkHost			host = fuzz_host(&fuzz);
	SpkProfileState state;
	SpkTextFault	fault = {0};
	SpkWriter		w;
	const char	   *why = NULL;
	SpkStatus		status = read_text(&host, data, size, &state, &fault);

	fuzz_check(fuzz.allocated <= MEMORY_AT_LEAST + MEMORY_PER_BYTE * (uint64_t) size,
			   "memory is bounded");
	if (status != SPK_OK)
	{
		fuzz_check(status == SPK_CORRUPT && fault.before != NULL && fault.after != NULL,
				   "there is a reason to refuse");
		fuzz_check(memchr(fault.name, 0, sizeof(fault.name)) != NULL, "a name ends");
		spk_release(&host, state.closed.data);
	}
	else if (spk_profile_is_empty(&state))
		spk_release(&host, state.closed.data);
	else
	{
		fuzz_check(encode(&host, &state, &w) == SPK_OK, "what was read is encoded");
		status = spk_profile_check(&host, w.data, w.len, &why);
		fuzz_check(status == SPK_OK || strstr(why, "cancellation") != NULL,
				   "what was read is sound");
		if (status == SPK_OK)
		{
			fuzz_profile_texts++;
			check_round_trip(&host, &w);
			for (long n = 0; n < 3; n++)
			{
				check_ends_early(data, size, n, -1);
				check_ends_early(data, size, -1, n);
			}
		}
		spk_release(&host, w.data);
	}
	fuzz_check(fuzz.unit.live == 0, "a text gives its memory back");
	return 0;
}
