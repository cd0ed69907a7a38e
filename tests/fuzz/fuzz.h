/* What every fuzz target needs, and which there are. A target is a function that takes any bytes whatsoever, returns 0,
 * and ends the process where something that must hold does not; what must hold, its head says. It is linked twice: by
 * itself with libFuzzer, which looks for new inputs (`make fuzz`), and into the unit tests of its room, which try again
 * what is kept of them in fixtures/fuzz/NAME. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int fuzz_target(const uint8_t *data, size_t len);

/* The targets, by the room whose unit tests replay them. */
int fuzz_csv(const uint8_t *data, size_t len); /* base */
int fuzz_json(const uint8_t *data, size_t len);
int fuzz_text(const uint8_t *data, size_t len);
int fuzz_jws(const uint8_t *data, size_t len); /* crypto */
int fuzz_note(const uint8_t *data, size_t len);
int fuzz_receipt(const uint8_t *data, size_t len);
int fuzz_tile(const uint8_t *data, size_t len);
int fuzz_actions(const uint8_t *data, size_t len); /* panel */
int fuzz_enrolment(const uint8_t *data, size_t len);
int fuzz_event(const uint8_t *data, size_t len);
int fuzz_follow_up(const uint8_t *data, size_t len);
int fuzz_own_data(const uint8_t *data, size_t len);
int fuzz_page(const uint8_t *data, size_t len);
int fuzz_panel(const uint8_t *data, size_t len);
int fuzz_recovery(const uint8_t *data, size_t len);
int fuzz_response(const uint8_t *data, size_t len);
int fuzz_backup(const uint8_t *data, size_t len); /* collector */
int fuzz_config(const uint8_t *data, size_t len);
int fuzz_forwarded(const uint8_t *data, size_t len);
int fuzz_head(const uint8_t *data, size_t len);
int fuzz_http(const uint8_t *data, size_t len);
int fuzz_negotiate(const uint8_t *data, size_t len);
int fuzz_release(const uint8_t *data, size_t len);
int fuzz_theme(const uint8_t *data, size_t len);
int fuzz_batch(const uint8_t *data, size_t len); /* client */

/* Ends the run, and so makes libFuzzer keep the input. */
#define fuzz_require(condition)                                                                                        \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                                    \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

/* Runs the target over every file of fixtures/fuzz/NAME, in order of their names, from the project's folder; where one
 * ends the process, its path has been written to standard error. Returns how many there were, 0 also where the folder
 * can't be read. */
size_t fuzz_replay(const char *name, fuzz_target *target);

#endif
