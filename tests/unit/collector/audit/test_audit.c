/* The audit against logs that the ledger made, and against the same logs with something done to them. */
#include "base/mem.h"
#include "collector/audit/audit.h"
#include "collector/log/tree.h"
#include "panel/enrolment.h"
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/faulty.h"
#include "tests/unit/collector/store/raw.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEMBERS 4
#define ENTRIES_MAX 64
#define OTHER "{\"importance\":1,\"noticed\":\"unknown\",\"channels\":[\"app\"]}"

/* A log. */

static struct kit kit;
static struct kit_member members[MEMBERS];
static char dsn[256];
static struct buf entries[ENTRIES_MAX]; /* as a source of entries that can be changed */
static int64_t size;
static struct parallel *parallel;

static struct listing listing;

static int list_one(void *context, int64_t index, const char *kind)
{
    (void)context, (void)kind;
    return listing_add(&listing, index, entries[index].data, entries[index].len);
}

static void read_entries(void)
{
    size = kit_entries(kit.store);
    cr_assert_lt(size, ENTRIES_MAX - 1);
    for (int64_t i = 0; i < size; i++) {
        buf_init(&entries[i], KIT_TEXT_MAX);
        cr_assert_eq(store_entry_read(kit.store, i, &entries[i]), STORE_OK);
    }
}

static void setup(void)
{
    kit_begin();
    snprintf(dsn, sizeof dsn, "sqlite:%s", kit_path("store.db"));
    kit_open(&kit, store_faulty_new(kit_store_new(dsn)));
    kit_start(&kit);
    kit_join(&kit, members, MEMBERS, 1);
    kit_respond(&kit, &members[0], "WA-1.01", 1, KIT_ANSWERS); /* entry 4 */
    kit_respond(&kit, &members[1], "WA-1.01", 3, OTHER); /* 5 */
    kit_respond(&kit, &members[0], "WA-1.02", 1, OTHER); /* 6 */
    kit_respond(&kit, &members[0], "WA-1.01", 2, OTHER); /* 7, which replaces 4 */
    read_entries();
    cr_assert_eq(size, 8);
    cr_assert_eq(store_event_each(kit.store, 0, INT64_MAX, list_one, NULL), STORE_OK);
    parallel = parallel_new(2);
    cr_assert_not_null(parallel);
}

static void teardown(void)
{
    parallel_free(parallel);
    listing_wipe(&listing);
    for (int64_t i = 0; i < ENTRIES_MAX; i++)
        buf_free(&entries[i]);
    for (size_t i = 0; i < MEMBERS; i++)
        kit_member_wipe(&members[i]);
    kit_close(&kit);
    kit_end();
}

TestSuite(audit, .init = setup, .fini = teardown, .timeout = 300);

/* An audit of it. */

static char told[1024 * 1024];
static int64_t progress;

static void hear(void *context, const char *what)
{
    (void)context;
    size_t len = strlen(told);
    snprintf(told + len, sizeof told - len, "%s\n", what);
}

static void see_progress(void *context, int64_t done, int64_t all)
{
    (void)context;
    cr_assert(done <= all && done >= progress);
    progress = done;
}

static enum store_result read_entry(void *context, int64_t index, struct buf *out, int64_t *erased_by,
                                    struct error *error)
{
    (void)context, (void)erased_by;
    if (index < 0 || index >= ENTRIES_MAX || !entries[index].data)
        return STORE_NONE;
    buf_put(out, entries[index].data, entries[index].len);
    if (buf_check(out) == 0)
        return STORE_OK;
    error_set(error, ERROR_DAMAGED, "it is larger than can be");
    return STORE_FAILED;
}

static enum store_result read_document(void *context, const uint8_t hash[static SHA256_BYTES], struct buf *out,
                                       struct error *error)
{
    (void)context;
    enum store_result result = store_document_read(kit.store, hash, out);
    if (result == STORE_FAILED)
        store_fail(kit.store, error);
    return result;
}

struct outcome {
    int result;
    struct error error;
    size_t findings;
    struct merkle_head head;
};

