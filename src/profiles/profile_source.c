/*
 * profile_source.c
 *	  Sources with a column of profiles.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "core/profiles/log_profile.h"
#include "profiles/profile_source.h"
#include "host/source.h"

bool
spk_is_profile_column(Form_pg_attribute column, Oid function)
{
	Oid type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum("churn_profile"),
							   ObjectIdGetDatum(get_func_namespace(function)));

	return spk_is_own(TypeRelationId, type) && getBaseType(column->atttypid) == type;
}

/* Returns the name of the only column of profiles. */
static const char *
only_profile_column(TupleDesc columns, Oid function, const char *hint)
{
	const char *found = NULL;

	for (int i = 0; i < columns->natts; i++)
	{
		if (!spk_is_profile_column(TupleDescAttr(columns, i), function))
			continue;
		if (found != NULL)
			ereport(ERROR,
					(errcode(ERRCODE_AMBIGUOUS_COLUMN),
					 errmsg("the source has more than one column of type churn_profile"),
					 errhint("%s", hint)));
		found = NameStr(TupleDescAttr(columns, i)->attname);
	}
	if (found == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("the source has no column of type churn_profile"),
				 errhint("The aggregate churn_profile makes profiles of events.")));
	return found;
}

const char *
spk_profile_column(TupleDesc columns, const char *name, Oid function, const char *hint)
{
	if (name == NULL)
		return only_profile_column(columns, function, hint);
	spk_source_require_column(columns, name, "profile");
	for (int i = 0; i < columns->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(columns, i);

		if (strcmp(NameStr(column->attname), name) == 0 && !spk_is_profile_column(column, function))
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("profile column \"%s\" is of type %s, not churn_profile", name,
							format_type_be(column->atttypid))));
	}
	return name;
}

static void
keep_answer(TupleTableSlot *slot, void *arg)
{
	bool  none;
	Datum value = slot_getattr(slot, 1, &none);

	*(bool *) arg = !none && DatumGetBool(value);
}

bool
spk_has_other_profiles(const char *schema, const char *from, const char *profile)
{
	bool answer = false;
	/* the first byte tells */
	char *sql = psprintf("SELECT pg_catalog.bool_or(pg_catalog.int4eq(pg_catalog.get_byte("
						 "%s.sparkify_profile_send(q.%s), 0), %d)) FROM %s",
						 schema, profile, SPK_LOG_PROFILE_VERSION, from);

	spk_source_run(sql, 0, NULL, NULL, 1, (const Oid[]) {BOOLOID}, keep_answer, &answer);
	return answer;
}
