/* The letters with which people were invited, as the log tells of them: the hash of each code, and what became of it.
 * As many as people are, so they spill. Knows no entry. One thread. */
#ifndef COLLECTOR_AUDIT_LETTERS_H
#define COLLECTOR_AUDIT_LETTERS_H

#include "base/scratch.h"
#include "crypto/crypto.h"

enum letter_state { LETTER_UNUSED, LETTER_USED, LETTER_WITHDRAWN };

struct letter {
    uint8_t code[SHA256_BYTES]; /* the code's hash */
    uint32_t member; /* who used it, by the fold's number; 0 for nobody */
    enum letter_state state;
    bool is_seen; /* whoever compares has come by it */
};

struct letters;

/* None yet, in about `memory` bytes; `scratch`, which tells what fails, must last as long. NULL: no memory. Free with
 * letters_free. */
MUST_CHECK struct letters *letters_new(struct scratch *scratch, size_t memory);
void letters_free(struct letters *letters);

enum letters_answer {
    LETTERS_OK,
    LETTERS_NOT_ASCENDING,
    LETTERS_KNOWN, /* one of them was made before */
    LETTERS_FAILED, /* the scratch says why */
};

/* Adds `count` letters, unused, by the hashes of their codes, SHA256_BYTES each, one after another and ascending.
 * Anything but LETTERS_OK: none is added, of LETTERS_FAILED perhaps some. */
MUST_CHECK enum letters_answer letters_add(struct letters *letters, const uint8_t *codes, size_t count);

/* The number of the letter of that hash, from 1; 0: there is none, or it failed. */
uint32_t letters_find(struct letters *letters, const uint8_t code[static SHA256_BYTES]);

/* That letter, which is there; valid until the letters are asked again. NULL: it failed. */
const struct letter *letters_at(struct letters *letters, uint32_t number);

/* What became of it, by whom; and that it was come by. */
void letters_set(struct letters *letters, uint32_t number, enum letter_state state, int64_t member);
void letters_see(struct letters *letters, uint32_t number);

/* How many are in that state, and in all. */
size_t letters_count(const struct letters *letters, enum letter_state state);
uint32_t letters_total(const struct letters *letters);

#endif
