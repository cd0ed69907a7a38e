/* A collector's folder, its verbs run one by one in forks, and the collector served in one; members who send to it, and
 * what was acknowledged to them. Whatever goes wrong in here fails the test that asked for it. */
#ifndef TESTS_TORTURE_SCENE_H
#define TESTS_TORTURE_SCENE_H

#include "tests/torture/faults.h"
#include "tests/unit/collector/kit.h"

#define SCENE_WORDS 16 /* of a verb at most */
#define SCENE_SAID ((size_t)8192)
#define SCENE_TOKEN 64

/* For .init of a suite: kit_begin and faults_begin. Its .fini is kit_end. */
void scene_begin(void);

/* Verbs. */

/* How one ended. */
struct scene_end {
    int code;
    bool struck; /* the allocation that was to fail did */
    char said[SCENE_SAID]; /* on standard error */
    char printed[SCENE_SAID]; /* on standard output, its beginning */
};

/* Runs a verb on the store in `folder` while the n-th allocation fails (0: none); `words` ends with NULL. A crash and a
 * hang fail the test. */
struct scene_end scene_run(const char *folder, unsigned long n, const char *const *words);

/* The same in two steps, where something goes on beside it. `words` lasts as long. */
struct scene_verb {
    pid_t pid;
    int said, printed;
    unsigned long n;
    const char *const *words;
};

struct scene_verb scene_start(const char *folder, unsigned long n, const char *const *words);
bool scene_has_ended(const struct scene_verb *verb);
struct scene_end scene_finish(const struct scene_verb *verb);

/* The same without a fault, and it must end with 0. */
struct scene_end scene_succeed(const char *folder, const char *const *words);

/* The store passes its audit. */
void scene_assert_sound(const char *folder, const char *when);

/* A copy of a folder's files, in place of what was there. */
void scene_copy(const char *from, const char *to);

/* Whether both folders have the same files, byte for byte; but for locks and what is made anew at each opening. */
bool scene_same(const char *folder, const char *other);

/* The folder's store, NULL where there is none; the caller closes it, before anything is forked. */
struct store *scene_store(const char *folder);

/* Entries in the folder's log; 0 where there is no store. */
int64_t scene_entries(const char *folder);

/* The collector served. */

struct scene_entry {
    int64_t index;
    struct buf jws;
};

struct scene {
    char folder[256];
    pid_t pid; /* 0: not served */
    uint16_t port;
    char (*codes)[INVITATION_TEXT_SIZE]; /* of the invitations that there are, in order */
    size_t code_count, codes_used;
    struct scene_entry *kept; /* all that was acknowledged */
    size_t kept_count;
    char token[SCENE_TOKEN]; /* that is sent with each request; empty: none */
    bool erases; /* bytes of some of these are gone by their members' wish */
};

struct scene_answer {
    int status; /* 0: the connection ended before the answer was whole */
    struct buf text; /* the whole answer; the caller frees */
};

/* Panel and actions imported, `codes` invitations made; not served yet. */
void scene_open(struct scene *scene, const char *name, size_t codes);
void scene_close(struct scene *scene);

/* Makes a token with what `right` names (NULL: nothing more), and sends it from then on. Not served. */
void scene_make_token(struct scene *scene, const char *name, const char *role, const char *right);

void scene_serve(struct scene *scene);
void scene_stop(struct scene *scene); /* SIGTERM, and it must end with 0 */
void scene_kill(struct scene *scene); /* SIGKILL */

/* One request on a connection of its own. */
struct scene_answer scene_ask(const struct scene *scene, const char *method, const char *path, const char *type,
                              const struct buf *body);

/* Sends it until it is acknowledged, and remembers where; what is said meanwhile must be 503. Takes `jws` over. */
int64_t scene_send(struct scene *scene, const char *path, struct buf jws);

/* Sends them as one batch, once; each line is acknowledged or honestly not. Whether all were. */
bool scene_send_lines(struct scene *scene, const struct buf *texts, size_t count);

/* Takes an answer to `jws`: acknowledged (true), or honestly not. */
bool scene_note(struct scene *scene, const struct buf *jws, const struct scene_answer *answer);

/* What a member sends next. */
struct buf scene_enrolment(struct scene *scene, struct kit_member *member);
struct buf scene_response(const struct kit_member *member, const char *action, int64_t revision);
struct buf scene_erasure(const struct kit_member *member, const char *action, unsigned number);
struct buf scene_access(const struct kit_member *member, unsigned number);

/* Not served: each acknowledged entry stands where it was said, none twice, and the store is sound. */
void scene_assert_kept(const struct scene *scene, const char *folder);

#endif
