/*
 * join_model.c
 *	  Rows joined with a table of models, in parallel.
 *
 * A nested loop reads its inner side again for every outer row, here a table of
 * models for every row to predict, unless that is kept in memory.  Before
 * PostgreSQL 18 the planner does not think of keeping it when the loop is
 * parallel: such plans take twice the CPU, or look so expensive that there is
 * no parallel one.  For queries that predict, this thinks of it.
 */
#include "compat.h"

#include "executor/executor.h"
#include "fmgr.h"
#include "nodes/supportnodes.h"
#include "optimizer/cost.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"

#include "scoring/join_model.h"

#if PG_VERSION_NUM < 180000

static set_join_pathlist_hook_type previous_hook = NULL;

/* The last query planned that predicts; a later one may have its address, and does no harm. */
static const PlannerGlobal *predicting = NULL;

/* Is it worth a thought?  The conditions are PostgreSQL 18's. */
static bool
may_keep(const RelOptInfo *joinrel, const RelOptInfo *outerrel, const Path *inner,
		 JoinType jointype)
{
	return (jointype == JOIN_INNER || jointype == JOIN_LEFT) && joinrel->consider_parallel &&
		bms_is_empty(joinrel->lateral_relids) && outerrel->partial_pathlist != NIL &&
		enable_material && inner != NULL && inner->parallel_safe && inner->param_info == NULL &&
		!ExecMaterializesOutput(inner->pathtype);
}

static void
add_kept_inner(PlannerInfo *root, RelOptInfo *joinrel, RelOptInfo *outerrel, RelOptInfo *innerrel,
			   JoinType jointype, JoinPathExtraData *extra)
{
	Path			 *inner = innerrel->cheapest_total_path;
	Path			 *outer;
	List			 *keys;
	JoinCostWorkspace workspace;

	if (previous_hook != NULL)
		previous_hook(root, joinrel, outerrel, innerrel, jointype, extra);
	if (root->glob != predicting || !may_keep(joinrel, outerrel, inner, jointype))
		return;
	outer = linitial(outerrel->partial_pathlist);
	inner = (Path *) create_material_path(innerrel, inner);
	keys = build_join_pathkeys(root, joinrel, jointype, outer->pathkeys);
	initial_cost_nestloop(root, &workspace, jointype, outer, inner, extra);
	add_partial_path(joinrel,
					 (Path *) create_nestloop_path(root, joinrel, jointype, &workspace, extra,
												   outer, inner, extra->restrictlist, keys, NULL));
}

void
spk_keep_joined_models(void)
{
	previous_hook = set_join_pathlist_hook;
	set_join_pathlist_hook = add_kept_inner;
}

static void
note_query(const SupportRequestSimplify *request)
{
	if (request->root != NULL)
		predicting = request->root->glob;
}

#else

void
spk_keep_joined_models(void)
{
}

static void
note_query(const SupportRequestSimplify *request)
{
}

#endif

/* Support of what takes a model and a row: simplifies nothing, but sees queries with them before joins. */
PG_FUNCTION_INFO_V1(sparkify_predict_support);
Datum
sparkify_predict_support(PG_FUNCTION_ARGS)
{
	Node *request = (Node *) PG_GETARG_POINTER(0);

	if (IsA(request, SupportRequestSimplify))
		note_query((SupportRequestSimplify *) request);
	PG_RETURN_POINTER(NULL);
}
