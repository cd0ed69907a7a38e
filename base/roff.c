/* Words filled into short lines, each character escaped where man(7) would take it for more. */
#include "base/roff.h"
#include "base/utf8.h"
#include <string.h>

#define LINE_BYTES 76
#define EXAMPLE_ENDS ".fi\n"

static void put_glyph(struct buf *out, const char *at, size_t step)
{
    if (step > 1)
        buf_printf(out, "\\[u%04X]", (unsigned)utf8_code(at, step));
    else if (*at == '\\')
        buf_put_text(out, "\\e");
    else if (*at == '-')
        buf_put_text(out, "\\-");
    else if (*at == '\'')
        buf_put_text(out, "\\(aq");
    else if (*at == '"')
        buf_put_text(out, "\\(dq");
    else
        buf_put_char(out, *at);
}

/* `len` bytes of text; backticks turn bold on and off, which *is_bold keeps from one call to the next. */
static void put_glyphs(struct buf *out, const char *text, size_t len, bool *is_bold)
{
    for (size_t at = 0; at < len;) {
        size_t step = utf8_step(text + at, len - at);
        if (text[at] == '`') {
            *is_bold = !*is_bold;
            buf_put_text(out, *is_bold ? "\\fB" : "\\fR");
        } else {
            put_glyph(out, text + at, step > 0 ? step : 1);
        }
        at += step > 0 ? step : 1;
    }
}

static void put_whole(struct buf *out, const char *text)
{
    bool is_bold = false;
    put_glyphs(out, text, strlen(text), &is_bold);
}

/* Words up to `len` bytes, in lines. None of them is a request, wherever a line begins. */
static void put_filled(struct buf *out, const char *text, size_t len)
{
    bool is_bold = false;
    size_t begins = out->len;
    for (size_t at = 0; at < len;) {
        const char *end = memchr(text + at, ' ', len - at);
        size_t word = end ? (size_t)(end - text) - at : len - at, before = out->len;
        buf_put_text(out, out->len > begins ? " " : "");
        buf_put_text(out, text[at] == '.' ? "\\&" : "");
        put_glyphs(out, text + at, word, &is_bold);
        if (before > begins && out->len - begins > LINE_BYTES && buf_check(out) == 0) {
            out->data[before] = '\n';
            begins = before + 1;
        }
        at += word + 1;
    }
    buf_put_char(out, '\n');
}

void roff_begin(struct buf *out, const char *name, int section, const char *date, const char *source)
{
    buf_put_text(out, ".TH \"");
    for (const char *at = name; *at; at++)
        put_glyph(out, &(char){(char)(*at >= 'a' && *at <= 'z' ? *at - 'a' + 'A' : *at)}, 1);
    buf_printf(out, "\" %d \"%s\" \"%s\"\n.nh\n", section, date, source);
}

void roff_name(struct buf *out, const char *name, const char *what)
{
    size_t len = strlen(what);
    put_whole(out, name);
    buf_put_text(out, " \\-\n");
    put_filled(out, what, len - (len > 0 && what[len - 1] == '.'));
}

void roff_section(struct buf *out, const char *title)
{
    buf_put_text(out, ".SH ");
    put_whole(out, title);
    buf_put_char(out, '\n');
}

void roff_part(struct buf *out, const char *title)
{
    buf_put_text(out, ".SS ");
    put_whole(out, title);
    buf_put_char(out, '\n');
}

void roff_item(struct buf *out, const char *term, const char *value, const char *text)
{
    buf_put_text(out, ".TP\n\\fB");
    put_whole(out, term);
    buf_put_text(out, "\\fR");
    if (value) {
        buf_put_text(out, " \\fI");
        put_whole(out, value);
        buf_put_text(out, "\\fR");
    }
    buf_put_char(out, '\n');
    put_filled(out, text, strlen(text));
}

/* A paragraph begins, but where a title has begun one. */
static void begin_paragraph(struct buf *out)
{
    size_t at = out->len > 0 ? out->len - 1 : 0; /* of the latest line's end */
    while (at > 0 && out->data[at - 1] != '\n')
        at--;
    if (out->len > 0 && strncmp(out->data + at, ".S", 2) != 0)
        buf_put_text(out, ".PP\n");
}

/* A line of an example; those that follow each other stand together. */
static void put_example(struct buf *out, const char *line, size_t len, bool goes_on)
{
    bool is_bold = false;
    if (goes_on && out->len > strlen(EXAMPLE_ENDS) && buf_check(out) == 0) {
        out->len -= strlen(EXAMPLE_ENDS);
    } else {
        begin_paragraph(out);
        buf_put_text(out, ".nf\n");
    }
    buf_put_text(out, "\\&");
    put_glyphs(out, line, len, &is_bold);
    buf_put_text(out, "\n" EXAMPLE_ENDS);
}

static void put_term(struct buf *out, const char *line, size_t term, size_t len)
{
    bool is_bold = false;
    buf_put_text(out, ".TP\n\\fB");
    put_glyphs(out, line, term, &is_bold);
    buf_put_text(out, "\\fR\n");
    put_filled(out, line + term + 1, len - term - 1);
}

void roff_text(struct buf *out, const char *text)
{
    bool is_example = false;
    while (*text) {
        size_t len = strcspn(text, "\n");
        const char *tab = memchr(text, '\t', len);
        bool was_example = is_example;
        is_example = text[0] == ' ';
        if (is_example) {
            put_example(out, text, len, was_example);
        } else if (tab) {
            put_term(out, text, (size_t)(tab - text), len);
        } else {
            begin_paragraph(out);
            put_filled(out, text, len);
        }
        text += len + (text[len] == '\n');
    }
}
