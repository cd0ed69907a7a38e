/* Reading: a chunk of entries at a time. All cores take envelope and claims apart; in order the members are found; all
 * cores check the signatures; in order everything is folded. What must be in order goes on beside what need not: a
 * chunk is folded while the next is taken apart, and the one after is read while signatures are checked. */
#include "collector/audit/audit.h"
#include "base/lang.h"
#include "base/mem.h"
#include "collector/audit/compare.h"
#include "collector/audit/tree.h"
#include "crypto/jws.h"
#include "panel/enrolment.h"
#include "panel/invitation.h"
#include <string.h>

#define CHUNK 4096

enum entry_kind { ENTRY_BAD, ENTRY_ENROLMENT, ENTRY_RESPONSE };

/* One entry while its chunk is being worked on. */
struct entry {
    struct buf text;
    struct merkle_hash leaf;
    enum entry_kind kind;
    struct jws jws;
    const uint8_t *public_key; /* that must have signed it; NULL: nobody's */
    bool signature_counts;
    struct error why; /* of ENTRY_BAD */
    uint8_t own_key[KEY_BYTES]; /* of an enrolment */
    uint8_t invitation[SHA256_BYTES]; /* the same */
    int64_t revision;
    struct ballot ballot;
    bool has_ballot;
    bool is_missing, is_erased;
};

/* Entries that are worked on together. */
struct chunk {
    struct audit *audit;
    struct entry entries[CHUNK];
    size_t count;
    int64_t first; /* index of the first */
};

struct audit {
    struct catalogue *catalogue;
    struct parallel *parallel;
    struct audit_findings *findings;
    struct fold *fold;
    struct audit_tree *tree;
    struct chunk chunks[2]; /* one being read or folded beside the other */
};

static void entry_differs(struct chunk *chunk, size_t i, const char *why)
{
    findings_add(chunk->audit->findings, T("entry %lld: %s", "regel %lld: %s"), (long long)(chunk->first + (int64_t)i),
                 why);
}

struct audit *audit_new(struct catalogue *catalogue, struct parallel *parallel, struct audit_findings *findings)
{
    struct audit *audit = mem_calloc(1, sizeof *audit);
    if (!audit)
        return NULL;
    audit->catalogue = catalogue_hold(catalogue);
    audit->parallel = parallel;
    audit->findings = findings;
    for (size_t c = 0; c < 2; c++) {
        audit->chunks[c].audit = audit;
        for (size_t i = 0; i < CHUNK; i++)
            buf_init(&audit->chunks[c].entries[i].text, JWS_MAX);
    }
    audit->fold = fold_new();
    audit->tree = audit_tree_new(findings);
    if (audit->fold && audit->tree)
        return audit;
    audit_free(audit);
    return NULL;
}

void audit_free(struct audit *audit)
{
    if (!audit)
        return;
    for (size_t c = 0; c < 2; c++)
        for (size_t i = 0; i < CHUNK; i++)
            buf_free(&audit->chunks[c].entries[i].text);
    fold_free(audit->fold);
    audit_tree_free(audit->tree);
    catalogue_release(audit->catalogue);
    mem_free(audit);
}

/* Taking apart, on all cores. */

/* 0, with the bytes of its code, when it may be an enrolment in this panel; -1: *why. */
static int check_enrolment(const struct enrolment *claims, const struct jws *jws, const struct panel *panel,
                           uint8_t code[static INVITATION_BYTES], struct error *why)
{
    char kid[KID_SIZE];
    key_thumbprint(claims->public_key, kid);
    if (!claims->has_key || !key_is_acceptable(claims->public_key) || strcmp(kid, jws->kid) != 0)
        return error_set(why, ERROR_REFUSED, "%s", T("its key may not enrol", "de sleutel mag zich niet inschrijven"));
    if (strcmp(claims->aud, panel->id) != 0)
        return error_set(why, ERROR_REFUSED, "%s", T("it is for another panel", "ze is voor een ander panel"));
    if (invitation_read(claims->invitation, code, NULL) < 0)
        return error_set(why, ERROR_REFUSED, "%s", T("its invitation is no code", "de uitnodiging is geen code"));
    return 0;
}

