/* Requests to erase, in their place among a batch: all that they name goes in one commit with the event that says so,
 * and nothing else. */
#include "base/mem.h"
#include "collector/acts/erasing.h"
#include "collector/intake/ledger.h"
#include "collector/state/recorded.h"
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/faulty.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SLOTS 24 /* of the example's questionnaire */
#define JTI_1 "AAAAAAAAAAAAAAAAAAAAAQ"
#define JTI_2 "AAAAAAAAAAAAAAAAAAAAAg"

static struct kit kit;
static struct kit_member members[2];

/* The log begins with log-upgraded, since the panel was there before it; the members' enrolments follow. */
static void open_kit(struct store *store)
{
    kit_open(&kit, store);
    kit_give_operator(&kit);
    kit_start(&kit);
    kit_join(&kit, members, 2, 1);
}

static void setup(void)
{
    kit_begin();
    open_kit(kit_store_new(kit_dsn(NULL)));
}

static void close_kit(void)
{
    for (size_t i = 0; i < 2; i++)
        kit_member_wipe(&members[i]);
    kit_close(&kit);
}

static void teardown(void)
{
    close_kit();
    kit_end();
}

TestSuite(ledger_erasures, .init = setup, .fini = teardown, .timeout = 120);

static int64_t respondents(size_t action)
{
    int64_t counts[SLOTS];
    struct catalogue *catalogue = catalogue_now(kit.shared.catalogues);
    kit_counts(kit.store, catalogue, action, counts, SLOTS);
    catalogue_release(catalogue);
    for (size_t i = 1; i < SLOTS; i++)
        cr_assert(counts[i] <= counts[0] && counts[i] >= 0);
    return counts[0];
}

static void apply(struct parcel *parcel)
{
    cr_assert_eq(parcels_apply(&kit, parcel, 1), 0);
}

static void assert_erased(const struct parcel *parcel, enum submission_verdict verdict, int64_t index, size_t count,
                          const int64_t *erased)
{
    const struct submission *s = parcel->submission;
    cr_assert_eq(s->verdict, verdict, "%d %s", s->verdict, s->detail);
    cr_assert_eq(s->index, index);
    cr_assert_eq(s->erased_count, count);
    cr_assert_arr_eq(s->erased, erased, count * sizeof *erased);
}

static void assert_refused(const struct parcel *parcel, enum problem problem)
{
    cr_assert_eq(parcel->submission->verdict, VERDICT_REFUSED);
    cr_assert_str_eq(problem_name(parcel->submission->problem), problem_name(problem));
    cr_assert_neq(parcel->submission->detail[0], '\0');
}

static bool is_kept(int64_t index)
{
    struct buf jws;
    buf_init(&jws, KIT_TEXT_MAX);
    enum store_result result = store_entry_read(kit.store, index, &jws);
    buf_free(&jws);
    cr_assert(result == STORE_OK || result == STORE_ERASED);
    return result == STORE_OK;
}

static struct event event_at(int64_t index)
{
    struct event event;
    struct error error = {0};
    cr_assert_eq(recorded_read(kit.store, index, &event, &error), 0, "%s", error.text);
    return event;
}

/* Entries 0 to 2 are log-upgraded and two enrolments. Three answers of the one, one of the other: 3 to 6. */
static void answer(void)
{
    kit_respond(&kit, &members[0], "WA-1.01", 1, KIT_ANSWERS);
    kit_respond(&kit, &members[0], "WA-1.01", 2, KIT_ANSWERS);
    kit_respond(&kit, &members[1], "WA-1.01", 1, KIT_ANSWERS);
    kit_respond(&kit, &members[0], "WA-1.01", 5, KIT_ANSWERS);
}

