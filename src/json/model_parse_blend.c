/*
 * model_parse_blend.c
 *	  Reads the parts of a blend, and what a search has tried, from JSON text.
 *
 * A part is the JSON of a whole model.  It is read like any other, while the root of the
 * blend waits.  Parts of a blend are no blends, so that only one root ever waits.
 */
#include "core/models/blend.h"
#include "core/models/learner.h"
#include "json/model_parse_parts.h"
#include "json/model_parse_values.h"

static void
get_part(SpkModelParse *p, SpkText text, SpkModel *part)
{
	SpkModel *blend = p->model;

	if (p->outer != NULL)
	{
		spk_refuse(p, "A part of a blend is a blend itself.");
		return;
	}
	p->outer = p->root;
	p->root = NULL;
	p->model = part;
	spk_parse_model(p, text);

	/* what a part holds hangs on the blend, also after a fault */
	p->model = blend;
	json_object_put(p->root);
	p->root = p->outer;
	p->outer = NULL;
}

void
spk_parse_blend(SpkModelParse *p, SpkText text)
{
	SpkModel	*model = p->model;
	SpkTextList	 list = spk_text_list(p->host, text);
	uint32_t	 n = spk_parse_count(p, list, SPK_MAX_PARTS, "parts");
	json_object *weights = spk_parse_member(p, p->root, "weights", json_type_array, false);
	SpkText		 element;

	if (spk_parse_length(p, weights, SPK_MAX_PARTS, "weights") != n)
		spk_refuse(p, "There are not as many weights as parts.");
	model->parts = spk_parse_array(p, n, sizeof(SpkPart));
	if (model->parts == NULL)
		return;
	model->n_parts = n;
	for (uint32_t i = 0; i < n; i++)
		model->parts[i].weight = spk_parse_number(p, json_object_array_get_idx(weights, i),
												  "A weight");
	for (uint32_t i = 0; i < n && spk_parsing(p) && spk_text_next(&list, &element); i++)
		get_part(p, element, &model->parts[i].model);
}

/* Reads a candidate from p->element. */
static void
get_tried(SpkModelParse *p, SpkText text, SpkTried *tried)
{
	static const char *const known[] = {"algorithm", "options", "folds",
										"log_loss",	 "auc",		"weight"};

	spk_parse_check_object(p, text);
	spk_parse_algorithm(p, p->element, &tried->algorithm);
	if (spk_parsing(p))
		spk_parse_options(p, p->element, tried->algorithm, &tried->options);
	tried->folds = spk_parse_integer(p,
									 spk_parse_member(p, p->element, "folds", json_type_int, false),
									 UINT32_MAX, "The member \"folds\"");
	tried->log_loss = spk_parse_number_member(p, p->element, "log_loss");
	tried->auc = spk_parse_number_member(p, p->element, "auc");
	tried->weight = spk_parse_number_member(p, p->element, "weight");
	spk_parse_only(p, p->element, known, (int) (sizeof(known) / sizeof(known[0])));
}

void
spk_parse_search(SpkModelParse *p, SpkText text)
{
	SpkModel   *model = p->model;
	SpkTextList list = spk_text_list(p->host, text);
	SpkText		element;
	uint32_t	n;

	if (spk_is_searched(model) != (text.at != NULL))
		spk_refuse(p, "The member \"search\" and the fact \"candidates\" do not go together.");
	if (!spk_parsing(p) || text.at == NULL)
		return;
	n = spk_parse_count(p, list, SPK_MAX_TRIED, "candidates");
	if (model->facts[SPK_FACT_CANDIDATES] != n)
		spk_refuse(p, "The number of candidates is not that of the facts.");
	model->tried = spk_parse_array(p, n, sizeof(SpkTried));
	if (model->tried == NULL)
		return;
	model->n_tried = n;
	for (uint32_t i = 0; i < n && spk_parsing(p) && spk_text_next(&list, &element); i++)
	{
		if (spk_parse_piece(p, element))
			get_tried(p, element, &model->tried[i]);
		spk_parse_put(p);
	}
}
