/* What went wrong: a kind that code decides by, and a text that a person reads. Whoever finds a failure sets it,
 * once; whoever hands it up leaves it alone; nobody compares texts. Knows no room. Any thread, each its own. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "base/compiler.h"

#define ERROR_TEXT_SIZE 512

enum error_kind {
    ERROR_NONE, /* nothing is wrong, or nobody has said */
    ERROR_MEMORY, /* there is no memory: the same may succeed later */
    ERROR_IO, /* a file, a database or the network failed: the same may succeed later */
    ERROR_DAMAGED, /* what is stored is not what was written */
    ERROR_BUSY, /* another process has it: the same succeeds once that one is done */
    ERROR_REFUSED, /* what was asked is wrong or not allowed; asking again changes nothing */
};

struct error {
    enum error_kind kind;
    char text[ERROR_TEXT_SIZE]; /* one line of clean UTF-8 (base/text.h) without a full stop; "" with ERROR_NONE */
};

/* Sets the kind and the text, as by printf; what is too long is cut between two characters. Arguments may point into
 * error->text. `error` may be NULL, for who does not ask. Returns -1, so that a failure is `return error_set(…)`. */
int error_set(struct error *error, enum error_kind kind, const char *format, ...) PRINTF_LIKE(3, 4);

/* ERROR_MEMORY, in the words that are used everywhere. Returns -1. */
int error_no_memory(struct error *error);

/* What an errno means, for a person: in Dutch too for what can be expected to happen. */
const char *error_of_errno(int number);

/* ERROR_MEMORY where errno is ENOMEM, else ERROR_IO: "<what>: <errno's text>", where `what` says what failed and on
 * which file. Returns -1. */
int error_from_errno(struct error *error, const char *format, ...) PRINTF_LIKE(2, 3);

/* Puts "<prefix>: " before the text that is there, keeping the kind; for who knows where it happened. Returns -1. */
int error_prefix(struct error *error, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
