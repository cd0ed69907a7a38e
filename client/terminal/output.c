/* Columns, and texts of several lines. What is printed goes out through cli_print. */
#include "client/terminal/output.h"
#include "base/cli.h"
#include "base/text.h"
#include <string.h>
#include <time.h>

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

void output_say_lines(const struct buf *text)
{
    const char *at = buf_text(text);
    while (*at) {
        size_t len = strcspn(at, "\n");
        cli_say("%.*s", (int)len, at);
        at += len + (at[len] == '\n');
    }
}

void output_local_time(int64_t seconds, char out[static OUTPUT_TIME_SIZE])
{
    time_t moment = (time_t)seconds;
    struct tm wall;
    if (!localtime_r(&moment, &wall) || strftime(out, OUTPUT_TIME_SIZE, "%Y-%m-%d %H:%M", &wall) == 0)
        out[0] = '\0';
}
