/* Columns, and the last step to the two standard outputs. Whether all that was printed came out is looked at once, by
 * cli_run. */
#include "client/terminal/output.h"
#include "base/cli.h"
#include "base/text.h"
#include "client/terminal/failures.h"
#include <stdio.h>
#include <string.h>

size_t output_width(const char *text)
{
    size_t width = 0;
    for (; *text; text++)
        width += ((unsigned char)*text & 0xC0) != 0x80;
    return width;
}

void output_put_cell(struct buf *out, const char *text, size_t width)
{
    size_t start = out->len;
    text_put_clean(out, text, strlen(text));
    if (buf_check(out) < 0)
        return;
    for (size_t have = output_width(buf_text(out) + start); have < width; have++)
        buf_put_char(out, ' ');
}

int output_print(const struct buf *out)
{
    if (buf_check(out) < 0) {
        failure_no_memory();
        return -1;
    }
    fwrite(buf_text(out), 1, out->len, stdout);
    return 0;
}

void output_say_lines(const struct buf *text)
{
    const char *at = buf_text(text);
    while (*at) {
        size_t len = strcspn(at, "\n");
        cli_say("%.*s", (int)len, at);
        at += len + (at[len] == '\n');
    }
}
