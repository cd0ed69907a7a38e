/* What was erased stays erased, and what was asked is done once: an honest log in which a text comes a second time. */
#include "collector/audit/spent.h"
#include "tests/unit/collector/audit/small_log.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(spent, .init = kit_begin, .fini = kit_end, .timeout = 120);

#define OF_ANNA_1 "1790000360" /* %IAT% of the step of that name, and so below */
#define OF_ASKED "1790000660"
#define OF_ANNA_ENROLS "1790000240"

Test(spent, is_a_response_that_was_erased)
{
    small_log_begin();
    small_log_put(WITHDRAWN, RESPONSE(ANNA, "A-1", "1", "yes"));
    small_log_assert_told("");
    small_log_change(WITHDRAWN, "%IAT%", OF_ANNA_1);
    small_log_assert_told("entry 14: it is entry 6 once more, which was erased");
    small_log_steps[WITHDRAWN].is_erased = true;
    small_log_put(FOLLOWED, EVENT("\"entries-erased\",\"by\":\"operator\",\"reason\":\"order\",\"reference\":null,"
                                  "\"entries\":[14],\"enrolments\":[]"));
    small_log_assert_told("entry 14: it is entry 6 once more, which was erased");
    small_log_end();
}

Test(spent, is_a_request_that_was_carried_out)
{
    small_log_begin();
    small_log_put(BRAM_2, RESPONSE(ANNA, "A-1", "3", "yes"));
    small_log_steps[BRAM_2].is_erased = true;
    small_log_put(WITHDRAWN, ERASURE(ANNA, "anna", "{\"round\":\"r\",\"action\":\"A-1\"}"));
    small_log_put(FOLLOWED, ERASED_BY_MEMBER("14", "[13]", "[]"));
    small_log_assert_told("");
    small_log_change(WITHDRAWN, "%IAT%", OF_ASKED);
    small_log_assert_told("entry 14: it is the request of entry 11 once more");
    small_log_end();
}

/* Anna's enrolment is gone, by her own request or the operator's, and stands there again. */
static void enrol_again(bool by_request)
{
    small_log_begin();
    small_log_steps[ANNA_ENROLS].is_erased = true;
    if (by_request) {
        small_log_change(ASKED, "{\"round\":\"r\",\"action\":\"A-1\"}", "\"everything\"");
        small_log_change(ERASED, "[6,8],\"enrolments\":[]", "[4,6,8],\"enrolments\":[4]");
    } else {
        small_log_put(BRAM_2, EVENT("\"entries-erased\",\"by\":\"operator\",\"reason\":\"order\",\"reference\":null,"
                                    "\"entries\":[4],\"enrolments\":[4]"));
    }
    small_log_put(WITHDRAWN, ENROLMENT(ANNA, "anna"));
}

Test(spent, is_the_enrolment_and_the_key_of_who_was_erased)
{
    for (int by_request = 0; by_request < 2; by_request++) {
        enrol_again(by_request != 0);
        small_log_change(WITHDRAWN, "#anna#", "#carla#");
        small_log_assert_told("entry 14: its key is that of a member who was erased");
        small_log_end();
        enrol_again(by_request != 0);
        small_log_change(WITHDRAWN, "%IAT%", OF_ANNA_ENROLS);
        small_log_assert_told("entry 14: it is entry 4 once more, which was erased");
        small_log_end();
    }
}

Test(spent, texts_are_found_by_their_leaves_however_many)
{
    struct scratch scratch = {.folder = scratch_folder()};
    struct spent *spent = spent_new(&scratch, 0);
    struct spent_text text = {.member = 0};
    cr_assert_not_null(spent);
    cr_assert_null(spent_find(spent, text.leaf));
    for (text.index = 0; text.index < 5000; text.index++) {
        memcpy(text.leaf, &text.index, sizeof text.index);
        text.is_request = text.index % 5 == 0;
        cr_assert_eq(spent_add(spent, &text), 0);
    }
    cr_assert_eq(spent_requests(spent), 1000);
    for (int64_t i = 0; i < 5000; i++) {
        memcpy(text.leaf, &i, sizeof i);
        const struct spent_text *found = spent_find(spent, text.leaf);
        cr_assert(found && found->index == i && found->is_request == (i % 5 == 0));
    }
    text.leaf[31] = 1;
    cr_assert_null(spent_find(spent, text.leaf));
    spent_free(spent);
    spent_free(NULL);
}
