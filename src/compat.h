/*
 * compat.h
 *	  The differences between PostgreSQL 13 to 19, in one place.
 */
#ifndef SPK_COMPAT_H
#define SPK_COMPAT_H

#include "postgres.h"

#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

#include "fmgr.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#endif
#if PG_VERSION_NUM >= 150000
#include "common/pg_prng.h"
#endif
#include "utils/jsonb.h"
#if PG_VERSION_NUM >= 140000
#include "utils/wait_event.h"
#else
#include "pgstat.h"
#endif

/*
 * The library exports only what PostgreSQL looks up by name: the functions of
 * SQL, _PG_init and the entry points of parallel workers.  The Makefile hides the
 * rest, as PostgreSQL's own makefiles do from 16 on.
 */
#if PG_VERSION_NUM < 160000
#undef PGDLLEXPORT
#define PGDLLEXPORT __attribute__((visibility("default")))
#undef PG_FUNCTION_INFO_V1
#define PG_FUNCTION_INFO_V1(name)                                               \
	extern PGDLLEXPORT Datum				  name(PG_FUNCTION_ARGS);           \
	extern PGDLLEXPORT const Pg_finfo_record *CppConcat(pg_finfo_, name)(void); \
	const Pg_finfo_record					 *CppConcat(pg_finfo_, name)(void)  \
	{                                                                           \
		static const Pg_finfo_record info = {1};                                \
		return &info;                                                           \
	}                                                                           \
	extern int no_such_variable
extern PGDLLEXPORT void _PG_init(void);
#endif

#if PG_VERSION_NUM < 180000
#define pg_noreturn __attribute__((noreturn))
#endif

#if PG_VERSION_NUM < 140000
#define ROLE_PG_READ_SERVER_FILES DEFAULT_ROLE_READ_SERVER_FILES
#endif

/*
 * The progress of COPY FROM, as pg_stat_progress_copy shows it.  Who uses these
 * macros includes commands/progress.h and pgstat.h.
 */
#if PG_VERSION_NUM >= 140000
#define spk_copy_progress_start(relid, total)                                                  \
	do                                                                                         \
	{                                                                                          \
		const int	index_[] = {PROGRESS_COPY_COMMAND, PROGRESS_COPY_TYPE,                     \
								PROGRESS_COPY_BYTES_TOTAL};                                    \
		const int64 value_[] = {PROGRESS_COPY_COMMAND_FROM, PROGRESS_COPY_TYPE_FILE, (total)}; \
		pgstat_progress_start_command(PROGRESS_COMMAND_COPY, (relid));                         \
		pgstat_progress_update_multi_param(3, index_, value_);                                 \
	} while (0)
#define spk_copy_progress_update(bytes, rows)                                                   \
	do                                                                                          \
	{                                                                                           \
		const int	index_[] = {PROGRESS_COPY_BYTES_PROCESSED, PROGRESS_COPY_TUPLES_PROCESSED}; \
		const int64 value_[] = {(bytes), (rows)};                                               \
		pgstat_progress_update_multi_param(2, index_, value_);                                  \
	} while (0)
#define spk_copy_progress_end() pgstat_progress_end_command()
#else
#define spk_copy_progress_start(relid, total) ((void) (relid), (void) (total))
#define spk_copy_progress_update(bytes, rows) ((void) (bytes), (void) (rows))
#define spk_copy_progress_end()				  ((void) 0)
#endif

/* From here on settings below the prefix whose name is unknown are errors. */
#if PG_VERSION_NUM >= 150000
#define spk_reserve_settings(prefix) MarkGUCPrefixReserved(prefix)
#else
#define spk_reserve_settings(prefix) EmitWarningsOnPlaceholders(prefix)
#endif

/* Does the user own the relation? */
#if PG_VERSION_NUM >= 160000
#define spk_owns_relation(relation) object_ownercheck(RelationRelationId, (relation), GetUserId())
#define spk_may_create_in(schema) \
	(object_aclcheck(NamespaceRelationId, (schema), GetUserId(), ACL_CREATE) == ACLCHECK_OK)
#define spk_may_execute(function) \
	(object_aclcheck(ProcedureRelationId, (function), GetUserId(), ACL_EXECUTE) == ACLCHECK_OK)
