/*
 * svg.c
 *	  Writes a picture as SVG.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/drawing/escape.h"
#include "core/drawing/glyphs.h"
#include "core/drawing/scale.h"
#include "core/drawing/style.h"
#include "core/drawing/svg.h"

#define ELLIPSIS "\xE2\x80\xA6"

/* Around a name that runs from right to left: it moves nothing of what stands beside it. */
#define ISOLATE		"&#x2068;"
#define END_ISOLATE "&#x2069;"

#define LINE_HEIGHT 1.35

/* ---- Texts ---- */

static void
put(SpkWriter *w, const char *text)
{
	spk_write_bytes(w, text, strlen(text));
}

static void
put_text(SpkWriter *w, const char *text)
{
	spk_put_escaped(w, text, strlen(text));
}

/* A length, to a hundredth of a pixel. */
static void
put_length(SpkWriter *w, double value)
{
	char  buf[48];
	char *end;

	/* what is not finite or far outside is an error of the caller's, and harmless */
	value = isfinite(value) ? fmax(fmin(value, 99999), -99999) : 0;
	snprintf(buf, sizeof(buf), "%.2f", value);
	for (end = buf + strlen(buf); end[-1] == '0'; end--)
		;
	end[end[-1] == '.' ? -1 : 0] = '\0';
	put(w, strcmp(buf, "-0") == 0 ? "0" : buf);
}

static void
put_attribute(SpkWriter *w, const char *name, double value)
{
	put(w, " ");
	put(w, name);
	put(w, "=\"");
	put_length(w, value);
	put(w, "\"");
}

/* The classes, each with the prefix. */
static void
put_class(SpkWriter *w, const char *class)
{
	if (class == NULL)
		return;
	put(w, " class=\"spk-");
	for (; *class != '\0'; class ++)
		if (*class == ' ')
			put(w, " spk-");
		else
			spk_write_bytes(w, class, 1);
	put(w, "\"");
}

/* ---- The whole ---- */

void
spk_svg_begin(SpkSvg *svg, const SpkHost *host, const char *kind, const char *title)
{
	svg->body = spk_writer(host);
	svg->kind = kind;
	svg->title = title;
}

void
spk_svg_end(SpkSvg *svg, double height, const char *desc, SpkWriter *out)
{
	/* a width by itself, where no style is read, and by class, where it is */
	put(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"spk\" role=\"img\" data-picture=\"");
	put(out, svg->kind);
	put(out, "\" width=\"100%\" viewBox=\"0 0 ");
	put_length(out, SPK_PICTURE_WIDTH);
	put(out, " ");
	put_length(out, height);
	put(out, "\"><title>");
	put_text(out, svg->title);
	put(out, "</title><desc>");
	put_text(out, desc);
	put(out, "</desc><style>");
	put(out, spk_style_sheet);

	/* the paper, and on it what was drawn */
	put(out, "</style><rect class=\"spk-paper\" width=\"100%\" height=\"100%\"/>\n");
	if (svg->body.status != SPK_OK && out->status == SPK_OK)
		out->status = svg->body.status;
	else
		spk_write_bytes(out, svg->body.data, svg->body.len);
	put(out, "</svg>");
	spk_release(svg->body.host, svg->body.data);
	svg->body.data = NULL;
}

/* ---- Marks ---- */

static void
begin_mark(SpkSvg *svg, const char *element, const char *class)
{
	svg->element = element;
	put(&svg->body, "<");
	put(&svg->body, element);
	put_class(&svg->body, class);
}

void
spk_svg_rect(SpkSvg *svg, const char *class, double x, double y, double width, double height)
{
	begin_mark(svg, "rect", class);
	put_attribute(&svg->body, "x", x);
	put_attribute(&svg->body, "y", y);
	put_attribute(&svg->body, "width", fmax(width, 0));
	put_attribute(&svg->body, "height", fmax(height, 0));
}

