/*
 * fuzz_log_profile_text.c
 *	  Texts of profiles of any log, as the bytes are.
 *
 * Whatever the text, it is refused with a reason, or its days are sound: then
 * what it says is encoded, written as text again and read again, and is still
 * the same.  Memory is in proportion to the text, and comes back, also when it
 * ends or somebody cancels on the way.
 */
#include <string.h>

#include "core/base/utf8.h"
#include "fuzz_log_profile_text.h"
#include "json/log_profile_text.h"

uint64_t fuzz_log_profile_texts;

/* A byte of text makes no more than so many of host memory, but for what every text takes. */
#define MEMORY_PER_BYTE 128
#define MEMORY_AT_LEAST 131072

/* What is read, and the dictionary of it. */
typedef struct Growing
{
	SpkDictionary	   names;
	SpkLogProfileState state;
} Growing;

static SpkStatus
read_text(const SpkHost *host, const void *text, size_t len, Growing *g, SpkTextFault *fault)
{
	SpkJsonParser parser;
	SpkStatus	  status;

	fuzz_check(spk_json_parser_open(&parser, SPK_PROFILE_DEPTH), "there is a parser");
	spk_dictionary_init(&g->names, host, SPK_OWN_NAMES);
	spk_log_profile_init(&g->state, &g->names);
	status = spk_log_profile_read_text(&parser, text, len, &g->state, fault);
	spk_json_parser_close(&parser);
	return status;
}

static void
end(Growing *g)
{
	spk_log_profile_release(&g->state);
	spk_dictionary_release(&g->names);
}

/* What was read is written and read again. */
static void
check_round_trip(const SpkHost *host, const SpkWriter *bytes)
{
	SpkWriter	 text = spk_writer(host);
	SpkWriter	 again = spk_writer(host);
	Growing		 g;
	SpkTextFault fault;
	const char	*why;

	fuzz_check(spk_log_profile_write_text(host, bytes->data, bytes->len, &text, &why) == SPK_OK,
			   "a profile has a text");
	fuzz_check(spk_utf8_valid((const char *) text.data, text.len), "a text is UTF-8");
	fuzz_check(spk_is_log_profile_text((const char *) text.data, text.len),
			   "a text says of which log it is");
	fuzz_check(read_text(host, text.data, text.len, &g, &fault) == SPK_OK,
			   "a profile's text is read");
	spk_release(host, text.data);
	fuzz_check(spk_log_profile_encode(&g.state, &again) == SPK_OK, "what was read is encoded");
	fuzz_check(again.len == bytes->len && memcmp(again.data, bytes->data, again.len) == 0,
			   "text in and out gives the same bytes");
	spk_release(host, again.data);
	end(&g);
}

/* A host that ends early, when a text is read or when one is written. */
static void
check_ends_early(const uint8_t *data, size_t size, const SpkWriter *bytes, long allocs, long polls)
{
	FuzzHost	 reader = {{allocs, polls, 0}, 0};
	FuzzHost	 writer = {{allocs, polls, 0}, 0};
	SpkHost		 host = fuzz_host(&reader);
	SpkHost		 other = fuzz_host(&writer);
	SpkStatus	 expected = allocs >= 0 ? SPK_NO_MEMORY : SPK_CANCELLED;
	SpkTextFault fault;
	Growing		 g;
	SpkWriter	 w = spk_writer(&host);
	SpkWriter	 text = spk_writer(&other);
	SpkStatus	 status = read_text(&host, data, size, &g, &fault);
	const char	*why;

	if (status == SPK_OK)
		status = spk_log_profile_encode(&g.state, &w);
	fuzz_check(status == SPK_OK || status == expected, "an end comes as it is");
	spk_release(&host, w.data);
	end(&g);
	fuzz_check(reader.unit.live == 0, "an early end gives its memory back");

	status = spk_log_profile_write_text(&other, bytes->data, bytes->len, &text, &why);
	fuzz_check(status == SPK_OK || status == expected, "an end of writing comes as it is");
	spk_release(&other, text.data);
	fuzz_check(writer.unit.live == 0, "an early end of writing gives its memory back");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzHost	 fuzz = FUZZ_HOST_INIT;
	SpkHost		 host = fuzz_host(&fuzz);
	SpkTextFault fault = {0};
	Growing		 g;
	SpkWriter	 w = spk_writer(&host);
	const char	*why = NULL;
	bool		 is_log = spk_is_log_profile_text((const char *) data, size);
	SpkStatus	 status = read_text(&host, data, size, &g, &fault);

	fuzz_check(fuzz.allocated <= MEMORY_AT_LEAST + MEMORY_PER_BYTE * (uint64_t) size,
			   "memory is bounded");
	if (status != SPK_OK)
	{
		fuzz_check(status == SPK_CORRUPT && fault.before != NULL && fault.after != NULL,
				   "there is a reason to refuse");
		fuzz_check(memchr(fault.name, 0, sizeof(fault.name)) != NULL, "a name ends");
	}
	else
		fuzz_check(is_log, "what is read says of which log it is");
	if (status == SPK_OK && !spk_log_profile_is_empty(&g.state))
	{
		fuzz_check(spk_log_profile_encode(&g.state, &w) == SPK_OK, "what was read is encoded");
		status = spk_log_profile_check(&host, w.data, w.len, &why);
		fuzz_check(status == SPK_OK || strstr(why, "dropped") != NULL, "what was read is sound");
		if (status == SPK_OK)
		{
			fuzz_log_profile_texts++;
			check_round_trip(&host, &w);
			for (long n = 0; n < 4; n++)
			{
				check_ends_early(data, size, &w, n, -1);
				check_ends_early(data, size, &w, -1, n);
			}
		}
	}
	spk_release(&host, w.data);
	end(&g);
	fuzz_check(fuzz.unit.live == 0, "a text gives its memory back");
	return 0;
}