#else
#define spk_owns_relation(relation) pg_class_ownercheck((relation), GetUserId())
#define spk_may_create_in(schema) \
	(pg_namespace_aclcheck((schema), GetUserId(), ACL_CREATE) == ACLCHECK_OK)
#define spk_may_execute(function) \
	(pg_proc_aclcheck((function), GetUserId(), ACL_EXECUTE) == ACLCHECK_OK)
#endif

/* Makes the index entries of a new row. */
#if PG_VERSION_NUM >= 190000
#define spk_insert_index_tuples(rri, slot, estate) \
	ExecInsertIndexTuples(rri, estate, 0, slot, NIL, NULL)
#elif PG_VERSION_NUM >= 160000
#define spk_insert_index_tuples(rri, slot, estate) \
	ExecInsertIndexTuples(rri, slot, estate, false, false, NULL, NIL, false)
#elif PG_VERSION_NUM >= 140000
#define spk_insert_index_tuples(rri, slot, estate) \
	ExecInsertIndexTuples(rri, slot, estate, false, false, NULL, NIL)
#else
#define spk_insert_index_tuples(rri, slot, estate) \
	((estate)->es_result_relation_info = (rri),    \
	 ExecInsertIndexTuples(slot, estate, false, NULL, NIL))
#endif

/*
 * Rows that are inserted without a statement need a range table, of the one
 * relation, which says which columns get values.  By it the executor checks
 * privileges, and names columns in errors.
 */
#if PG_VERSION_NUM >= 180000
#define spk_init_range_table(estate, rte, permissions) \
	ExecInitRangeTable(estate, list_make1(rte), permissions, bms_make_singleton(1))
#elif PG_VERSION_NUM >= 160000
#define spk_init_range_table(estate, rte, permissions) \
	ExecInitRangeTable(estate, list_make1(rte), permissions)
#else
#define spk_init_range_table(estate, rte, permissions) ExecInitRangeTable(estate, list_make1(rte))
#endif
#if PG_VERSION_NUM >= 160000
#define spk_check_permissions(rte, permissions) \
	((void) ExecCheckPermissions(list_make1(rte), permissions, true))
#else
#define spk_check_permissions(rte, permissions) ((void) ExecCheckRTPerms(list_make1(rte), true))
#endif

/*
 * Where the executor finds what a statement wants of a relation: from 16 on apart from
 * the range table's entry, in the list permissions.
 */
#if PG_VERSION_NUM >= 160000
typedef RTEPermissionInfo SpkPermission;
#define spk_add_permission(rte, permissions) addRTEPermissionInfo(permissions, rte)
#else
typedef RangeTblEntry SpkPermission;
#define spk_add_permission(rte, permissions) ((void) (permissions), (rte))
#endif

/* Before 16 a table grows by one page at a time, under a lock. */
#define SPK_TABLES_GROW_BY_A_PAGE (PG_VERSION_NUM < 160000)

/* The path of the first file of a relation that is not temporary.  Who uses it includes common/relpath.h. */
#if PG_VERSION_NUM >= 180000
#define spk_relation_path(rel) (relpathperm((rel)->rd_locator, MAIN_FORKNUM).str)
#elif PG_VERSION_NUM >= 160000
#define spk_relation_path(rel) relpathperm((rel)->rd_locator, MAIN_FORKNUM)
#else
#define spk_relation_path(rel) relpathperm((rel)->rd_node, MAIN_FORKNUM)
#endif

/* Has the relation columns that are computed when they are read? */
#if PG_VERSION_NUM >= 180000
#define spk_has_virtual_columns(constr) ((constr)->has_generated_virtual)
#else
#define spk_has_virtual_columns(constr) ((void) (constr), false)
#endif

/* The routing of rows to partitions.  Who uses it includes executor/execPartition.h. */
#if PG_VERSION_NUM >= 140000
#define spk_setup_routing(estate, mtstate, rel) \
	((mtstate)->mt_nrels = 1, ExecSetupPartitionTupleRouting(estate, rel))
#else
#define spk_setup_routing(estate, mtstate, rel) ExecSetupPartitionTupleRouting(estate, mtstate, rel)
#endif
#if PG_VERSION_NUM >= 160000
#define spk_partition_map(rri, estate) ExecGetRootToChildMap(rri, estate)
#elif PG_VERSION_NUM >= 140000
#define spk_partition_map(rri, estate) ((rri)->ri_RootToPartitionMap)
#else
#define spk_partition_map(rri, estate) \
	((rri)->ri_PartitionInfo != NULL ? (rri)->ri_PartitionInfo->pi_RootToPartitionMap : NULL)
