/*
 * compare_grid.c
 *	  From algorithms and a grid of options to the models to be compared.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "judging/compare_specs.h"
#include "models/options_json.h"
#include "models/algorithm.h"
#include "rows/sample_key.h"

/* More models than this are a mistake, as each is fitted several times. */
#define MAX_MODELS 1000

void
spk_specs_add(SpkSpecs *specs, SpkAlgorithm algorithm, Jsonb *options)
{
	SpkModelSpec spec = {algorithm};

	spec.options = spk_options_from_jsonb(options, algorithm, &spec.named);
	spk_sample_refuse(&spec.options);
	if (specs->n == MAX_MODELS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("cannot compare more than %d models at once", MAX_MODELS)));
	if (specs->n == specs->capacity)
	{
		specs->capacity = Max(16, 2 * specs->capacity);
		specs->list = specs->list == NULL ?
			palloc(specs->capacity * sizeof(SpkModelSpec)) :
			repalloc(specs->list, specs->capacity * sizeof(SpkModelSpec));
	}
	specs->list[specs->n++] = spec;
}

/* ---- The grid ---- */

void
spk_grid_refuse(SpkAlgorithm algorithm)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("grid of %s must be a JSON array of options or an object of arrays of values",
					spk_training_name(algorithm)),
			 errhint("As in {\"%s\": [{\"seed\": 1}, {\"seed\": 2}]} or {\"%s\": {\"seed\": [1, 2]}}.",
					 spk_training_name(algorithm), spk_training_name(algorithm))));
}

/* Each object in the array has the options of one model. */
static void
add_listed(SpkSpecs *specs, SpkAlgorithm algorithm, JsonbContainer *array)
{
	uint32 n = JsonContainerSize(array);

	if (n == 0)
		spk_grid_refuse(algorithm);
	for (uint32 i = 0; i < n; i++)
	{
		JsonbValue *value = getIthJsonbValueFromContainer(array, i);

		if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
			spk_grid_refuse(algorithm);
		spk_specs_add(specs, algorithm, JsonbValueToJsonb(value));
	}
}

/* An option, and the values to try. */
typedef struct Axis
{
	JsonbValue name;
	JsonbValue value; /* an array of n values, or the only value itself */
	uint32	   n;
	bool	   array;
	uint32	   at; /* number of the value that is tried next */
} Axis;

/*
 * Is the array one value of the option, and not several to try?  Groups of features are an
 * array of arrays of names, and several of those one of arrays of arrays.
 */
static bool
is_one_value(const JsonbValue *name, const JsonbValue *value)
{
	const char *option = spk_option_specs[SPK_OPT_INTERACTIONS].name;
	JsonbValue *first;

	if (name->val.string.len != (int) strlen(option) ||
		memcmp(name->val.string.val, option, name->val.string.len) != 0)
		return false;
	first = getIthJsonbValueFromContainer(value->val.binary.data, 0);
	if (first == NULL || first->type != jbvBinary || !JsonContainerIsArray(first->val.binary.data))
		return false;
	first = getIthJsonbValueFromContainer(first->val.binary.data, 0);
	return first != NULL && first->type == jbvString;
}

bool
spk_grid_has_values(const JsonbValue *name, const JsonbValue *value)
{
	return value->type == jbvBinary && JsonContainerIsArray(value->val.binary.data) &&
		!is_one_value(name, value);
}

static Axis
make_axis(SpkAlgorithm algorithm, const JsonbValue *name, const JsonbValue *value)
{
	Axis axis = {*name, *value, 1};

	axis.array = spk_grid_has_values(name, value);
	if (axis.array)
		axis.n = JsonContainerSize(value->val.binary.data);
	if (axis.n == 0)
		spk_grid_refuse(algorithm);
	return axis;
}

/* The options that have the value of each axis that is next. */
static Jsonb *
options_at(const Axis *axes, int n)
{
	SpkJsonbState state = {0};

	spk_jsonb_push(&state, WJB_BEGIN_OBJECT, NULL);
	for (int i = 0; i < n; i++)
	{
		JsonbValue value = axes[i].value;

		if (axes[i].array)
			value = *getIthJsonbValueFromContainer(axes[i].value.val.binary.data, axes[i].at);
		spk_jsonb_push(&state, WJB_KEY, (JsonbValue *) &axes[i].name);
		spk_jsonb_push(&state, WJB_VALUE, &value);
	}
	spk_jsonb_push(&state, WJB_END_OBJECT, NULL);
	return JsonbValueToJsonb(state.result);
}

/* Goes on to the next combination.  The last option changes most often.  False at the end. */
static bool
next_combination(Axis *axes, int n)
{
	while (n-- > 0)
	{
		if (++axes[n].at < axes[n].n)
			return true;
		axes[n].at = 0;
	}
	return false;
}

