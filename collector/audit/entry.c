/* Envelope by envelope, each typ tried in turn, responses first. Knows no order and no state: whose turn it is, and
 * what may follow on what, is the replay's. */
#include "collector/audit/entry.h"
#include "base/lang.h"
#include "base/mem.h"
#include "panel/enrolment.h"
#include "panel/invitation.h"
#include <stdio.h>
#include <string.h>

void entry_init(struct entry *entry)
{
    *entry = (struct entry){.kind = ENTRY_NOTHING, .erased_by = HOLE_NOT_ASKED};
    buf_init(&entry->text, JWS_MAX);
}

static void forget_ballot(struct entry *entry)
{
    if (entry->has_ballot)
        ballot_free(&entry->ballot);
    entry->has_ballot = false;
}

void entry_clear(struct entry *entry)
{
    struct buf text = entry->text;
    forget_ballot(entry);
    if (entry->event) {
        event_free(entry->event);
        mem_free(entry->event);
    }
    own_data_free(&entry->request);
    law_release(entry->law);
    law_release(entry->next);
    buf_reset(&text);
    *entry = (struct entry){.kind = ENTRY_NOTHING, .erased_by = HOLE_NOT_ASKED, .text = text};
}

void entry_free(struct entry *entry)
{
    entry_clear(entry);
    buf_free(&entry->text);
}

/* The text of why is the fault. */
static void blame_text(struct entry *entry)
{
    entry->kind = ENTRY_NOTHING;
    entry->fault = entry->why.text;
}

static void keep_audience(struct entry *entry, const char *aud)
{
    snprintf(entry->aud, sizeof entry->aud, "%s", aud);
}

/* 0, with the bytes of its code, when it may be an enrolment in some panel; -1: why. */
static int check_enrolment(struct entry *entry, const struct enrolment *claims, uint8_t code[static INVITATION_BYTES])
{
    char kid[KID_SIZE];
    key_thumbprint(claims->public_key, kid);
    if (!claims->has_key || !key_is_acceptable(claims->public_key) || strcmp(kid, entry->jws.kid) != 0)
        return error_set(&entry->why, ERROR_REFUSED, "%s",
                         T("its key may not enrol", "de sleutel mag zich niet inschrijven"));
    if (invitation_read(claims->invitation, code, NULL) < 0)
        return error_set(&entry->why, ERROR_REFUSED, "%s",
                         T("its invitation is no code", "de uitnodiging is geen code"));
    return 0;
}

static void take_enrolment(struct entry *entry, const struct buf *payload)
{
    struct enrolment claims;
    uint8_t code[INVITATION_BYTES];
    if (enrolment_parse(buf_text(payload), payload->len, &claims, &entry->why) < 0) {
        blame_text(entry);
        return;
    }
    if (check_enrolment(entry, &claims, code) < 0) {
        blame_text(entry);
    } else {
        memcpy(entry->key, claims.public_key, KEY_BYTES);
        entry->has_key = true;
        crypto_sha256(code, sizeof code, entry->invitation);
        keep_audience(entry, claims.aud);
    }
    enrolment_free(&claims);
}

static void take_event_claims(struct entry *entry, const struct buf *payload)
{
    struct event *event = mem_calloc(1, sizeof *event);
    if (!event) {
        error_no_memory(&entry->why);
        return;
    }
    if (event_parse(buf_text(payload), payload->len, event, &entry->why) < 0) {
        blame_text(entry);
        mem_free(event);
        return;
    }
    entry->event = event;
    keep_audience(entry, event->aud);
}

static void take_erasure(struct entry *entry, const struct buf *payload)
{
    char kid[KID_SIZE];
    if (own_data_parse_erasure(buf_text(payload), payload->len, &entry->request, &entry->why) < 0) {
        blame_text(entry);
        return;
    }
    key_thumbprint(entry->request.public_key, kid);
    if (!key_is_acceptable(entry->request.public_key) || strcmp(kid, entry->jws.kid) != 0) {
        error_set(&entry->why, ERROR_REFUSED, "%s",
                  T("it does not bear the key that signed it", "ze draagt niet de sleutel die haar tekende"));
        blame_text(entry);
        return;
    }
    memcpy(entry->key, entry->request.public_key, KEY_BYTES);
    entry->has_key = true;
    keep_audience(entry, entry->request.aud);
}

