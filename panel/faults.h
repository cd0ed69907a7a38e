/* What is wrong with something that was read: every fault with its place, so that a person mends all in one go. One
 * thread. */
#ifndef PANEL_FAULTS_H
#define PANEL_FAULTS_H

#include "base/compiler.h"
#include "base/lang.h"
#include <stdbool.h>
#include <stddef.h>

#define FAULTS_MAX 100 /* kept; what comes after is only counted */

struct fault {
    char *where; /* a JSON pointer ("/rounds/0/closesAt") or "line 7"; as it is, to be cleaned by who shows it */
    char *what; /* a phrase without a full stop, clean (base/text.h) */
};

struct faults {
    struct fault *list;
    size_t count; /* in `list` */
    size_t total; /* found */
    bool no_memory; /* a fault could not be kept: treat as failed, not as faulty */
    bool cross_wire; /* set by who sends them on: they are then said in English, whatever lang.h has */
};

/* What to say of a fault: to a person in their language, to a client of any language in English. */
#define FAULTS_SAY(faults, english, dutch) ((faults)->cross_wire ? (english) : T(english, dutch))

void faults_init(struct faults *faults);
void faults_free(struct faults *faults);

/* Adds one; both texts are copied. */
void faults_add(struct faults *faults, const char *where, const char *format, ...) PRINTF_LIKE(3, 4);

/* Whether anything was found or could not be kept. */
bool faults_any(const struct faults *faults);

#endif