void
spk_svg_circle(SpkSvg *svg, const char *class, double x, double y, double radius)
{
	begin_mark(svg, "circle", class);
	put_attribute(&svg->body, "cx", x);
	put_attribute(&svg->body, "cy", y);
	put_attribute(&svg->body, "r", radius);
}

void
spk_svg_line(SpkSvg *svg, const char *class, double x1, double y1, double x2, double y2)
{
	begin_mark(svg, "line", class);
	put_attribute(&svg->body, "x1", x1);
	put_attribute(&svg->body, "y1", y1);
	put_attribute(&svg->body, "x2", x2);
	put_attribute(&svg->body, "y2", y2);
}

void
spk_svg_path(SpkSvg *svg, const char *class)
{
	begin_mark(svg, "path", class);
	put(&svg->body, " d=\"");
}

void
spk_svg_point(SpkSvg *svg, bool first, double x, double y)
{
	put(&svg->body, first ? "M" : "L");
	put_length(&svg->body, x);
	put(&svg->body, " ");
	put_length(&svg->body, y);
}

void
spk_svg_path_end(SpkSvg *svg, bool closed)
{
	put(&svg->body, closed ? "Z\"" : "\"");
}

void
spk_svg_data(SpkSvg *svg, const char *name, double value)
{
	char buf[SPK_NUMBER_LABEL];

	if (isnan(value))
		return;
	spk_exact_label(value, buf);
	spk_svg_data_text(svg, name, buf);
}

void
spk_svg_data_text(SpkSvg *svg, const char *name, const char *text)
{
	put(&svg->body, " data-");
	put(&svg->body, name);
	put(&svg->body, "=\"");
	put_text(&svg->body, text);
	put(&svg->body, "\"");
}

void
spk_svg_data_list(SpkSvg *svg, const char *name, const double *values, int n)
{
	put(&svg->body, " data-");
	put(&svg->body, name);
	put(&svg->body, "=\"");
	for (int i = 0; i < n; i++)
	{
		char buf[SPK_NUMBER_LABEL];

		spk_exact_label(values[i], buf);
		put(&svg->body, i > 0 ? " " : "");
		put(&svg->body, buf);
	}
	put(&svg->body, "\"");
}

void
spk_svg_number(SpkSvg *svg, const char *name, double value)
{
	put_attribute(&svg->body, name, value);
}

void
spk_svg_close(SpkSvg *svg, const char *tip)
{
	if (tip == NULL)
	{
		put(&svg->body, "/>\n");
		return;
	}
	put(&svg->body, "><title>");
	put_text(&svg->body, tip);
	put(&svg->body, "</title></");
	put(&svg->body, svg->element);
	put(&svg->body, ">\n");
}

/* ---- Text ---- */

double
spk_font_size(SpkFont font)
{
	static const double sizes[] = {15, 12, 11, 22};

	return sizes[font];
}

static bool
is_bold(SpkFont font)
{
	return font == SPK_FONT_TITLE || font == SPK_FONT_LARGE;
}

static double
width_of(SpkFont font, const char *text, size_t len)
{
	return spk_text_width(text, len, is_bold(font)) * spk_font_size(font);
}

/* A name without a letter that is seen would look as if there were none. */
static const char *
shown(const char *text)
{
	return text[strspn(text, " ")] == '\0' ? SPK_EMPTY_NAME : text;
}

double
spk_font_width(SpkFont font, const char *text)
{
	return width_of(font, shown(text), strlen(shown(text)));
}

double
spk_font_drop(SpkFont font)
{
	return spk_font_size(font) * 0.36;
}

