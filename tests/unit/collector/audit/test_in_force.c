/* What is in force changes along the log, and each entry is judged by what is where it stands. */
#include "crypto/base64url.h"
#include "panel/response.h"
#include "tests/unit/collector/audit/small_log.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(in_force, .init = kit_begin, .fini = kit_end, .timeout = 120);

Test(in_force, finds_an_enrolment_behind_the_withdrawal_of_its_invitation)
{
    small_log_begin();
    small_log_put(FOLLOWED, ENROLMENT(CARLA, "carla"));
    small_log_assert_told("entry 15: its invitation had been withdrawn");
    small_log_end();
}

Test(in_force, finds_letters_made_twice_or_out_of_order)
{
    small_log_begin();
    small_log_put(FOLLOWED,
                  EVENT("\"invitations-created\",\"count\":3,\"stratum\":null,\"codes\":\"$codes$\",\"replaces\":0"));
    small_log_assert_told("entry 15: one of its codes was made before");
    uint8_t swapped[3 * SHA256_BYTES];
    memcpy(swapped, replayed_documents[CODES].data + 2 * SHA256_BYTES, SHA256_BYTES);
    memcpy(swapped + SHA256_BYTES, replayed_documents[CODES].data, 2 * SHA256_BYTES);
    memcpy(replayed_documents[CODES].data, swapped, sizeof swapped);
    small_log_put(FOLLOWED, NOTHING_MUCH);
    small_log_assert_told("entry 3: its codes are not in order");
    small_log_end();
}

Test(in_force, notes_letters_in_place_of_others)
{
    small_log_begin();
    small_log_put(
        FOLLOWED,
        EVENT("\"invitations-created\",\"count\":1,\"stratum\":null,\"codes\":\"$codeslater$\",\"replaces\":1"));
    small_log_assert_told("");
    small_log_assert_noted("entry 15 made 1 invitations, 1 of them in place of others\n");
    small_log_end();
}

Test(in_force, notes_what_an_import_changes)
{
    static const struct {
        const char *panel, *noted;
    } imports[] = {
        {PANEL("S", OPENS, CLOSES, ""), "entry 14 changed the title of round r after the first response to it\n"},
        {"", "entry 14 changed disclosure: minRespondents 10 to 3, roundTo 5 to 4, minChanged 10 to 3, releaseInterval "
             "28 to 28\n"},
    };
    for (size_t i = 0; i < sizeof imports / sizeof *imports; i++) {
        small_log_begin();
        char loosened[4096] = PANEL("R", OPENS, CLOSES, "");
        char *place = strstr(loosened, "10,\"roundTo\":5");
        snprintf(place, 64, "3,\"roundTo\":4}}");
        small_log_set_document(PANEL_LATER, imports[i].panel[0] != '\0' ? imports[i].panel : loosened);
        small_log_put(WITHDRAWN, IMPORT_PANEL);
        small_log_count = CLOSED;
        small_log_assert_told("");
        small_log_assert_noted(imports[i].noted);
        small_log_end();
    }
    small_log_begin();
    small_log_put(WITHDRAWN, IMPORT_LIST);
    small_log_assert_told("");
    small_log_assert_noted("entry 14 changed the title of action A-1 after the first response to it\n");
    small_log_end();
}

Test(in_force, finds_disclosure_changed_while_others_may_follow_a_release)
{
    char loosened[4096] = PANEL("R", OPENS, CLOSES, "");
    char *place = strstr(loosened, "10,\"roundTo\":5");
    snprintf(place, 64, "3,\"roundTo\":4}}");
    small_log_begin();
    small_log_set_document(PANEL_LATER, loosened);
    small_log_append(IMPORT_PANEL);
    small_log_assert_told(""); /* the release was final */
    small_log_assert_noted("entry 18 changed disclosure: ");
    small_log_change(RELEASED, "\"final\":true", "\"final\":false");
    small_log_assert_told("entry 18: it changes disclosure, while others may follow a release");
    small_log_end();
}

