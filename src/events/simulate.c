/*
 * simulate.c
 *	  churn_simulate_events: returns the simulated log as rows.
 *
 * It returns one row per call, so that a query that stops early, or has the
 * function in its select list, never holds the whole log.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"

#include "core/simulation/simulate.h"
#include "events/event_encoding.h"
#include "events/event_row.h"
#include "host/pg_host.h"

PG_FUNCTION_INFO_V1(churn_simulate_events);
PG_FUNCTION_INFO_V1(sparkify_simulate_events_support);

typedef struct SimulateState
{
	TupleDesc	   tupdesc;
	SpkBinding	  *binding;
	SpkEventRow	   row;
	Datum		  *values;
	bool		  *nulls;
	SpkHost		   host;
	SpkSimulation *simulation;
	SpkTranscoder *transcoder; /* or NULL */
} SimulateState;

static void
set_integer(SpkEventRow *row, SpkEventColumn col, int64 value)
{
	row->isnull[col] = false;
	row->field[col].integer = value;
}

static void
set_text(SpkEventRow *row, SpkEventColumn col, const char *text)
{
	row->isnull[col] = (text == NULL);
	if (text == NULL)
		return;
	row->field[col].text.data = text;
	row->field[col].text.len = strlen(text);
}

/* Columns that are not simulated are NULL. */
static void
set_row(SpkEventRow *row, const SpkSimEvent *event)
{
	spk_event_row_clear(row);
	set_integer(row, SPK_COL_TS, event->ts);
	set_integer(row, SPK_COL_SESSIONID, event->session);
	set_integer(row, SPK_COL_STATUS, event->status);
	set_integer(row, SPK_COL_ITEMINSESSION, event->item_in_session);
	set_integer(row, SPK_COL_REGISTRATION, event->registration);
	row->isnull[SPK_COL_REGISTRATION] = (event->registration == SPK_NO_TIME);
	row->field[SPK_COL_LENGTH].number = event->length;
	row->isnull[SPK_COL_LENGTH] = (event->song == NULL);
	set_text(row, SPK_COL_PAGE, spk_page_name(event->page));
	set_text(row, SPK_COL_LEVEL, event->level == SPK_LEVEL_PAID ? "paid" : "free");
	set_text(row, SPK_COL_GENDER, event->gender);
	set_text(row, SPK_COL_USERID, event->userid);
	set_text(row, SPK_COL_AUTH, event->auth);
	set_text(row, SPK_COL_METHOD, event->method);
	set_text(row, SPK_COL_FIRSTNAME, event->firstname);
	set_text(row, SPK_COL_LASTNAME, event->lastname);
	set_text(row, SPK_COL_LOCATION, event->location);
	set_text(row, SPK_COL_USERAGENT, event->useragent);
	set_text(row, SPK_COL_ARTIST, event->artist);
	set_text(row, SPK_COL_SONG, event->song);
}

/* Puts a question mark in the place of each letter beyond ASCII, in a copy. */
static void
simplify(SpkField *field)
{
	char *to = palloc(field->text.len + 1);
	int	  len = 0;

	for (int i = 0; i < field->text.len; i++)
	{
		unsigned char byte = (unsigned char) field->text.data[i];

		if (byte < 0x80)
			to[len++] = (char) byte;
		else if (byte >= 0xC0)
			to[len++] = '?';
	}
	field->text.data = to;
	field->text.len = len;
}

/* The texts in the database's encoding.  Where it lacks a letter, the row gets none beyond ASCII. */
static void
encode_row(SimulateState *state, const SpkSimEvent *event)
{
	const SpkSchema *schema = state->binding->schema;
	SpkEventRow		*row = &state->row;
	SpkEventFault	 fault;

	if (state->transcoder == NULL || spk_transcode(state->transcoder, schema, row, &fault))
		return;
	set_row(row, event);
	for (int col = 0; col < schema->n_columns; col++)
	{
		if (spk_type_is_text(schema->columns[col].type) && !row->isnull[col])
			simplify(&row->field[col]);
	}
}

