/* The letters with which people were invited, as the log tells of them: the hash of each code, and what became of it.
 * Knows no entry. Pure. One thread. */
#ifndef COLLECTOR_AUDIT_LETTERS_H
#define COLLECTOR_AUDIT_LETTERS_H

#include "crypto/crypto.h"

enum letter_state { LETTER_UNUSED, LETTER_USED, LETTER_WITHDRAWN };

struct letter {
    uint8_t code[SHA256_BYTES]; /* the code's hash */
    uint32_t member; /* who used it, by the fold's number; 0 for nobody */
    enum letter_state state;
};

struct letters;

/* None yet; NULL: no memory. Free with letters_free. */
MUST_CHECK struct letters *letters_new(void);
void letters_free(struct letters *letters);

enum letters_answer {
    LETTERS_OK,
    LETTERS_NOT_ASCENDING,
    LETTERS_KNOWN, /* one of them was made before */
    LETTERS_NO_MEMORY,
};

/* Adds `count` letters, unused, by the hashes of their codes, SHA256_BYTES each, one after another and ascending.
 * Anything but LETTERS_OK: none is added, of LETTERS_NO_MEMORY perhaps some. */
MUST_CHECK enum letters_answer letters_add(struct letters *letters, const uint8_t *codes, size_t count);

/* The letter of that hash; NULL for none. Valid until the next is added. */
struct letter *letters_find(const struct letters *letters, const uint8_t code[static SHA256_BYTES]);

/* How many are in that state, and in all. */
size_t letters_count(const struct letters *letters, enum letter_state state);
size_t letters_total(const struct letters *letters);

/* The i-th, from 0; valid likewise. */
const struct letter *letters_at(const struct letters *letters, size_t i);

#endif