Test(in_force, lets_disclosure_change_where_only_a_later_round_has_a_release_and_a_final_one)
{
    char two[4096] = PANEL("R", OPENS, CLOSES, ""), loosened[4096];
    char *place = strstr(two, "\"rounds\":[");
    cr_assert_not_null(place);
    char rest[4096];
    snprintf(rest, sizeof rest, "%s", place + strlen("\"rounds\":["));
    snprintf(place, sizeof two - (size_t)(place - two),
             "\"rounds\":[{\"id\":\"first\",\"title\":{\"nl\":\"E\"},\"opensAt\":\"" OPENS "\",\"closesAt\":\"" CLOSES
             "\",\"questionnaire\":\"q\",\"actions\":\"all\"},%s",
             rest);
    snprintf(loosened, sizeof loosened, "%s", two);
    snprintf(strstr(loosened, "10,\"roundTo\":5"), 64, "3,\"roundTo\":4}}");
    small_log_begin();
    small_log_set_document(PANEL_NOW, two);
    small_log_set_document(PANEL_LATER, loosened);
    small_log_append(IMPORT_PANEL);
    small_log_assert_told("");
    small_log_assert_noted("entry 18 changed disclosure: ");
    small_log_end();
}

Test(in_force, finds_a_questionnaire_changed_that_nobody_answered_behind_its_release)
{
    static const size_t answers[] = {ANNA_1, BRAM_1, ANNA_2, ASKED, ERASED, BRAM_2};
    small_log_begin();
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        small_log_put(answers[i], NOTHING_MUCH);
        small_log_steps[answers[i]].is_erased = false;
    }
    small_log_set_document(PANEL_LATER,
                           PANEL("R", OPENS, CLOSES, ",{\"value\":\"maybe\",\"label\":{\"nl\":\"Misschien\"}}"));
    small_log_append(IMPORT_PANEL);
    small_log_assert_told("entry 18: questionnaire 'q' has responses or a release and can't be changed");
    small_log_end();
}

Test(in_force, finds_a_release_too_soon_after_another)
{
    const char *next = "{\"aud\":\"wau\",\"iat\":%IAT%,\"event\":\"release-created\",\"round\":\"r\",\"number\":2,"
                       "\"final\":false,\"size\":18,\"root\":\"$panel$\",\"rule\":2,\"minRespondents\":10,"
                       "\"roundTo\":5,\"minChanged\":10,\"files\":[]}";
    small_log_begin();
    small_log_change(RELEASED, "\"final\":true", "\"final\":false");
    small_log_append(EVENT_TYP, OPERATOR, next);
    small_log_assert_told("entry 18: it came too soon after the release before");
    small_log_change(18, "\"final\":false", "\"final\":true");
    small_log_assert_told("");
    small_log_change(18, "\"final\":true", "\"final\":false");
    small_log_change(18, "%IAT%", "1792420221"); /* 28 days and a second later */
    small_log_assert_told("");
    small_log_end();
}

Test(in_force, finds_an_import_that_takes_answers_away)
{
    small_log_begin();
    small_log_set_document(PANEL_LATER,
                           PANEL("R", OPENS, CLOSES, ",{\"value\":\"maybe\",\"label\":{\"nl\":\"Misschien\"}}"));
    small_log_put(WITHDRAWN, IMPORT_PANEL);
    small_log_assert_told("entry 14: questionnaire 'q' has responses or a release and can't be changed");
    small_log_end();
    small_log_begin();
    small_log_set_document(LIST_LATER, "[]");
    small_log_put(WITHDRAWN, IMPORT_LIST);
    small_log_assert_told("entry 14: it takes action A-1 away, which has responses");
    small_log_end();
}

/* The answers that fit are those of the definition in force where the response stands. */
Test(in_force, judges_answers_by_what_was_in_force)
{
    small_log_begin();
    small_log_set_document(PANEL_LATER,
                           PANEL("R", OPENS, CLOSES, ",{\"value\":\"maybe\",\"label\":{\"nl\":\"Misschien\"}}"));
    small_log_put(REVOKED, IMPORT_PANEL);
    small_log_put(RESTORED, NOTHING_MUCH);
    small_log_put(BRAM_1, NOTHING_MUCH);
    small_log_steps[ANNA_1].is_erased = small_log_steps[ANNA_2].is_erased = true;
    small_log_change(BRAM_2, "\"yes\"", "\"maybe\"");
    small_log_assert_told("");
    small_log_change(BRAM_2, "\"maybe\"", "\"never\"");
    small_log_assert_told("entry 13: its answers do not fit the panel");
    small_log_end();
}

