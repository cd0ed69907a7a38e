/* One line as it is typed or pasted at a terminal that edits nothing itself: characters in, the line and what the
 * terminal is to show out. Pure, so that every keystroke can be tested. One thread.
 *
 * Taken: whole UTF-8 characters that may be shown (base/text.h), tabs and what breaks a line without ending it as a
 * space, Enter, the terminal's own keys to erase a character, a word or the line, and to end the input. Arrow and
 * function keys are passed over. Between the marks of a paste (bracketed paste, mode 2004) Enter ends a line as ever,
 * and no other key is one. Whatever else comes, and what no longer fits, is not taken; the bell rings and it is
 * counted, so that nothing is lost without a word. */
#ifndef CLIENT_TERMINAL_EDITOR_H
#define CLIENT_TERMINAL_EDITOR_H

#include "base/buf.h"

/* What the terminal's keys send; 0 for none. */
struct editor_keys {
    unsigned char erase, word, line, end;
};

enum editor_event {
    EDITOR_GOES_ON,
    EDITOR_LINE, /* Enter */
    EDITOR_END, /* the end of input, on an empty line */
};

struct editor {
    struct editor_keys keys;
    struct buf *line; /* the caller's: what was typed so far; never fails by length */
    struct buf *shown; /* the caller's: what the terminal is to show; the caller empties it */
    size_t strange; /* characters that were not taken, since no answer may hold them */
    size_t too_many; /* that no longer fitted */
    bool is_pasting; /* between the marks; a paste may go on in the next line, for which the caller sets it */
    unsigned parameter; /* of a sequence: a number alone, else NO_PARAMETER */
    enum { EDITOR_PLAIN, EDITOR_ESCAPE, EDITOR_SEQUENCE, EDITOR_ONE_MORE } state; /* in what a key sends after ESC */
    char partial[4]; /* a character of which not all bytes have come */
    size_t partial_len;
};

/* Begins an empty line. */
void editor_begin(struct editor *editor, const struct editor_keys *keys, struct buf *line, struct buf *shown);

/* Takes one byte. */
enum editor_event editor_feed(struct editor *editor, unsigned char byte);

#endif
