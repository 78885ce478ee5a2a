/*
 * fuzz_model_text.c
 *	  The parser of models' JSON text.
 *
 * Whatever the text, there is a model or a reason, memory in proportion and
 * nothing held behind.  A model that is sound encodes to bytes that decode to
 * the same bytes.
 */
#include <string.h>

#include "core/models/codec.h"
#include "fuzz_model_text.h"
#include "json/model_parse.h"

/* Memory for text: the widest growth is that of nodes, of a few bytes each; json-c's is not the host's. */
#define MAX_GROWTH 32
#define FREE_BYTES 16384

uint64_t fuzz_text_models[SPK_N_ALGORITHMS];

static void
check_sound(const SpkHost *host, const SpkModel *model)
{
	SpkWriter	w = spk_writer(host);
	SpkWriter	again = spk_writer(host);
	SpkModel	back;
	const char *why = NULL;
	SpkStatus	status;

	fuzz_check(spk_model_encode(model, &w) == SPK_OK, "what is parsed is encoded");
	status = spk_model_decode(host, w.data, w.len, &back, &why);
	fuzz_check(status == SPK_OK || (status == SPK_CORRUPT && why != NULL),
			   "there is a reason to refuse");
	if (status == SPK_OK)
	{
		fuzz_text_models[back.algorithm]++;
		fuzz_check(spk_model_encode(&back, &again) == SPK_OK, "a decoded model is encoded");
		fuzz_check(w.len == again.len && memcmp(w.data, again.data, w.len) == 0,
				   "a parsed model has its bytes");
		spk_model_release(host, &back);
	}
	spk_release(host, w.data);
	spk_release(host, again.data);
}

/* Parses once more, and is stopped or runs out of memory on the way, perhaps. */
static void
check_stopped(const char *text, size_t len, long *left, FuzzHost *fuzz)
{
	SpkHost		  host = fuzz_host(fuzz);
	SpkModelParse parse;
	SpkModel	  model;
	SpkStatus	  status;

	*left = (long) (len % 41);
	status = spk_model_parse(&parse, &host, text, len, &model);
	spk_model_parse_close(&parse);
	*left = -1;
	if (status == SPK_OK)
		spk_model_release(&host, &model);
	fuzz_check(fuzz->unit.live == 0, "a parser that is stopped holds nothing");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzHost	  fuzz = FUZZ_HOST_INIT;
	SpkHost		  host = fuzz_host(&fuzz);
	const char	 *text = (const char *) data;
	SpkModelParse parse;
	SpkModel	  model;
	SpkStatus	  status = spk_model_parse(&parse, &host, text, size, &model);

	fuzz_check(status == SPK_OK || (status == SPK_CORRUPT && parse.why[0] != '\0'),
			   "a text is refused with a reason");
	fuzz_check(fuzz.allocated <= MAX_GROWTH * size + FREE_BYTES,
			   "a parser takes memory in proportion");
	spk_model_parse_close(&parse);
	if (status == SPK_OK)
	{
		check_sound(&host, &model);
		spk_model_release(&host, &model);
	}
	fuzz_check(fuzz.unit.live == 0, "a parser gives its memory back");
	check_stopped(text, size, &fuzz.unit.allocs_left, &fuzz);
	check_stopped(text, size, &fuzz.unit.polls_left, &fuzz);
	return 0;
}