/* An audit that has begun; NULL: no memory, where that is asked for. */
static struct audit *begin_audit(struct audit_findings *findings, struct parallel *threads,
                                 const struct catalogue *catalogue)
{
    static struct scratch scratch;
    scratch = (struct scratch){.folder = scratch_folder()};
    struct replay_setup setup = {
        .document = read_document, .findings = findings, .scratch = &scratch, .memory = (size_t)1024 * 1024};
    struct error error = {0};
    *findings = (struct audit_findings){.tell = hear};
    told[0] = '\0';
    struct audit *audit = audit_new(&setup, threads);
    if (audit && audit_begin(audit, &listing, catalogue, &error) == 0)
        return audit;
    audit_free(audit);
    return NULL;
}

/* Reads the entries above and compares them with the store, where `compared`. */
static struct outcome look(bool compared, const struct merkle_head *expected)
{
    struct outcome outcome = {0};
    struct audit_findings findings;
    struct audit_source source = {.read = read_entry, .progress = see_progress, .size = size};
    struct catalogue *catalogue = catalogue_load(kit.store, NULL);
    progress = 0;
    cr_assert_not_null(catalogue);
    struct audit *audit = begin_audit(&findings, parallel, catalogue);
    cr_assert_not_null(audit);
    if (expected)
        cr_assert_eq(audit_compare_head(audit, expected), 0);
    outcome.result = audit_read(audit, &source, compared ? kit.store : NULL, &outcome.error);
    if (outcome.result == 0)
        outcome.result = audit_compare(audit, compared ? kit.store : NULL, &outcome.error);
    outcome.findings = findings.count;
    audit_head(audit, &outcome.head);
    audit_free(audit);
    catalogue_release(catalogue);
    return outcome;
}

static void assert_clean(bool compared)
{
    struct outcome outcome = look(compared, NULL);
    cr_assert(outcome.result == 0 && outcome.findings == 0, "%s%s", outcome.error.text, told);
}

/* One finding, or that and others. */
static void assert_finds(bool compared, const char *what)
{
    struct outcome outcome = look(compared, NULL);
    cr_assert_eq(outcome.result, 0, "%s", outcome.error.text);
    cr_assert_gt(outcome.findings, 0, "%s was expected", what);
    cr_assert_not_null(strstr(told, what), "%s was expected of\n%s", what, told);
}

static void assert_finds_alone(bool compared, const char *what)
{
    assert_finds(compared, what);
    cr_assert_str_eq(strchr(told, '\n'), "\n", "%s", told);
}

static void replace(int64_t index, struct buf jws)
{
    buf_free(&entries[index]);
    entries[index] = jws;
}

static struct buf enrolment_of(const struct kit_member *member, const char *aud, const char *code)
{
    struct buf payload;
    buf_init(&payload, KIT_TEXT_MAX);
    enrolment_put_claims(&payload, aud, KIT_JTI, KIT_NOW, code, member->public_key);
    struct buf jws = kit_sign(member, ENROLMENT_TYP, buf_text(&payload));
    buf_free(&payload);
    return jws;
}

static struct buf response_of(const struct kit_member *member, const char *action, int64_t revision,
                              const char *answers)
{
    struct response_claims claims = kit_claims(action, revision, answers);
    return kit_sign_response(member, &claims);
}

/* What is right. */

Test(audit, passes_what_the_ledger_made)
{
    struct merkle_head head;
    assert_clean(true);
    assert_clean(false);
    cr_assert_eq(progress, size);
    cr_assert_eq(tree_head(kit.store, &head, NULL), 0);
    struct outcome outcome = look(true, &head);
    cr_assert_eq(outcome.findings, 0);
    cr_assert(outcome.head.size == 8 && merkle_equal(&outcome.head.root, &head.root));
}

Test(audit, passes_the_empty_log)
{
    struct merkle_head empty = {.size = 0};
    merkle_empty(&empty.root);
    size = 0;
    struct outcome outcome = look(false, &empty);
    cr_assert(outcome.result == 0 && outcome.findings == 0 && outcome.head.size == 0);
    cr_assert(merkle_equal(&outcome.head.root, &empty.root));
    merkle_leaf("x", 1, &empty.root);
    cr_assert_eq(look(false, &empty).findings, 1);
}

