/*
 * event_defaults.c
 *	  The defaults of a relation's columns, for rows that have no value for them.
 */
#include "compat.h"

#include "executor/executor.h"
#include "optimizer/optimizer.h"
#include "rewrite/rewriteHandler.h"

#include "events/event_defaults.h"

bool
spk_defaults_has(Relation rel, int attribute)
{
	Form_pg_attribute att = TupleDescAttr(RelationGetDescr(rel), attribute);

	return !att->attisdropped && build_column_default(rel, attribute + 1) != NULL;
}

/*
 * A volatile default may look at the table, so each row must be in it before the next
 * is made.  The next value of a sequence does not.
 */
SpkDefaults *
spk_defaults_new(Relation rel, const bool *want)
{
	SpkDefaults *defaults = palloc0(sizeof(SpkDefaults));
	TupleDesc	 tupdesc = RelationGetDescr(rel);

	defaults->n_attributes = tupdesc->natts;
	defaults->states = palloc0(sizeof(ExprState *) * Max(tupdesc->natts, 1));
	for (int i = 0; i < tupdesc->natts; i++)
	{
		Expr *expr;

		if (TupleDescAttr(tupdesc, i)->attisdropped || !want[i])
			continue;
		expr = (Expr *) build_column_default(rel, i + 1);
		if (expr == NULL)
			continue;
		expr = expression_planner(expr);
		defaults->in_step |= contain_volatile_functions_not_nextval((Node *) expr);
		defaults->states[i] = ExecInitExpr(expr, NULL);
		defaults->any = true;
	}
	return defaults;
}

void
spk_defaults_apply(const SpkDefaults *defaults, ExprContext *econtext, Datum *values, bool *nulls)
{
	for (int i = 0; i < defaults->n_attributes; i++)
	{
		if (defaults->states[i] != NULL && nulls[i])
			values[i] = ExecEvalExpr(defaults->states[i], econtext, &nulls[i]);
	}
}
