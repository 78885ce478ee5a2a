/*
 * plot_rows.h
 *	  The rows that a picture is drawn from, read by the names of their columns.
 */
#ifndef SPK_REPORT_PLOT_ROWS_H
#define SPK_REPORT_PLOT_ROWS_H

#include "postgres.h"

#include "access/htup.h"
#include "access/tupdesc.h"

/* More rows than this make no picture that anybody can read. */
#define SPK_PLOT_ROWS 20000

/* A query of ours may have more, which are drawn together. */
#define SPK_PLOT_QUERY_ROWS 2000000

typedef struct SpkPlotRows
{
	int				 n;
	HeapTupleHeader *tuples; /* NULL for a row that is NULL */
	TupleDesc		*descs;	 /* for each row; those of rows of one type are the same */
	const char		*maker;	 /* the function that makes such rows, for hints */
} SpkPlotRows;

/*
 * The rows of an array of rows of any type, palloc'd.  maker is the function that makes
 * them.  A row that is NULL, and more than SPK_PLOT_ROWS, are errors.
 */
extern SpkPlotRows *spk_plot_rows(Datum array, const char *maker);

/* The one row of a composite value. */
extern SpkPlotRows *spk_plot_row(Datum row, const char *maker);

/*
 * The rows of a query with parameters, as spk_source_run runs it.  More than
 * SPK_PLOT_QUERY_ROWS are an error.
 */
extern SpkPlotRows *spk_plot_query(const char *sql, int n_params, const Oid *types,
								   const Datum *values, int n_columns, const Oid *column_types);

/* The rows in a column of rows, each of which may be NULL. */
extern SpkPlotRows *spk_plot_nested(const SpkPlotRows *rows, const char *column);

/* Has the first row a column of this name? */
extern bool spk_plot_has(const SpkPlotRows *rows, const char *column);

/*
 * A column of numbers; NaN for NULL.  Booleans are 0 and 1, dates and times days since
 * 2000-01-01.  A column that is missing, or of another type, is an error that names it.
 */
extern double *spk_plot_numbers(const SpkPlotRows *rows, const char *column);

/* Likewise, but what is NULL, or not finite, is an error. */
extern double *spk_plot_known(const SpkPlotRows *rows, const char *column);

/* Likewise of shares: what is not between 0 and 1 is an error, too. */
extern double *spk_plot_shares(const SpkPlotRows *rows, const char *column);

/* A column of any type as text, in UTF-8; NULL for NULL. */
extern char **spk_plot_texts(const SpkPlotRows *rows, const char *column);

/* A date or a time, as spk_plot_texts writes it, without the time of the day. */
extern char *spk_plot_day(const char *text);

/* The type of a column in the first row; an error when there is none. */
extern Oid spk_plot_type(const SpkPlotRows *rows, const char *column);

#endif /* SPK_REPORT_PLOT_ROWS_H */
