/* The terminal on standard input, taken for the time of a dialogue: it then gives each byte as it is typed or pasted,
 * cuts no line at 4,095 bytes, shows nothing by itself, and marks where a paste begins and ends if it can (CSI ?2004h;
 * not asked of one that is dumb). It is given back as it was on every way out, also when a
 * signal ends or stops the program, and what was typed and not asked for is then thrown away, so that no shell takes it
 * for a command. Knows no line. One terminal a process; main thread only. */
#ifndef CLIENT_TERMINAL_TTY_H
#define CLIENT_TERMINAL_TTY_H

#include "client/terminal/editor.h"

enum tty_result {
    TTY_NONE, /* standard input is no terminal, or one that can't be set: nothing was changed */
    TTY_TAKEN,
    TTY_TAKEN_TYPED_AHEAD, /* the same, and what had been typed before is thrown away */
};

/* Takes the terminal; *keys, filled unless TTY_NONE, are those of its editing. To be given back by tty_give_back. */
MUST_CHECK enum tty_result tty_take(struct editor_keys *keys);

/* Gives it back; nothing when it was not taken. Waits until what is still being pasted has come, a second at most.
 * Returns whether anything was thrown away. */
bool tty_give_back(void);

/* Whether the program was stopped, and went on, since this was last asked: what was being typed then is thrown away. */
bool tty_was_stopped(void);

/* What is shown when a signal ends the program while the terminal is taken; up to 511 bytes of it, with a line's end
 * for each that it is to have. It lasts until the terminal is taken anew. */
void tty_set_farewell(const char *text);

/* Shows bytes on the taken terminal. */
void tty_show(const char *bytes, size_t len);

#endif
