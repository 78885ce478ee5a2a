/*
 * statement.c
 *	  Statements of ours that change the extension's own tables.
 */
#include "compat.h"

#include "executor/spi.h"
#include "tcop/utility.h"
#include "utils/datum.h"

#include "host/statement.h"

#define MAX_PARAMS 16

/* Runs the statement in SPI, which is connected. */
static uint64
execute(const char *sql, int n_params, const SpkParam *params)
{
	Oid	  types[MAX_PARAMS];
	Datum values[MAX_PARAMS];
	char  nulls[MAX_PARAMS] = {0};
	int	  result;

	if (n_params > MAX_PARAMS)
		elog(ERROR, "statement has more than %d parameters", MAX_PARAMS);
	for (int i = 0; i < n_params; i++)
	{
		types[i] = params[i].type;
		values[i] = params[i].value;
		nulls[i] = params[i].isnull ? 'n' : ' ';
	}
	result = SPI_execute_with_args(sql, n_params, types, values, nulls, false, 0);
	if (result < 0)
		elog(ERROR, "statement failed: %s", SPI_result_code_string(result));
	return SPI_processed;
}

static void
connect_spi(void)
{
	int result = SPI_connect();

	if (result != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to SPI: %s", SPI_result_code_string(result));
}

uint64
spk_statement_run(const char *sql, int n_params, const SpkParam *params)
{
	uint64 n;

	connect_spi();
	n = execute(sql, n_params, params);
	SPI_finish();
	return n;
}

bool
spk_statement_row(const char *sql, int n_params, const SpkParam *params, int n_columns,
				  Datum *values, bool *nulls)
{
	MemoryContext context = CurrentMemoryContext;
	bool		  found;

	connect_spi();
	found = execute(sql, n_params, params) > 0;
	if (found)
	{
		TupleDesc	  desc = SPI_tuptable->tupdesc;
		MemoryContext old;

		if (desc->natts != n_columns)
			elog(ERROR, "statement has %d columns, not %d", desc->natts, n_columns);

		/* SPI's memory ends with SPI_finish */
		old = MemoryContextSwitchTo(context);
		for (int i = 0; i < n_columns; i++)
		{
			Form_pg_attribute att = TupleDescAttr(desc, i);

			values[i] = SPI_getbinval(SPI_tuptable->vals[0], desc, i + 1, &nulls[i]);
			if (!nulls[i])
				values[i] = datumCopy(values[i], att->attbyval, att->attlen);
		}
		MemoryContextSwitchTo(old);
	}
	SPI_finish();
	return found;
}

void
spk_statement_require_writable(const char *what)
{
	/* in recovery transactions are read-only, too: that is the reason to tell */
	PreventCommandDuringRecovery(what);
	PreventCommandIfReadOnly(what);
}