Test(ledger_erasures, take_all_revisions_of_one_response_and_leave_the_others)
{
    struct parcel request;
    answer();
    kit_respond(&kit, &members[0], "WA-1.02", 1, KIT_ANSWERS); /* 7 */
    cr_assert_eq(respondents(0), 2);
    parcel_erase(&request, &kit, &members[0], "WA-1.01", JTI_1);
    apply(&request);
    assert_erased(&request, VERDICT_ACCEPTED, 8, 3, (const int64_t[]){3, 4, 6});
    cr_assert_eq(kit_entries(kit.store), 10, "the request and its event");
    cr_assert(!is_kept(3) && !is_kept(4) && !is_kept(6));
    cr_assert(is_kept(5) && is_kept(7) && is_kept(8) && is_kept(9) && is_kept(1));
    cr_assert_eq(respondents(0), 1);
    cr_assert_eq(respondents(1), 1);
    struct event event = event_at(9);
    cr_assert(event.kind == EVENT_ENTRIES_ERASED && strcmp(event.by, "member") == 0 && event.request == 8);
    cr_assert(event.entries.count == 3 && event.entries.list[2] == 6 && event.enrolments.count == 0);
    event_free(&event);
    for (int64_t index = 3; index < 8; index++) {
        int64_t by = -1;
        bool erased = index != 5 && index != 7;
        cr_assert_eq(store_erased_by(kit.store, index, &by), erased ? STORE_OK : STORE_NONE);
        cr_assert_eq(by, erased ? 9 : -1);
    }
    parcel_free(&request);
}

Test(ledger_erasures, keep_the_receipts_of_all_whatever_was_erased)
{
    struct parcel first, request;
    struct buf receipt;
    struct merkle_hash leaf;
    uint64_t index;
    struct error error;
    parcel_respond(&first, &kit, &members[0], "WA-1.01", 1, KIT_ANSWERS);
    apply(&first); /* 3 */
    parcel_erase(&request, &kit, &members[0], "WA-1.01", JTI_1);
    apply(&request);
    buf_init(&receipt, KIT_TEXT_MAX);
    const struct submission *both[] = {first.submission, request.submission};
    for (size_t i = 0; i < 2; i++) {
        buf_reset(&receipt);
        cr_assert_eq(proofs_put_receipt(&receipt, both[i]->proofs, (uint64_t)both[i]->index, RECEIPT_TEXT), 0);
        merkle_leaf(both[i]->jws, both[i]->jws_len, &leaf);
        cr_assert_eq(
            receipt_check(buf_text(&receipt), receipt.len, &leaf, signer_public(kit.shared.signer), &index, &error), 0,
            "%s", error.text);
        cr_assert_eq((int64_t)index, both[i]->index);
    }
    buf_free(&receipt);
    parcel_free(&first);
    parcel_free(&request);
}

Test(ledger_erasures, let_a_higher_revision_in_and_nothing_that_was_erased)
{
    struct parcel old, request, again, higher;
    answer();
    parcel_respond(&old, &kit, &members[0], "WA-1.01", 7, KIT_ANSWERS);
    apply(&old); /* 7 */
    parcel_erase(&request, &kit, &members[0], "WA-1.01", JTI_1);
    apply(&request); /* 8, 9 */
    parcel_again(&again, &kit, &old);
    apply(&again);
    assert_refused(&again, PROBLEM_STALE_REVISION);
    cr_assert_eq(again.submission->current_revision, 7);
    parcel_respond(&higher, &kit, &members[0], "WA-1.01", 8, KIT_ANSWERS);
    apply(&higher);
    cr_assert(higher.submission->verdict == VERDICT_ACCEPTED && higher.submission->replaced == -1);
    cr_assert_eq(respondents(0), 2);
    parcel_free(&request);
    parcel_erase(&request, &kit, &members[0], "WA-1.01", JTI_2);
    apply(&request);
    assert_erased(&request, VERDICT_ACCEPTED, 11, 1, (const int64_t[]){10});
    parcel_free(&old);
    parcel_free(&request);
    parcel_free(&again);
    parcel_free(&higher);
}

