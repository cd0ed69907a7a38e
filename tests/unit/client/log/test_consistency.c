/* Whether a log only grew: checkpoints against each other, receipts against the key. */
#include "client/home/receipts.h"
#include "client/log/consistency.h"
#include "tests/unit/client/fake_log.h"
#include "tests/unit/client/scratch.h"
#include <criterion/criterion.h>
#include <string.h>

static struct fake_log ours, theirs;

/* Two logs of one key that agree on the first 40 entries. */
static void prepare(void)
{
    scratch_make();
    fake_log_init(&ours, "burgerpanel/wau");
    fake_log_fill(&ours, "entry", 40);
    theirs = ours;
    fake_log_fill(&ours, "entry", 70);
    fake_log_fill(&theirs, "other", 70);
}

static void finish(void)
{
    fake_log_wipe(&ours);
    scratch_remove();
}

TestSuite(verify, .init = prepare, .fini = finish);
TestSuite(receipt, .init = prepare, .fini = finish);

static enum consistency_verdict judge(const struct fake_log *older, size_t older_size, const struct fake_log *newer,
                                      size_t newer_size)
{
    struct merkle_head a = fake_log_head(older, older_size), b = fake_log_head(newer, newer_size);
    return consistency_continues(&a, &b, fake_log_read, (void *)newer);
}

Test(verify, finds_that_an_honest_log_continues_each_earlier_one)
{
    for (size_t newer = 0; newer <= 70; newer++)
        for (size_t older = 0; older <= newer; older++)
            cr_assert_eq(judge(&ours, older, &ours, newer), CONSISTENCY_CONTINUES, "%zu, %zu", older, newer);
}

Test(verify, names_two_histories_from_where_they_part)
{
    for (size_t older = 1; older <= 70; older++)
        cr_assert_eq(judge(&ours, older, &theirs, 70), older <= 40 ? CONSISTENCY_CONTINUES : CONSISTENCY_TWO_HISTORIES,
                     "%zu", older);
}

Test(verify, names_a_smaller_log_before_anything_is_read)
{
    struct merkle_head a = fake_log_head(&ours, 41), b = fake_log_head(&ours, 40);
    cr_expect_eq(consistency_continues(&a, &b, NULL, NULL), CONSISTENCY_SMALLER);
    struct merkle_head none = fake_log_head(&ours, 0);
    cr_expect_eq(consistency_continues(&a, &none, NULL, NULL), CONSISTENCY_SMALLER);
}

Test(verify, takes_no_root_of_its_own_for_the_log_without_entries)
{
    struct merkle_head none = fake_log_head(&ours, 0), some = fake_log_head(&ours, 7);
    cr_expect_eq(consistency_continues(&none, &none, NULL, NULL), CONSISTENCY_CONTINUES);
    cr_expect_eq(consistency_continues(&none, &some, NULL, NULL), CONSISTENCY_CONTINUES);
    none.root = some.root;
    cr_expect_eq(consistency_continues(&none, &some, NULL, NULL), CONSISTENCY_TWO_HISTORIES);
}

/* Tiles of another log than the checkpoint's: nothing is shown, and so nobody can be held to it. */
Test(verify, blames_the_tiles_when_they_do_not_lead_to_the_newer_checkpoint)
{
    struct merkle_head a = fake_log_head(&ours, 50), b = fake_log_head(&ours, 70);
    cr_expect_eq(consistency_continues(&a, &b, fake_log_read, &theirs), CONSISTENCY_FALSE_TILES);
    theirs.count = 60;
    cr_expect_eq(consistency_continues(&a, &b, fake_log_read, &theirs), CONSISTENCY_UNREAD);
}

Test(verify, survives_sizes_that_no_log_has)
{
    struct merkle_head a = fake_log_head(&ours, 50), huge = {.size = UINT64_MAX, .root = a.root};
    cr_expect_eq(consistency_continues(&a, &huge, fake_log_read, &ours), CONSISTENCY_UNREAD);
    huge.size = MERKLE_SIZE_MAX;
    cr_expect_eq(consistency_continues(&a, &huge, fake_log_read, &ours), CONSISTENCY_UNREAD);
    cr_expect_eq(consistency_continues(&huge, &a, fake_log_read, &ours), CONSISTENCY_SMALLER);
}

static void add(struct consistency_list *seen, const struct fake_log *log, size_t size)
{
    struct merkle_head head = fake_log_head(log, size);
    cr_assert_eq(consistency_add(seen, &head, "text", 4), 0);
}

Test(verify, keeps_each_checkpoint_once_and_sees_a_fork_among_them)
{
    struct consistency_list seen = {0};
    static const size_t sizes[] = {50, 7, 50, 0, 7, 70};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        add(&seen, &ours, sizes[i]);
    consistency_sort(&seen);
    cr_assert_eq(seen.count, 4);
    for (size_t i = 1; i < seen.count; i++)
        cr_expect_gt(seen.list[i].head.size, seen.list[i - 1].head.size);
    cr_expect_null(consistency_find_fork(&seen));
    add(&seen, &theirs, 7);
    consistency_sort(&seen);
    cr_expect_null(consistency_find_fork(&seen), "they agree on the first seven");
    add(&seen, &theirs, 50);
    consistency_sort(&seen);
    const struct consistency_seen *fork = consistency_find_fork(&seen);
    cr_assert_not_null(fork);
    cr_expect_eq(fork->head.size, 50);
    cr_expect_eq(fork[1].head.size, 50);
    consistency_free(&seen);
}

