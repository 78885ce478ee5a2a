/*
 * explainer.c
 *	  Contributions of the features to a prediction, of any model.
 */
#include <math.h>
#include <string.h>

#include "core/models/blend.h"
#include "core/models/calibration.h"
#include "core/models/learner.h"
#include "core/rows/binning.h"
#include "core/scoring/additive.h"
#include "core/scoring/explainer.h"

/* A model that is no blend, with its weight: 1 unless it is a part of one. */
typedef struct Piece
{
	const SpkModel *model;
	SpkShap		   *shap; /* of trees; NULL when it has terms */
	double			weight;
	double			base;  /* on the piece's own scale */
	uint8_t		   *codes; /* of a row, where its numbers have edges of their own; else NULL */
} Piece;

struct SpkExplainer
{
	SpkHost			host;
	const SpkModel *model;
	uint32_t		n_pieces;
	Piece		   *pieces;
	double		   *moved; /* of one piece: n_features; NULL unless the model is a blend */
	double			base;
};

bool
spk_explains_codes(const SpkModel *model)
{
	for (uint32_t i = 0; i < model->n_parts; i++)
		if (spk_has_trees(model->parts[i].model.algorithm))
			return true;
	return spk_has_trees(model->algorithm);
}

/* Does the piece give the share of churn, and not a margin? */
static bool
gives_share(const Piece *piece)
{
	return spk_learners[piece->model->algorithm].answer == SPK_ANSWER_MEAN;
}

static double
margin_of(const Piece *piece, double value)
{
	return gives_share(piece) ? spk_shrunken_log_odds(value) : value;
}

static bool
prepare_piece(const SpkHost *host, const SpkModel *model, double weight, SpkWalkWay way,
			  Piece *piece)
{
	*piece = (Piece) {.model = model, .weight = weight};
	if (!spk_has_trees(model->algorithm))
	{
		piece->base = spk_additive_base(model);
		return true;
	}
	piece->shap = spk_shap_new(host, model, way);
	if (piece->shap != NULL)
		piece->base = spk_shap_base(piece->shap);
	return piece->shap != NULL;
}

static bool
prepare_parts(SpkExplainer *explainer, SpkWalkWay way)
{
	const SpkModel *model = explainer->model;

	explainer->moved = spk_alloc(&explainer->host, model->n_features, sizeof(double));
	if (explainer->moved == NULL)
		return false;
	for (uint32_t i = 0; i < model->n_parts; i++)
	{
		const SpkPart *part = &model->parts[i];
		Piece		  *piece = &explainer->pieces[i];

		if (!prepare_piece(&explainer->host, &part->model, part->weight, way, piece))
			return false;
		explainer->n_pieces++;
		if (part->own_edges &&
			(piece->codes = spk_alloc(&explainer->host, model->n_features, 1)) == NULL)
			return false;
		explainer->base += part->weight * margin_of(piece, piece->base);
	}
	return true;
}

SpkExplainer *
spk_explainer_new(const SpkHost *host, const SpkModel *model, SpkWalkWay way)
{
	SpkExplainer *explainer = spk_alloc(host, 1, sizeof(SpkExplainer));
	bool		  blend = spk_has_parts(model->algorithm);
	bool		  ok;

	if (explainer == NULL)
		return NULL;
	memset(explainer, 0, sizeof(*explainer));
	explainer->host = *host;
	explainer->model = model;
	explainer->pieces = spk_alloc(host, blend ? model->n_parts : 1, sizeof(Piece));
	ok = explainer->pieces != NULL;
	if (ok && blend)
		ok = prepare_parts(explainer, way);
	else if (ok && (ok = prepare_piece(host, model, 1, way, explainer->pieces)))
	{
		explainer->n_pieces = 1;
		explainer->base = explainer->pieces[0].base;
	}
	if (ok)
		return explainer;
	spk_explainer_release(explainer);
	return NULL;
}

void
spk_explainer_release(SpkExplainer *explainer)
{
	SpkHost host = explainer->host;

	for (uint32_t i = 0; i < explainer->n_pieces; i++)
	{
		if (explainer->pieces[i].shap != NULL)
			spk_shap_release(explainer->pieces[i].shap);
		spk_release(&host, explainer->pieces[i].codes);
	}
	spk_release(&host, explainer->pieces);
	spk_release(&host, explainer->moved);
	spk_release(&host, explainer);
}

double
spk_explainer_base(const SpkExplainer *explainer)
{
	return explainer->base;
}

/* Codes a row by the edges and groups of the piece. */
static const uint8_t *
code_row(const Piece *piece, const double *values)
{
	for (uint32_t f = 0; f < piece->model->n_features; f++)
		piece->codes[f] = spk_code_value(&piece->model->features[f], values[f]);
	return piece->codes;
}

static SpkStatus
explain_piece(Piece *piece, const uint8_t *codes, const double *values, double *contributions)
{
	if (piece->shap != NULL)
		return spk_shap_explain(piece->shap, piece->codes == NULL ? codes : code_row(piece, values),
								contributions);
	spk_additive_explain(piece->model, values, contributions);
	return SPK_OK;
}

/*
 * By what contributions to a share, which they move from the base, are multiplied to be
 * contributions to the margin.  Where they move it by nothing, it is the slope.
 */
static double
rescale(const Piece *piece, const double *contributions, uint32_t n)
{
	double value = piece->base;
	double slope;

	if (!gives_share(piece))
		return 1;
	for (uint32_t f = 0; f < n; f++)
		value += contributions[f];

	/* sums of contributions miss shares of 0 and 1 by their rounding */
	value = fmin(fmax(value, 0), 1);
	if (fabs(value - piece->base) > 1e-9)
		return (margin_of(piece, value) - margin_of(piece, piece->base)) / (value - piece->base);
	slope = SPK_PLATT_SHRINK + (1 - 2 * SPK_PLATT_SHRINK) * piece->base;
	return (1 - 2 * SPK_PLATT_SHRINK) / (slope * (1 - slope));
}

SpkStatus
spk_explainer_explain(SpkExplainer *explainer, const uint8_t *codes, const double *values,
					  double *contributions)
{
	uint32_t n = explainer->model->n_features;

	if (explainer->moved == NULL)
		return explain_piece(explainer->pieces, codes, values, contributions);
	for (uint32_t f = 0; f < n; f++)
		contributions[f] = 0;
	for (uint32_t i = 0; i < explainer->n_pieces; i++)
	{
		Piece	 *piece = &explainer->pieces[i];
		SpkStatus status = explain_piece(piece, codes, values, explainer->moved);
		double	  factor;

		if (status != SPK_OK)
			return status;
		factor = piece->weight * rescale(piece, explainer->moved, n);
		for (uint32_t f = 0; f < n; f++)
			contributions[f] += factor * explainer->moved[f];
	}
	return SPK_OK;
}
