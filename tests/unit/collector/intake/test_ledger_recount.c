/* Two thousand submissions in random order, with repeats, late revisions, failures and restarts among them: each
 * verdict is what a small model says, and the counters are what a recount of the log gives, which knows nothing of
 * slots, tallies or current responses. */
#include "base/json.h"
#include "crypto/base64url.h"
#include "crypto/jws.h"
#include "tests/unit/capture.h"
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/faulty.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define SUBMISSIONS 2000
#define MEMBERS 20
#define ACTIONS 12
#define SLOTS 24
#define BATCH_MAX 64

/* What was sent, and what the model says of one member's current response to one action. */
struct sent {
    size_t member, action;
    int64_t revision;
    size_t origin; /* the first that had these bytes */
    struct buf jws;
};

struct model {
    int64_t revision; /* 0: none */
    size_t origin;
    int64_t index, replaced;
};

static struct kit kit;
static struct kit_member members[MEMBERS];
static struct sent sent[SUBMISSIONS];
static struct model model[MEMBERS][ACTIONS];
static int64_t next_index;
static uint64_t random_state = 20260601;

/* xorshift64*: the same run every time. */
static uint64_t random_below(uint64_t bound)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (random_state * UINT64_C(2685821657736338717) >> 33) % bound;
}

static void setup(void)
{
    kit_begin();
    kit_open(&kit, store_faulty_new(kit_store_new(kit_dsn(NULL))));
    kit_start(&kit);
    kit_join(&kit, members, MEMBERS, 1);
    next_index = MEMBERS;
}

static void teardown(void)
{
    for (size_t i = 0; i < MEMBERS; i++)
        kit_member_wipe(&members[i]);
    for (size_t i = 0; i < SUBMISSIONS; i++)
        buf_free(&sent[i].jws);
    kit_close(&kit);
    kit_end();
}

TestSuite(ledger_recount, .init = setup, .fini = teardown, .timeout = 300);

/* Random responses. */

static const char *const noticed[] = {"yes", "no", "unknown"};
static const char *const channels[] = {"website", "phone", "counter", "letter", "app"};

static void put_random_channels(struct buf *out)
{
    bool first = true;
    buf_put_text(out, ",\"channels\":[");
    for (size_t i = 0; i < 5; i++) {
        size_t channel = 4 - i; /* against the questionnaire's order */
        if (random_below(2) == 0)
            continue;
        buf_printf(out, "%s\"%s\"", first ? "" : ",", channels[channel]);
        first = false;
    }
    buf_put_char(out, ']');
}

static struct buf random_answers(void)
{
    struct buf out;
    uint64_t choice = random_below(3);
    buf_init(&out, KIT_TEXT_MAX);
    buf_printf(&out, "{\"importance\":%d,\"noticed\":\"%s\"", (int)random_below(5) + 1, noticed[choice]);
    if (choice == 0)
        buf_printf(&out, ",\"satisfaction\":%d", (int)random_below(5) + 1);
    if (random_below(3) > 0)
        put_random_channels(&out);
    if (random_below(4) == 0)
        buf_printf(&out, ",\"comment\":\"number %d\"", (int)random_below(1000));
    buf_put_char(&out, '}');
    return out;
}

static void make_new(struct sent *s, size_t place, const struct catalogue *catalogue)
{
    char jti[RANDOM_ID_SIZE];
    uint64_t bytes[2] = {place, random_below(UINT32_MAX)};
    struct buf answers = random_answers();
    s->member = random_below(MEMBERS);
    s->action = random_below(ACTIONS);
    s->revision = (int64_t)random_below(6) + 1;
    s->origin = place;
    base64url_encode(bytes, sizeof bytes, jti);
    struct response_claims claims = kit_claims(catalogue->actions->list[s->action].id, s->revision, buf_text(&answers));
    claims.jti = jti;
    s->jws = kit_sign_response(&members[s->member], &claims);
    buf_free(&answers);
}

static void make_repeat(struct sent *s, size_t place)
{
    *s = sent[random_below(place)];
    struct buf jws = s->jws;
    buf_init(&s->jws, KIT_TEXT_MAX);
    buf_put(&s->jws, jws.data, jws.len);
}

/* The model. */

static void assert_follows_model(const struct sent *s, const struct submission *actual)
{
    struct model *now = &model[s->member][s->action];
    if (now->revision > 0 && now->origin == s->origin) {
        cr_assert_eq(actual->verdict, VERDICT_REPEATED);
        cr_assert(actual->index == now->index && actual->replaced == now->replaced);
    } else if (s->revision <= now->revision) {
        cr_assert_eq(actual->verdict, VERDICT_REFUSED);
        cr_assert_eq(actual->problem, PROBLEM_STALE_REVISION);
        cr_assert_eq(actual->current_revision, now->revision);
    } else {
        int64_t replaced = now->revision > 0 ? now->index : -1;
        cr_assert_eq(actual->verdict, VERDICT_ACCEPTED);
        cr_assert(actual->index == next_index && actual->replaced == replaced);
        *now =
            (struct model){.revision = s->revision, .origin = s->origin, .index = next_index++, .replaced = replaced};
    }
}

static void submit_all(struct parcel *parcels, size_t first, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct buf copy;
        buf_init(&copy, KIT_TEXT_MAX);
        buf_put(&copy, sent[first + i].jws.data, sent[first + i].jws.len);
        parcel_submit(&parcels[i], &kit, SUBMISSION_RESPONSE, copy);
        cr_assert_not_null(parcels[i].submission);
    }
}

