/* Columns, and texts of several lines. What is printed goes out through cli_print. */
#include "client/terminal/output.h"
#include "base/cli.h"
#include "base/text.h"
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define COLUMNS_USUAL 80
#define COLUMNS_LEAST 20

size_t output_width(const char *text)
{
    return text_columns(text, strlen(text));
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

/* The columns of the terminal on standard error, at least 20; 80 where it does not say; 0: it is none. */
static size_t columns_of_terminal(void)
{
    struct winsize size;
    if (!isatty(STDERR_FILENO))
        return 0;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
        return COLUMNS_USUAL;
    return size.ws_col < COLUMNS_LEAST ? COLUMNS_LEAST : size.ws_col;
}

/* The blanks that a line begins with, and behind them a number with two blanks or more. */
static size_t indent_of(const char *line)
{
    size_t blanks = strspn(line, " "), digits = strspn(line + blanks, "0123456789");
    size_t more = digits > 0 ? strspn(line + blanks + digits, " ") : 0;
    return more >= 2 ? blanks + digits + more : blanks;
}

/* One line of `len` bytes. */
static void put_wrapped_line(struct buf *out, const char *line, size_t len, size_t columns)
{
    size_t indent = indent_of(line), column = indent;
    bool is_first = true;
    buf_put(out, line, indent < len ? indent : len);
    for (size_t at = indent; at < len;) {
        size_t word = strcspn(line + at, " \n"), wide = text_columns(line + at, word);
        if (!is_first && column + 1 + wide > columns) {
            buf_printf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (!is_first) {
            buf_put_char(out, ' ');
            column++;
        }
        buf_put(out, line + at, word);
        column += wide;
        is_first = false;
        at += word + 1;
    }
}

void output_put_wrapped(struct buf *out, const char *text, size_t columns)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        if (columns == 0 || text_columns(text, len) <= columns)
            buf_put(out, text, len);
        else
            put_wrapped_line(out, text, len, columns);
        buf_put(out, "\n", text[len] == '\n');
        text += len + (text[len] == '\n');
    }
}

void output_say_lines(const struct buf *text)
{
    struct buf wrapped;
    buf_init(&wrapped, SIZE_MAX);
    output_put_wrapped(&wrapped, buf_text(text), columns_of_terminal());
    const char *at = buf_check(&wrapped) == 0 ? buf_text(&wrapped) : buf_text(text);
    while (*at) {
        size_t len = strcspn(at, "\n");
        cli_say("%.*s", (int)len, at);
        at += len + (at[len] == '\n');
    }
    buf_free(&wrapped);
}

void output_local_time(int64_t seconds, char out[static OUTPUT_TIME_SIZE])
{
    time_t moment = (time_t)seconds;
    struct tm wall;
    if (!localtime_r(&moment, &wall) || strftime(out, OUTPUT_TIME_SIZE, "%Y-%m-%d %H:%M", &wall) == 0)
        out[0] = '\0';
}