static void take_enrolment(struct entry *entry, const struct buf *payload, const struct panel *panel)
{
    struct enrolment claims;
    uint8_t code[INVITATION_BYTES];
    if (enrolment_parse(buf_text(payload), payload->len, &claims, &entry->why) < 0)
        return;
    if (check_enrolment(&claims, &entry->jws, panel, code, &entry->why) == 0) {
        memcpy(entry->own_key, claims.public_key, KEY_BYTES);
        crypto_sha256(code, sizeof code, entry->invitation);
        entry->kind = ENTRY_ENROLMENT;
    }
    enrolment_free(&claims);
}

/* A round's opening may have been moved since: what is from before it is judged as of that moment. */
static void forget_opening(struct response *response, const struct panel *panel)
{
    int round = panel_find_round(panel, response->round);
    if (round >= 0 && response->iat < panel->rounds[round].opens_at)
        response->iat = panel->rounds[round].opens_at;
}

static void take_response(struct entry *entry, const struct buf *payload, const struct catalogue *catalogue)
{
    struct response response;
    struct faults faults;
    if (response_parse(buf_text(payload), payload->len, &response, &entry->why) < 0)
        return;
    faults_init(&faults);
    forget_opening(&response, catalogue->panel);
    entry->revision = response.revision;
    if (response_check(&response, catalogue->panel, catalogue->actions, response.iat, &entry->ballot, &faults) == 0) {
        entry->kind = ENTRY_RESPONSE;
        entry->has_ballot = true;
    } else if (faults.no_memory) {
        error_no_memory(&entry->why);
    } else {
        error_set(&entry->why, ERROR_REFUSED, "%s",
                  T("its answers do not fit the panel", "de antwoorden passen niet bij het panel"));
    }
    faults_free(&faults);
    response_free(&response);
}

static void take_apart(void *context, size_t i)
{
    struct chunk *chunk = context;
    struct entry *entry = &chunk->entries[i];
    struct buf payload;
    const char *text = buf_text(&entry->text);
    merkle_leaf(text, entry->text.len, &entry->leaf);
    entry->kind = ENTRY_BAD;
    bool is_response = jws_parse(text, entry->text.len, RESPONSE_TYP, &entry->jws, NULL) == 0;
    if (!is_response && jws_parse(text, entry->text.len, ENROLMENT_TYP, &entry->jws, &entry->why) < 0)
        return;
    buf_init(&payload, JWS_MAX);
    if (jws_decode_payload(&entry->jws, &payload) < 0)
        error_no_memory(&entry->why);
    else if (is_response)
        take_response(entry, &payload, chunk->audit->catalogue);
    else
        take_enrolment(entry, &payload, chunk->audit->catalogue->panel);
    buf_free(&payload);
}

static void check_signature(void *context, size_t i)
{
    struct chunk *chunk = context;
    struct entry *entry = &chunk->entries[i];
    if (entry->kind != ENTRY_BAD && entry->public_key)
        entry->signature_counts = jws_verify(&entry->jws, entry->public_key);
}

/* In order. */

/* -1: no memory. */
static int fold_enrolment(struct chunk *chunk, size_t i)
{
    struct entry *entry = &chunk->entries[i];
    struct fold_member member = {.index = chunk->first + (int64_t)i};
    memcpy(member.public_key, entry->own_key, KEY_BYTES);
    memcpy(member.invitation, entry->invitation, SHA256_BYTES);
    entry->public_key = entry->own_key;
    bool used = fold_find_invitation(chunk->audit->fold, entry->invitation) != 0;
    enum fold_answer answer = fold_enrol(chunk->audit->fold, &member);
    if (answer == FOLD_REFUSED)
        entry_differs(chunk, i, T("its key has enrolled before", "de sleutel is al eerder ingeschreven"));
    else if (answer == FOLD_OK && used)
        entry_differs(chunk, i, T("its invitation was used before", "de uitnodiging is al eerder gebruikt"));
    return answer == FOLD_NO_MEMORY ? -1 : 0;
}

