/* What a person types, or a pipe gives in a person's place. Knows no question. Main thread only. */
#ifndef CLIENT_TERMINAL_INPUT_H
#define CLIENT_TERMINAL_INPUT_H

#include "base/buf.h"

/* Reads a line from standard input into `line` (emptied first), without its line end. 0; 1 at the end of input; -1 when
 * it is longer than `line` may hold (the rest of it is passed over) or there is no memory. */
MUST_CHECK int input_read_line(struct buf *line);

#endif
