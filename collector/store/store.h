/* The seam between the collector and where it keeps things: domain verbs, so that a database is a folder here and
 * nobody else notices which it is. A handle belongs to one thread at a time; several handles on one store may be
 * open, in this process and in others. The log is the truth: members, current responses and counts are folds over
 * it, written in the transaction that appends the entry.
 *
 * The room: store_dsn finds the backend that a DSN names, store hands each verb on to it by the table of backend.h;
 * snapshots lends handles that each see one moment. In sqlite/ stand, from the ground up, `handle` (statements and
 * stepping), `transactions`, `log`, `folds`, `admin`, `handouts`, `events`, `releases` and `erasures` (the verbs),
 * `file` (paths and lock), `schema` (the tables, and those of older versions) and `open`; in postgres/ likewise
 * `statements`, `handle` (a connection, sending and waiting), `foreseen`, `placed` and `head` (what a handle knows
 * without asking), `transactions`, the verbs, `connect`, `schema` and `open`; keys and slots pack what both keep alike.
 * Verbs are row by row, but a backend far away may be told beforehand what a transaction will read
 * (store_foresee), and may hold back what it writes until store_commit. */
#ifndef COLLECTOR_STORE_STORE_H
#define COLLECTOR_STORE_STORE_H

#include "base/buf.h"
#include "base/error.h"
#include "crypto/crypto.h"
#include "crypto/key.h"
#include "crypto/merkle.h"
#include "crypto/tile.h"
#include "panel/actions.h"
#include <stdbool.h>
#include <stdint.h>

/* How a verb turned out. */
enum store_result {
    STORE_OK,
    STORE_NONE, /* there is no such thing */
    STORE_ERASED, /* there was, and it was taken away as the rules allow; of an entry that is read alone */
    STORE_FAILED, /* store_error says why, ERROR_DAMAGED among it; inside a transaction the caller then rolls back */
};

struct store_member {
    int64_t number; /* from 1, in order of enrolment */
    int64_t index; /* of the enrolment in the log */
    int64_t enrolled_at;
    int64_t revoked_at; /* 0: not revoked */
    uint8_t public_key[KEY_BYTES];
    bool erased; /* the enrolment was: number and index are kept, and instead of all the rest what follows */
    uint8_t kid_hash[SHA256_BYTES]; /* SHA-256 of the kid, as its 43 characters; of who is erased alone */
};

enum invitation_state { INVITATION_UNUSED, INVITATION_USED, INVITATION_WITHDRAWN };

struct store_invitation {
    enum invitation_state state;
    int64_t member; /* the number of the member who used it; 0 otherwise */
};

struct invitation_counts {
    int64_t unused, used, withdrawn;
};

/* A new invitation: its number, and the hash of its code. */
struct store_numbered {
    uint8_t hash[SHA256_BYTES];
    int64_t number;
};

/* A member's current response to one action in one round. */
struct store_current {
    int64_t revision;
    int64_t index; /* in the log; -1: it was erased, of which the revision alone is kept: it counts nowhere */
    int64_t replaced; /* index of the response that it replaced; -1 for none */
    const uint16_t *slots; /* counters that it adds one to */
    size_t slot_count;
};

/* A member's request to erase, as the log has it. */
struct store_erasure {
    int64_t request; /* its index; the events that carry it out stand right behind it */
    int64_t member;
    struct merkle_hash leaf; /* of the request */
};

struct store_token {
    const char *name;
    uint8_t hash[SHA256_BYTES];
    const char *role;
    bool exact;
    bool publish; /* what was done with answers */
    int64_t created_at;
    int64_t expires_at; /* 0: never */
    int64_t revoked_at; /* 0: not revoked */
};

/* What an administrator asks for: it is carried out by who serves, at the head of a batch, with the event that tells
 * of it in the same commit. */