/* Members join before the responses behind them are looked up. Whether their signatures count is seen later; that of a
 * forged enrolment is a finding then. */
static int find_signers(struct chunk *chunk)
{
    for (size_t i = 0; i < chunk->count; i++) {
        chunk->entries[i].public_key = NULL;
        chunk->entries[i].signature_counts = false;
        if (chunk->entries[i].kind == ENTRY_ENROLMENT && fold_enrolment(chunk, i) < 0)
            return -1;
    }
    /* In a loop of its own: while members join, the table of their keys moves. */
    for (size_t i = 0; i < chunk->count; i++)
        if (chunk->entries[i].kind == ENTRY_RESPONSE)
            (void)fold_find_member(chunk->audit->fold, chunk->entries[i].jws.kid, &chunk->entries[i].public_key);
    return 0;
}

static int fold_response(struct chunk *chunk, size_t i)
{
    struct entry *entry = &chunk->entries[i];
    const uint8_t *key;
    const struct catalogue *catalogue = chunk->audit->catalogue;
    const struct tally_layout *layout = catalogue_layout(catalogue, entry->ballot.round);
    struct fold_current response = {.round = catalogue->round_numbers[entry->ballot.round],
                                    .member = fold_find_member(chunk->audit->fold, entry->jws.kid, &key),
                                    .action = catalogue->action_numbers[entry->ballot.action],
                                    .revision = entry->revision,
                                    .index = chunk->first + (int64_t)i,
                                    .slot_count = tally_slot_count(&entry->ballot)};
    uint16_t *slots = mem_calloc(response.slot_count, sizeof *slots);
    if (!slots)
        return -1;
    tally_slots(layout, &entry->ballot, slots);
    response.slots = slots;
    enum fold_answer answer = fold_respond(chunk->audit->fold, &response, layout);
    mem_free(slots);
    const struct fold_member *member = fold_member(chunk->audit->fold, response.member);
    if (answer == FOLD_REFUSED || (member && member->index > response.index))
        entry_differs(chunk, i,
                      T("it can't follow on the entries before it", "ze kan niet volgen op de regels ervoor"));
    return answer == FOLD_NO_MEMORY ? -1 : 0;
}

static int fold_entry(struct chunk *chunk, size_t i)
{
    struct entry *entry = &chunk->entries[i];
    audit_tree_add(chunk->audit->tree, &entry->leaf);
    if (entry->is_missing)
        entry_differs(chunk, i, T("it is missing", "ze ontbreekt"));
    else if (entry->is_erased)
        entry_differs(chunk, i, T("it has been erased", "ze is gewist"));
    else if (entry->kind == ENTRY_BAD && entry->why.kind == ERROR_MEMORY)
        return -1;
    else if (entry->kind == ENTRY_BAD)
        entry_differs(chunk, i, entry->why.text);
    else if (!entry->public_key)
        entry_differs(chunk, i, T("nobody with this key has enrolled", "niemand met deze sleutel is ingeschreven"));
    else if (!entry->signature_counts)
        entry_differs(chunk, i, T("its signature does not count", "de handtekening telt niet"));
    else if (entry->kind == ENTRY_RESPONSE)
        return fold_response(chunk, i);
    return 0;
}

static int fold_chunk(struct chunk *chunk)
{
    int result = 0;
    for (size_t i = 0; i < chunk->count && result == 0; i++)
        result = fold_entry(chunk, i);
    return result;
}