static void
check_range(const char *argument, int32 value, int32 max)
{
	if (value >= 1 && value <= max)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("\"%s\" must be between 1 and %d, not %d", argument, max, value)));
}

static SimulateState *
begin_simulation(FunctionCallInfo fcinfo, MemoryContext context)
{
	int32		   users = PG_GETARG_INT32(0);
	int32		   days = PG_GETARG_INT32(1);
	int64		   seed = PG_GETARG_INT64(2);
	MemoryContext  oldcontext;
	SimulateState *state;

	check_range("users", users, SPK_SIM_MAX_USERS);
	check_range("days", days, SPK_SIM_MAX_DAYS);

	oldcontext = MemoryContextSwitchTo(context);
	state = palloc0(sizeof(SimulateState));
	if (get_call_result_type(fcinfo, NULL, &state->tupdesc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	state->tupdesc = BlessTupleDesc(state->tupdesc);
	state->binding = spk_binding_music(state->tupdesc);
	state->values = palloc(sizeof(Datum) * state->tupdesc->natts);
	state->nulls = palloc(sizeof(bool) * state->tupdesc->natts);
	state->host = spk_pg_host(context);
	state->transcoder = spk_transcoder_new(context);
	if (!spk_event_row_init(&state->row, SPK_N_COLUMNS, &state->host))
		spk_check(SPK_NO_MEMORY, "simulated log", NULL);
	spk_check(spk_simulation_new(&state->host, users, days, (uint64) seed, &state->simulation),
			  "simulated log", NULL);
	MemoryContextSwitchTo(oldcontext);
	return state;
}

Datum
churn_simulate_events(PG_FUNCTION_ARGS)
{
	FuncCallContext *funcctx;
	SimulateState	*state;
	SpkSimEvent		 event;

	if (SRF_IS_FIRSTCALL())
	{
		funcctx = SRF_FIRSTCALL_INIT();
		funcctx->user_fctx = begin_simulation(fcinfo, funcctx->multi_call_memory_ctx);
	}
	funcctx = SRF_PERCALL_SETUP();
	state = funcctx->user_fctx;

	CHECK_FOR_INTERRUPTS();
	if (!spk_simulation_next(state->simulation, &event))
		SRF_RETURN_DONE(funcctx);
	set_row(&state->row, &event);
	encode_row(state, &event);
	spk_event_row_datums(&state->row, state->binding, state->binding->columns, state->values,
						 state->nulls);
	SRF_RETURN_NEXT(funcctx,
					HeapTupleGetDatum(
						heap_form_tuple(state->tupdesc, state->values, state->nulls)));
}

/* Sets *value to a call's integer argument; false when the planner cannot know it. */
static bool
known_argument(PlannerInfo *root, List *args, int n, int32 *value)
{
	Node *arg = estimate_expression_value(root, list_nth(args, n));

	if (!IsA(arg, Const) || ((Const *) arg)->constisnull)
		return false;
	*value = DatumGetInt32(((Const *) arg)->constvalue);
	return true;
}

/* For the planner: the number of rows is in proportion to users and days. */
Datum
sparkify_simulate_events_support(PG_FUNCTION_ARGS)
{
	Node			   *request = (Node *) PG_GETARG_POINTER(0);
	SupportRequestRows *rows;
	List			   *args;
	int32				users;
	int32				days;

	if (!IsA(request, SupportRequestRows) || !is_funcclause(((SupportRequestRows *) request)->node))
		PG_RETURN_POINTER(NULL);
	rows = (SupportRequestRows *) request;
	args = ((FuncExpr *) rows->node)->args;
	if (!known_argument(rows->root, args, 0, &users) || !known_argument(rows->root, args, 1, &days))
		PG_RETURN_POINTER(NULL);
	rows->rows = Max((double) users * days * SPK_SIM_ROWS_PER_USER_DAY, 1.0);
	PG_RETURN_POINTER(rows);
}