struct store_wish {
    int64_t id; /* from 1, never given again; not looked at by store_wish_add */
    const char *kind; /* a name of an event */
    const char *claims; /* of that event, as far as they are known; not terminated */
    size_t claims_len;
    const void *document; /* the bytes that the event is to name; NULL: it names none */
    size_t document_len;
    int64_t asked_at;
};

/* A numbered, frozen set of a round's tables. */
struct store_release {
    int64_t round; /* the store's number of it */
    int64_t number; /* from 1 in each round */
    bool is_final;
    int64_t size; /* of the log that it was made of, in entries */
    uint8_t root[SHA256_BYTES]; /* of that tree */
    int64_t index; /* of the event */
    int64_t created_at;
};

/* Who read what is not published. */
struct store_access {
    int64_t at;
    const char *token; /* its name */
    const char *what;
    int64_t rows;
};

/* An action as stored: its number is what other rows name it by and never changes. */
struct store_action {
    int64_t number;
    struct action action;
};

/* Visitors: other than 0 stops the walk and comes back as STORE_FAILED, of which store_error then has nothing to say:
 * the visitor has. What is passed lasts for the call only. */
typedef int store_member_fn(void *context, const struct store_member *member);
typedef int store_action_fn(void *context, const struct store_action *action);
typedef int store_round_fn(void *context, int64_t number, const char *id);
typedef int store_token_fn(void *context, const struct store_token *token);
typedef int store_entry_fn(void *context, int64_t index, const char *jws, size_t len); /* len 0: erased */
typedef int store_invitation_fn(void *context, int64_t number, const uint8_t hash[static SHA256_BYTES],
                                const struct store_invitation *invitation);
typedef int store_handout_fn(void *context, int64_t last, int64_t since);
typedef int store_counted_fn(void *context, int64_t round, int64_t action);
typedef int store_counts_fn(void *context, int64_t action, const int64_t *counts, size_t slots);
typedef int store_current_fn(void *context, int64_t member, int64_t action, const struct store_current *current);
typedef int store_erasure_fn(void *context, int64_t request);
typedef int store_erased_fn(void *context, int64_t index, int64_t event);
typedef int store_before_fn(void *context, int64_t before);
typedef int store_event_fn(void *context, int64_t index, const char *kind);
typedef int store_wish_fn(void *context, const struct store_wish *wish);
typedef int store_release_fn(void *context, const struct store_release *release);
typedef int store_release_file_fn(void *context, const char *name, size_t len);
typedef int store_access_fn(void *context, const struct store_access *access);

struct store;

enum store_mode {
    STORE_EXISTING, /* a store that is not there is an error */
    STORE_CREATE, /* it is made */
    STORE_UPGRADE, /* as STORE_EXISTING, and its schema is brought up to date also where others may be using it */
    STORE_READING, /* as STORE_EXISTING, for reading alone: it may be one that can't be written to, nor beside */
    STORE_ALONE, /* a file that nobody writes, such as a backup: nothing is made beside it, and it may be of an older
                    version; what can be read is the log: its entries, tree and key */
};

/* Opens `sqlite:PATH` ("sqlite::memory:" for tests) or `postgresql://…`. Brings an older schema up to date, but for one
 * that many may reach (store_is_remote): of that it takes the one before the newest as it is, and for an older one
 * STORE_UPGRADE is needed. NULL: *error says why, nothing harmed; a store that another program wrote, or a newer
 * version of this one, is refused. Free with store_close. */
MUST_CHECK struct store *store_open(const char *dsn, enum store_mode mode, struct error *error);
/* Of a handle that is lost (store_check) nothing is written over what stands there now. NULL is fine. */
void store_close(struct store *store);

/* Versions of the schema. */
struct store_schema {
    int64_t found, now; /* when it was opened, and once it was */
};

void store_schema(const struct store *store, struct store_schema *out);

/* Why the last verb on this handle failed. ERROR_NONE: none has, or a visitor stopped its walk. */
const struct error *store_error(const struct store *store);

/* Hands that up: *error as above, but left as it is where the store has nothing to say, so that what a visitor has said
 * stays. `error` may be NULL. Returns -1, so that a failure is `return store_fail(store, error)`. */
