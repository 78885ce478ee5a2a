/*
 * report_html.c
 *	  The parts of an HTML page: sections, paragraphs, tables, pictures.
 */
#include "postgres.h"

#include "core/drawing/escape.h"
#include "report/report_html.h"

static const char page_style[] =
	":root{color-scheme:light dark;--paper:#fff;--ink:#17212b;--muted:#566270;--line:#d9dfe5;--soft:#f3f5f8;"
	"--good:#00785a;--bad:#c24a00}"
	"@media screen and (prefers-color-scheme:dark){:root{--paper:#14191f;--ink:#e9edf2;--muted:#a4afba;--line:#333c46;"
	"--soft:#1d242c;--good:#45cfa5;--bad:#ff9552}}"
	"*{box-sizing:border-box}"
	"body{margin:0 auto;padding:1.5rem .5rem 4rem;max-width:64rem;background:var(--paper);color:var(--ink);"
	"font:16px/1.5 system-ui,-apple-system,\"Segoe UI\",Roboto,\"Helvetica Neue\",Arial,sans-serif;overflow-wrap:anywhere}"
	"h1{font-size:1.7rem;line-height:1.2;margin:0 0 .2rem}h2{font-size:1.25rem;margin:2.6rem 0 .6rem}"
	"p{margin:.5rem 0;max-width:44rem}.sub,.note{color:var(--muted)}.note{font-size:.9rem}.lead{font-size:1.1rem}"
	".good,.bad{border-left:4px solid var(--good);padding-left:.8rem}.bad{border-color:var(--bad)}"
	".pictures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:1rem;margin:1rem 0;"
	"align-items:start}"
	".scroll{overflow-x:auto;margin:.8rem 0}"
	"table{border-collapse:collapse;font-size:.9rem;width:100%}"
	"th,td{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;border-bottom:1px solid var(--line)}"
	"th{color:var(--muted);font-weight:600;white-space:nowrap;cursor:default}"
	"th[aria-sort]{color:var(--ink)}.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}"
	"td{min-width:4rem;unicode-bidi:plaintext}td:first-child{min-width:8.5rem}td.t{min-width:15rem}"
	"pre{background:var(--soft);border:1px solid var(--line);border-radius:4px;padding:.8rem;overflow-x:auto;font-size:.85rem;"
	"white-space:pre-wrap}"
	"@media print{@page{size:A4;margin:15mm}body{max-width:none;padding:0;font-size:10.5pt}"
	"section svg,tr,pre,p{break-inside:avoid}h2{break-after:avoid}.scroll{overflow:visible}"
	".pictures{grid-template-columns:1fr 1fr}table{font-size:8pt}"
	"th,td,.n{padding-right:.5rem}th{white-space:normal;overflow-wrap:normal}td{min-width:2.5rem}td:first-child{min-width:6rem}td.t{min-width:11rem}}";

/* A click on the head of a column sorts by it, again the other way round. */
static const char sort_script[] =
	"for(const h of document.querySelectorAll('th')){h.style.cursor='pointer';h.addEventListener('click',()=>{"
	"const b=h.closest('table').tBodies[0],k=h.cellIndex,u=h.getAttribute('aria-sort')!=='ascending',"
	"v=r=>{const t=r.cells[k].textContent,x=parseFloat(t.replace(/,/g,''));return h.className==='n'?(isNaN(x)?-Infinity:x):t};"
	"for(const o of h.parentNode.cells)o.removeAttribute('aria-sort');"
	"h.setAttribute('aria-sort',u?'ascending':'descending');"
	"b.append(...[...b.rows].sort((p,q)=>{const x=v(p),y=v(q);return(x<y?-1:x>y?1:0)*(u?1:-1)}))})}";

static void
put(SpkWriter *w, const char *html)
{
	spk_write_bytes(w, html, strlen(html));
}

static void
put_text(SpkWriter *w, const char *text)
{
	spk_put_escaped(w, text, strlen(text));
}

void
spk_html_begin(SpkWriter *w, const char *title, const char *subtitle)
{
	put(w,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
	put_text(w, title);
	put(w, "</title>\n<style>");
	put(w, page_style);
	put(w, "</style>\n</head>\n<body>\n<header>\n<h1>");
	put_text(w, title);
	put(w, "</h1>\n<p class=\"sub\">");
	put_text(w, subtitle);
	put(w, "</p>\n</header>\n");
}

void
spk_html_end(SpkWriter *w)
{
	put(w, "<script>");
	put(w, sort_script);
	put(w, "</script>\n</body>\n</html>");
}

void
spk_html_section(SpkWriter *w, const char *title)
{
	put(w, "<section>\n<h2>");
	put_text(w, title);
	put(w, "</h2>\n");
}

void
spk_html_section_end(SpkWriter *w)
{
	put(w, "</section>\n");
}

void
spk_html_paragraph(SpkWriter *w, const char *class, const char *text)
{
	put(w, "<p");
	if (class != NULL)
	{
		put(w, " class=\"");
		put(w, class);
		put(w, "\"");
	}
	put(w, ">");
	put_text(w, text);
	put(w, "</p>\n");
}

/* Lines stay lines: their ends are characters that have a symbol otherwise. */
void
spk_html_code(SpkWriter *w, const char *text)
{
	put(w, "<pre><code>");
	while (*text != '\0')
	{
		size_t len = strcspn(text, "\n");

		spk_put_escaped(w, text, len);
		text += len;
		if (*text == '\n')
		{
			put(w, "\n");
			text++;
		}
	}
	put(w, "</code></pre>\n");
}

void
spk_html_pictures(SpkWriter *w)
{
	put(w, "<div class=\"pictures\">\n");
}

void
spk_html_pictures_end(SpkWriter *w)
{
	put(w, "</div>\n");
}

void
spk_html_picture(SpkWriter *w, const char *svg)
{
	put(w, svg);
	put(w, "\n");
}

static const char *
class_of(const char *head)
{
	return head[0] == '#' ? " class=\"n\"" : head[0] == '~' ? " class=\"t\"" : "";
}

void
spk_html_table(SpkWriter *w, const char *const *heads, int n)
{
	put(w, "<div class=\"scroll\"><table>\n<thead><tr>");
	for (int i = 0; i < n; i++)
	{
		put(w, "<th scope=\"col\"");
		put(w, class_of(heads[i]));
		put(w, ">");
		put_text(w, heads[i] + strspn(heads[i], "#~"));
		put(w, "</th>");
	}
	put(w, "</tr></thead>\n<tbody>\n");
}

void
spk_html_row(SpkWriter *w, const char *const *heads, const char *const *cells, int n)
{
	put(w, "<tr>");
	for (int i = 0; i < n; i++)
	{
		put(w, "<td");
		put(w, class_of(heads[i]));
		put(w, ">");
		put_text(w, cells[i] == NULL ? "" : cells[i]);
		put(w, "</td>");
	}
	put(w, "</tr>\n");
}

void
spk_html_table_end(SpkWriter *w)
{
	put(w, "</tbody></table></div>\n");
}