#endif

/* The plan that a ModifyTable takes its rows from. */
#if PG_VERSION_NUM >= 140000
#define spk_modify_source(modify) outerPlan(modify)
#else
#define spk_modify_source(modify) ((Plan *) linitial((modify)->plans))
#endif

/* Runs a utility statement. */
#if PG_VERSION_NUM >= 140000
#define spk_process_utility(statement, sql) \
	ProcessUtility(statement, sql, false, PROCESS_UTILITY_QUERY, NULL, NULL, None_Receiver, NULL)
#else
#define spk_process_utility(statement, sql) \
	ProcessUtility(statement, sql, PROCESS_UTILITY_QUERY, NULL, NULL, None_Receiver, NULL)
#endif

/* The statements of a text, parsed but not analyzed. */
#if PG_VERSION_NUM >= 140000
#define spk_raw_parser(sql) raw_parser(sql, RAW_PARSE_DEFAULT)
#else
#define spk_raw_parser(sql) raw_parser(sql)
#endif

/*
 * The body of a function in SQL.  From 14 on it may be stored analyzed, in a column of
 * pg_proc, so that the objects that it names are looked up once.
 */
#if PG_VERSION_NUM >= 140000
#define spk_analyzed_body(tuple, is_null) \
	SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_prosqlbody, is_null)
#define spk_function_body(expression) psprintf("RETURN %s", expression)
#else
#define spk_analyzed_body(tuple, is_null) ((void) (tuple), *(is_null) = true, (Datum) 0)
#define spk_function_body(expression) \
	psprintf("AS %s", quote_literal_cstr(psprintf("SELECT %s", expression)))
#endif

/* A name as a list of String nodes, and the setting that has any query run in a worker. */
#if PG_VERSION_NUM >= 160000
#define spk_name_list(name)	   stringToQualifiedNameList(name, NULL)
#define SPK_PARALLEL_FOR_TESTS "debug_parallel_query"
#else
#define spk_name_list(name)	   stringToQualifiedNameList(name)
#define SPK_PARALLEL_FOR_TESTS "force_parallel_mode"
#endif

/*
 * Makes a set-returning function return what it puts into rsinfo->setResult,
 * rows of rsinfo->setDesc.
 */
static inline void
spk_materialized_srf(FunctionCallInfo fcinfo)
{
#if PG_VERSION_NUM >= 150000
	InitMaterializedSRF(fcinfo, 0);
#else
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext  old;
	TupleDesc	   desc;

	if (rsinfo == NULL || !IsA(rsinfo, ReturnSetInfo) ||
		(rsinfo->allowedModes & SFRM_Materialize) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("set-valued function called in context that cannot accept a set")));
	old = MemoryContextSwitchTo(rsinfo->econtext->ecxt_per_query_memory);
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	rsinfo->returnMode = SFRM_Materialize;
	rsinfo->setResult = tuplestore_begin_heap((rsinfo->allowedModes & SFRM_Materialize_Random) != 0,
											  false, work_mem);
	rsinfo->setDesc = desc;
	MemoryContextSwitchTo(old);
#endif
}

/* postgres_fdw knows the options batch_size and async_capable. */
#define spk_has_foreign_batches (PG_VERSION_NUM >= 140000)

/* Analyzes a statement that has n parameters of these types. */
#if PG_VERSION_NUM >= 150000
#define spk_parse_analyze(raw, sql, types, n) parse_analyze_fixedparams(raw, sql, types, n, NULL)
#else
#define spk_parse_analyze(raw, sql, types, n) parse_analyze(raw, sql, (Oid *) (types), n, NULL)
#endif

/*
 * From 19 on no encoding is MULE's, a row's description that was made column by column
 * is finished before it is used, and planning takes one argument more.
 */
#if PG_VERSION_NUM >= 190000
#define spk_is_mule(encoding)						((void) (encoding), false)
#define spk_finish_tupdesc(desc)					TupleDescFinalize(desc)
#define spk_plan_query(query, sql, options, params) pg_plan_query(query, sql, options, params, NULL)
#else
#define spk_is_mule(encoding)						((encoding) == PG_MULE_INTERNAL)
#define spk_finish_tupdesc(desc)					((void) (desc))
#define spk_plan_query(query, sql, options, params) pg_plan_query(query, sql, options, params)
#endif