/* Receipts. */

static const char *check(const char *jws, const struct buf *answer, const struct note_key *key)
{
    struct slice signed_text = {jws, strlen(jws)}, answer_text = {buf_text(answer), answer->len};
    const char *why = NULL;
    if (receipts_check_answer(&signed_text, &answer_text, key, &why) == 0)
        return NULL;
    cr_expect_not_null(why);
    return why ? why : "";
}

Test(receipt, holds_for_its_own_entry_under_its_own_log_alone)
{
    struct fake_log stranger;
    struct buf answer;
    fake_log_init(&stranger, "burgerpanel/wau");
    buf_init(&answer, RECEIPT_MAX);
    fake_log_put_answer(&answer, &ours, 55, NULL);
    cr_expect_null(check("entry55", &answer, &ours.key));
    cr_expect_not_null(check("entry54", &answer, &ours.key));
    cr_expect_not_null(check("", &answer, &ours.key));
    cr_expect_not_null(check("entry55", &answer, &stranger.key));
    fake_log_wipe(&stranger);
    buf_free(&answer);
}

Test(receipt, does_not_hold_when_the_answer_names_another_entry)
{
    struct buf answer;
    buf_init(&answer, RECEIPT_MAX);
    fake_log_put_answer(&answer, &ours, 55, NULL);
    char *index = strstr(answer.data, "\"index\":55");
    cr_assert_not_null(index);
    memcpy(index, "\"index\":54", 10);
    cr_expect_not_null(check("entry55", &answer, &ours.key));
    memcpy(index, "\"index\":-1", 10);
    cr_expect_not_null(check("entry55", &answer, &ours.key));
    memcpy(index, "\"nothing\" ", 10);
    cr_expect_not_null(check("entry55", &answer, &ours.key));
    buf_free(&answer);
}

Test(receipt, does_not_hold_when_there_is_none)
{
    static const char *const answers[] = {"",
                                          "{}",
                                          "{\"index\":55}",
                                          "{\"index\":55,\"receipt\":7}",
                                          "{\"index\":55,\"receipt\":\"\"}",
                                          "{\"index\":55,\"receipt\":\"r\"}"};
    struct buf answer;
    buf_init(&answer, 1000);
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        buf_reset(&answer);
        buf_put_text(&answer, answers[i]);
        cr_expect_not_null(check("entry55", &answer, &ours.key), "%s", answers[i]);
    }
    buf_free(&answer);
}

/* As c2sp.org/tlog-proof prints its example: readable for people, and no proof. */
Test(receipt, does_not_hold_when_it_is_elided)
{
    struct buf receipt, answer;
    buf_init(&receipt, RECEIPT_MAX);
    buf_init(&answer, RECEIPT_MAX);
    fake_log_put_receipt(&receipt, &ours, 55, 70);
    const char *first = strstr(buf_text(&receipt), "\n") + 1; /* past the first line and the index */
    first = strstr(first, "\n") + 1;
    const char *rest = strstr(first, "\n\n");
    cr_assert_not_null(rest);
    buf_put_text(&answer, "{\"index\":55,\"receipt\":");
    struct buf elided;
    buf_init(&elided, RECEIPT_MAX);
    buf_put(&elided, receipt.data, (size_t)(first - receipt.data));
    buf_put_text(&elided, "...");
    buf_put_text(&elided, rest);
    json_put_string(&answer, elided.data, elided.len);
    buf_put_char(&answer, '}');
    cr_expect_not_null(check("entry55", &answer, &ours.key));
    buf_free(&receipt);
    buf_free(&answer);
    buf_free(&elided);
}

/* Each single bit that is changed anywhere in a receipt, and it does not hold. */
Test(receipt, does_not_hold_when_a_bit_is_changed)
{
    struct buf text;
    struct member_receipt receipt = {.jws = {"entry55", 7}, .index = 55};
    struct receipts_proof proof;
    const char *why;
    buf_init(&text, RECEIPT_MAX);
    fake_log_put_receipt(&text, &ours, 55, 70);
    receipt.text = text.data;
    cr_assert_eq(receipts_check(&receipt, &ours.key, &proof, &why), 0);
    cr_expect_eq(proof.head.size, 70);
    for (size_t i = 0; i < text.len * 8; i++) {
        text.data[i / 8] = (char)(text.data[i / 8] ^ (1 << i % 8));
        if (text.data[i / 8] != '\0')
            cr_assert_eq(receipts_check(&receipt, &ours.key, &proof, &why), -1, "bit %zu", i);
        text.data[i / 8] = (char)(text.data[i / 8] ^ (1 << i % 8));
    }
    buf_free(&text);
}