/* Signs what somebody saw into a response: the pair of these documents. */
static void claim_context(size_t step, int panel, int list)
{
    uint8_t hashes[2][SHA256_BYTES], context[SHA256_BYTES];
    char text[CONTEXT_SIZE], claims[CONTEXT_SIZE + 32];
    crypto_sha256(replayed_documents[panel].data, replayed_documents[panel].len, hashes[0]);
    crypto_sha256(replayed_documents[list].data, replayed_documents[list].len, hashes[1]);
    response_context(hashes[0], hashes[1], context);
    base64url_encode(context, sizeof context, text);
    snprintf(claims, sizeof claims, "\"},\"context\":\"%s\"}", text);
    small_log_change(step, "\"}}", claims);
}

Test(in_force, finds_a_response_to_what_was_not_asked)
{
    small_log_begin();
    claim_context(BRAM_1, PANEL_NOW, LIST_NOW);
    small_log_put(WITHDRAWN, IMPORT_LIST);
    small_log_put(FOLLOWED, RESPONSE(BRAM, "A-1", "3", "no"));
    claim_context(FOLLOWED, PANEL_NOW, LIST_NOW);
    small_log_assert_told("");
    small_log_put(FOLLOWED, RESPONSE(BRAM, "A-1", "3", "no"));
    claim_context(FOLLOWED, PANEL_NOW, LIST_LATER);
    small_log_assert_told("");
    claim_context(BRAM_2, PANEL_NOW, LIST_LATER);
    small_log_assert_told("entry 13: what it says to have been shown was not in force since its round opened");
    small_log_end();
}

Test(in_force, lets_nothing_into_a_closed_round_until_it_is_opened_again)
{
    small_log_begin();
    small_log_count = CLOSED + 1;
    small_log_append(RESPONSE(BRAM, "A-1", "3", "no"));
    small_log_assert_told("entry 17: its round had been closed by entry 16");
    small_log_put(17, IMPORT_PANEL); /* whose closesAt lies beyond the closing */
    small_log_append(RESPONSE(BRAM, "A-1", "3", "no"));
    small_log_assert_told("");
    small_log_assert_noted("entry 17 opened round r again\n");
    small_log_end();
}

/* A collector that leaves round-closed out is told by the time of the events that follow. */
Test(in_force, finds_a_late_response_by_the_time_of_the_event_before_it)
{
    small_log_begin();
    small_log_count = CLOSED;
    small_log_put(FOLLOWED, NOTHING_MUCH);
    small_log_change(FOLLOWED, "%IAT%", "1800000000"); /* a fortnight after closesAt */
    small_log_append(RESPONSE(BRAM, "A-1", "3", "no"));
    small_log_assert_told("entry 16: it came after its round was over");
    small_log_end();
}

Test(in_force, passes_events_to_the_key_that_follows)
{
    small_log_begin();
    small_log_put(FOLLOWED, EVENT("\"operator-changed\",\"operator\":@other@"));
    small_log_steps[CLOSED].signer = small_log_steps[RELEASED].signer = OTHER;
    small_log_assert_told("");
    small_log_assert_noted("entry 15 changed the operator's key\n");
    small_log_steps[CLOSED].signer = OPERATOR;
    small_log_assert_told("entry 16: it is not signed by the operator's key");
    small_log_end();
}

Test(in_force, finds_a_release_behind_a_final_one)
{
    small_log_begin();
    small_log_append(
        EVENT("\"release-created\",\"round\":\"r\",\"number\":2,\"final\":false,\"size\":18,\"root\":\"$panel$\","
              "\"rule\":2,\"minRespondents\":10,\"roundTo\":5,\"minChanged\":10,\"files\":[]"));
    small_log_assert_told("entry 18: its round had a final release");
    small_log_end();
}
