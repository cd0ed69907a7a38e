/* What the walks of all kinds of signed object ask alike, and how each says no. */
#include "collector/intake/check.h"
#include "base/mem.h"
#include <string.h>

void refusal_init(struct refusal *refusal)
{
    refusal->problem = PROBLEM_NONE;
    refusal->detail = "";
    faults_init(&refusal->faults);
    refusal->faults.cross_wire = true;
}

void refusal_free(struct refusal *refusal)
{
    faults_free(&refusal->faults);
}

int check_refuse(struct refusal *refusal, enum problem problem, const char *detail)
{
    refusal->problem = problem;
    refusal->detail = detail;
    return -1;
}

int check_refuse_memory(struct refusal *refusal)
{
    return check_refuse(refusal, PROBLEM_UNAVAILABLE, "The collector is short of memory; send the same again later.");
}

int check_refuse_reading(struct refusal *refusal, enum problem problem)
{
    return refusal->why.kind == ERROR_MEMORY ? check_refuse_memory(refusal)
                                             : check_refuse(refusal, problem, refusal->why.text);
}

int check_refuse_signature(struct refusal *refusal)
{
    return check_refuse(refusal, PROBLEM_NOT_VERIFIED, CHECK_SIGNATURE_DETAIL);
}

int check_envelope(const char *text, size_t len, const char *typ, struct jws *jws, struct refusal *refusal)
{
    if (len > JWS_MAX)
        return check_refuse(refusal, PROBLEM_TOO_LARGE, "A signed object is at most 32 KiB long.");
    if (jws_parse(text, len, typ, jws, &refusal->why) < 0)
        return check_refuse_reading(refusal, PROBLEM_MALFORMED_ENVELOPE);
    return 0;
}

int check_own_key(const struct jws *jws, const uint8_t *public_key, struct refusal *refusal)
{
    char kid[KID_SIZE];
    if (!public_key || !key_is_acceptable(public_key))
        return check_refuse(refusal, PROBLEM_NOT_VERIFIED, "The key is no acceptable Ed25519 public key.");
    key_thumbprint(public_key, kid);
    if (strcmp(kid, jws->kid) != 0)
        return check_refuse(refusal, PROBLEM_NOT_VERIFIED, "The kid is not the thumbprint of the key.");
    if (!jws_verify(jws, public_key))
        return check_refuse(refusal, PROBLEM_NOT_VERIFIED, "The key in this has not signed it.");
    return 0;
}

int check_audience(const char *aud, const struct panel *panel, struct refusal *refusal)
{
    if (strcmp(aud, panel->id) != 0)
        return check_refuse(refusal, PROBLEM_INVALID_CLAIMS, "aud is not this panel's id.");
    return 0;
}

struct submission *check_passed(enum submission_kind kind, struct catalogue *catalogue, const char *jws, size_t len,
                                size_t slot_count)
{
    struct submission *s = mem_calloc(1, sizeof *s + slot_count * sizeof s->slots[0]);
    if (!s)
        return NULL;
    s->kind = kind;
    s->jws = jws;
    s->jws_len = len;
    s->slot_count = slot_count;
    s->catalogue = catalogue_hold(catalogue);
    merkle_leaf(jws, len, &s->leaf);
    s->replaced = -1;
    return s;
}

void submission_free(struct submission *submission)
{
    if (!submission)
        return;
    catalogue_release(submission->catalogue);
    proofs_release(submission->proofs);
    if (submission->act)
        act_wish_wipe(&submission->act->wish);
    mem_free(submission->act);
    mem_free(submission->erased);
    mem_free(submission);
}
