/* Writing strings as JSON, and JSON for a terminal; values that were read are written in json.c, which knows what they
 * are. */
#include "base/json.h"
#include "base/text.h"
#include "base/utf8.h"
#include <string.h>

static void put_escape(struct buf *out, unsigned char c)
{
    switch (c) {
    case '"':
        buf_put_text(out, "\\\"");
        break;
    case '\\':
        buf_put_text(out, "\\\\");
        break;
    case '\n':
        buf_put_text(out, "\\n");
        break;
    case '\r':
        buf_put_text(out, "\\r");
        break;
    case '\t':
        buf_put_text(out, "\\t");
        break;
    default:
        buf_printf(out, "\\u%04x", c);
        break;
    }
}

void json_put_string(struct buf *out, const char *text, size_t len)
{
    size_t done = 0;
    buf_put_char(out, '"');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buf_put(out, text + done, i - done);
        put_escape(out, c);
        done = i + 1;
    }
    if (done < len)
        buf_put(out, text + done, len - done);
    buf_put_char(out, '"');
}

void json_put_text(struct buf *out, const char *text)
{
    json_put_string(out, text, strlen(text));
}

static bool is_line_end_or_blank(char c)
{
    return c == '\n' || c == '\r' || c == '\t';
}

/* A character outside the plane of four digits is always shown. */
static void put_hidden(struct buf *out, const char *at, size_t step)
{
    if (utf8_step(at, step) == step)
        buf_printf(out, "\\u%04x", (unsigned)utf8_code(at, step));
    else
        buf_put_char(out, '?'); /* no UTF-8, so no JSON either */
}

void json_put_shown(struct buf *out, const char *json, size_t len)
{
    size_t done = 0, step;
    for (size_t i = 0; i < len; i += step) {
        bool shown;
        step = text_step(json + i, len - i, &shown);
        if (shown || is_line_end_or_blank(json[i]))
            continue;
        buf_put(out, json + done, i - done);
        put_hidden(out, json + i, step);
        done = i + step;
    }
    buf_put(out, json + done, len - done);
}