Test(audit, passes_a_checkpoint_of_any_size_below)
{
    struct tree_reader reader = {kit.store, NULL};
    struct merkle_head head;
    for (head.size = 0; head.size <= 8; head.size++) {
        cr_assert_eq(merkle_root_at(head.size, tree_read, &reader, &head.root), 0);
        cr_assert_eq(look(true, &head).findings, 0);
        head.root.bytes[5] ^= 1;
        struct outcome outcome = look(true, &head);
        cr_assert_eq(outcome.findings, 1);
        cr_assert_not_null(strstr(told, "checkpoint: the root over its"));
    }
    cr_assert_eq(look(true, &head).findings, 1);
    cr_assert_str_eq(told, "checkpoint: it was signed over 9 entries, the log has 8\n");
}

/* Entries. */

Test(audit, finds_each_byte_changed)
{
    for (int64_t i = 0; i < size; i += 3) {
        char what[32];
        snprintf(what, sizeof what, "entry %lld: ", (long long)i);
        for (size_t at = 0; at < entries[i].len; at += 23) {
            char kept = entries[i].data[at];
            entries[i].data[at] = kept == 'A' ? 'B' : 'A';
            assert_finds(false, what);
            entries[i].data[at] = kept;
        }
    }
    assert_clean(true);
}

Test(audit, finds_what_is_no_entry)
{
    static const char *const texts[] = {"", ".", "..", "a.b.c", "{}", "\xff"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct buf jws;
        buf_init(&jws, KIT_TEXT_MAX);
        buf_put_text(&jws, texts[i]);
        buf_put(&jws, "", 0);
        cr_assert_eq(buf_check(&jws), 0);
        replace(6, jws);
        assert_finds_alone(false, "entry 6: ");
    }
    replace(6, kit_sign(&members[0], "other+jws", "{}"));
    assert_finds_alone(false, "entry 6: ");
    replace(6, kit_sign(&members[0], RESPONSE_TYP, "{}"));
    assert_finds_alone(false, "entry 6: ");
    replace(6, kit_sign(&members[0], ENROLMENT_TYP, "[]"));
    assert_finds_alone(false, "entry 6: ");
}

Test(audit, says_which_entry_can_not_be_read)
{
    buf_put_text(&entries[6], ".");
    while (entries[6].len < 40000)
        buf_put_text(&entries[6], "0123456789012345678901234567890123456789");
    struct outcome outcome = look(false, NULL);
    cr_assert_eq(outcome.result, -1);
    cr_assert_str_eq(outcome.error.text, "entry 6: it is larger than can be");
    cr_assert_eq(outcome.error.kind, ERROR_DAMAGED);
}

Test(audit, finds_entries_that_are_missing)
{
    buf_free(&entries[6]);
    assert_finds_alone(false, "entry 6: it is missing");
    size = INT64_MAX;
    assert_finds(false, "entries from 2048 on: missing");
    cr_assert_null(strstr(told, "entry 4096"));
}

Test(audit, finds_answers_that_do_not_fit)
{
    replace(6, response_of(&members[0], "WA-1.02", 1, "{\"importance\":9,\"noticed\":\"no\"}"));
    assert_finds_alone(false, "entry 6: its answers do not fit the panel");
    replace(6, response_of(&members[0], "nothing", 1, KIT_ANSWERS));
    assert_finds_alone(false, "entry 6: its answers do not fit the panel");
}

Test(audit, finds_a_response_of_nobody_or_before_its_enrolment)
{
    struct kit_member stranger;
    kit_member_init(&stranger, 99);
    replace(6, response_of(&stranger, "WA-1.02", 1, KIT_ANSWERS));
    assert_finds_alone(false, "entry 6: nobody with this key has enrolled");
    replace(7, enrolment_of(&stranger, "wau", stranger.code));
    assert_finds_alone(false, "entry 6: nobody with this key has enrolled");
    kit_member_wipe(&stranger);
}

