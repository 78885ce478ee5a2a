/*
 * judge_source.h
 *	  The part of a query that judges a model on the rows of a source.
 */
#ifndef SPK_JUDGING_JUDGE_SOURCE_H
#define SPK_JUDGING_JUDGE_SOURCE_H

#include "postgres.h"

#include "access/tupdesc.h"

#include "core/models/model.h"
#include "host/source.h"

/* What is judged.  Parameters 1, 2 and 3 of the query are model, threshold and seed. */
typedef struct SpkJudgedSource
{
	const char	   *schema; /* the extension's, quoted */
	const SpkModel *model;
	Oid				model_type;
	char		   *from; /* the source in FROM */
	TupleDesc		columns;
	const char	   *label;
	const char	   *id; /* the column that tells users apart; NULL: each row is one of its own */
} SpkJudgedSource;

/*
 * Looks at the source for the SQL function, whose first argument is this model.  Label and id are
 * columns of it; a name that is not is an error.  Without an id it is the column userid, or else
 * the first that is called an id of users and is neither label nor feature, if there is one.
 */
extern SpkJudgedSource spk_judged_source(Oid function, Datum model, const char *source,
										 const char *label, const char *id);

/*
 * The call of the aggregate sparkify_judge, palloc'd.  other is NULL, or the text of the
 * prediction that the first is compared with.
 */
extern char *spk_judge_call(const SpkJudgedSource *judged, const char *other);

/* Runs a query with such a call, as spk_source_run does, and tells how many rows were read. */
extern void spk_judge_run(const char *sql, int n_params, const Oid *types, const Datum *values,
						  int n_columns, const Oid *column_types, SpkRowCallback callback,
						  void *arg);

/* Raises the error that there is nothing to judge in so many rows. */
extern void spk_refuse_unlabelled(uint64 n_rows);

#endif /* SPK_JUDGING_JUDGE_SOURCE_H */