/* Every combination of the options' values makes one model. */
static void
add_combined(SpkSpecs *specs, SpkAlgorithm algorithm, JsonbContainer *object)
{
	Axis			  *axes = palloc(Max(JsonContainerSize(object), 1) * sizeof(Axis));
	JsonbIterator	  *it = JsonbIteratorInit(object);
	JsonbIteratorToken token;
	JsonbValue		   name;
	JsonbValue		   value;
	int				   n = 0;

	while ((token = JsonbIteratorNext(&it, &name, true)) != WJB_DONE)
	{
		if (token != WJB_KEY)
			continue;
		JsonbIteratorNext(&it, &value, true);
		axes[n++] = make_axis(algorithm, &name, &value);
	}
	do
		spk_specs_add(specs, algorithm, options_at(axes, n));
	while (next_combination(axes, n));
}

static void
add_from_grid(SpkSpecs *specs, SpkAlgorithm algorithm, const JsonbValue *grid, uint64 seed)
{
	if (grid->type != jbvBinary)
		spk_grid_refuse(algorithm);
	if (JsonContainerIsArray(grid->val.binary.data))
		add_listed(specs, algorithm, grid->val.binary.data);
	else if (spk_grid_is_random(grid->val.binary.data))
		spk_grid_draw(specs, algorithm, grid->val.binary.data, seed);
	else
		add_combined(specs, algorithm, grid->val.binary.data);
}

/* Refuses a grid that has an algorithm which is not one of the n. */
static void
check_grid(Jsonb *grid, const SpkAlgorithm *algorithms, int n)
{
	JsonbIterator	  *it;
	JsonbIteratorToken token;
	JsonbValue		   v;

	if (!JB_ROOT_IS_OBJECT(grid))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("grid must be a JSON object of algorithms"),
				 errhint("As in {\"random_forest\": [{\"trees\": 100}, {\"trees\": 500}]}.")));

	/* options of an algorithm that is not compared would vanish without a word */
	it = JsonbIteratorInit(&grid->root);
	while ((token = JsonbIteratorNext(&it, &v, true)) != WJB_DONE)
	{
		SpkAlgorithm algorithm;
		int			 i = 0;

		if (token != WJB_KEY)
			continue;
		algorithm = spk_algorithm_require(v.val.string.val, v.val.string.len);
		while (i < n && algorithms[i] != algorithm)
			i++;
		if (i == n)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("grid has options of %s, which is not one of the algorithms",
							spk_training_name(algorithm))));
		JsonbIteratorNext(&it, &v, true);
	}
}

/* ---- Algorithms ---- */

/* The *n algorithms that a text[] names, palloc'd. */
static SpkAlgorithm *
parse_algorithms(ArrayType *array, int *n)
{
	SpkAlgorithm *algorithms;
	Datum		 *values;
	bool		 *nulls;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &values, &nulls, n);
	if (*n == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no algorithms to compare")));
	algorithms = palloc(*n * sizeof(SpkAlgorithm));
	for (int i = 0; i < *n; i++)
	{
		text *name;

		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("algorithms must not contain nulls")));
		name = DatumGetTextPP(values[i]);
		algorithms[i] = spk_algorithm_require(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));

		/* twice the same would have the same options, and the same result */
		for (int k = 0; k < i; k++)
			if (algorithms[k] == algorithms[i])
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("algorithm %s specified more than once", spk_training_name(algorithms[i])),
						 errhint("List its options in the grid.")));
	}
	return algorithms;
}

/* Gives all models the weights that some name, and returns their column, or NULL. */
static const char *
share_weights(SpkSpecs *specs)
{
	const char *weights = NULL;

	for (int i = 0; i < specs->n; i++)
	{
		const char *named = specs->list[i].named.weights;

		if (named != NULL && weights != NULL && strcmp(named, weights) != 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("models of a comparison must have the same weights"),
					 errdetail("One has those in \"%s\", another one those in \"%s\".", weights, named)));
		if (named != NULL)
			weights = named;
	}
	for (int i = 0; i < specs->n && weights != NULL; i++)
	{
		specs->list[i].named.weights = weights;
		specs->list[i].options.value[SPK_OPT_WEIGHTS] = 1;
	}
	return weights;
}

SpkModelSpec *
spk_compare_specs(ArrayType *array, Jsonb *grid, uint64 seed, int *n, const char **weights)
{
	int			  n_algorithms;
	SpkAlgorithm *algorithms = parse_algorithms(array, &n_algorithms);
	SpkSpecs	  specs = {0};

	if (grid != NULL)
		check_grid(grid, algorithms, n_algorithms);

	/* in the order that the user gave: what ranks alike stays in it */
	for (int i = 0; i < n_algorithms; i++)
	{
		const char *name = spk_training_name(algorithms[i]);
		JsonbValue	key = {jbvString};
		JsonbValue *found = NULL;

		key.val.string.val = (char *) name;
		key.val.string.len = (int) strlen(name);
		if (grid != NULL)
			found = findJsonbValueFromContainer(&grid->root, JB_FOBJECT, &key);
		if (found != NULL)
			add_from_grid(&specs, algorithms[i], found, seed);
		else
			spk_specs_add(&specs, algorithms[i], NULL);
	}
	*n = specs.n;
	*weights = share_weights(&specs);
	return specs.list;
}