Test(ledger_erasures, answer_the_very_same_request_as_the_first_time_however_late)
{
    struct parcel request, again;
    answer();
    parcel_erase(&request, &kit, &members[0], "WA-1.01", JTI_1);
    apply(&request);
    kit_respond(&kit, &members[0], "WA-1.01", 9, KIT_ANSWERS); /* 9 */
    parcel_again(&again, &kit, &request);
    again.submission->iat_fits = false;
    apply(&again);
    assert_erased(&again, VERDICT_REPEATED, 7, 3, (const int64_t[]){3, 4, 6});
    cr_assert(is_kept(9));
    parcel_free(&again);
    parcel_free(&request);
}

Test(ledger_erasures, refuse_what_is_old_and_where_there_is_nothing)
{
    struct parcel late, unanswered, unknown, twice;
    answer();
    parcel_erase(&late, &kit, &members[0], "WA-1.01", JTI_1);
    late.submission->iat_fits = false;
    parcel_erase(&unanswered, &kit, &members[0], "WA-1.02", JTI_1);
    parcel_erase(&unknown, &kit, &members[0], "no.such", JTI_1);
    const struct parcel batch[] = {late, unanswered, unknown};
    cr_assert_eq(parcels_apply(&kit, batch, 3), 0);
    assert_refused(&late, PROBLEM_INVALID_CLAIMS);
    assert_refused(&unanswered, PROBLEM_NOTHING_TO_ERASE);
    assert_refused(&unknown, PROBLEM_NOTHING_TO_ERASE);
    cr_assert_eq(kit_entries(kit.store), 7);
    parcel_free(&late);
    parcel_erase(&late, &kit, &members[0], "WA-1.01", JTI_1);
    parcel_erase(&twice, &kit, &members[0], "WA-1.01", JTI_2);
    const struct parcel both[] = {late, twice};
    cr_assert_eq(parcels_apply(&kit, both, 2), 0);
    cr_assert_eq(late.submission->verdict, VERDICT_ACCEPTED);
    assert_refused(&twice, PROBLEM_NOTHING_TO_ERASE);
    parcel_free(&late);
    parcel_free(&unanswered);
    parcel_free(&unknown);
    parcel_free(&twice);
}

/* What came before the request in the batch goes with it; what comes after is refused. */
Test(ledger_erasures, of_everything_leave_no_member_from_there_on)
{
    struct parcel before, request, same, other, after, enrolment;
    answer();
    parcel_respond(&before, &kit, &members[0], "WA-1.03", 1, KIT_ANSWERS);
    parcel_erase(&request, &kit, &members[0], NULL, JTI_1);
    parcel_erase(&same, &kit, &members[0], NULL, JTI_1);
    parcel_erase(&other, &kit, &members[0], NULL, JTI_2);
    parcel_respond(&after, &kit, &members[0], "WA-1.04", 1, KIT_ANSWERS);
    parcel_enrol(&enrolment, &kit, &members[0]);
    const struct parcel batch[] = {before, request, same, other, after, enrolment};
    cr_assert_eq(parcels_apply(&kit, batch, 6), 0);
    cr_assert_eq(before.submission->verdict, VERDICT_ACCEPTED);
    const int64_t erased[] = {1, 3, 4, 6, 7};
    assert_erased(&request, VERDICT_ACCEPTED, 8, 5, erased);
    assert_erased(&same, VERDICT_REPEATED, 8, 5, erased);
    assert_refused(&other, PROBLEM_NOT_VERIFIED);
    assert_refused(&after, PROBLEM_NOT_VERIFIED);
    assert_refused(&enrolment, PROBLEM_NOT_VERIFIED);
    cr_assert_eq(kit_entries(kit.store), 10);
    cr_assert(respondents(0) == 1 && respondents(2) == 0);
    struct event event = event_at(9);
    cr_assert(event.enrolments.count == 1 && event.enrolments.list[0] == 1 && event.entries.count == 5);
    event_free(&event);
    for (size_t i = 0; i < 6; i++)
        parcel_free((struct parcel *[]){&before, &request, &same, &other, &after, &enrolment}[i]);
}