/* Responses. */

/* A round's opening may have been moved since: what is from before protocol 2 is judged as of that moment. */
static void forget_opening(struct response *response, const struct panel *panel)
{
    int round = panel_find_round(panel, response->round);
    if (round >= 0 && response->iat < panel->rounds[round].opens_at)
        response->iat = panel->rounds[round].opens_at;
}

static void judge_answers(struct entry *entry, struct response *response, const struct law *law)
{
    struct faults faults;
    const struct catalogue *catalogue = law->catalogue;
    faults_init(&faults);
    if (law->is_older)
        forget_opening(response, catalogue->panel);
    if (response_check(response, catalogue->panel, catalogue->actions, response->iat, &entry->ballot, &faults) == 0)
        entry->has_ballot = true;
    else if (faults.no_memory)
        error_no_memory(&entry->why);
    else
        entry->fault = T("its answers do not fit the panel", "de antwoorden passen niet bij het panel");
    faults_free(&faults);
}

static void take_response(struct entry *entry, const struct buf *payload, const struct law *law)
{
    struct response response;
    if (response_parse(buf_text(payload), payload->len, &response, &entry->why) < 0) {
        blame_text(entry);
        return;
    }
    entry->iat = response.iat;
    entry->revision = response.revision;
    entry->has_context = response.context != NULL;
    memcpy(entry->context, response.context_hash, SHA256_BYTES);
    entry->read_by = law;
    if (law)
        judge_answers(entry, &response, law);
    response_free(&response);
}

/* All of it. */

static const struct {
    const char *typ;
    enum entry_kind kind;
} typs[] = {{RESPONSE_TYP, ENTRY_RESPONSE},
            {ENROLMENT_TYP, ENTRY_ENROLMENT},
            {EVENT_TYP, ENTRY_EVENT},
            {ERASURE_TYP, ENTRY_ERASURE}};

static enum entry_kind read_envelope(struct entry *entry)
{
    struct error why = {ERROR_NONE, ""};
    for (size_t i = 0; i < sizeof typs / sizeof *typs && why.kind != ERROR_MEMORY; i++)
        if (jws_parse(buf_text(&entry->text), entry->text.len, typs[i].typ, &entry->jws, &why) == 0)
            return typs[i].kind;
    entry->why.kind = why.kind;
    return ENTRY_NOTHING;
}

static void take_payload(struct entry *entry, const struct buf *payload, const struct law *law)
{
    switch (entry->kind) {
    case ENTRY_RESPONSE:
        take_response(entry, payload, law);
        break;
    case ENTRY_ENROLMENT:
        take_enrolment(entry, payload);
        break;
    case ENTRY_EVENT:
        take_event_claims(entry, payload);
        break;
    case ENTRY_ERASURE:
        take_erasure(entry, payload);
        break;
    case ENTRY_NOTHING:
    case ENTRY_MISSING:
    case ENTRY_ERASED:
        break;
    }
}

static void take_text(struct entry *entry, const struct law *law)
{
    struct buf payload;
    entry->kind = read_envelope(entry);
    if (entry->kind == ENTRY_NOTHING) {
        entry->fault = T("it is nothing that a log holds", "ze is niets wat een logboek bevat");
        return;
    }
    buf_init(&payload, JWS_MAX);
    if (jws_decode_payload(&entry->jws, &payload) < 0)
        error_no_memory(&entry->why);
    else
        take_payload(entry, &payload, law);
    buf_free(&payload);
}

void entry_take_apart(struct entry *entry, const struct law *law)
{
    if (entry->kind == ENTRY_ERASED && entry->text.len == sizeof entry->leaf.bytes) {
        memcpy(entry->leaf.bytes, entry->text.data, sizeof entry->leaf.bytes);
        return;
    }
    merkle_leaf(buf_text(&entry->text), entry->text.len, &entry->leaf);
    if (entry->kind != ENTRY_MISSING && entry->kind != ENTRY_ERASED)
        take_text(entry, law);
}

void entry_read_answers(struct entry *entry, const struct law *law)
{
    forget_ballot(entry);
    entry->fault = NULL;
    take_text(entry, law);
}

void entry_check_signature(struct entry *entry)
{
    if (!entry->signature_counts)
        entry->signature_counts = entry->has_key && jws_verify(&entry->jws, entry->key);
}
