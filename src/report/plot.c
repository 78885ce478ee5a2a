/*
 * plot.c
 *	  A picture as the result of an SQL function.
 */
#include "compat.h"

#include <math.h>

#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "core/drawing/glyphs.h"
#include "host/pg_host.h"
#include "report/plot.h"

const char *const spk_plot_lines[SPK_PLOT_SERIES] = {"sa", "sb", "sc", "sd"};
const char *const spk_plot_fills[SPK_PLOT_SERIES] = {"fa", "fb", "fc", "fd"};

/* ---- Arguments and results ---- */

/* Has the database an encoding from which there is no way to UTF-8? */
static bool
is_inconvertible(void)
{
	return GetDatabaseEncoding() == PG_SQL_ASCII || spk_is_mule(GetDatabaseEncoding());
}

char *
spk_plot_utf8(char *text)
{
	return is_inconvertible() ? text : pg_server_to_any(text, (int) strlen(text), PG_UTF8);
}

char *
spk_plot_count(double n, const char *one)
{
	char number[SPK_NUMBER_LABEL];

	spk_number_label(n, 0, number);
	return psprintf("%s %s%s", number, one, n == 1 ? "" : "s");
}

const char *
spk_plot_isolated(const char *name)
{
	if (name[strspn(name, " ")] == '\0')
		return SPK_EMPTY_NAME;
	if (!spk_text_right_to_left(name, strlen(name)))
		return name;
	return psprintf("\xE2\x81\xA8%s\xE2\x81\xA9", name); /* U+2068, U+2069 */
}

const char *
spk_plot_text_arg(FunctionCallInfo fcinfo, int arg, const char *otherwise)
{
	if (PG_ARGISNULL(arg))
		return otherwise;
	return spk_plot_utf8(text_to_cstring(PG_GETARG_TEXT_PP(arg)));
}

int
spk_plot_count_arg(FunctionCallInfo fcinfo, int arg, const char *name)
{
	if (PG_ARGISNULL(arg) || PG_GETARG_INT32(arg) < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" must be at least 1", name)));
	return PG_GETARG_INT32(arg);
}

bool
spk_plot_is_text(FunctionCallInfo fcinfo, int arg)
{
	const char *format = spk_plot_text_arg(fcinfo, arg, "");

	if (strcmp(format, "svg") != 0 && strcmp(format, "text") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("format must be 'svg' or 'text'")));
	return strcmp(format, "text") == 0;
}

Datum
spk_plot_bars(const char *title, const char *subtitle, const SpkBar *bars, int n)
{
	SpkHost	  host = spk_pg_host(CurrentMemoryContext);
	SpkWriter out = spk_writer(&host);
	char	 *text;

	spk_put_bar_text(&out, title);
	spk_put_bar_text(&out, subtitle);
	spk_put_bars(&out, bars, n, GetDatabaseEncoding() == PG_UTF8);
	spk_check(out.status, "picture", NULL);

	/* without the last line's end, which whoever shows a text adds */
	text = pnstrdup((char *) out.data, out.len - 1);
	if (!is_inconvertible())
		text = pg_any_to_server(text, (int) out.len - 1, PG_UTF8);
	return PointerGetDatum(cstring_to_text(text));
}

/* ---- The picture ---- */

void
spk_plot_begin(SpkPlot *plot, const char *kind, const char *title)
{
	plot->host = spk_pg_host(CurrentMemoryContext);
	spk_svg_begin(&plot->svg, &plot->host, kind, title);
}

Datum
spk_plot_end(SpkPlot *plot, double height, const char *desc)
{
	SpkWriter out = spk_writer(&plot->host);

	spk_svg_end(&plot->svg, height, desc, &out);
	spk_check(out.status, "picture", NULL);
	if (out.len > MaxAllocSize / 2)
		spk_check(SPK_LIMIT, "picture", NULL);
	return PointerGetDatum(cstring_to_text_with_len((char *) out.data, (int) out.len));
}

Datum
spk_plot_nothing(SpkPlot *plot, const char *why)
{
	double y = spk_svg_heading(&plot->svg, why);

	return spk_plot_end(plot, y + SPK_MARGIN, why);
}

void
spk_plot_line(SpkSvg *svg, const char *class, const SpkScale *x_scale, const SpkScale *y_scale,
			  const char *x, const char *y, const double *xs, const double *ys, int n)
{
	bool first = true;

	spk_svg_path(svg, class);
	for (int i = 0; i < n; i++)
	{
		bool known = !isnan(xs[i]) && !isnan(ys[i]);

		if (known)
			spk_svg_point(svg, first, spk_scale_at(x_scale, xs[i]), spk_scale_at(y_scale, ys[i]));
		first = !known;
	}
	spk_svg_path_end(svg, false);
	spk_svg_data_list(svg, x, xs, n);
	spk_svg_data_list(svg, y, ys, n);
}
