/*
 * report_html.h
 *	  The parts of an HTML page: sections, paragraphs, tables, pictures.
 *
 * All texts are UTF-8, and are escaped; the page is ASCII.  Failures stay in the writer.
 */
#ifndef SPK_REPORT_REPORT_HTML_H
#define SPK_REPORT_REPORT_HTML_H

#include "core/base/bytes.h"

/* Begins a page: its head with the style, and the heading. */
extern void spk_html_begin(SpkWriter *w, const char *title, const char *subtitle);

/* Ends it, with the script by which tables sort; the page is whole without it. */
extern void spk_html_end(SpkWriter *w);

/* Begins and ends a section; sections do not contain each other. */
extern void spk_html_section(SpkWriter *w, const char *title);
extern void spk_html_section_end(SpkWriter *w);

/* A paragraph.  class is one of the style's (lead, note, good, bad), or NULL. */
extern void spk_html_paragraph(SpkWriter *w, const char *class, const char *text);

/* A text to be copied, as it is. */
extern void spk_html_code(SpkWriter *w, const char *text);

/* Begins and ends a row of pictures; what stands between is SVG. */
extern void spk_html_pictures(SpkWriter *w);
extern void spk_html_pictures_end(SpkWriter *w);
extern void spk_html_picture(SpkWriter *w, const char *svg);

/*
 * A table: its heads, each of which begins with # when the column has figures, and with ~ when
 * it has sentences, which need room; then rows of as many cells; then its end.  A cell that is NULL is empty.
 */
extern void spk_html_table(SpkWriter *w, const char *const *heads, int n);
extern void spk_html_row(SpkWriter *w, const char *const *heads, const char *const *cells, int n);
extern void spk_html_table_end(SpkWriter *w);

#endif /* SPK_REPORT_REPORT_HTML_H */