/* As the store has it, for the next one who serves. */
Test(ledger_erasures, of_everything_are_known_after_a_new_start)
{
    struct parcel request, again, enrolment;
    struct store_member member;
    struct roster_member found;
    answer();
    parcel_erase(&request, &kit, &members[0], NULL, JTI_1);
    apply(&request);
    cr_assert_eq(store_member_read(kit.store, 1, &member), STORE_OK);
    cr_assert(member.erased && member.index == 1 && member.enrolled_at == 0);
    struct store_current current;
    cr_assert_eq(store_current_read(kit.store, 1, 1, 1, &current), STORE_NONE, "not even the revision");
    ledger_free(kit.ledger);
    roster_free(kit.shared.roster);
    kit.shared.roster = roster_new();
    kit_start(&kit);
    cr_assert(!roster_find(kit.shared.roster, members[0].kid, &found));
    cr_assert(roster_find(kit.shared.roster, members[1].kid, &found) && found.number == 2);
    cr_assert(roster_was_erased(kit.shared.roster, members[0].kid));
    parcel_again(&again, &kit, &request);
    apply(&again);
    assert_erased(&again, VERDICT_REPEATED, 7, 4, (const int64_t[]){1, 3, 4, 6});
    parcel_enrol(&enrolment, &kit, &members[0]);
    apply(&enrolment);
    assert_refused(&enrolment, PROBLEM_NOT_VERIFIED);
    parcel_free(&request);
    parcel_free(&again);
    parcel_free(&enrolment);
}

Test(ledger_erasures, count_right_beside_responses_of_the_same_batch)
{
    struct parcel first, request, second;
    answer();
    parcel_respond(&first, &kit, &members[1], "WA-1.01", 2, "{\"importance\":1,\"noticed\":\"unknown\"}");
    parcel_erase(&request, &kit, &members[0], "WA-1.01", JTI_1);
    parcel_respond(&second, &kit, &members[0], "WA-1.01", 6, "{\"importance\":1,\"noticed\":\"unknown\"}");
    const struct parcel batch[] = {first, request, second};
    cr_assert_eq(parcels_apply(&kit, batch, 3), 0);
    int64_t counts[SLOTS];
    struct catalogue *catalogue = catalogue_now(kit.shared.catalogues);
    kit_counts(kit.store, catalogue, 0, counts, SLOTS);
    catalogue_release(catalogue);
    cr_assert(counts[0] == 2 && counts[1] == 2 && counts[2] == 2, "two respondents, both of importance 1");
    parcel_free(&first);
    parcel_free(&request);
    parcel_free(&second);
}

/* More entries than one event can name. */
Test(ledger_erasures, of_very_many_are_told_by_several_events)
{
    enum { REVISIONS = (int)ERASING_EVENT_MAX + 1, AT_ONCE = 251 };
    static struct parcel parcels[AT_ONCE];
    struct parcel request;
    int64_t revision = 0, by = 0;
    while (revision < REVISIONS) {
        size_t count = 0;
        while (count < AT_ONCE && revision < REVISIONS)
            parcel_respond(&parcels[count++], &kit, &members[0], "WA-1.01", ++revision, KIT_ANSWERS);
        cr_assert_eq(parcels_apply(&kit, parcels, count), 0);
        parcels_free(parcels, count);
    }
    parcel_erase(&request, &kit, &members[0], "WA-1.01", JTI_1);
    apply(&request);
    const int64_t index = 3 + REVISIONS;
    cr_assert(request.submission->verdict == VERDICT_ACCEPTED && request.submission->index == index);
    cr_assert_eq(request.submission->erased_count, REVISIONS);
    cr_assert_eq(kit_entries(kit.store), index + 3);
    struct event first = event_at(index + 1), second = event_at(index + 2);
    cr_assert(first.request == index && second.request == index);
    cr_assert(first.entries.count == ERASING_EVENT_MAX && second.entries.count == 1);
    cr_assert_eq(store_erased_by(kit.store, 2 + REVISIONS, &by), STORE_OK);
    cr_assert_eq(by, index + 2);
    event_free(&first);
    event_free(&second);
    parcel_free(&request);
}

