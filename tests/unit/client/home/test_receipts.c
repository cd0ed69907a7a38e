/* Whether a receipt holds: for its own entry, under its own log's key, and for nothing else. */
#include "client/home/receipts.h"
#include "tests/unit/client/fake_log.h"
#include <criterion/criterion.h>
#include <string.h>

static struct fake_log ours;

static void prepare(void)
{
    fake_log_init(&ours, "burgerpanel/wau");
    fake_log_fill(&ours, "entry", 70);
}

static void finish(void)
{
    fake_log_wipe(&ours);
}

TestSuite(receipts, .init = prepare, .fini = finish);

static bool holds(const char *jws, const struct buf *answer, const struct note_key *key)
{
    struct slice signed_text = {jws, strlen(jws)}, answer_text = {buf_text(answer), answer->len};
    struct error why = {0};
    if (receipts_check_answer(&signed_text, &answer_text, key, &why) == 0)
        return true;
    cr_expect_eq(why.kind, ERROR_REFUSED);
    cr_expect_str_neq(why.text, "");
    return false;
}

Test(receipts, holds_for_its_own_entry_under_its_own_log_alone)
{
    struct fake_log stranger;
    struct buf answer;
    fake_log_init(&stranger, "burgerpanel/wau");
    buf_init(&answer, RECEIPT_MAX);
    fake_log_put_answer(&answer, &ours, 55, NULL);
    cr_expect(holds("entry55", &answer, &ours.key));
    cr_expect_not(holds("entry54", &answer, &ours.key));
    cr_expect_not(holds("", &answer, &ours.key));
    cr_expect_not(holds("entry55", &answer, &stranger.key));
    fake_log_wipe(&stranger);
    buf_free(&answer);
}

Test(receipts, does_not_hold_when_the_answer_names_another_entry)
{
    struct buf answer;
    buf_init(&answer, RECEIPT_MAX);
    fake_log_put_answer(&answer, &ours, 55, NULL);
    char *index = strstr(answer.data, "\"index\":55");
    cr_assert_not_null(index);
    memcpy(index, "\"index\":54", 10);
    cr_expect_not(holds("entry55", &answer, &ours.key));
    memcpy(index, "\"index\":-1", 10);
    cr_expect_not(holds("entry55", &answer, &ours.key));
    memcpy(index, "\"nothing\" ", 10);
    cr_expect_not(holds("entry55", &answer, &ours.key));
    buf_free(&answer);
}

Test(receipts, does_not_hold_when_there_is_none)
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
        cr_expect_not(holds("entry55", &answer, &ours.key), "%s", answers[i]);
    }
    buf_free(&answer);
}

/* As c2sp.org/tlog-proof prints its example: readable for people, and no proof. */
Test(receipts, does_not_hold_when_it_is_elided)
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
    cr_expect_not(holds("entry55", &answer, &ours.key));
    buf_free(&receipt);
    buf_free(&answer);
    buf_free(&elided);
}

/* Each single bit that is changed anywhere in a receipt, and it does not hold. */
Test(receipts, does_not_hold_when_a_bit_is_changed)
{
    struct buf text;
    struct member_receipt receipt = {.jws = {"entry55", 7}, .index = 55};
    struct receipts_proof proof;
    struct error why;
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
