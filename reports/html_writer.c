/* Elements and escaped text on libxml2's writer. */
#include "reports/html_writer.h"

#include <string.h>

#include "base/text.h"

static void keep(struct html *html, int status)
{
	if (status < 0)
		html->failed = true;
}

void html_open(struct html *html, const char *element)
{
	keep(html, xmlTextWriterStartElement(html->writer, BAD_CAST element));
}

void html_attribute(struct html *html, const char *attribute, const char *value)
{
	keep(html, xmlTextWriterWriteAttribute(html->writer, BAD_CAST attribute, BAD_CAST value));
}

void html_open_with(struct html *html, const char *element, const char *attribute, const char *value)
{
	html_open(html, element);
	html_attribute(html, attribute, value);
}

/* With an end tag also where it is empty: <td/> is no end in HTML. */
void html_close(struct html *html)
{
	keep(html, xmlTextWriterFullEndElement(html->writer));
}

void html_text(struct html *html, const char *text)
{
	keep(html, xmlTextWriterWriteString(html->writer, BAD_CAST text));
}

void html_raw(struct html *html, const char *bytes)
{
	struct text text = {0};

	text_escape(&text, bytes, strlen(bytes));
	if (text.failed)
		html->failed = true;
	else
		html_text(html, text.data);
	text_free(&text);
}

void html_leaf(struct html *html, const char *element, const char *text)
{
	html_open(html, element);
	html_text(html, text);
	html_close(html);
}

void html_leaf_raw(struct html *html, const char *element, const char *bytes)
{
	html_open(html, element);
	html_raw(html, bytes);
	html_close(html);
}

void html_leaf_class(struct html *html, const char *element, const char *class_name, const char *text)
{
	html_open_with(html, element, "class", class_name);
	html_text(html, text);
	html_close(html);
}

void html_head_cell(struct html *html, const char *scope, const char *text)
{
	html_open_with(html, "th", "scope", scope);
	html_text(html, text);
	html_close(html);
}

void html_term(struct html *html, const char *label, const char *text)
{
	html_leaf(html, "dt", label);
	html_leaf(html, "dd", text);
}

void html_term_raw(struct html *html, const char *label, const char *bytes)
{
	html_leaf(html, "dt", label);
	html_leaf_raw(html, "dd", bytes);
}
