/* What the tests of this room share: stores with the example panel in them, members with keys, what they sign, and a
 * collector without its HTTP. Whatever goes wrong in here fails the test that asked for it. One thread, unless said. */
#ifndef TESTS_UNIT_COLLECTOR_KIT_H
#define TESTS_UNIT_COLLECTOR_KIT_H

#include "base/csv.h"
#include "collector/intake/ledger.h"
#include "collector/intake/submit.h"
#include "panel/invitation.h"
#include "panel/response.h"

#define KIT_NOW INT64_C(1780272000) /* 2026-06-01T00:00:00Z: the example's only round is open */
#define KIT_TEXT_MAX ((size_t)4 * 1024 * 1024)
#define KIT_JTI "AAAAAAAAAAAAAAAAAAAAAA"
#define KIT_ANSWERS "{\"importance\":4,\"noticed\":\"no\"}" /* the least that the example asks */

/* For .init and .fini of a suite: starts the cryptography and makes a folder under build/; removes it. */
void kit_begin(void);
void kit_end(void);

/* The path of a file of that name in the test's folder. Lasts for eight more calls. */
const char *kit_path(const char *name);

/* The bytes of a file, by its path from the project's folder; the caller frees. */
struct buf kit_file(const char *path);

/* Stores. */

/* What the suite names a store by that a test gives this name, or with NULL one of its own each time: SQLite, in a file
 * of the test's folder or in memory; or where KIT_STORE names a PostgreSQL, a schema there. Lasts for eight more
 * calls. What is SQLite's own, a test names itself. */
const char *kit_dsn(const char *name);

/* Made when it is not there. The caller closes. */
struct store *kit_store_open(const char *dsn);

/* The same with fixtures/panel.json and fixtures/actions.csv imported. */
struct store *kit_store_new(const char *dsn);

/* As `panel import` and `actions import` do it, without their checks. */
void kit_import_panel(struct store *store, const char *json);
void kit_import_actions(struct store *store, const char *csv);

/* Members and what they sign. */

struct kit_member {
    struct secret_key *key;
    uint8_t public_key[KEY_BYTES];
    char kid[KID_SIZE];
    char code[INVITATION_TEXT_SIZE];
    uint8_t invitation[SHA256_BYTES]; /* the hash of the code */
};

/* Key and invitation code follow from `seed`. */
void kit_member_init(struct kit_member *member, unsigned seed);
void kit_member_wipe(struct kit_member *member);

/* Puts the member's invitation, of that number, into the store. */
void kit_invite(struct store *store, int64_t number, const struct kit_member *member);

/* A compact JWS; the caller frees. */
struct buf kit_sign(const struct kit_member *member, const char *typ, const char *payload);
struct buf kit_sign_response(const struct kit_member *member, const struct response_claims *claims);

/* Claims that are right in all but what the caller changes: the example's round, an hour old. */
struct response_claims kit_claims(const char *action, int64_t revision, const char *answers);

/* A collector without its HTTP. */

struct kit {
    struct store *store;
    struct ledger_shared shared;
    struct ledger *ledger; /* NULL until kit_start */
};

/* What a ledger needs around it on this store, which the kit takes over, with a new log key in the test's folder. */
void kit_open(struct kit *kit, struct store *store);
void kit_give_operator(struct kit *kit); /* with an operator key too, so that events are written: begin with one */
void kit_start(struct kit *kit); /* makes the ledger */
void kit_close(struct kit *kit);

/* One signed object on its way, with the bytes that it was made from. */
struct parcel {
    struct buf jws;
    struct submission *submission; /* NULL: refused before the ledger, as `refusal` says */
    struct refusal refusal;
};

/* Submits a JWS at KIT_NOW, whatever comes of it; the parcel takes the bytes over. Free with parcel_free. */
void parcel_submit(struct parcel *parcel, const struct kit *kit, enum submission_kind kind, struct buf jws);

/* The same for what must come through. */
void parcel_respond(struct parcel *parcel, const struct kit *kit, const struct kit_member *member, const char *action,
                    int64_t revision, const char *answers);
void parcel_enrol(struct parcel *parcel, const struct kit *kit, const struct kit_member *member);
/* A request to erase the answer to an action of the example's round, or with NULL everything; `jti` tells two apart. */
void parcel_erase(struct parcel *parcel, const struct kit *kit, const struct kit_member *member, const char *action,
                  const char *jti);
void parcel_again(struct parcel *parcel, const struct kit *kit, const struct parcel *before); /* the same bytes */
void parcel_free(struct parcel *parcel);
void parcels_free(struct parcel *parcels, size_t count);

/* ledger_apply on all of them. */
int parcels_apply(const struct kit *kit, const struct parcel *parcels, size_t count);

/* The answers of a row of fixtures/responses.csv as a JSON object; a blank is no answer. */
void kit_put_answers(struct buf *out, const struct questionnaire *questionnaire, const struct csv_row *row);

/* A member's response that must be accepted, in a batch of its own. */
void kit_respond(const struct kit *kit, const struct kit_member *member, const char *action, int64_t revision,
                 const char *answers);

/* Makes `count` members with seeds from `seed` on, invites and enrols them. */
void kit_join(const struct kit *kit, struct kit_member *members, size_t count, unsigned seed);

/* All responses of fixtures/responses.csv, by the KIT_EXAMPLE_MEMBERS members who have joined. */
#define KIT_EXAMPLE_MEMBERS 60
void kit_respond_example(const struct kit *kit, const struct kit_member *members);

/* The number of entries, and the counters of an action (by its place in the list) in the example's round: `slots`
 * numbers. */
int64_t kit_entries(struct store *store);
void kit_counts(struct store *store, const struct catalogue *catalogue, size_t action, int64_t *counts, size_t slots);

#endif
