/*
 * define_objects.h
 *	  The type and the function that churn_define_features makes.
 *
 * They are the user's own objects, made with the user's rights: a composite type
 * NAME_row, and a function NAME(churn_profile, as_of date) in SQL, which calls
 * churn_row with the recipe as a constant.  So they dump and restore as any type
 * and function do, and nothing is looked up in a table when they run.
 */
#ifndef SPK_PROFILES_DEFINE_OBJECTS_H
#define SPK_PROFILES_DEFINE_OBJECTS_H

#include "compat.h"

#include "profiles/define_columns.h"

/* What stands behind the function's name in that of its type. */
#define SPK_ROW_SUFFIX "_row"

/* What is to be made, and what there is. */
typedef struct SpkDefinition
{
	Oid				 own;		   /* a function of the extension */
	Oid				 profile_type; /* churn_profile */
	Oid				 row_function; /* churn_row */
	char			*schema;
	char			*function; /* name */
	char			*type;	   /* name */
	char			*shown;	   /* the function, qualified and quoted */
	bool			 exists;   /* both are there, made by an earlier call */
	Oid				 relation; /* of the type, if it exists */
	SpkDefinedBefore before;
} SpkDefinition;

/*
 * Finds where a function of this name, qualified or not, belongs, and what an
 * earlier call has made there.  The name is locked against other definitions until
 * the transaction ends, and so is the type against all changes.  Errors when the
 * name is taken by something else, or belongs to somebody else, or the user may
 * not create objects there.
 */
extern SpkDefinition *spk_find_definition(const char *name, Oid own);

/* Makes the objects, or adds the new columns and replaces the recipe. */
extern void spk_make_definition(const SpkDefinition *definition, const SpkDefinedColumns *plan);

#endif /* SPK_PROFILES_DEFINE_OBJECTS_H */
