/*
 * fuzz_import.c
 *	  The readers of other programs' models.
 *
 * Whatever the text, there is a model or a reason, memory in proportion and nothing held
 * behind.  A model encodes to bytes that decode to the same bytes.
 */
#include <string.h>

#include "core/models/codec.h"
#include "fuzz_import.h"

/*
 * Memory for text: nodes take a few times its bytes; features, of which a text may only tell
 * the number, take some kilobytes each where their categories are numbers.
 */
#define MAX_GROWTH 64
#define FREE_BYTES (SPK_MAX_FEATURES * 6144)

uint64_t fuzz_imported[SPK_N_IMPORT_FORMATS];

static void
check_sound(const SpkHost *host, const SpkModel *model)
{
	SpkWriter	w = spk_writer(host);
	SpkWriter	again = spk_writer(host);
	SpkModel	back;
	const char *why = NULL;

	fuzz_check(spk_model_encode(model, &w) == SPK_OK, "what is imported is encoded");
	fuzz_check(spk_model_decode(host, w.data, w.len, &back, &why) == SPK_OK,
			   "what is imported is sound");
	fuzz_check(spk_model_encode(&back, &again) == SPK_OK, "a decoded model is encoded");
	fuzz_check(w.len == again.len && memcmp(w.data, again.data, w.len) == 0,
			   "an imported model has its bytes");
	spk_model_release(host, &back);
	spk_release(host, w.data);
	spk_release(host, again.data);
}

/* Reads a text and makes the model; *why is the reason when there is none. */
static SpkStatus
import(const SpkHost *host, const SpkImportFormat *format, const char *text, size_t len,
	   SpkModel *model, bool *has_reason)
{
	SpkImport im;
	SpkDraft  draft;
	SpkStatus status = spk_import(&im, format, host, text, len, &draft);

	*has_reason = im.why[0] != '\0';
	spk_import_close(&im);
	if (status != SPK_OK)
		return status;
	status = spk_draft_finish(host, &draft, model);
	*has_reason = draft.why[0] != '\0';
	spk_draft_release(host, &draft);
	return status;
}

/* Imports once more, and is stopped or runs out of memory on the way, perhaps. */
static void
check_stopped(const SpkImportFormat *format, const char *text, size_t len, long *left,
			  FuzzHost *fuzz)
{
	SpkHost	 host = fuzz_host(fuzz);
	SpkModel model;
	bool	 has_reason;

	*left = (long) (len % 41);
	if (import(&host, format, text, len, &model, &has_reason) == SPK_OK)
		spk_model_release(&host, &model);
	*left = -1;
	fuzz_check(fuzz->unit.live == 0, "an import that is stopped holds nothing");
}

static void
check_format(const SpkImportFormat *format, uint64_t *imported, const char *text, size_t len)
{
	FuzzHost  fuzz = FUZZ_HOST_INIT;
	SpkHost	  host = fuzz_host(&fuzz);
	SpkModel  model;
	bool	  has_reason;
	SpkStatus status = import(&host, format, text, len, &model, &has_reason);

	fuzz_check(status == SPK_OK || status == SPK_CORRUPT || status == SPK_LIMIT,
			   "a text is a model or is refused");
	fuzz_check(has_reason == (status != SPK_OK), "a text is refused with a reason");
	fuzz_check(fuzz.allocated <= MAX_GROWTH * len + FREE_BYTES,
			   "an import takes memory in proportion");
	if (status == SPK_OK)
	{
		++*imported;
		check_sound(&host, &model);
		spk_model_release(&host, &model);
	}
	fuzz_check(fuzz.unit.live == 0, "an import gives its memory back");
	check_stopped(format, text, len, &fuzz.unit.allocs_left, &fuzz);
	check_stopped(format, text, len, &fuzz.unit.polls_left, &fuzz);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int i = 0; i < SPK_N_IMPORT_FORMATS; i++)
		check_format(&spk_import_formats[i], &fuzz_imported[i], (const char *) data, size);
	return 0;
}
