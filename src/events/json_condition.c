/*
 * json_condition.c
 *	  Conditions that are checked on an event before it is made into values of SQL.
 *
 * Most logs are asked with such a condition, as auth NOT IN ('Logged Out', 'Guest'), and
 * the executor takes an array apart for each row to check it.
 */
#include "compat.h"

#include "access/stratnum.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "events/json_condition.h"

/* Text's <>, which has no symbol. */
#define TEXT_NOT_EQUAL_OPERATOR 531

typedef enum ConditionKind
{
	CONDITION_IS_ONE_OF,
	CONDITION_IS_NONE_OF,
	CONDITION_IS_NULL,
	CONDITION_IS_NOT_NULL,
	CONDITION_COMPARES
} ConditionKind;

typedef struct Condition
{
	ConditionKind  kind;
	int			   column;
	int			   n; /* of texts */
	const char	 **texts;
	int			  *lens;
	StrategyNumber strategy; /* of a comparison with bound */
	int64		   bound;
} Condition;

struct SpkJsonConditions
{
	int		  n;
	Condition conditions[FLEXIBLE_ARRAY_MEMBER];
};

/* What a condition is taken from. */
typedef struct Source
{
	const SpkBinding *binding;
	const int		 *columns;
} Source;

/* Sets the column that the expression is; false when it is none, or one without values. */
static bool
set_column(Condition *condition, const Source *source, const Node *expr)
{
	if (!IsA(expr, Var))
		return false;
	condition->column = source->columns[((const Var *) expr)->varattno - 1];
	return condition->column != SPK_EVENT_NO_COLUMN;
}

/* Is the column a text by its bytes, which a collation that tells all texts apart compares? */
static bool
is_text(const Condition *condition, const Source *source, Oid collation)
{
	return source->binding->ways[condition->column] == SPK_CAST_TEXT && OidIsValid(collation) &&
		get_collation_isdeterministic(collation);
}

static void
set_texts(Condition *condition, const Datum *values, int n)
{
	condition->n = n;
	condition->texts = palloc(sizeof(char *) * Max(n, 1));
	condition->lens = palloc(sizeof(int) * Max(n, 1));
	for (int i = 0; i < n; i++)
	{
		const text *value = DatumGetTextPP(values[i]);

		condition->texts[i] = VARDATA_ANY(value);
		condition->lens[i] = VARSIZE_ANY_EXHDR(value);
	}
}

/* column IN ('a', 'b') and column NOT IN ('a', 'b'), of which PostgreSQL has made arrays */
static bool
take_list(Condition *condition, const Source *source, const ScalarArrayOpExpr *expr)
{
	const Const *list = lsecond(expr->args);
	ArrayType	*array;
	Datum		*values;
	bool		*nulls;
	int			 n;

	if (!(expr->opno == TextEqualOperator && expr->useOr) &&
		!(expr->opno == TEXT_NOT_EQUAL_OPERATOR && !expr->useOr))
		return false;
	if (!IsA(list, Const) || list->constisnull || list->consttype != TEXTARRAYOID ||
		!set_column(condition, source, linitial(expr->args)) ||
		!is_text(condition, source, expr->inputcollid))
		return false;
	array = DatumGetArrayTypeP(list->constvalue);
	/* what a NULL among them means is left to PostgreSQL */
	if (ARR_HASNULL(array) && array_contains_nulls(array))
		return false;
	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &values, &nulls, &n);
	/* NOT IN () is true of NULL, too */
	if (n == 0)
		return false;
	condition->kind = expr->useOr ? CONDITION_IS_ONE_OF : CONDITION_IS_NONE_OF;
	set_texts(condition, values, n);
	return true;
}

/* The value of a constant that is an integer, or a time of the column's type. */
static bool
set_bound(Condition *condition, const Source *source, const Var *column, const Const *bound)
{
	SpkCastWay way = source->binding->ways[condition->column];

	if (way == SPK_CAST_TIME)
	{
		condition->bound = DatumGetInt64(bound->constvalue);
		return bound->consttype == column->vartype;
	}
	if (way != SPK_CAST_INT8 && way != SPK_CAST_INT4)
		return false;
	switch (bound->consttype)
	{
		case INT8OID:
			condition->bound = DatumGetInt64(bound->constvalue);
			return true;
		case INT4OID:
			condition->bound = DatumGetInt32(bound->constvalue);
			return true;
		case INT2OID:
			condition->bound = DatumGetInt16(bound->constvalue);
			return true;
		default:
			return false;
	}
}