int store_fail(const struct store *store, struct error *error);

/* For a process that serves the store, until the handle is closed. Of one that many may reach (store_is_remote) others
 * may be serving too; of all else nobody. STORE_FAILED: somebody serves it alone, or the lock can't be had. */
MUST_CHECK enum store_result store_serve(struct store *store);

/* The same for who does once what a serving process does, and so alone in any store. STORE_FAILED: somebody serves. */
MUST_CHECK enum store_result store_serve_alone(struct store *store);

/* For who is going to serve a store that many may reach, or to read what others wait for: so many seconds without a
 * word from it, and the outcome of what was asked counts as unknown. From then on a connection that is lost stays lost.
 * Others need no patience: they wait for a minute, and are connected anew. */
void store_be_patient(struct store *store, unsigned seconds);

/* Whether the connection of such a handle has been lost: it is good for nothing but being closed. */
bool store_is_cut(const struct store *store);

/* Whether this handle still reads and writes what others find who open the store now. STORE_FAILED: it was moved away,
 * replaced, cut or linked elsewhere, as store_error says; from then on it is lost. */
MUST_CHECK enum store_result store_check(struct store *store);

/* Whether a check, a commit or a roll back has found that; store_error then says what. A lost handle is good for
 * nothing but being closed, and none is to be opened in this process before all are. */
bool store_is_lost(const struct store *store);

/* For who serves, after opening: sees to it that all that can be read is on stable storage, also what a commit has left
 * of which nobody knows whether it was, and that a commit can be made. STORE_FAILED: it can't. */
MUST_CHECK enum store_result store_settle(struct store *store);

/* For who serves, outside any transaction and while nobody waits for a commit: brings what was committed to where it
 * rests on as few files as can be. Waits for nobody. STORE_NONE: not all of it, since somebody reads what was before,
 * or it could not be written; it stays where it was, and may be asked for again. STORE_FAILED: as of store_check. */
MUST_CHECK enum store_result store_rest(struct store *store);

/* Bytes that the store may still grow by; UINT64_MAX where nobody can tell. */
uint64_t store_space(const struct store *store);

/* Transactions. Each ends in commit or rollback; verbs that write outside one are each their own. */

/* Excludes every other writer of the log until the end; may wait for one. */
MUST_CHECK enum store_result store_begin(struct store *store);

/* The same for what only handing out invitations must exclude, so that a million of them need not stop responses. */
MUST_CHECK enum store_result store_begin_invitations(struct store *store);

/* One state throughout, for reading. */
MUST_CHECK enum store_result store_begin_reading(struct store *store);

/* STORE_OK: what was written, and all that the transaction has read, is on stable storage. STORE_FAILED: it is not
 * known whether; roll back, close and open again. Verbs that write may be held back until here, and then fail here;
 * verbs that read in the same transaction see them. */
MUST_CHECK enum store_result store_commit(struct store *store);
void store_rollback(struct store *store);

enum {
    STORE_CHANGED_LOG = 1,
    STORE_CHANGED_MEMBERS = 2,
    STORE_CHANGED_CATALOGUE = 4,
    STORE_CHANGED_WISHES = 8,
    STORE_CHANGED_ALL = 15,
};

/* Inside store_begin. *what: what somebody else has committed since the last call on this handle; all at the first. A
 * backend may say more, also of what this handle wrote in a transaction that had not asked. */
MUST_CHECK enum store_result store_changed(struct store *store, unsigned *what);

/* Outside any transaction, for who serves: whether store_changed would have anything to tell. STORE_NONE: nothing, and
 * all that can be read is on stable storage. STORE_OK: it would, or who can't tell without beginning. */
MUST_CHECK enum store_result store_has_news(struct store *store);

/* What a transaction will ask for. Each pair and triple once. */
struct store_key {
    int64_t round, member, action, revision; /* of counters: round and action alone */
};

