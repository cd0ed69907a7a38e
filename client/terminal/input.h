/* What a person types at a terminal, or a pipe gives in a person's place, line by line. At a terminal the dialogue has
 * it for itself (tty.h), lines have the length that they have, and what can't be taken is told. From a pipe no byte is
 * read beyond the lines that are asked for. Knows no question. One dialogue at a time; main thread only. */
#ifndef CLIENT_TERMINAL_INPUT_H
#define CLIENT_TERMINAL_INPUT_H

#include "client/terminal/editor.h"

struct input {
    bool is_terminal;
    struct editor_keys keys;
    bool after_return; /* the last byte was CR: an LF right after it is part of the same Enter */
    bool is_pasting; /* the latest line ended inside what was pasted at once: more of it comes */
    bool is_gone; /* the terminal can't be read any more */
};

enum input_result {
    INPUT_LINE,
    INPUT_ENDED, /* by the end of the file, by the key for it, or because the terminal is gone */
    INPUT_TOO_LONG, /* than the buffer may hold; it was read to its end, and told */
    INPUT_STRANGE, /* a pipe gave a NUL, which no text may hold; told */
    INPUT_NO_MEMORY,
};

/* Begins the dialogue. End it with input_close, whatever comes of it. */
void input_open(struct input *input);

/* Ends it. What was typed and not asked for is thrown away, and told. */
void input_close(struct input *input);

/* From now on this, one line of up to 8000 bytes, is said where a signal ends the program during the dialogue; nothing
 * where there is no terminal. */
void input_set_farewell(const struct input *input, const char *line);

/* Reads a line into `line` (emptied first), without its line end. */
MUST_CHECK enum input_result input_read_line(struct input *input, struct buf *line);

/* At a terminal: reads lines into `text` (emptied first), LF between them, until one is "." alone or the key for the
 * end of input; a first line that is empty, or one of the characters of `alone` and nothing else, is the whole text.
 * What is pasted, where the terminal marks it, is text and ends nothing. From a pipe: one line. */
MUST_CHECK enum input_result input_read_text(struct input *input, struct buf *text, const char *alone);

#endif
