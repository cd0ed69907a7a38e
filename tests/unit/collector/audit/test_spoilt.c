/* An honest log passes; with one thing done to an entry, that is found. */
#include "tests/unit/collector/audit/small_log.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(spoilt, .init = kit_begin, .fini = kit_end, .timeout = 120);

Test(spoilt, finds_nothing_in_an_honest_log)
{
    small_log_begin();
    for (size_t behind = 0; behind <= STEPS; behind++) {
        struct outcome outcome = small_log_replay(behind);
        cr_assert_str_eq(replayed_told, "");
        cr_assert_str_eq(replayed_noted, "entry 16 closed round r before its closesAt\n");
        cr_assert(outcome.current.round == 1 && outcome.current.member == 2 && outcome.current.action == 1);
        cr_assert(outcome.current.index == BRAM_2 && outcome.current.replaced == BRAM_1);
        cr_assert_eq(fold_current_count(replay_fold(outcome.replay)), 1);
        replay_free(outcome.replay);
    }
    small_log_end();
}

/* A claim, a signer, a document, an erased entry kept, or a kept one gone: one at a time. */
static const struct {
    long step;
    const char *from, *to; /* NULL: the claims stay */
    long signer; /* OPERATOR: as planned */
    const char *found; /* "" when nothing is to be found */
} spoilt[] = {
    /* the frame of an event */
    {REVOKED, NULL, NULL, OTHER, "entry 9: it is not signed by the operator's key"},
    {REVOKED, NULL, NULL, ANNA, "entry 9: it is not signed by the operator's key"},
    {REVOKED, "%IAT%", "1790000000", 0, "entry 9: its time lies before that of the event before it"},
    {REVOKED, "%IAT%", "1790000180", 0, ""},
    {REVOKED, "wau", "uaw", 0, "entry 9: it is for another panel"},
    {REVOKED, "reason", "season", 0, "entry 9: "},
    {OPENED, NULL, NULL, OTHER, "entry 0: it is not signed by the operator's key"},
    {OPENED, "\"protocol\":2", "\"protocol\":3", 0, "entry 0: it names another protocol"},
    {OPENED, "log-opened\",\"protocol\":2,\"origin\":\"o\",\"operator\":@operator@",
     "member-restored\",\"enrolment\":4", 0, "entry 0: no event before it names the operator's key"},
    {RESTORED, "member-restored\",\"enrolment\":5",
     "log-opened\",\"protocol\":2,\"origin\":\"o\",\"operator\":@operator@", 0, "entry 10: it can't stand here"},
    /* replayed_documents */
    {PANEL_IMPORTED, "$panel$", "$anna$", 0, "entry 1: a document that it names is missing"},
    {PANEL_IMPORTED, "$panel$", "$list$", 0, "entry 1: its document has "},
    {PANEL_IMPORTED, "%PANEL%", "17", 0, "entry 1: its document has "},
    {LIST_IMPORTED, "$list$", "$bram$", 0, "entry 2: a document that it names is missing"},
    {CREATED, "$codes$", "$bram$", 0, "entry 3: a document that it names is missing"},
    {CREATED, "\"count\":3", "\"count\":2", 0, "entry 3: its document holds 3 codes"},
    {FOLLOWED, "$followup$", "$anna$", 0, "entry 15: a document that it names is missing"},
    {FOLLOWED, "A-1", "A-2", 0, "entry 15: its document says something else"},
    {FOLLOWED, "\"r\"", "null", 0, "entry 15: its document says something else"},
    {FOLLOWED, "A-1", "A-9", 0, "entry 15: it is about an action or a round that there never was"},
    {FOLLOWED, "\"replaces\":null", "\"replaces\":7", 0, "entry 15: it replaces what is no follow-up"},
    /* enrolments */
    {ANNA_ENROLS, "#anna#", "#other#", 0, "entry 4: its invitation was never created"},
    {BRAM_ENROLS, "#bram#", "#anna#", 0, "entry 5: its invitation was used before"},
    {BRAM_ENROLS, "wau", "uaw", 0, "entry 5: it is for another panel"},
    {BRAM_ENROLS, NULL, NULL, OTHER, "entry 5: its key may not enrol"},
    {WITHDRAWN, "$carla$", "$other$", 0, "entry 14: its invitation was never created"},
    {WITHDRAWN, "$carla$", "$bram$", 0, "entry 14: its invitation was used or withdrawn before"},
    /* members */
    {RESTORED, "member-restored\",\"enrolment\":5", "round-closed\",\"round\":\"r\"", 0,
     "entry 16: its round had been closed"},
    {REVOKED, "\"enrolment\":5", "\"enrolment\":7", 0, "entry 9: the entry that it names is no enrolment"},
    {RESTORED, "\"enrolment\":5", "\"enrolment\":4", 0, "entry 10: its member had not been revoked"},
    {RESTORED, "\"enrolment\":5", "\"enrolment\":4", 0, "entry 13: its member had been revoked"},
    /* responses */
    {BRAM_2, NULL, NULL, CARLA, "entry 13: nobody with this key has enrolled"},
    {BRAM_2, "\"yes\"", "\"maybe\"", 0, "entry 13: its answers do not fit the panel"},
    {BRAM_2, "A-1", "A-9", 0, "entry 13: its answers do not fit the panel"},
    {BRAM_2, "\"round\":\"r\"", "\"round\":\"s\"", 0, "entry 13: its answers do not fit the panel"},
    {BRAM_2, "\"revision\":2", "\"revision\":1", 0, "entry 13: it can't follow on the entries before it"},
    {BRAM_2, "%IAT%", "1700000000", 0, "entry 13: its answers do not fit the panel"},
    {BRAM_2, "%IAT%", "1900000000", 0, "entry 13: it came after its round was over"},
    /* rounds */
    {CLOSED, "\"round\":\"r\"", "\"round\":\"s\"", 0, "entry 16: the panel has no such round"},
    /* erasures */
    {ERASED, "[6,8]", "[6]", 0, "entry 8: its text is missing, and no event says that it was erased"},
    {ERASED, "[6,8]", "[6,7,8]", 0, "entry 12: entry 7, which it says is erased, is still there"},
    {ERASED, "[6,8]", "[]", 0, "entry 12: it erases nothing"},
    {ERASED, "\"enrolments\":[]", "\"enrolments\":[6]", 0, "entry 12: it erases another number of enrolments"},
    {ERASED, "\"enrolments\":[]", "\"enrolments\":[4]", 0, "entry 12: an enrolment that it names is not among"},
    {ERASED, "\"request\":11", "\"request\":9", 0, "entry 12: entry 9 is no request that was still open"},
    {ERASED, "\"by\":\"member\",\"request\":11", "\"by\":\"operator\",\"reason\":\"order\",\"reference\":null", 0,
     "entry 11: an erasure was asked for, and no event says that it was done"},
    {ASKED, "@anna@", "@bram@", 0, "entry 11: it does not bear the key that signed it"},
    {ASKED, "wau", "uaw", 0, "entry 11: it is for another panel"},
    {ASKED, "A-1", "A-9", 0, "entry 11: it names a round or an action that there never was"},
    {ASKED, "{\"round\":\"r\",\"action\":\"A-1\"}", "\"everything\"", 0,
     "entry 12: it erases another number of enrolments"},
    /* releases */
    {RELEASED, "\"number\":1", "\"number\":2", 0, "entry 17: it is not the next release of its round"},
    {RELEASED, "\"size\":17", "\"size\":18", 0, "entry 17: it rests on entries behind it"},
    {RELEASED, "\"minRespondents\":10", "\"minRespondents\":3", 0, "entry 17: it was not made by the disclosure rule"},
    {RELEASED, "\"rule\":2", "\"rule\":1", 0, "entry 17: it was not made by the disclosure rule"},
    {RELEASED, "\"roundTo\":5", "\"roundTo\":3", 0, "entry 17: it was not made by the disclosure rule"},
    {CLOSED, "round-closed\",\"round\":\"r\"", "member-revoked\",\"enrolment\":5,\"reason\":\"order\"", 0,
     "entry 17: it is final, and its round had not been closed"},
};

