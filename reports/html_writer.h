/* Elements and escaped text on libxml2's writer. The first failure sticks: check it once at the end. */
#ifndef REPORTS_HTML_WRITER_H
#define REPORTS_HTML_WRITER_H

#include <libxml/xmlwriter.h>
#include <stdbool.h>
#include <stddef.h>

struct html {
	xmlTextWriterPtr writer;
	bool failed;
};

void html_open(struct html *html, const char *element);
/* With one attribute, of our own making. */
void html_open_with(struct html *html, const char *element, const char *attribute, const char *value);
void html_attribute(struct html *html, const char *attribute, const char *value);
void html_close(struct html *html);

/* Bytes from outside, made visible. */
void html_raw(struct html *html, const char *bytes);
/* Text that is safe, or has been escaped already. */
void html_text(struct html *html, const char *text);

/* A whole element with text in it. */
void html_leaf(struct html *html, const char *element, const char *text);
void html_leaf_raw(struct html *html, const char *element, const char *bytes);
void html_leaf_class(struct html *html, const char *element, const char *class_name, const char *text);

/* A row's heading cell, and a column's. */
void html_head_cell(struct html *html, const char *scope, const char *text);
/* "LABEL" and its text as a term and its description. */
void html_term(struct html *html, const char *label, const char *text);
void html_term_raw(struct html *html, const char *label, const char *bytes);

#endif