struct store_wanted {
    const struct store_key *currents; /* read or written; where the stored one has the same revision, its entry too */
    size_t current_count;
    const struct store_key *counts;
    size_t counts_count;
    const uint8_t (*invitations)[SHA256_BYTES]; /* their hashes */
    size_t invitation_count;
};

/* Whether this store wants to be told; false: the lists need not be made. */
bool store_foresees(const struct store *store);

/* Right after store_begin: all of it, so that a database far away is asked in one go; or later in the transaction what
 * comes next, in the place of what was told before. A hint: what is not named can still be read. */
MUST_CHECK enum store_result store_foresee(struct store *store, const struct store_wanted *wanted);

/* The log. Entries are numbered from 0 without a gap. Of an entry that has been erased the index and the stored hash
 * are kept, and reading gives STORE_ERASED. */
MUST_CHECK enum store_result store_entry_append(struct store *store, int64_t index, const char *jws, size_t len);
MUST_CHECK enum store_result store_entry_read(struct store *store, int64_t index, struct buf *out);
MUST_CHECK enum store_result store_entry_count(struct store *store, int64_t *count);

/* The entries from `first` on, at most `count` indexes of them, in order; a missing one is skipped. */
MUST_CHECK enum store_result store_entry_range(struct store *store, int64_t first, int64_t count, store_entry_fn *each,
                                               void *context);

/* These entries, in the order given; STORE_FAILED when one is missing. */
MUST_CHECK enum store_result store_entry_each(struct store *store, const int64_t *indexes, size_t count,
                                              store_entry_fn *each, void *context);

/* Takes the bytes of an entry away, and nothing else: index and leaf stay. STORE_NONE: there is no such entry. */
MUST_CHECK enum store_result store_entry_erase(struct store *store, int64_t index);

/* Notes that the event at `event` has erased this entry, and forgets what it replaced; and which event it was.
 * STORE_NONE: none has. */
MUST_CHECK enum store_result store_erased_add(struct store *store, int64_t index, int64_t event);
MUST_CHECK enum store_result store_erased_by(struct store *store, int64_t index, int64_t *event);

/* The same of `count` indexes from `first` on: those that an event has erased, in order. */
MUST_CHECK enum store_result store_erased_range(struct store *store, int64_t first, int64_t count,
                                                store_erased_fn *each, void *context);

/* What members have asked to be erased: found by the leaf of the request, and of one member in order. */
MUST_CHECK enum store_result store_erasure_add(struct store *store, const struct store_erasure *erasure);
MUST_CHECK enum store_result store_erasure_find(struct store *store, const struct merkle_hash *leaf,
                                                struct store_erasure *out);
MUST_CHECK enum store_result store_erasure_each(struct store *store, int64_t member, store_erasure_fn *each,
                                                void *context);

/* For who serves, after the commit of an erasure and outside any transaction: sees to it that nothing erased is left in
 * a file of the store, as far as its files are ours to see to. STORE_NONE: not yet, since somebody still reads what was
 * before; ask again. Waits for nobody. */
MUST_CHECK enum store_result store_settle_erasure(struct store *store);

/* The tree over the log, in tiles of up to TILE_WIDTH stored hashes (crypto/tile.h); only full ones and the last of
 * each level are kept. */
MUST_CHECK enum store_result store_tile_write(struct store *store, unsigned level, uint64_t index,
                                              const struct merkle_hash *hashes, unsigned width);
MUST_CHECK enum store_result store_tile_read(struct store *store, unsigned level, uint64_t index,
                                             struct merkle_hash hashes[static TILE_WIDTH], unsigned *width);

/* The verifier key of the log that this store keeps, as text. */
MUST_CHECK enum store_result store_log_key_write(struct store *store, const char *verifier);
MUST_CHECK enum store_result store_log_key_read(struct store *store, struct buf *verifier);

MUST_CHECK enum store_result store_member_add(struct store *store, const struct store_member *member);

/* Members, ascending by number: all, and those added or changed after *since (-1: all), which it moves on. A backend
 * that can't tell gives more than those. */
