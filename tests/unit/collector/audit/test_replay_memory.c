/* A replay that finds no memory says so, wherever that is, and never passes a log that it has not looked at. */
#include "base/mem.h"
#include "tests/unit/collector/audit/small_log.h"
#include <criterion/criterion.h>

TestSuite(replay_memory, .init = kit_begin, .fini = kit_end, .timeout = 300);

/* Settles and counts one text; -1: *error. */
static int replay_text(struct replay *replay, size_t i, struct error *error)
{
    struct entry entry;
    entry_init(&entry);
    entry.index = (int64_t)i;
    entry.kind = replayed_texts[i].kind;
    buf_put(&entry.text, buf_text(&replayed_texts[i].bytes), replayed_texts[i].bytes.len);
    int result = buf_check(&entry.text) == 0 ? 0 : error_no_memory(error);
    if (result == 0) {
        entry_take_apart(&entry, replay_law(replay));
        result = replay_settle(replay, &entry, error);
    }
    if (result == 0) {
        entry_check_signature(&entry);
        result = replay_count(replay, &entry, error);
    }
    entry_free(&entry);
    return result;
}

static int replay_texts(struct outcome *outcome, struct error *error)
{
    for (size_t i = 0; i < replayed_count; i++)
        if (replay_text(outcome->replay, i, error) < 0)
            return -1;
    return replay_end(outcome->replay, error) < 0 ? -1 : replayed_pass(outcome, error);
}

Test(replay_memory, is_said_to_lack_wherever_it_does)
{
    unsigned failures = 0;
    small_log_begin();
    small_log_set_document(PANEL_LATER, PANEL("S", OPENS, CLOSES, ""));
    small_log_put(WITHDRAWN, IMPORT_PANEL);
    small_log_assert_told("");
    for (unsigned long n = 1;; n++) {
        struct outcome outcome = {.replay = NULL};
        struct error error = {0};
        replayed_begin(&outcome, NULL);
        mem_fail_at(n);
        int result = replay_texts(&outcome, &error);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert_eq(result < 0, error.kind == ERROR_MEMORY, "allocation %lu: %s", n, error.text);
        cr_assert(failed || (result == 0 && replayed_told[0] == '\0'), "allocation %lu: %s", n, replayed_told);
        /* What fails where it does not matter, such as an envelope taken for a response at first, may pass; of a list
         * that can't be read nobody knows whether that is why. */
        failures += result < 0 || replayed_told[0] != '\0';
        replay_free(outcome.replay);
        if (!failed)
            break;
    }
    cr_assert_gt(failures, 200);
    small_log_end();
}
