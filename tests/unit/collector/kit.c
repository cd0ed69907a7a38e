#include "tests/unit/collector/kit.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "collector/log/log_key.h"
#include "collector/log/signer.h"
#include "crypto/jws.h"
#include "panel/answer.h"
#include "panel/enrolment.h"
#include "panel/invitation.h"
#include "panel/own_data.h"
#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The tests know the English phrases, whoever runs them. */
__attribute__((constructor)) static void speak_english(void)
{
    setenv("LC_ALL", "C", 1);
}

/* Files. */

static char folder[] = "build/unit-collector-XXXXXX";

void kit_begin(void)
{
    cr_assert_eq(crypto_start(), 0);
    cr_assert_eq(file_make_folder("build"), 0);
    cr_assert_not_null(mkdtemp(folder));
    clock_set(KIT_NOW);
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *place)
{
    (void)st;
    (void)kind;
    (void)place;
    return remove(path);
}

void kit_end(void)
{
    cr_assert_eq(nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS), 0);
}

const char *kit_path(const char *name)
{
    static char paths[8][256];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

struct buf kit_file(const char *path)
{
    struct buf bytes;
    buf_init(&bytes, KIT_TEXT_MAX);
    cr_assert_eq(file_read(path, &bytes), 0, "%s can't be read; run the tests from the project's folder", path);
    return bytes;
}

/* Stores. */

struct store *kit_store_open(const char *dsn)
{
    struct error error = {0};
    struct store *store = store_open(dsn, STORE_CREATE, &error);
    cr_assert_not_null(store, "%s: %s", dsn, error.text);
    return store;
}

/* The number of a round by its id, and the highest handed out. */
struct round_search {
    const char *id;
    int64_t found, last;
};

static int find_round(void *context, int64_t number, const char *id)
{
    struct round_search *search = context;
    if (strcmp(id, search->id) == 0)
        search->found = number;
    search->last = number;
    return 0;
}

static void add_round(struct store *store, const char *id)
{
    struct round_search search = {.id = id};
    cr_assert_eq(store_round_each(store, find_round, &search), STORE_OK);
    if (search.found == 0)
        cr_assert_eq(store_round_add(store, search.last + 1, id), STORE_OK);
}

void kit_import_panel(struct store *store, const char *json)
{
    struct faults faults;
    faults_init(&faults);
    struct panel *panel = panel_parse(json, strlen(json), &faults);
    cr_assert_not_null(panel, "%s: %s", faults.list[0].where, faults.list[0].what);
    cr_assert_eq(store_begin(store), STORE_OK);
    for (size_t i = 0; i < panel->round_count; i++)
        add_round(store, panel->rounds[i].id);
    cr_assert_eq(store_panel_write(store, json, strlen(json), KIT_NOW), STORE_OK);
    cr_assert_eq(store_commit(store), STORE_OK);
    panel_free(panel);
    faults_free(&faults);
}

void kit_import_actions(struct store *store, const char *csv)
{
    struct faults faults;
    faults_init(&faults);
    struct action_list *actions = actions_parse_csv(csv, strlen(csv), &faults);
    cr_assert_not_null(actions);
    cr_assert_eq(store_begin(store), STORE_OK);
    for (size_t i = 0; i < actions->count; i++) {
        struct store_action row = {.number = (int64_t)i + 1, .action = actions->list[i]};
        cr_assert_eq(store_action_write(store, &row, (int64_t)i), STORE_OK);
    }
    cr_assert_eq(store_commit(store), STORE_OK);
    action_list_free(actions);
    faults_free(&faults);
}

struct store *kit_store_new(const char *dsn)
{
    struct store *store = kit_store_open(dsn);
    struct buf panel = kit_file("fixtures/panel.json"), actions = kit_file("fixtures/actions.csv");
    kit_import_panel(store, buf_text(&panel));
    kit_import_actions(store, buf_text(&actions));
    buf_free(&panel);
    buf_free(&actions);
    return store;
}

/* Members. */

void kit_member_init(struct kit_member *member, unsigned seed)
{
    uint8_t bytes[SHA256_BYTES];
    crypto_sha256(&seed, sizeof seed, bytes);
    member->key = secret_key_from_seed(bytes);
    cr_assert_not_null(member->key);
    secret_key_public(member->key, member->public_key);
    key_thumbprint(member->public_key, member->kid);
    crypto_sha256(bytes, sizeof bytes, bytes);
    invitation_write(bytes, member->code);
    crypto_sha256(bytes, INVITATION_BYTES, member->invitation);
}

void kit_member_wipe(struct kit_member *member)
{
    secret_key_free(member->key);
    *member = (struct kit_member){0};
}

void kit_invite(struct store *store, int64_t number, const struct kit_member *member)
{
    cr_assert_eq(store_invitation_add(store, number, member->invitation), STORE_OK);
}

struct buf kit_sign(const struct kit_member *member, const char *typ, const char *payload)
{
    struct buf jws;
    buf_init(&jws, KIT_TEXT_MAX);
    jws_sign(&jws, member->key, typ, payload, strlen(payload));
    cr_assert_eq(buf_check(&jws), 0);
    return jws;
}

struct buf kit_sign_response(const struct kit_member *member, const struct response_claims *claims)
{
    struct buf payload;
    buf_init(&payload, KIT_TEXT_MAX);
    response_put_claims(&payload, claims);
    struct buf jws = kit_sign(member, RESPONSE_TYP, buf_text(&payload));
    buf_free(&payload);
    return jws;
}

struct response_claims kit_claims(const char *action, int64_t revision, const char *answers)
{
    return (struct response_claims){.aud = "wau",
                                    .round = "round-1",
                                    .action = action,
                                    .jti = KIT_JTI,
                                    .revision = revision,
                                    .iat = KIT_NOW - 3600,
                                    .answers = answers,
                                    .answers_len = strlen(answers)};
}

/* A collector. */

static struct signer *new_log_key(void)
{
    static unsigned count;
    char name[32];
    struct error error = {0};
    struct buf verifier;
    snprintf(name, sizeof name, "log-%u.key", ++count);
    const char *path = kit_path(name);
    buf_init(&verifier, KIT_TEXT_MAX);
    cr_assert_eq(log_key_create(path), 0);
    cr_assert_eq(log_key_verifier(path, "burgerpanel/wau", &verifier, &error), 0, "%s", error.text);
    struct signer *key = signer_open(path, buf_text(&verifier), &error);
    cr_assert_not_null(key, "%s", error.text);
    buf_free(&verifier);
    return key;
}

static struct operator_key *new_operator_key(void)
{
    static unsigned count;
    char name[32];
    struct error error = {0};
    snprintf(name, sizeof name, "operator-%u.key", ++count);
    cr_assert_eq(operator_key_create(kit_path(name)), 0);
    struct operator_key *key = operator_open(kit_path(name), &error);
    cr_assert_not_null(key, "%s", error.text);
    return key;
}

void kit_open(struct kit *kit, struct store *store)
{
    *kit = (struct kit){
        .store = store,
        .shared = {
            .roster = roster_new(), .catalogues = latest_new(), .signer = new_log_key(), .proofs = latest_new()}};
    cr_assert(kit->shared.roster != NULL && kit->shared.catalogues != NULL && kit->shared.proofs != NULL);
}

void kit_give_operator(struct kit *kit)
{
    kit->shared.operator_key = new_operator_key();
}

void kit_start(struct kit *kit)
{
    struct error error = {0};
    kit->ledger = ledger_new(kit->store, &kit->shared, &error);
    cr_assert_not_null(kit->ledger, "%s", error.text);
}

void kit_close(struct kit *kit)
{
    ledger_free(kit->ledger);
    latest_free(kit->shared.catalogues);
    latest_free(kit->shared.proofs);
    signer_close(kit->shared.signer);
    operator_close(kit->shared.operator_key);
    roster_free(kit->shared.roster);
    store_close(kit->store);
}

void parcel_submit(struct parcel *parcel, const struct kit *kit, enum submission_kind kind, struct buf jws)
{
    struct catalogue *catalogue = catalogue_now(kit->shared.catalogues);
    *parcel = (struct parcel){.jws = jws};
    refusal_init(&parcel->refusal);
    switch (kind) {
    case SUBMISSION_RESPONSE:
        parcel->submission =
            submit_response(kit->shared.roster, catalogue, buf_text(&jws), jws.len, KIT_NOW, &parcel->refusal);
        break;
    case SUBMISSION_ACT: /* kit_act */
        break;
    case SUBMISSION_ERASURE:
        parcel->submission =
            submit_erasure(kit->shared.roster, catalogue, buf_text(&jws), jws.len, KIT_NOW, &parcel->refusal);
        break;
    case SUBMISSION_ENROLMENT:
        parcel->submission = submit_enrolment(catalogue, buf_text(&jws), jws.len, KIT_NOW, &parcel->refusal);
        break;
    }
    catalogue_release(catalogue);
}

static void must_come_through(const struct parcel *parcel)
{
    cr_assert_not_null(parcel->submission, "%s: %s%s", problem_name(parcel->refusal.problem), parcel->refusal.detail,
                       parcel->refusal.faults.count > 0 ? parcel->refusal.faults.list[0].what : "");
}

void parcel_respond(struct parcel *parcel, const struct kit *kit, const struct kit_member *member, const char *action,
                    int64_t revision, const char *answers)
{
    struct response_claims claims = kit_claims(action, revision, answers);
    parcel_submit(parcel, kit, SUBMISSION_RESPONSE, kit_sign_response(member, &claims));
    must_come_through(parcel);
}

void parcel_enrol(struct parcel *parcel, const struct kit *kit, const struct kit_member *member)
{
    struct buf payload;
    buf_init(&payload, KIT_TEXT_MAX);
    enrolment_put_claims(&payload, "wau", KIT_JTI, KIT_NOW, member->code, member->public_key);
    parcel_submit(parcel, kit, SUBMISSION_ENROLMENT, kit_sign(member, ENROLMENT_TYP, buf_text(&payload)));
    must_come_through(parcel);
    buf_free(&payload);
}

void parcel_erase(struct parcel *parcel, const struct kit *kit, const struct kit_member *member, const char *action,
                  const char *jti)
{
    struct buf payload;
    struct own_data_request request = {
        .aud = "wau", .jti = jti, .iat = KIT_NOW, .round = action ? "round-1" : NULL, .action = action};
    memcpy(request.public_key, member->public_key, KEY_BYTES);
    buf_init(&payload, KIT_TEXT_MAX);
    own_data_put_erasure(&payload, &request);
    parcel_submit(parcel, kit, SUBMISSION_ERASURE, kit_sign(member, ERASURE_TYP, buf_text(&payload)));
    must_come_through(parcel);
    buf_free(&payload);
}

void parcel_again(struct parcel *parcel, const struct kit *kit, const struct parcel *before)
{
    struct buf copy;
    buf_init(&copy, KIT_TEXT_MAX);
    buf_put(&copy, before->jws.data, before->jws.len);
    cr_assert_eq(buf_check(&copy), 0);
    parcel_submit(parcel, kit, before->submission->kind, copy);
    must_come_through(parcel);
}

void parcel_free(struct parcel *parcel)
{
    submission_free(parcel->submission);
    refusal_free(&parcel->refusal);
    buf_free(&parcel->jws);
}

void parcels_free(struct parcel *parcels, size_t count)
{
    for (size_t i = 0; i < count; i++)
        parcel_free(&parcels[i]);
}

void kit_put_answers(struct buf *out, const struct questionnaire *questionnaire, const struct csv_row *row)
{
    struct faults faults;
    faults_init(&faults);
    buf_put_char(out, '{');
    for (size_t q = 0; q < questionnaire->question_count; q++) {
        const struct csv_field *field = &row->fields[3 + q];
        if (field->len == 0)
            continue;
        if (out->len > 1)
            buf_put_char(out, ',');
        json_put_text(out, questionnaire->questions[q].id);
        buf_put_char(out, ':');
        cr_assert_eq(answer_put(out, &questionnaire->questions[q], field->text, '|', &faults), 0, "line %zu",
                     row->line);
    }
    buf_put_char(out, '}');
    faults_free(&faults);
}

void kit_respond(const struct kit *kit, const struct kit_member *member, const char *action, int64_t revision,
                 const char *answers)
{
    struct parcel parcel;
    parcel_respond(&parcel, kit, member, action, revision, answers);
    cr_assert_eq(parcels_apply(kit, &parcel, 1), 0);
    cr_assert_eq(parcel.submission->verdict, VERDICT_ACCEPTED);
    parcel_free(&parcel);
}

int parcels_apply(const struct kit *kit, const struct parcel *parcels, size_t count)
{
    struct submission **list = calloc(count + 1, sizeof *list);
    cr_assert_not_null(list);
    for (size_t i = 0; i < count; i++)
        list[i] = parcels[i].submission;
    int result = ledger_apply(kit->ledger, list, count);
    free(list);
    return result;
}

void kit_join(const struct kit *kit, struct kit_member *members, size_t count, unsigned seed)
{
    struct parcel *parcels = calloc(count, sizeof *parcels);
    int64_t last;
    cr_assert_not_null(parcels);
    cr_assert_eq(store_handout_last(kit->store, &last), STORE_OK);
    for (size_t i = 0; i < count; i++) {
        kit_member_init(&members[i], seed + (unsigned)i);
        kit_invite(kit->store, last + 1 + (int64_t)i, &members[i]);
        parcel_enrol(&parcels[i], kit, &members[i]);
    }
    cr_assert_eq(parcels_apply(kit, parcels, count), 0);
    for (size_t i = 0; i < count; i++)
        cr_assert_eq(parcels[i].submission->verdict, VERDICT_ACCEPTED);
    parcels_free(parcels, count);
    free(parcels);
}

/* A later revision may stand before an earlier one, which then comes too late. */
static void send_row(const struct kit *kit, const struct kit_member *members, const struct questionnaire *questionnaire,
                     const struct csv_row *row)
{
    struct parcel parcel;
    struct buf answers;
    long member = strtol(row->fields[0].text, NULL, 10), revision = strtol(row->fields[2].text, NULL, 10);
    cr_assert(member >= 1 && member <= KIT_EXAMPLE_MEMBERS && revision >= 1, "line %zu", row->line);
    buf_init(&answers, KIT_TEXT_MAX);
    kit_put_answers(&answers, questionnaire, row);
    parcel_respond(&parcel, kit, &members[member - 1], row->fields[1].text, revision, buf_text(&answers));
    cr_assert_eq(parcels_apply(kit, &parcel, 1), 0);
    const struct submission *s = parcel.submission;
    cr_assert(s->verdict == VERDICT_ACCEPTED ||
              (s->verdict == VERDICT_REFUSED && s->problem == PROBLEM_STALE_REVISION));
    parcel_free(&parcel);
    buf_free(&answers);
}

void kit_respond_example(const struct kit *kit, const struct kit_member *members)
{
    struct catalogue *catalogue = catalogue_now(kit->shared.catalogues);
    struct buf text = kit_file("fixtures/responses.csv");
    struct csv_reader *reader = csv_reader_new(text.data, text.len, ',');
    struct csv_row row;
    enum csv_result result;
    cr_assert_not_null(reader);
    cr_assert_eq(csv_read(reader, &row, NULL), CSV_ROW);
    while ((result = csv_read(reader, &row, NULL)) == CSV_ROW)
        send_row(kit, members, round_questionnaire(catalogue->panel, &catalogue->panel->rounds[0]), &row);
    cr_assert_eq(result, CSV_END);
    csv_reader_free(reader);
    buf_free(&text);
    catalogue_release(catalogue);
}

int64_t kit_entries(struct store *store)
{
    int64_t count = -1;
    cr_assert_eq(store_entry_count(store, &count), STORE_OK);
    return count;
}

void kit_counts(struct store *store, const struct catalogue *catalogue, size_t action, int64_t *counts, size_t slots)
{
    memset(counts, 0, slots * sizeof *counts);
    cr_assert_neq(
        store_counts_read(store, catalogue->round_numbers[0], catalogue->action_numbers[action], counts, slots),
        STORE_FAILED, "%s", store_error(store)->text);
}