MUST_CHECK enum store_result store_member_each(struct store *store, store_member_fn *each, void *context);
MUST_CHECK enum store_result store_member_changes(struct store *store, int64_t *since, store_member_fn *each,
                                                  void *context);
/* The member of that number, also one who is erased. */
MUST_CHECK enum store_result store_member_read(struct store *store, int64_t number, struct store_member *out);
/* `when` 0: no longer. */
MUST_CHECK enum store_result store_member_revoke(struct store *store, int64_t number, int64_t when);

/* Wipes the key and all else but number, index and this hash of the kid. STORE_NONE: no such member, or done before. */
MUST_CHECK enum store_result store_member_erase(struct store *store, int64_t number,
                                                const uint8_t kid_hash[static SHA256_BYTES]);

MUST_CHECK enum store_result store_invitation_add(struct store *store, int64_t number,
                                                  const uint8_t hash[static SHA256_BYTES]);
MUST_CHECK enum store_result store_invitation_find(struct store *store, const uint8_t hash[static SHA256_BYTES],
                                                   struct store_invitation *out);
MUST_CHECK enum store_result store_invitation_mark(struct store *store, const uint8_t hash[static SHA256_BYTES],
                                                   const struct store_invitation *now);
MUST_CHECK enum store_result store_invitation_count(struct store *store, struct invitation_counts *out);

/* All of them, ascending by number. */
MUST_CHECK enum store_result store_invitation_each(struct store *store, store_invitation_fn *each, void *context);

/* Handing out many at once, so that who writes the log need not wait for it: their numbers are set aside, their rows
 * come in a few thousand at a time, and then all of them count from one moment on. Until then none is found, counted or
 * walked over. A handing out goes by the highest of its numbers. */

/* The highest number handed out or set aside; 0 for none. Once any has been, it takes no longer for a million. */
MUST_CHECK enum store_result store_handout_last(struct store *store, int64_t *last);
/* Within begin_invitations: sets the numbers up to `last` aside, at the moment `since`, above 0. */
MUST_CHECK enum store_result store_handout_begin(struct store *store, int64_t last, int64_t since);
/* Within begin_invitations: adds at least one row. STORE_NONE, and nothing written: it is not under way any more. */
MUST_CHECK enum store_result store_handout_add(struct store *store, int64_t last, const struct store_numbered *list,
                                               size_t count);
/* Within store_begin: all of it counts. One row is written, however many they are. STORE_NONE: none is under way. */
MUST_CHECK enum store_result store_handout_open(struct store *store, int64_t last);
/* Giving one up, outside any transaction: first it is closed, and never opened from here on, STORE_NONE where it was or
 * none is there; then each of its parts is cleared, STORE_NONE where nothing is there; then it is ended, and its
 * numbers are free. What has stopped in between may be begun again. */
#define STORE_HANDOUT_PARTS 256
MUST_CHECK enum store_result store_handout_close(struct store *store, int64_t last);
MUST_CHECK enum store_result store_handout_clear(struct store *store, int64_t last, unsigned part);
MUST_CHECK enum store_result store_handout_end(struct store *store, int64_t last);
/* Those that were not opened, ascending by number; `since` is 0 where one was closed. */
MUST_CHECK enum store_result store_handout_each(struct store *store, store_handout_fn *each, void *context);

/* Current responses. `slots` of what is read is the handle's, valid until it reads another current response. */
MUST_CHECK enum store_result store_current_read(struct store *store, int64_t round, int64_t member, int64_t action,
                                                struct store_current *out);
/* STORE_NONE, and nothing written: the member has one for this action in this round already. */
MUST_CHECK enum store_result store_current_add(struct store *store, int64_t round, int64_t member, int64_t action,
                                               const struct store_current *current);
MUST_CHECK enum store_result store_current_write(struct store *store, int64_t round, int64_t member, int64_t action,
                                                 const struct store_current *current);
