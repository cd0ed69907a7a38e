/* Lines from standard input. */
#include "client/terminal/input.h"
#include <stdio.h>

int input_read_line(struct buf *line)
{
    buf_reset(line);
    int c;
    bool any = false;
    while ((c = getchar()) != EOF && c != '\n') {
        any = true;
        buf_put_char(line, (char)c);
    }
    if (c == EOF && !any)
        return 1;
    if (line->len > 0 && line->data[line->len - 1] == '\r')
        line->data[--line->len] = '\0';
    return buf_check(line);
}