Test(spoilt, finds_each_thing_that_is_done_to_an_entry)
{
    for (size_t i = 0; i < sizeof spoilt / sizeof *spoilt; i++) {
        small_log_begin();
        if (spoilt[i].from)
            small_log_change((size_t)spoilt[i].step, spoilt[i].from, spoilt[i].to);
        if (spoilt[i].signer != OPERATOR)
            small_log_steps[spoilt[i].step].signer = (int)spoilt[i].signer;
        small_log_assert_told(spoilt[i].found);
        small_log_end();
    }
}

Test(spoilt, finds_a_document_that_is_gone)
{
    static const struct {
        int document;
        const char *found;
    } gone[] = {{PANEL_NOW, "entry 1: a document that it names is missing"},
                {LIST_NOW, "entry 2: a document that it names is missing"},
                {CODES, "entry 3: a document that it names is missing"},
                {FOLLOW_UP_TEXT, "entry 15: a document that it names is missing"}};
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) {
        small_log_begin();
        /* The same bytes may not be found under another document's place. */
        if (gone[i].document == PANEL_NOW)
            buf_put_text(&replayed_documents[PANEL_LATER], " ");
        small_log_hide(gone[i].document);
        small_log_assert_told(gone[i].found);
        small_log_end();
    }
}

Test(spoilt, finds_an_erased_response_put_back)
{
    small_log_begin();
    small_log_steps[ANNA_2].is_erased = false;
    small_log_assert_told("entry 12: entry 8, which it says is erased, is still there");
    small_log_end();
}