/* Those that were erased among them. */
MUST_CHECK enum store_result store_current_each(struct store *store, int64_t round, store_current_fn *each,
                                                void *context);
/* Keeps the revision alone. The counters are the caller's to bring down. STORE_NONE: there is none. */
MUST_CHECK enum store_result store_current_erase(struct store *store, int64_t round, int64_t member, int64_t action);

/* Those of one member in one round; and takes them away altogether, revisions too. */
MUST_CHECK enum store_result store_current_each_of(struct store *store, int64_t round, int64_t member,
                                                   store_current_fn *each, void *context);
MUST_CHECK enum store_result store_current_forget(struct store *store, int64_t round, int64_t member);

/* A current response knows the one that it replaced. When it is replaced itself, that is noted here: the response at
 * `index` replaced the one at `before`. STORE_NONE: nothing is noted, it was the first or is current. */
MUST_CHECK enum store_result store_revision_add(struct store *store, int64_t index, int64_t before);
MUST_CHECK enum store_result store_revision_before(struct store *store, int64_t index, int64_t *before);

/* All that these have replaced, and what that has, and so on, in no order. */
MUST_CHECK enum store_result store_revisions_before(struct store *store, const int64_t *indexes, size_t count,
                                                    store_before_fn *each, void *context);

/* Counters of an action in a round: `slots` numbers. STORE_NONE: none kept yet, nothing written to `counts`.
 * STORE_FAILED also when another number of slots is kept. */
MUST_CHECK enum store_result store_counts_read(struct store *store, int64_t round, int64_t action, int64_t *counts,
                                               size_t slots);
MUST_CHECK enum store_result store_counts_write(struct store *store, int64_t round, int64_t action,
                                                const int64_t *counts, size_t slots);
/* Each (round, action) that has counters, and so has or had responses. */
MUST_CHECK enum store_result store_counts_each(struct store *store, store_counted_fn *each, void *context);
/* The counters of each action in one round, ascending by action. */
MUST_CHECK enum store_result store_counts_each_in(struct store *store, int64_t round, store_counts_fn *each,
                                                  void *context);

/* The panel definition, as imported; the newest is the one in force. */
MUST_CHECK enum store_result store_panel_write(struct store *store, const char *json, size_t len, int64_t when);
MUST_CHECK enum store_result store_panel_read(struct store *store, struct buf *json);

/* Rounds get a number when they are first imported and keep it. STORE_FAILED also for a round, an action or a
 * member whose number is beyond what a store can hold: 4,095, 1,048,575 and 2,147,483,647. */
MUST_CHECK enum store_result store_round_add(struct store *store, int64_t number, const char *id);
MUST_CHECK enum store_result store_round_each(struct store *store, store_round_fn *each, void *context);

/* The action list, walked in its order. */
MUST_CHECK enum store_result store_action_write(struct store *store, const struct store_action *action,
                                                int64_t position);
MUST_CHECK enum store_result store_action_each(struct store *store, store_action_fn *each, void *context);

/* STORE_NONE: the name is taken (add), or not there or revoked already (revoke). */
MUST_CHECK enum store_result store_token_add(struct store *store, const struct store_token *token);
MUST_CHECK enum store_result store_token_each(struct store *store, store_token_fn *each, void *context);
MUST_CHECK enum store_result store_token_revoke(struct store *store, const char *name, int64_t when);

/* Documents: bytes that an event names by their SHA-256. Adding one that is there does nothing. */
MUST_CHECK enum store_result store_document_add(struct store *store, const uint8_t hash[static SHA256_BYTES],
                                                const void *bytes, size_t len);
MUST_CHECK enum store_result store_document_read(struct store *store, const uint8_t hash[static SHA256_BYTES],
                                                 struct buf *out);
/* For what no event has come to name. STORE_NONE: there is no such document. */
MUST_CHECK enum store_result store_document_remove(struct store *store, const uint8_t hash[static SHA256_BYTES]);
/* How long one is, without reading it. */
MUST_CHECK enum store_result store_document_size(struct store *store, const uint8_t hash[static SHA256_BYTES],
                                                 size_t *len);