/* Whichever verb of the store fails, nothing is erased; the same request then does what it would have done. */
Test(ledger_erasures, that_fail_leave_all_as_it_was)
{
    unsigned verbs = 0;
    for (unsigned n = 1;; n++) {
        struct parcel request, again;
        close_kit();
        open_kit(store_faulty_new(kit_store_new(kit_dsn(NULL))));
        answer();
        parcel_erase(&request, &kit, &members[0], NULL, JTI_1);
        store_faulty_fail_at(kit.store, n);
        int result = parcels_apply(&kit, &request, 1);
        const char *verb = store_faulty_verb(kit.store);
        store_faulty_fail_at(kit.store, 0);
        if (result < 0) {
            cr_assert_eq(request.submission->verdict, VERDICT_UNAVAILABLE);
            cr_assert(kit_entries(kit.store) == 7 && is_kept(3) && respondents(0) == 2, "%s", verb);
            parcel_again(&again, &kit, &request);
            apply(&again);
            assert_erased(&again, VERDICT_ACCEPTED, 7, 4, (const int64_t[]){1, 3, 4, 6});
            parcel_free(&again);
        }
        cr_assert(result < 0 || request.submission->verdict == VERDICT_ACCEPTED);
        cr_assert(result < 0 || !verb || strcmp(verb, "settle_erasure") == 0, "%s", verb);
        parcel_free(&request);
        verbs += result < 0;
        if (result == 0 && !verb)
            break;
    }
    cr_assert_gt(verbs, 20);
}

/* Bytes of the log of changes of a store of that path. */
static int64_t changes_size(const char *path)
{
    char name[300];
    struct stat st;
    snprintf(name, sizeof name, "%s-wal", path);
    cr_assert_eq(stat(name, &st), 0);
    return st.st_size;
}

/* While somebody reads, as an export does. */
Test(ledger_erasures, are_answered_before_the_files_are_emptied_which_the_next_start_sees_to)
{
    struct parcel request;
    char dsn[300], path[280];
    snprintf(path, sizeof path, "%s", kit_path("own.db"));
    snprintf(dsn, sizeof dsn, "sqlite:%s", path);
    close_kit();
    open_kit(kit_store_new(dsn));
    cr_assert_eq(store_serve(kit.store), STORE_OK);
    answer();
    struct store *reader = kit_store_open(dsn);
    cr_assert_eq(store_begin_reading(reader), STORE_OK);
    cr_assert_eq(kit_entries(reader), 7);
    parcel_erase(&request, &kit, &members[0], NULL, JTI_1);
    apply(&request);
    cr_assert_eq(request.submission->verdict, VERDICT_ACCEPTED);
    cr_assert_gt(changes_size(path), 0);
    ledger_free(kit.ledger); /* and who serves is ended */
    store_rollback(reader);
    kit_start(&kit);
    cr_assert_eq(ledger_refresh(kit.ledger), 0);
    cr_assert_eq(changes_size(path), 0);
    store_close(reader);
    parcel_free(&request);
}

Test(ledger_erasures, that_lack_memory_are_carried_out_when_sent_again)
{
    unsigned failures = 0;
    for (unsigned long n = 1;; n++) {
        struct parcel request;
        close_kit();
        open_kit(kit_store_new(kit_dsn(NULL)));
        answer();
        parcel_erase(&request, &kit, &members[0], NULL, JTI_1);
        mem_fail_at(n);
        int result = parcels_apply(&kit, &request, 1);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        if (result < 0) {
            struct parcel again;
            bool committed = !is_kept(3); /* and not shown */
            cr_assert_eq(request.submission->verdict, VERDICT_UNAVAILABLE, "allocation %lu", n);
            parcel_again(&again, &kit, &request);
            apply(&again);
            assert_erased(&again, committed ? VERDICT_REPEATED : VERDICT_ACCEPTED, 7, 4, (const int64_t[]){1, 3, 4, 6});
            parcel_free(&again);
        }
        parcel_free(&request);
        failures += result < 0;
        if (!failed)
            break;
    }
    cr_assert_gt(failures, 5);
}
