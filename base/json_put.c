/* Writing strings as JSON; values that were read are written in json.c, which knows what they are. */
#include "base/json.h"

#include <string.h>

static void put_escaped(struct buf *out, unsigned char c)
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
        put_escaped(out, c);
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
