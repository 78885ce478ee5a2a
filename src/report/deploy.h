/*
 * deploy.h
 *	  Putting a model in use as the next version of its name.
 */
#ifndef SPK_REPORT_DEPLOY_H
#define SPK_REPORT_DEPLOY_H

#include "postgres.h"

#include "fmgr.h"

/* What is put into the registry.  A Datum that is 0 is NULL there. */
typedef struct SpkDeployment
{
	const char *schema; /* the extension's, quoted */
	Oid			model_type;
	Datum		name;  /* text */
	Datum		model; /* churn_model */
	Datum		source;
	Datum		note;
	Datum		metrics; /* jsonb */
} SpkDeployment;

/* An argument that may be NULL, as a Datum that is then 0. */
#define SPK_OPTIONAL_ARG(n) (PG_ARGISNULL(n) ? (Datum) 0 : PG_GETARG_DATUM(n))

/* For the SQL function, whose first arguments are the name and the model. */
extern SpkDeployment spk_deployment(FunctionCallInfo fcinfo);

/*
 * What churn_evaluate says of the deployment's model on the rows of a source, as one object of jsonb:
 * each metric, and its limits as NAME_low and NAME_high.  id may be 0.
 */
extern Datum spk_deployment_judge(const SpkDeployment *deployment, Datum source, Datum label,
								  Datum id);

/*
 * Finds the version in use, if there is one, and its model unless model is NULL.  Returns false when
 * there is none.
 */
extern bool spk_deployed(const char *schema, Datum name, int32 *version, Datum *model);

/*
 * Lets nobody else deploy until the transaction ends.  Who reads the registry goes on.  What is
 * read after this is what others have left.
 */
extern void spk_deploy_lock(const char *schema);

/* Puts the model in use, after spk_deploy_lock, and returns its version. */
extern int32 spk_deploy(const SpkDeployment *deployment);

#endif /* SPK_REPORT_DEPLOY_H */
