/* What the files of the releases share; nobody else's. */
#ifndef COLLECTOR_AUDIT_RELEASES_STATE_H
#define COLLECTOR_AUDIT_RELEASES_STATE_H

#include "collector/audit/blocks.h"
#include "collector/audit/releases.h"
#include "collector/release/release.h"

/* A file, as the event names it. */
struct named_file {
    char name[RELEASE_NAME_SIZE];
    int64_t bytes;
    uint8_t sha256[SHA256_BYTES];
};

struct recounted {
    const struct listed_release *listed;
    struct law *law; /* in force at its size; held. NULL: nothing was */
    int64_t invited;
    bool is_named; /* its event has been come by, and said: */
    int64_t number;
    bool is_final;
    struct named_file files[EVENT_FILES_MAX];
    size_t file_count;
    struct buf tables[RELEASE_TABLES]; /* as made anew, or as kept where that can't be */
};

/* A round with releases. */
struct reround {
    const char *id;
    uint32_t number; /* the history's; 0: nobody has answered */
    struct law *law; /* by whose questionnaire it was answered first; held. NULL: before that it may change */
    struct law *last; /* under which one was looked at last; held */
    bool is_mixed; /* some were given to another questionnaire */
    struct blocks *blocks; /* NULL: nothing that counts has come by */
};

/* An event at `at` that says what is erased, `lowest` the first. */
struct erased {
    int64_t lowest, at;
};

struct releases {
    const struct replay_setup *setup;
    struct recounted *list; /* as listed */
    size_t count;
    struct reround *rounds;
    size_t round_count;
    struct erased *erased;
    size_t erased_count, erased_capacity;
    int64_t next; /* the lowest size that entries have not come to; INT64_MAX: none */
    struct reround *at; /* whose place responses are coming by; NULL: of none */
};

/* NULL: no release is of it. */
struct reround *releases_find_round(const struct releases *releases, const char *id);

/* From here on it is answered under that law, in which it has that place. */
void releases_begin_round(struct reround *round, struct law *law, size_t place);

/* Whether the answers are to the questionnaire that the round has under this law, the round at that place. A log that
 * is not honest may have changed it behind the first of them. */
bool releases_fit_questionnaire(const struct reround *round, const struct law *law, size_t place);

/* Whether something that stood below `size` has been erased since. Then nobody can count any more what was current
 * there. */
bool releases_were_erased(const struct releases *releases, int64_t size);

#endif