/* A text element with len bytes of the text, and an ellipsis when these are not all. */
static void
put_text_element(SpkSvg *svg, const char *class, SpkFont font, double x, double y, SpkAnchor anchor,
				 const char *text, size_t len, bool cut)
{
	static const char *const fonts[] = {"title", NULL, "small", "large"};
	static const char *const anchors[] = {NULL, "middle", "end"};
	char					 classes[64];
	bool					 isolated = spk_text_right_to_left(text, len);

	snprintf(classes, sizeof(classes), "%s%s%s", class, fonts[font] ? " " : "",
			 fonts[font] ? fonts[font] : "");
	begin_mark(svg, "text", classes);
	put_attribute(&svg->body, "x", x);
	put_attribute(&svg->body, "y", y);
	if (anchors[anchor] != NULL)
	{
		put(&svg->body, " text-anchor=\"");
		put(&svg->body, anchors[anchor]);
		put(&svg->body, "\"");
	}

	/* the whole, for who points at a part of it */
	put(&svg->body, ">");
	if (cut)
	{
		put(&svg->body, "<title>");
		put_text(&svg->body, text);
		put(&svg->body, "</title>");
	}
	put(&svg->body, isolated ? ISOLATE : "");
	spk_put_escaped(&svg->body, text, len);
	put(&svg->body, isolated ? END_ISOLATE : "");
	if (cut)
		put_text(&svg->body, ELLIPSIS);
	put(&svg->body, "</text>\n");
}

double
spk_svg_text(SpkSvg *svg, const char *class, SpkFont font, double x, double y, SpkAnchor anchor,
			 double room, const char *text)
{
	size_t len = strlen(shown(text));
	double width = spk_font_width(font, text);
	double ellipsis = spk_font_width(font, ELLIPSIS);

	text = shown(text);
	if (width <= room)
		put_text_element(svg, class, font, x, y, anchor, text, len, false);
	else
	{
		len = spk_text_fit(text, len, is_bold(font),
						   fmax(room - ellipsis, 0) / spk_font_size(font));
		while (len > 0 && text[len - 1] == ' ')
			len--;
		put_text_element(svg, class, font, x, y, anchor, text, len, true);
		width = width_of(font, text, len) + ellipsis;
	}
	return width;
}

/* How many bytes of the text make a line: up to a blank, if there is one in the line. */
static size_t
line_len(SpkFont font, double width, const char *text)
{
	size_t len = spk_text_fit(text, strlen(text), is_bold(font), width / spk_font_size(font));
	size_t blank = len;

	if (text[len] == '\0')
		return len;
	/* a figure and its percent sign stay together */
	while (blank > 0 && (text[blank] != ' ' || text[blank + 1] == '%'))
		blank--;
	return blank > 0 ? blank : len;
}

double
spk_svg_lines(SpkSvg *svg, const char *class, SpkFont font, double x, double y, double width,
			  int n_lines, const char *text)
{
	for (int line = 1; *text != '\0'; line++)
	{
		size_t len = line_len(font, width, text);

		/* the last line has all that is left; a line that nothing fits has to end, too */
		if (line == n_lines || len == 0)
		{
			spk_svg_text(svg, class, font, x, y, SPK_ANCHOR_START, width, text);
			return y + spk_font_size(font) * LINE_HEIGHT;
		}
		put_text_element(svg, class, font, x, y, SPK_ANCHOR_START, text, len, false);
		for (text += len; *text == ' '; text++)
			;
		y += spk_font_size(font) * LINE_HEIGHT;
	}
	return y;
}

double
spk_svg_heading(SpkSvg *svg, const char *subtitle)
{
	double width = SPK_PICTURE_WIDTH - 2 * SPK_MARGIN;
	double y = spk_svg_lines(svg, "ink", SPK_FONT_TITLE, SPK_MARGIN, SPK_MARGIN + 12, width, 2,
							 svg->title);

	if (subtitle != NULL)
		y = spk_svg_lines(svg, "muted", SPK_FONT_TEXT, SPK_MARGIN, y, width, 3, subtitle);
	return y;
}

double
spk_svg_key(SpkSvg *svg, const char *class, double x, double y, const char *text)
{
	spk_svg_rect(svg, class, x, y - 9, 10, 10);
	spk_svg_close(svg, NULL);
	return x + 15 +
		spk_svg_text(svg, "ink", SPK_FONT_TEXT, x + 15, y, SPK_ANCHOR_START,
					 SPK_PICTURE_WIDTH - SPK_MARGIN - x - 15, text) +
		16;
}