Test(spoilt, finds_the_kept_response_of_who_asked_that_it_be_erased)
{
    small_log_begin();
    small_log_steps[ANNA_2].is_erased = false;
    small_log_change(ERASED, "[6,8]", "[6]");
    small_log_assert_told("entry 12: the response that it says is erased is still there, as entry 8");
    small_log_end();
}

Test(spoilt, finds_an_entry_that_is_missing_or_has_no_text)
{
    small_log_begin();
    small_log_steps[BRAM_1].is_missing = true;
    small_log_assert_told("entry 7: it is missing");
    small_log_steps[BRAM_1].is_missing = false;
    small_log_steps[BRAM_1].is_erased = true;
    small_log_assert_told("entry 7: its text is missing, and no event says that it was erased");
    small_log_end();
}

Test(spoilt, finds_a_request_that_is_used_twice)
{
    small_log_begin();
    small_log_steps[BRAM_1].is_erased = true;
    small_log_put(FOLLOWED,
                  EVENT("\"entries-erased\",\"by\":\"member\",\"request\":11,\"entries\":[7],\"enrolments\":[]"));
    small_log_assert_told("entry 15: entry 11 is no request that was still open");
    small_log_end();
}

/* Of a request for everything that is answered by three events; the log ends behind them. */
static void tell_by_three_events(void)
{
    small_log_begin();
    small_log_change(ASKED, "{\"round\":\"r\",\"action\":\"A-1\"}", "\"everything\"");
    small_log_put(ERASED, ERASED_BY_MEMBER("11", "[4]", "[4]"));
    small_log_put(BRAM_2, ERASED_BY_MEMBER("11", "[6]", "[]"));
    small_log_put(WITHDRAWN, ERASED_BY_MEMBER("11", "[8]", "[]"));
    small_log_steps[ANNA_ENROLS].is_erased = true;
    small_log_count = WITHDRAWN + 1;
}

Test(spoilt, finds_nothing_in_an_erasure_told_by_several_events)
{
    tell_by_three_events();
    for (size_t more = 0; more < 2; more++) {
        for (size_t behind = 0; behind <= small_log_count; behind++) {
            struct outcome outcome = small_log_replay(behind);
            cr_assert_str_eq(replayed_told, "");
            cr_assert_eq(holes_enrolments(replay_holes(outcome.replay)), 1);
            replay_free(outcome.replay);
        }
        small_log_append(NOTHING_MUCH);
    }
    small_log_end();
}

Test(spoilt, finds_nothing_in_erasures_one_right_after_the_other)
{
    small_log_begin();
    small_log_put(RESTORED, ERASURE(BRAM, "bram", "{\"round\":\"r\",\"action\":\"A-1\"}"));
    small_log_put(ERASED, ERASED_BY_MEMBER("10", "[7]", "[]"));
    small_log_put(BRAM_2, ERASED_BY_MEMBER("11", "[6]", "[]"));
    small_log_put(WITHDRAWN, ERASED_BY_MEMBER("11", "[8]", "[]"));
    small_log_steps[BRAM_1].is_erased = true;
    small_log_assert_told("");
    small_log_end();
}