/* The entries of a chunk that has been folded, or will not be. */
static void clear_chunk(struct chunk *chunk)
{
    for (size_t i = 0; i < chunk->count; i++) {
        if (chunk->entries[i].has_ballot)
            ballot_free(&chunk->entries[i].ballot);
        chunk->entries[i].has_ballot = false;
    }
    chunk->count = 0;
}

/* Reads the entries from `first` on; none beyond the last. Returns how many of them are there; -1: *error. */
static int read_chunk(struct chunk *chunk, int64_t first, const struct audit_source *source, struct error *error)
{
    struct audit *audit = chunk->audit;
    int found = 0;
    chunk->count = 0;
    chunk->first = first;
    while (chunk->count < CHUNK && first + (int64_t)chunk->count < source->size) {
        struct buf *text = &chunk->entries[chunk->count].text;
        int64_t index = first + (int64_t)chunk->count;
        buf_reset(text);
        enum store_result result = source->read(source->context, index, text, error);
        if (result == STORE_FAILED)
            return error_prefix(error, T("entry %lld", "regel %lld"), (long long)index);
        struct entry *entry = &chunk->entries[chunk->count++];
        entry->is_missing = result == STORE_NONE;
        entry->is_erased = result == STORE_ERASED;
        found += result != STORE_NONE;
    }
    /* The size comes from the last index, which anyone who gets at the store can set as high as they like. */
    if (found == 0 && chunk->count > 0) {
        findings_add(audit->findings,
                     T("entries from %lld on: missing; what may follow is not looked at",
                       "regels vanaf %lld: ontbreken; wat er nog volgt is niet bekeken"),
                     (long long)first);
        chunk->count = 0;
    }
    return found;
}

/* One step: `now` has been read, `other` checked. Afterwards `other` has been folded and read, and `now` checked. */
static int take_step(struct audit *audit, struct chunk *now, struct chunk *other, const struct audit_source *source,
                     struct error *error)
{
    parallel_begin(audit->parallel, now->count, take_apart, now);
    int result = fold_chunk(other);
    parallel_end(audit->parallel);
    clear_chunk(other);
    if (result != 0 || find_signers(now) < 0)
        return error_no_memory(error);
    parallel_begin(audit->parallel, now->count, check_signature, now);
    result = read_chunk(other, now->first + (int64_t)now->count, source, error);
    parallel_end(audit->parallel);
    return result < 0 ? -1 : 0;
}

static void tell_progress(const struct audit_source *source, int64_t done)
{
    if (source->progress)
        source->progress(source->context, done, source->size);
}

int audit_read(struct audit *audit, const struct audit_source *source, struct store *store, struct error *error)
{
    struct chunk *now = &audit->chunks[0], *other = &audit->chunks[1];
    audit_tree_compare_with(audit->tree, store);
    int result = read_chunk(now, 0, source, error) < 0 ? -1 : 0;
    while (result == 0 && now->count > 0) {
        tell_progress(source, now->first);
        result = take_step(audit, now, other, source, error);
        struct chunk *checked = now;
        now = other;
        other = checked;
    }
    if (result == 0 && fold_chunk(other) < 0)
        result = error_no_memory(error);
    clear_chunk(now);
    clear_chunk(other);
    if (result != 0)
        return -1;
    tell_progress(source, source->size);
    audit_tree_end(audit->tree);
    return 0;
}

/* What came out. */

const struct fold *audit_fold(const struct audit *audit)
{
    return audit->fold;
}

void audit_head(const struct audit *audit, struct merkle_head *out)
{
    audit_tree_head(audit->tree, out);
}

void audit_compare_head(struct audit *audit, const struct merkle_head *head)
{
    audit_tree_compare_head(audit->tree, head);
}

int audit_compare(struct audit *audit, struct store *store, struct error *error)
{
    return compare_store(audit->fold, audit->catalogue, store, audit->findings, error);
}
