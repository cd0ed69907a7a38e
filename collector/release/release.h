/* A release's files (PROTOCOL 8, 8a), made from nothing but the log and the releases before it: whoever has these makes
 * the same bytes, so the audit does.
 *
 * The room: a round's responses become numbered, frozen tables of which any two tell at least minChanged people apart.
 * `release create` replays the log into `ballots` (what everyone answered when), the audit counts that in another way;
 * both lead the releases before into `earlier` (what these told). `release` goes action by action: `versions` says
 * whether its block is new, renewed or stands; the rows then come from the counters through collector/tables, or again
 * from the last release. All of that is pure. `replay` fills ballots from a store; nothing here writes to one: that a
 * release is made is an act (collector/acts), which stores the files beside its event. Read in that order: packing,
 * ballots, versions, earlier, release, replay. */
#ifndef COLLECTOR_RELEASE_RELEASE_H
#define COLLECTOR_RELEASE_RELEASE_H

#include "collector/release/earlier.h"
#include "collector/tables/context.h"
#include "crypto/merkle.h"

#define RELEASE_RULE 2 /* of disclosure control; the only one */
#define RELEASE_FILES (2 * RELEASE_TABLES + 1) /* each table and what describes it; the package */
#define RELEASE_NAME_SIZE 64

struct release_file {
    char name[RELEASE_NAME_SIZE];
    struct buf text;
};

struct release {
    struct release_file files[RELEASE_FILES]; /* in byte order of their names */
    size_t blocks[BLOCK_STATES]; /* how many actions are in each state */
};

/* What a release is made from; all the caller's. */
struct release_source {
    const struct catalogue *catalogue; /* definition, as imported, and action list in force at head.size */
    size_t round; /* index in the panel */
    int64_t number; /* from 1 */
    bool is_final;
    struct merkle_head head; /* of the log that it is made of */
    const char *log_key; /* the log's verifier key, as text */
    int64_t invited, enrolled; /* at that size: invitations made and not withdrawn; enrolments */
    struct ballot_counts ballots; /* of the round, from that log or a longer one */
    struct earlier *earlier; /* the releases of the round before */
};

/* Makes all files. 0, and the caller calls release_wipe; -1: *error. */
MUST_CHECK int release_make(const struct release_source *source, struct release *out, struct error *error);
void release_wipe(struct release *release);

/* The file of that name; NULL: there is none. */
const struct release_file *release_find_file(const struct release *release, const char *name);

/* The name of its i-th file, below RELEASE_FILES. */
const char *release_file_name(size_t i);

#endif
