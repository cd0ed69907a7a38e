/* Reading a JSON document that people keep by hand: each step knows its place, names what is wrong there and goes on,
 * so that all is told in one go. Knows no questionnaire. What a step gives after a fault is empty but safe; whether
 * anything was wrong is asked of `faults` at the end. One thread. */
#ifndef PANEL_READING_H
#define PANEL_READING_H

#include "base/json.h"
#include "panel/definition.h"
#include "panel/faults.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reading {
    struct faults *faults; /* the caller's */
    struct buf path; /* RFC 6901 pointer of the value that is being read */
};

/* A kind of id: whether a text is one, and the rule in words for who got it wrong. */
struct id_rule {
    bool (*is_valid)(const char *text);
    const char *english, *dutch;
};

/* Adds a fault at the place where the reading is. */
#define reading_fault(r, ...) faults_add((r)->faults, buf_text(&(r)->path), __VA_ARGS__)

/* `longest` is the longest pointer that can occur. Free with reading_wipe, which leaves `faults` alone. */
void reading_init(struct reading *r, struct faults *faults, size_t longest);
void reading_wipe(struct reading *r);

/* Goes into a member or an element; leave with what enter gave. */
size_t reading_enter(struct reading *r, const char *name);
size_t reading_enter_place(struct reading *r, size_t place);
void reading_leave(struct reading *r, size_t mark);

/* Whether `value` is an object; each member of it that is not among `known` (ends with NULL) is a fault. */
bool reading_is_object(struct reading *r, const struct json *value, const char *const *known);

/* The member, or NULL and a fault at its place. */
const struct json *reading_need(struct reading *r, const struct json *object, const char *name);

/* The text of a member that must be a string; NULL after a fault. The document's. */
const char *reading_text(struct reading *r, const struct json *object, const char *name);

/* A copy of an id, the caller's to free; also of one that breaks the rule, so that what refers to it is not told twice.
 * NULL where there is no text at all. */
char *reading_id(struct reading *r, const struct json *object, const char *name, const struct id_rule *rule);

/* 0 and *out for a member that is an integer from `least` to `most`; -1 after a fault. */
MUST_CHECK int reading_integer(struct reading *r, const struct json *object, const char *name, int64_t least,
                               int64_t most, int64_t *out);

/* 0 and *out for true or false; -1 after a fault. */
MUST_CHECK int reading_bool(struct reading *r, const struct json *object, const char *name, bool *out);

/* Texts by language, nl among them, none empty; *out is the caller's to free, also after a fault. */
void reading_labels(struct reading *r, const struct json *object, const char *name, struct labels *out);

/* A member that must be a list of `least` to `most` elements; NULL after a fault. */
const struct json *reading_list(struct reading *r, const struct json *object, const char *name, size_t least,
                                size_t most);

/* `count` (more than 0) cleared elements of `size` bytes; NULL when there is no memory, which `faults` then knows. */
void *reading_alloc(struct reading *r, size_t count, size_t size);
char *reading_copy(struct reading *r, const char *text);

/* Names every element of `list` whose id stands earlier in it too. The reading is in the list; elements of `size` bytes
 * begin with their id, a `char *` (NULL is passed over) that was read from their member `name`, or from themselves when
 * NULL. */
void reading_check_unique(struct reading *r, const void *list, size_t count, size_t size, const char *name);

#endif