/* column = 'a', column <> 'a', column < 5 and their like */
static bool
take_comparison(Condition *condition, const Source *source, const OpExpr *expr)
{
	const Var	*column = linitial(expr->args);
	const Const *constant;
	Oid			 family;

	if (list_length(expr->args) != 2)
		return false;
	constant = lsecond(expr->args);
	if (!IsA(constant, Const) || constant->constisnull ||
		!set_column(condition, source, (const Node *) column))
		return false;
	if (expr->opno == TextEqualOperator || expr->opno == TEXT_NOT_EQUAL_OPERATOR)
	{
		condition->kind = expr->opno == TextEqualOperator ? CONDITION_IS_ONE_OF :
															CONDITION_IS_NONE_OF;
		set_texts(condition, &constant->constvalue, 1);
		return is_text(condition, source, expr->inputcollid);
	}
	if (!set_bound(condition, source, column, constant))
		return false;

	/* the operator must be one of the type's own order, which all integers share */
	condition->kind = CONDITION_COMPARES;
	family = lookup_type_cache(column->vartype, TYPECACHE_BTREE_OPFAMILY)->btree_opf;
	condition->strategy = (StrategyNumber) get_op_opfamily_strategy(expr->opno, family);
	return condition->strategy != InvalidStrategy;
}

/* column IS NULL and column IS NOT NULL */
static bool
take_null_test(Condition *condition, const Source *source, const NullTest *expr)
{
	condition->kind = expr->nulltesttype == IS_NULL ? CONDITION_IS_NULL : CONDITION_IS_NOT_NULL;
	return !expr->argisrow && set_column(condition, source, (const Node *) expr->arg);
}

static bool
take_condition(Condition *condition, const Source *source, const Node *expr)
{
	if (IsA(expr, ScalarArrayOpExpr))
		return take_list(condition, source, (const ScalarArrayOpExpr *) expr);
	if (IsA(expr, OpExpr))
		return take_comparison(condition, source, (const OpExpr *) expr);
	if (IsA(expr, NullTest))
		return take_null_test(condition, source, (const NullTest *) expr);
	return false;
}

SpkJsonConditions *
spk_json_conditions_take(List **conditions, const SpkBinding *binding, const int *columns)
{
	Source			   source = {binding, columns};
	List			  *others = NIL;
	SpkJsonConditions *taken;
	ListCell		  *cell;

	taken = palloc0(offsetof(SpkJsonConditions, conditions) +
					sizeof(Condition) * list_length(*conditions));
	foreach (cell, *conditions)
	{
		if (take_condition(&taken->conditions[taken->n], &source, lfirst(cell)))
			taken->n++;
		else
			others = lappend(others, lfirst(cell));
	}
	*conditions = others;
	return taken;
}

static bool
is_one_of(const Condition *condition, const SpkField *field)
{
	for (int i = 0; i < condition->n; i++)
	{
		if (condition->lens[i] == field->text.len &&
			memcmp(condition->texts[i], field->text.data, (size_t) field->text.len) == 0)
			return true;
	}
	return false;
}

static bool
compares(const Condition *condition, int64 value)
{
	switch (condition->strategy)
	{
		case BTLessStrategyNumber:
			return value < condition->bound;
		case BTLessEqualStrategyNumber:
			return value <= condition->bound;
		case BTEqualStrategyNumber:
			return value == condition->bound;
		case BTGreaterEqualStrategyNumber:
			return value >= condition->bound;
		default:
			return value > condition->bound;
	}
}

bool
spk_json_conditions_hold(const SpkJsonConditions *conditions, const SpkEventRow *row)
{
	for (int i = 0; i < conditions->n; i++)
	{
		const Condition *condition = &conditions->conditions[i];
		const SpkField	*field = &row->field[condition->column];
		bool			 isnull = row->isnull[condition->column];
		bool			 holds = false;

		switch (condition->kind)
		{
			case CONDITION_IS_ONE_OF:
				holds = !isnull && is_one_of(condition, field);
				break;
			case CONDITION_IS_NONE_OF:
				holds = !isnull && !is_one_of(condition, field);
				break;
			case CONDITION_IS_NULL:
				holds = isnull;
				break;
			case CONDITION_IS_NOT_NULL:
				holds = !isnull;
				break;
			case CONDITION_COMPARES:
				holds = !isnull && compares(condition, field->integer);
				break;
		}
		if (!holds)
			return false;
	}
	return true;
}