/* Runs a query that was started to its end, once. */
#if PG_VERSION_NUM >= 180000
#define spk_executor_run(query) ExecutorRun(query, ForwardScanDirection, 0)
#else
#define spk_executor_run(query) ExecutorRun(query, ForwardScanDirection, 0, true)
#endif

/* Foreign scans: no path keys, no outer path, nothing private. */
#if PG_VERSION_NUM >= 180000
#define spk_create_foreignscan_path(root, rel, rows, startup, total, outer) \
	create_foreignscan_path(root, rel, NULL, rows, 0, startup, total, NIL, outer, NULL, NIL, NIL)
#elif PG_VERSION_NUM >= 170000
#define spk_create_foreignscan_path(root, rel, rows, startup, total, outer) \
	create_foreignscan_path(root, rel, NULL, rows, startup, total, NIL, outer, NULL, NIL, NIL)
#else
#define spk_create_foreignscan_path(root, rel, rows, startup, total, outer) \
	create_foreignscan_path(root, rel, NULL, rows, startup, total, NIL, outer, NULL, NIL)
#endif

/* The same of states or results of groups, in a relation of such, with these private data. */
#if PG_VERSION_NUM >= 180000
#define spk_create_foreign_upper_path(root, rel, target, rows, startup, total, private) \
	create_foreign_upper_path(root, rel, target, rows, 0, startup, total, NIL, NULL, NIL, private)
#elif PG_VERSION_NUM >= 170000
#define spk_create_foreign_upper_path(root, rel, target, rows, startup, total, private) \
	create_foreign_upper_path(root, rel, target, rows, startup, total, NIL, NULL, NIL, private)
#else
#define spk_create_foreign_upper_path(root, rel, target, rows, startup, total, private) \
	create_foreign_upper_path(root, rel, target, rows, startup, total, NIL, NULL, private)
#endif

/* The clauses by which the executor groups. */
#if PG_VERSION_NUM >= 160000
#define spk_group_clause(root) ((root)->processed_groupClause)
#else
#define spk_group_clause(root) ((root)->parse->groupClause)
#endif

/*
 * Adds what the aggregates of these expressions and of HAVING cost; from 14 on the
 * planner knows by itself which there are.
 */
#if PG_VERSION_NUM >= 140000
#define spk_agg_costs(root, exprs, having, split, costs) get_agg_clause_costs(root, split, costs)
#define spk_estimate_num_groups(root, exprs, rows) \
	estimate_num_groups(root, exprs, rows, NULL, NULL)
#else
#define spk_agg_costs(root, exprs, having, split, costs)         \
	(get_agg_clause_costs(root, (Node *) (exprs), split, costs), \
	 get_agg_clause_costs(root, (Node *) (having), split, costs))
#define spk_estimate_num_groups(root, exprs, rows) estimate_num_groups(root, exprs, rows, NULL)
#endif

#if PG_VERSION_NUM >= 180000
#define SPK_PLANNER_KEEPS_JOINED 1
#define SPK_EXPLAIN_STATE_H		 "commands/explain_state.h"
#define SPK_EXPLAIN_FORMAT_H	 "commands/explain_format.h"
#define spk_vacuum_delay_point() vacuum_delay_point(true)
#else
#define SPK_PLANNER_KEEPS_JOINED 0
#define SPK_EXPLAIN_STATE_H		 "commands/explain.h"
#define SPK_EXPLAIN_FORMAT_H	 "commands/explain.h"
#define spk_vacuum_delay_point() vacuum_delay_point()
#endif

#if PG_VERSION_NUM < 140000
/*
 * Converts all of it.  False when the encoding lacks a character, for which the function
 * raises an error.  It is safe to catch that without a subtransaction, because these
 * functions hold nothing and change nothing.
 */
