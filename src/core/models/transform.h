/*
 * transform.h
 *	  Functions that numbers go through before a model without trees sees them.
 *
 * All of them are ascending, take 0 to 0 and keep signs.  So a model with them still
 * goes up or down with a feature, but a value that is far out counts for less.
 */
#ifndef SPK_CORE_MODELS_TRANSFORM_H
#define SPK_CORE_MODELS_TRANSFORM_H

#include <stdbool.h>

/* Part of the model format: append, do not reorder. */
typedef enum SpkTransformForm
{
	SPK_FORM_NONE = 0,	  /* x */
	SPK_FORM_LOG,		  /* sign(x) ln(1 + |x|) */
	SPK_FORM_YEO_JOHNSON, /* Yeo and Johnson: A new family of power transformations, 2000 */
	SPK_N_FORMS
} SpkTransformForm;

/* The powers of Yeo and Johnson's form that training tries are from here to here, in such steps. */
#define SPK_MIN_POWER		(-2)
#define SPK_MAX_POWER		4
#define SPK_STEPS_PER_POWER 20

typedef struct SpkTransform
{
	SpkTransformForm form;
	double			 power; /* lambda of Yeo and Johnson's form; 1 and 0 of the other two */
} SpkTransform;

#define SPK_AS_IT_IS	  ((SpkTransform) {SPK_FORM_NONE, 1})
#define SPK_LOG_TRANSFORM ((SpkTransform) {SPK_FORM_LOG, 0})

/* The forms' names: "none", "log" and "yeo_johnson". */
extern const char *const spk_form_names[SPK_N_FORMS];

/* Is this a transform that training makes? */
extern bool spk_transform_sound(SpkTransform transform);

/* Returns ln(1 + |x|); infinities count as the largest numbers, so that it is finite. */
extern double spk_log_size(double x);

/*
 * Returns Yeo and Johnson's function of a number whose spk_log_size is log_size:
 * ((1 + x)^power - 1) / power from 0 on, and -((1 - x)^(2 - power) - 1) / (2 - power)
 * below; where the divisor is 0, the logarithm.
 */
extern double spk_yeo_johnson(double power, double log_size, bool negative);

/* Returns what the transform makes of x: NaN of NaN, a finite number of all others but for form none. */
extern double spk_transformed(SpkTransform transform, double x);

#endif /* SPK_CORE_MODELS_TRANSFORM_H */