Test(audit, finds_revisions_that_do_not_rise)
{
    replace(7, response_of(&members[0], "WA-1.01", 1, OTHER));
    assert_finds_alone(false, "entry 7: it can't follow on the entries before it");
}

Test(audit, finds_enrolments_that_could_not_have_been)
{
    static const struct {
        const char *aud;
        int seed; /* of the invitation; -1: none */
        const char *what;
    } cases[] = {{"wau", 0, "entry 6: its key has enrolled before"},
                 {"other", 50, "entry 6: it is for another panel"},
                 {"wau", -1, "entry 6: its invitation is no code"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *code = cases[i].seed < 0 ? "0000000-0000000-0000000-0000U" : members[1].code;
        replace(6, enrolment_of(&members[2], cases[i].aud, code));
        assert_finds(false, cases[i].what);
    }
    struct kit_member stranger, friend;
    kit_member_init(&stranger, 99);
    kit_member_init(&friend, 98);
    replace(6, enrolment_of(&stranger, "wau", members[1].code));
    assert_finds_alone(false, "entry 6: its invitation was used before");
    replace(6, enrolment_of(&stranger, "wau", stranger.code));
    assert_clean(false);
    replace(6, enrolment_of(&friend, "wau", friend.code)); /* a signature of another */
    struct buf theirs = enrolment_of(&stranger, "wau", stranger.code);
    size_t tail = 1 + 86;
    memcpy(entries[6].data + entries[6].len - tail, theirs.data + theirs.len - tail, tail);
    assert_finds_alone(false, "entry 6: its signature does not count");
    buf_free(&theirs);
    kit_member_wipe(&stranger);
    kit_member_wipe(&friend);
}

/* An opening that was moved later makes no response wrong, and the catalogue stays as it was loaded. */
Test(audit, passes_responses_from_before_a_round_opened_as_it_now_does)
{
    struct buf json = kit_file("fixtures/panel.json");
    char *opens = strstr(json.data, "\"opensAt\"");
    cr_assert_not_null(opens);
    char *year = strstr(opens, "2026-");
    cr_assert_not_null(year);
    memcpy(year, "2026-06-02", 10); /* KIT_NOW is the day before */
    kit_import_panel(kit.store, json.data);
    struct catalogue *catalogue = catalogue_load(kit.store, NULL);
    cr_assert_not_null(catalogue);
    cr_assert_gt(catalogue->panel->rounds[0].opens_at, KIT_NOW);
    catalogue_release(catalogue);
    assert_clean(true);
    buf_free(&json);
}

/* The store. */

/* What is done to the store, how it is undone, and what is then found. */
static const struct {
    const char *done, *found;
} harms[] = {
    {"UPDATE member SET idx = 1 WHERE number = 1", "member "},
    {"DELETE FROM member WHERE number = 3", " (entry 2): not among the store's\n"},
    {"INSERT INTO member (number, idx, enrolled_at, revoked_at, key) VALUES (5, 7, 1, 0, zeroblob(32))",
     ": the log has no such enrolment\n"},
    {"UPDATE invitation SET state = 0 WHERE number = 2", " (entry 1): not marked as used by them\n"},
    {"UPDATE invitation SET member = 4 WHERE number = 2", " (entry 1): not marked as used by them\n"},
    {"DELETE FROM invitation WHERE number = 2", " (entry 1): not marked as used by them\n"},
    {"INSERT INTO invitation (hash, number, state, member) VALUES (x'00', 77, 1, 9)",
     "invitations used: the store has 5, the log tells of 4\n"},
    {"UPDATE current SET revision = 8 WHERE idx = 5", " (entry 5): not what the log says\n"},
    {"UPDATE current SET replaced = NULL WHERE idx = 7", " (entry 7): not what the log says\n"},
    {"DELETE FROM current WHERE idx = 6", " to action WA-1.02 in round round-1 (entry 6): not what the log says\n"},
    {"INSERT INTO current VALUES ((1 << 51) + (4 << 20) + 1, 1, 3, NULL, x'00')",
     " to action WA-1.01 in round round-1 (entry 3)"},
    {"DELETE FROM counts WHERE place = (1 << 20) + 1",
     "counter 0 of action WA-1.01 in round round-1: 0 is stored, 2 follows from the log\n"},
    {"UPDATE counts SET slots = x'00' WHERE place = (1 << 20) + 2", "counters of action WA-1.02 in round round-1: "},
    {"INSERT INTO counts VALUES ((1 << 20) + 3, zeroblob(8))",
     "counters of action WA-1.03 in round round-1: the log has no response to it\n"},
    {"DELETE FROM tile", "tile 0/0: 0 hashes where there should be 8\n"},
    {"UPDATE tile SET hashes = substr(hashes, 1, 64)", "tile 0/0: 2 hashes where there should be 8\n"},
    {"UPDATE tile SET hashes = x'00'", "tile 0/0: "},
    {"UPDATE tile SET hashes = zeroblob(256)", "entry 0: it is not the one that the tree was built over\n"},
};

Test(audit, finds_what_was_done_to_the_store)
{
    char restore[1024];
    static const char *const tables[] = {"member", "invitation", "current", "counts", "tile"};
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        snprintf(restore, sizeof restore, "CREATE TABLE kept_%s AS SELECT * FROM %s", tables[t], tables[t]);
        store_raw_run(dsn, restore);
    }
    for (size_t i = 0; i < sizeof harms / sizeof harms[0]; i++) {
        store_raw_run(dsn, harms[i].done);
        assert_finds(true, harms[i].found);
        for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
            snprintf(restore, sizeof restore, "DELETE FROM %s; INSERT INTO %s SELECT * FROM kept_%s", tables[t],
                     tables[t], tables[t]);
            store_raw_run(dsn, restore);
        }
        assert_clean(true);
    }
}