static inline bool
spk_convert_all(Oid conversion, int encoding, const char *from, int len, char *to)
{
	MemoryContext context = CurrentMemoryContext;
	volatile bool lacks = false;

	PG_TRY();
	{
		OidFunctionCall5(conversion, Int32GetDatum(PG_UTF8), Int32GetDatum(encoding),
						 CStringGetDatum(from), CStringGetDatum(to), Int32GetDatum(len));
	}
	PG_CATCH();
	{
		if (geterrcode() != ERRCODE_UNTRANSLATABLE_CHARACTER)
			PG_RE_THROW();
		MemoryContextSwitchTo(context);
		FlushErrorState();
		lacks = true;
	}
	PG_END_TRY();
	return !lacks;
}
#endif

/*
 * Converts len bytes of UTF-8 to an encoding, by its conversion's function, up to
 * the first character that the encoding lacks, and returns the number of bytes that
 * were converted.  Before 14, where that is an error, each character is tried, to find
 * the one that is lacking.
 */
static inline int
spk_convert_from_utf8(Oid conversion, int encoding, const char *from, int len, char *to, int room)
{
#if PG_VERSION_NUM >= 140000
	return pg_do_encoding_conversion_buf(conversion, PG_UTF8, encoding, (unsigned char *) from, len,
										 (unsigned char *) to, room, true);
#else
	int done = 0;

	if (spk_convert_all(conversion, encoding, from, len, to))
		return len;
	while (done < len)
	{
		int next = pg_utf_mblen((const unsigned char *) from + done);

		if (!spk_convert_all(conversion, encoding, from + done, next, to))
			return done;
		done += next;
	}
	return 0;
#endif
}

/*
 * Calls the input function of a type.  False, with the error's message, palloc'd, when
 * it refuses the text.  Before 16 it raises an error instead.  To catch that without a
 * subtransaction is safe for functions of PostgreSQL's own that hold nothing and
 * change nothing, as those of its base types and of enums are; may_catch says that it
 * is one of these.  All but errors about the data are let pass.
 */
static inline bool
spk_input_function(FmgrInfo *function, char *text, Oid ioparam, int32 typmod, bool may_catch,
				   Datum *value, char **message)
{
#if PG_VERSION_NUM >= 160000
	ErrorSaveContext escontext = {T_ErrorSaveContext};

	(void) may_catch;
	escontext.details_wanted = true;
	if (InputFunctionCallSafe(function, text, ioparam, typmod, (Node *) &escontext, value))
		return true;
	*message = escontext.error_data->message;
	return false;
#else
	MemoryContext context = CurrentMemoryContext;
	volatile bool done = false;

	if (!may_catch)
	{
		*value = InputFunctionCall(function, text, ioparam, typmod);
		return true;
	}
	PG_TRY();
	{
		*value = InputFunctionCall(function, text, ioparam, typmod);
		done = true;
	}
	PG_CATCH();
	{
		if (ERRCODE_TO_CATEGORY(geterrcode()) != ERRCODE_DATA_EXCEPTION)
			PG_RE_THROW();
		MemoryContextSwitchTo(context);
		*message = CopyErrorData()->message;
		FlushErrorState();
	}
	PG_END_TRY();
	return done;
#endif
}

/*
 * A value of jsonb in the making, zero at the start: pushed piece by piece, as PostgreSQL's
 * JsonbIteratorToken says.  The piece that closes it makes it the member result.
 */
#if PG_VERSION_NUM >= 190000
typedef JsonbInState SpkJsonbState;
#define spk_jsonb_push(state, token, value) pushJsonbValue(state, token, value)
#else
typedef struct SpkJsonbState
{
	JsonbValue		*result;
	JsonbParseState *parse_state;
} SpkJsonbState;
#define spk_jsonb_push(state, token, value) \
	((void) ((state)->result = pushJsonbValue(&(state)->parse_state, token, value)))
#endif

/* Names the column of a VacAttrStats, whose statistics have the default target. */
#if PG_VERSION_NUM >= 170000
#define spk_analyze_column(stats, att) ((void) (att), (void) ((stats)->attstattarget = -1))
#else
#define spk_analyze_column(stats, att) ((void) ((stats)->attr = (att)))
#endif

/* Random numbers for samples. */
#if PG_VERSION_NUM >= 150000
#define spk_random_seed()	  pg_prng_uint32(&pg_global_prng_state)
#define spk_sampler_fract(rs) sampler_random_fract(&(rs)->randstate)
#else
#define spk_random_seed()	  random()
#define spk_sampler_fract(rs) sampler_random_fract((rs)->randstate)
#endif

#endif /* SPK_COMPAT_H */