Test(spoilt, finds_that_one_of_several_events_is_not_there)
{
    tell_by_three_events();
    small_log_put(WITHDRAWN, NOTHING_MUCH);
    small_log_assert_told("entry 8: its text is missing, and no event says that it was erased");
    small_log_count = WITHDRAWN; /* the log ends before it */
    small_log_assert_told("entry 8: its text is missing, and no event says that it was erased");
    small_log_end();

    tell_by_three_events();
    small_log_put(ERASED, NOTHING_MUCH); /* that of the enrolment */
    small_log_assert_told("entry 14: it erases another number of enrolments than was asked");
    small_log_assert_told("entry 4: its text is missing, and no event says that it was erased");
    small_log_append(NOTHING_MUCH);
    small_log_assert_told("entry 14: it erases another number of enrolments than was asked");
    small_log_end();
}

Test(spoilt, finds_two_enrolments_in_several_events)
{
    tell_by_three_events();
    small_log_change(WITHDRAWN, "\"enrolments\":[]", "\"enrolments\":[8]");
    small_log_assert_told("entry 14: it erases another number of enrolments than was asked");
    small_log_end();
}

Test(spoilt, finds_what_stands_between_several_events)
{
    static const char *const found = "entry 14: entry 11 is no request that was still open";
    tell_by_three_events();
    small_log_put(BRAM_2, NOTHING_MUCH);
    small_log_assert_told(found);
    small_log_put(BRAM_2, RESPONSE(BRAM, "A-1", "2", "yes"));
    small_log_assert_told(found);
    small_log_put(BRAM_2, EVENT("\"entries-erased\",\"by\":\"operator\",\"reason\":\"order\",\"reference\":null,"
                                "\"entries\":[6],\"enrolments\":[]"));
    small_log_assert_told(found);
    small_log_end();
}

Test(spoilt, finds_the_kept_response_behind_several_events)
{
    small_log_begin();
    small_log_steps[BRAM_1].is_erased = true;
    small_log_steps[ANNA_2].is_erased = false;
    small_log_put(ERASED, ERASED_BY_MEMBER("11", "[6]", "[]"));
    small_log_put(BRAM_2, ERASED_BY_MEMBER("11", "[7]", "[]"));
    small_log_assert_told("entry 13: the response that it says is erased is still there, as entry 8");
    small_log_end();
}

Test(spoilt, finds_an_erasure_under_cover_of_a_request_by_nobody)
{
    small_log_begin();
    small_log_put(ASKED, ERASURE(OTHER, "other", "{\"round\":\"r\",\"action\":\"A-1\"}"));
    small_log_assert_told(", who was no member");
    small_log_end();
}

Test(spoilt, finds_that_an_erased_enrolment_leaves_nothing)
{
    small_log_begin();
    small_log_change(ASKED, "{\"round\":\"r\",\"action\":\"A-1\"}", "\"everything\"");
    small_log_change(ERASED, "[6,8],\"enrolments\":[]", "[4,6,8],\"enrolments\":[4]");
    small_log_steps[ANNA_ENROLS].is_erased = true;
    small_log_assert_told("");
    small_log_steps[ANNA_2].is_erased = false;
    small_log_change(ERASED, "[4,6,8]", "[4,6]");
    small_log_assert_told("entry 8: nobody with this key has enrolled");
    small_log_steps[ANNA_ENROLS].is_erased = false;
    small_log_steps[ANNA_2].is_erased = true;
    small_log_change(ERASED, "[4,6]", "[6,8]");
    small_log_change(ERASED, "\"enrolments\":[4]", "\"enrolments\":[6]");
    small_log_assert_told("entry 12: the enrolment of who asked is still there");
    small_log_end();
}

Test(spoilt, finds_more_erased_enrolments_than_there_are_letters)
{
    small_log_begin();
    small_log_put(BRAM_1, ENROLMENT(OTHER, "other"));
    small_log_put(BRAM_2, NOTHING_MUCH);
    small_log_put(ASKED, NOTHING_MUCH);
    small_log_steps[ANNA_ENROLS].is_erased = small_log_steps[BRAM_ENROLS].is_erased =
        small_log_steps[BRAM_1].is_erased = true;
    small_log_put(ERASED, EVENT("\"entries-erased\",\"by\":\"operator\",\"reason\":\"order\",\"reference\":null,"
                                "\"entries\":[4,5,6,7,8],\"enrolments\":[4,5,7]"));
    small_log_assert_told("more enrolments have been erased than invitations are left");
    small_log_assert_noted("entry 12: the operator erased 5 entries (order)\n");
    small_log_end();
}