Test(audit, says_when_the_store_can_not_be_read)
{
    unsigned failures = 0;
    for (unsigned n = 1;; n++) {
        struct catalogue *catalogue = catalogue_load(kit.store, NULL);
        struct audit_findings findings;
        struct audit *audit = begin_audit(&findings, parallel, catalogue);
        struct audit_source source = {.read = read_entry, .size = size};
        struct error error = {0};
        cr_assert_not_null(audit);
        store_faulty_fail_at(kit.store, n);
        int result = audit_read(audit, &source, kit.store, &error);
        if (result == 0)
            result = audit_compare(audit, kit.store, &error);
        bool failed = store_faulty_verb(kit.store) != NULL;
        store_faulty_fail_at(kit.store, 0);
        cr_assert_eq(result != 0 || findings.count > 0, failed, "verb %u", n);
        if (failed)
            cr_assert_not_null(strstr(result != 0 ? error.text : told, STORE_FAULTY_ERROR), "verb %u: %s%s", n,
                               error.text, told);
        audit_free(audit);
        catalogue_release(catalogue);
        failures += failed;
        if (!failed)
            break;
    }
    cr_assert_geq(failures, 8);
}

/* All in one thread, so that which allocation is the n-th is the same each time. */
Test(audit, survives_any_lack_of_memory)
{
    struct parallel *alone = parallel_new(1);
    struct catalogue *catalogue = catalogue_load(kit.store, NULL);
    unsigned failures = 0;
    cr_assert(alone != NULL && catalogue != NULL);
    for (unsigned long n = 1;; n++) {
        struct audit_findings findings;
        struct audit_source source = {.read = read_entry, .size = size};
        struct error error = {0};
        int result = -1;
        mem_fail_at(n);
        struct audit *audit = begin_audit(&findings, alone, catalogue);
        if (audit)
            result = audit_read(audit, &source, kit.store, &error);
        if (audit && result == 0)
            result = audit_compare(audit, kit.store, &error);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        /* What fails where it does not matter, such as an enrolment taken for a response at first, may pass. */
        cr_assert((result == 0 && findings.count == 0) || failed, "allocation %lu", n);
        failures += result != 0 || findings.count > 0;
        audit_free(audit);
        if (!failed)
            break;
    }
    cr_assert_gt(failures, 30);
    catalogue_release(catalogue);
    parallel_free(alone);
    audit_free(NULL);
}