/* A batch that a failing store throws out; nothing of it may be seen in the next. */
static void fail_once(size_t first, size_t count)
{
    static struct parcel parcels[BATCH_MAX];
    submit_all(parcels, first, count);
    store_faulty_fail_at(kit.store, (unsigned)random_below(3 * count + 2) + 1);
    capture_begin(2);
    int result = parcels_apply(&kit, parcels, count);
    (void)capture_end(2);
    if (!store_faulty_verb(kit.store))
        for (size_t i = 0; i < count; i++)
            assert_follows_model(&sent[first + i], parcels[i].submission);
    else
        cr_assert_eq(result, -1);
    store_faulty_fail_at(kit.store, 0);
    cr_assert_eq(ledger_refresh(kit.ledger), 0);
    parcels_free(parcels, count);
}

static void run_batch(size_t first, size_t count)
{
    static struct parcel parcels[BATCH_MAX];
    if (random_below(5) == 0)
        fail_once(first, count);
    if (random_below(10) == 0) {
        ledger_free(kit.ledger);
        kit_start(&kit);
    }
    submit_all(parcels, first, count);
    cr_assert_eq(parcels_apply(&kit, parcels, count), 0);
    for (size_t i = 0; i < count; i++)
        assert_follows_model(&sent[first + i], parcels[i].submission);
    parcels_free(parcels, count);
}

/* The recount. */

/* A member's response of the highest revision to an action, read from the log. */
struct ballot_paper {
    int64_t revision;
    struct json *claims;
};

static struct ballot_paper papers[MEMBERS][ACTIONS];

static size_t member_place(const char *kid)
{
    size_t i = 0;
    while (i < MEMBERS && strcmp(members[i].kid, kid) != 0)
        i++;
    cr_assert_lt(i, MEMBERS);
    return i;
}

static void keep_paper(const struct buf *entry, const struct catalogue *catalogue)
{
    struct jws jws;
    struct buf payload;
    struct error error = {0};
    int64_t revision;
    if (jws_parse(entry->data, entry->len, RESPONSE_TYP, &jws, &error))
        return; /* an enrolment */
    buf_init(&payload, KIT_TEXT_MAX);
    cr_assert_eq(jws_decode_payload(&jws, &payload), 0);
    struct json *claims = json_parse(payload.data, payload.len, NULL);
    cr_assert_eq(json_integer(json_member(claims, "revision"), &revision), 0);
    int action = action_list_find(catalogue->actions, json_text(json_member(claims, "action")));
    cr_assert(action >= 0 && action < ACTIONS);
    struct ballot_paper *paper = &papers[member_place(jws.kid)][action];
    cr_assert_gt(revision, paper->revision, "the log holds only what was newer");
    json_free(paper->claims);
    *paper = (struct ballot_paper){revision, claims};
    buf_free(&payload);
}

static void count_value(int64_t *counts, size_t first, const struct json *answer)
{
    int64_t value;
    if (!answer)
        return;
    cr_assert_eq(json_integer(answer, &value), 0);
    counts[first]++;
    counts[first + (size_t)value]++;
}

static void count_word(int64_t *counts, size_t first, const char *const *words, size_t count, const struct json *answer)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], json_text(answer)) == 0)
            counts[first + i]++;
}

/* Where the example's questions stand, written out. */
static void count_paper(int64_t *counts, const struct json *claims)
{
    const struct json *answers = json_member(claims, "answers"), *chosen = json_member(answers, "channels");
    counts[0]++;
    count_value(counts, 1, json_member(answers, "importance"));
    counts[7]++;
    count_word(counts, 8, noticed, 3, json_member(answers, "noticed"));
    count_value(counts, 11, json_member(answers, "satisfaction"));
    counts[17] += chosen != NULL;
    for (const struct json *value = json_first(chosen); value; value = json_next(value))
        count_word(counts, 18, channels, 5, value);
    counts[23] += json_member(answers, "comment") != NULL;
}

static void recount(const struct catalogue *catalogue, int64_t counts[static ACTIONS][SLOTS])
{
    struct buf entry;
    buf_init(&entry, KIT_TEXT_MAX);
    for (int64_t i = 0; i < next_index; i++) {
        buf_reset(&entry);
        cr_assert_eq(store_entry_read(kit.store, i, &entry), STORE_OK);
        keep_paper(&entry, catalogue);
    }
    for (size_t m = 0; m < MEMBERS; m++) {
        for (size_t a = 0; a < ACTIONS; a++) {
            if (papers[m][a].claims)
                count_paper(counts[a], papers[m][a].claims);
            json_free(papers[m][a].claims);
        }
    }
    buf_free(&entry);
}

Test(ledger_recount, gives_the_counters_after_two_thousand_submissions)
{
    static int64_t expected[ACTIONS][SLOTS];
    struct catalogue *catalogue = catalogue_now(kit.shared.catalogues);
    for (size_t i = 0; i < SUBMISSIONS; i++) {
        if (i > 0 && random_below(4) == 0)
            make_repeat(&sent[i], i);
        else
            make_new(&sent[i], i, catalogue);
    }
    for (size_t first = 0, count; first < SUBMISSIONS; first += count) {
        count = random_below(BATCH_MAX) + 1;
        if (count > SUBMISSIONS - first)
            count = SUBMISSIONS - first;
        run_batch(first, count);
    }
    cr_assert_eq(kit_entries(kit.store), next_index);
    recount(catalogue, expected);
    for (size_t a = 0; a < ACTIONS; a++) {
        int64_t counts[SLOTS];
        kit_counts(kit.store, catalogue, a, counts, SLOTS);
        for (size_t i = 0; i < SLOTS; i++)
            cr_assert_eq(counts[i], expected[a][i], "action %zu, slot %zu: %lld, not %lld", a, i, (long long)counts[i],
                         (long long)expected[a][i]);
    }
    catalogue_release(catalogue);
}
