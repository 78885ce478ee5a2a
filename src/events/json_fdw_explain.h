/*
 * json_fdw_explain.h
 *	  The foreign data wrapper sparkify_json: what EXPLAIN shows of a scan.
 */
#ifndef SPK_EVENTS_JSON_FDW_EXPLAIN_H
#define SPK_EVENTS_JSON_FDW_EXPLAIN_H

#include "compat.h"

#include SPK_EXPLAIN_STATE_H
#include "nodes/execnodes.h"

#include "events/event_binding.h"
#include "events/json_chunks.h"

/* The files of a path, as they are in this list. */
extern void spk_json_explain_files(const char *path, const SpkChunks *chunks, ExplainState *es);

/* The columns whose values are made: by attribute, the schema's column or SPK_EVENT_NO_COLUMN. */
extern void spk_json_explain_columns(Relation rel, const SpkBinding *binding, const int *columns,
									 ExplainState *es);

/* The table, aggregates, keys and conditions of a scan that feeds aggregates. */
extern void spk_json_explain_groups(const ForeignScanState *node, Relation rel, ExplainState *es);

#endif /* SPK_EVENTS_JSON_FDW_EXPLAIN_H */
