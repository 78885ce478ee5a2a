/*
 * join_model.c
 *	  Parallel joins of rows with a table of models.
 *
 * A nested loop reads its inner side again for every outer row: a table of models is
 * read for every row to predict, unless it is kept in memory.  Before PostgreSQL 18 the
 * planner does not consider keeping it when the loop is parallel.  Such plans take
 * twice the CPU, or look so expensive that none is parallel.  A hook adds the plans
 * that keep it, in queries that predict.
 */
#include "compat.h"

#include "executor/executor.h"
#include "fmgr.h"
#include "nodes/supportnodes.h"
#include "optimizer/cost.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"
#include "optimizer/planner.h"

#include "scoring/join_model.h"
#include "scoring/listed_row.h"
#include "scoring/named_row.h"

#if !SPK_PLANNER_KEEPS_JOINED

static set_join_pathlist_hook_type previous_hook = NULL;

/*
 * The query that predicts and was planned last.  A later one may have the same address;
 * it only gets more plans to choose from.
 */
static const PlannerGlobal *predicting = NULL;

/* May the inner side be kept?  The conditions are PostgreSQL 18's. */
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

/*
 * The support function of those that take a model and a row.  It is called before joins are
 * planned, and so learns which queries predict.
 */
PG_FUNCTION_INFO_V1(sparkify_predict_support);
Datum
sparkify_predict_support(PG_FUNCTION_ARGS)
{
	Node *request = (Node *) PG_GETARG_POINTER(0);
	Node *listed;

	if (!IsA(request, SupportRequestSimplify))
		PG_RETURN_POINTER(NULL);
	note_query((SupportRequestSimplify *) request);

	/* a row need not be made; other planners send one elsewhere, with its names */
	listed = spk_list_row((SupportRequestSimplify *) request);
	if (listed == NULL && planner_hook != NULL)
		listed = spk_name_row(((SupportRequestSimplify *) request)->fcall);
	PG_RETURN_POINTER(listed);
}
