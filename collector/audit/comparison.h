/* What the files of the comparison (compare, compare_currents, compare_erasures) share: whose numbers are whose, and
 * what a person calls them. The audit's alone. One thread. */
#ifndef COLLECTOR_AUDIT_COMPARISON_H
#define COLLECTOR_AUDIT_COMPARISON_H

#include "base/spill.h"
#include "collector/audit/compare.h"

/* From the store's numbers to the replay's (0: there is none), and back. */
struct numbers {
    uint32_t *ours; /* by the store's, 0 to `last` */
    int64_t last;
    uint32_t *theirs; /* by ours, 0 to `count` */
    size_t count;
};

/* Up to `last` of the store's, and `count` of ours. -1: no memory. Free with numbers_free, also then. */
MUST_CHECK int numbers_make(struct numbers *numbers, size_t last, size_t count);
void numbers_free(struct numbers *numbers);

void numbers_match(struct numbers *numbers, int64_t theirs, uint32_t ours);
int64_t numbers_here(const struct numbers *numbers, int64_t theirs);
int64_t numbers_there(const struct numbers *numbers, int64_t ours);

struct comparison {
    struct audit_findings *findings;
    const struct replay *replay;
    struct fold *fold; /* the replay's */
    struct scratch *scratch; /* likewise */
    struct currents currents;
    struct store *store;
    struct replay_totals totals;
    struct numbers rounds, actions;
    struct spill *members; /* our number of each, by the store's; 0: erased */
    int64_t enrolled; /* the last of the store's numbers that there should be */
    int64_t next_member; /* the store's number that none has been told of from */
    int64_t used_by_erased; /* invitations of whom nobody can say any more who used them */
    size_t forgotten; /* members erased at their own request that have been come by */
    int64_t requests; /* to erase, as the log has them, likewise */

    struct error *error;
    bool is_told; /* *error says why a step failed */
    bool no_memory; /* is why; otherwise the replay has failed, or the store */
};

/* Notes that. Returns STORE_FAILED. */
enum store_result comparison_no_memory(struct comparison *c);

/* Our number of the store's member; 0: none, or it failed. And whether theirs is of one who has been erased. */
int64_t comparison_member(const struct comparison *c, int64_t theirs);
bool comparison_is_erased(const struct comparison *c, int64_t theirs);

/* By our numbers; "?" where there is none. */
const char *comparison_round_name(const struct comparison *c, int64_t ours);
const char *comparison_action_name(const struct comparison *c, int64_t ours);
void comparison_name_member(const struct comparison *c, int64_t ours, char kid[static KID_SIZE]);

/* A step: the store's current responses against c->currents. */
MUST_CHECK enum store_result compare_currents(struct comparison *c);

/* A step, behind those of members: requests to erase, and who is not to enrol again. */
MUST_CHECK enum store_result compare_erasures(struct comparison *c);

/* A step, behind that of current responses: what those replaced that have been replaced themselves. */
MUST_CHECK enum store_result compare_links(struct comparison *c);

#endif