/* Which entries are events, and of which kind (event_name). At most `max` of them, ascending, from index `from` on. */
MUST_CHECK enum store_result store_event_add(struct store *store, int64_t index, const char *kind);
MUST_CHECK enum store_result store_event_each(struct store *store, int64_t from, int64_t max, store_event_fn *each,
                                              void *context);
/* The newest of this kind. */
MUST_CHECK enum store_result store_event_last(struct store *store, const char *kind, int64_t *index);

/* Wishes. `each`: those that are not done, by id; within store_begin nobody withdraws one that was passed, up to the
 * end of the transaction. A visitor writes nothing. */
MUST_CHECK enum store_result store_wish_add(struct store *store, const struct store_wish *wish, int64_t *id);
MUST_CHECK enum store_result store_wish_each(struct store *store, store_wish_fn *each, void *context);
/* What became of it: the index of its event, or -1 and `outcome` says why not. Claims and document are wiped. Outcomes
 * that nobody has read for an hour before `when` are forgotten. STORE_NONE: it was withdrawn. */
MUST_CHECK enum store_result store_wish_done(struct store *store, int64_t id, int64_t entry, const char *outcome,
                                             int64_t when);
/* For who asked: hands out the outcome and forgets it. STORE_NONE: it is not done yet, or nothing is known of it. */
MUST_CHECK enum store_result store_wish_outcome(struct store *store, int64_t id, int64_t *entry, struct buf *outcome);
/* STORE_NONE: it is done already. STORE_FAILED with ERROR_BUSY: it is being carried out. */
MUST_CHECK enum store_result store_wish_withdraw(struct store *store, int64_t id);

/* Releases, ascending by number, and their files, by name. STORE_FAILED also when one of that number or name is there.
 * An empty file is one too. */
MUST_CHECK enum store_result store_release_add(struct store *store, const struct store_release *release);
MUST_CHECK enum store_result store_release_each(struct store *store, int64_t round, store_release_fn *each,
                                                void *context);
MUST_CHECK enum store_result store_release_last(struct store *store, int64_t round, struct store_release *out);
MUST_CHECK enum store_result store_release_file_add(struct store *store, int64_t round, int64_t number,
                                                    const char *name, const void *bytes, size_t len);
MUST_CHECK enum store_result store_release_file_read(struct store *store, int64_t round, int64_t number,
                                                     const char *name, struct buf *out);
MUST_CHECK enum store_result store_release_file_each(struct store *store, int64_t round, int64_t number,
                                                     store_release_file_fn *each, void *context);

/* Reads of what is not published, oldest first. purge: forgets those of before `before`; STORE_OK also when none is. */
MUST_CHECK enum store_result store_access_add(struct store *store, const struct store_access *access);
MUST_CHECK enum store_result store_access_each(struct store *store, store_access_fn *each, void *context);
MUST_CHECK enum store_result store_access_purge(struct store *store, int64_t before);

/* Within begin_reading: writes all that the store holds at that moment into the file at `path`, which is there and is
 * empty, as a store of its own (STORE_ALONE). Step by step, in little memory, and without holding up who writes. `each`
 * is told now and then how much of how much is done; other than 0 ends it as a failure. */
typedef int store_copy_fn(void *context, size_t done, size_t total);
MUST_CHECK enum store_result store_copy(struct store *store, const char *path, store_copy_fn *each, void *context);

/* The path of the file behind a DSN, for files beside it; NULL when there is none. */
const char *store_path(const char *dsn);

/* Whether a DSN names a store that is reached over a socket, which is opened anew whenever that is needed, and which
 * several collectors may serve at once. */
bool store_is_remote(const char *dsn);

/* For who gives rights away before: each file or folder that is read whenever such a store is reached (names of hosts,
 * passwords, certificates), there or not. None for others. */
void store_reached_by(const char *dsn, void (*each)(void *context, const char *path), void *context);

#endif
