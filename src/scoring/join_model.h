/*
 * join_model.h
 *	  Parallel joins of rows with a table of models.
 */
#ifndef SPK_SCORING_JOIN_MODEL_H
#define SPK_SCORING_JOIN_MODEL_H

/*
 * Lets the planner keep the inner side of parallel nested loops in memory, in queries
 * that predict.  It is called once, when the module is loaded.
 */
extern void spk_keep_joined_models(void);

#endif /* SPK_SCORING_JOIN_MODEL_H */
