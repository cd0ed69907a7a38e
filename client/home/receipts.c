/* A receipt is worth what the log's key says of it: nothing is believed of the answer that it came in, also when it is
 * our own file. See receipts.h. */
#include "client/home/receipts.h"
#include "base/lang.h"
#include "crypto/jws.h"
#include <errno.h>
#include <string.h>

/* One receipt. */

static struct member_receipt read_answer(const struct json *answer, const struct response_id *id, struct slice jws)
{
    struct member_receipt receipt = {.id = id, .jws = jws, .text = json_text(json_member(answer, "receipt"))};
    if (json_integer(json_member(answer, "index"), &receipt.index) < 0)
        receipt.index = -1;
    return receipt;
}

int receipts_check(const struct member_receipt *receipt, const struct note_key *key, struct receipts_proof *out,
                   struct error *error)
{
    struct merkle_hash leaf;
    struct receipt parsed;
    struct receipts_proof proof;
    uint64_t index;
    if (receipt->is_damaged)
        return error_set(error, ERROR_REFUSED, "%s", T("its file is damaged", "het bestand is beschadigd"));
    if (!receipt->text)
        return error_set(error, ERROR_REFUSED, "%s",
                         T("the answer has no receipt", "het antwoord heeft geen ontvangstbewijs"));
    size_t len = strlen(receipt->text);
    merkle_leaf(receipt->jws.text, receipt->jws.len, &leaf);
    if (receipt_check(receipt->text, len, &leaf, key, &index, error) < 0 ||
        receipt_parse(receipt->text, len, &parsed, error) < 0 ||
        checkpoint_open(parsed.checkpoint, parsed.checkpoint_len, key, &proof.head, error) < 0)
        return -1;
    if (receipt->index < 0 || index != (uint64_t)receipt->index)
        return error_set(error, ERROR_REFUSED, "%s",
                         T("the receipt is of another entry than the answer",
                           "het ontvangstbewijs is van een andere regel dan het antwoord"));
    proof.checkpoint = (struct slice){parsed.checkpoint, parsed.checkpoint_len};
    *out = proof;
    return 0;
}

int receipts_check_answer(const struct slice *jws, const struct slice *answer, const struct note_key *key,
                          struct error *error)
{
    struct receipts_proof proof;
    struct json *document = json_parse(answer->text, answer->len, NULL);
    struct member_receipt receipt = read_answer(document, NULL, *jws);
    int result = receipts_check(&receipt, key, &proof, error);
    json_free(document);
    return result;
}

int64_t receipts_signed_at(const struct member_receipt *receipt)
{
    struct jws jws;
    struct buf payload;
    int64_t when = 0;
    buf_init(&payload, JWS_MAX);
    if (jws_split(receipt->jws.text, receipt->jws.len, &jws, NULL) == 0 && jws_decode_payload(&jws, &payload) == 0) {
        struct json *claims = json_parse(buf_text(&payload), payload.len, NULL);
        if (json_integer(json_member(claims, "iat"), &when) < 0)
            when = 0;
        json_free(claims);
    }
    buf_wipe(&payload); /* an enrolment's holds the code */
    return when;
}

/* All of them. */

struct receipts_walk {
    const struct profile *profile;
    int (*each)(void *context, const struct member_receipt *receipt);
    void *context;
    struct buf jws, answer;
    bool is_erasure; /* what is being visited is a request to erase */
};

static int visit_answer(struct receipts_walk *walk, const struct response_id *id)
{
    struct json *answer = json_parse(buf_text(&walk->answer), walk->answer.len, NULL);
    if (!answer) {
        errno = ENOMEM; /* it was read once already, as part of its record */
        return -1;
    }
    struct member_receipt receipt = read_answer(answer, id, slice_of(&walk->jws));
    receipt.is_erasure = walk->is_erasure;
    int result = walk->each(walk->context, &receipt);
    json_free(answer);
    return result;
}

static int visit_record(struct receipts_walk *walk, const struct response_id *id, enum spool_state state)
{
    buf_reset(&walk->jws);
    buf_reset(&walk->answer);
    walk->is_erasure = state == SPOOL_ERASED;
    if (spool_read_record(walk->profile->home, id, state, &walk->jws, &walk->answer) == 0)
        return visit_answer(walk, id);
    if (errno != EILSEQ)
        return -1;
    struct member_receipt damaged = {
        .id = id, .is_erasure = walk->is_erasure, .jws = {"", 0}, .index = -1, .is_damaged = true};
    return walk->each(walk->context, &damaged);
}

static int visit_response(void *context, const struct response_id *id)
{
    return visit_record(context, id, SPOOL_SENT);
}

static int visit_erasure(void *context, const struct response_id *id)
{
    return visit_record(context, id, SPOOL_ERASED);
}

int receipts_each(const struct profile *profile, int (*each)(void *context, const struct member_receipt *receipt),
                  void *context)
{
    struct receipts_walk walk = {.profile = profile, .each = each, .context = context};
    buf_init(&walk.jws, SPOOL_RECORD_MAX);
    buf_init(&walk.answer, SPOOL_RECORD_MAX);
    walk.is_erasure = profile->erased;
    int result = profile_read_enrolment(profile, &walk.jws, &walk.answer);
    if (result == 0)
        result = visit_answer(&walk, NULL);
    if (result == 0)
        result = spool_each(profile->home, SPOOL_SENT, visit_response, &walk);
    if (result == 0)
        result = spool_each(profile->home, SPOOL_ERASED, visit_erasure, &walk);
    buf_wipe(&walk.jws);
    buf_free(&walk.answer);
    return result;
}
