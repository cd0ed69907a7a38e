/* A log of eighteen entries, put together by a test that may change each of them before it is signed and replayed. What
 * goes wrong in here fails the test. */
#ifndef TESTS_UNIT_COLLECTOR_AUDIT_SMALL_LOG_H
#define TESTS_UNIT_COLLECTOR_AUDIT_SMALL_LOG_H

#include "panel/enrolment.h"
#include "tests/unit/collector/audit/replayed.h"
#include "tests/unit/collector/kit.h"

#define SMALL_LOG_PAYLOAD 2048
#define PANEL(title, opens, closes, rest)                                                                              \
    "{\"id\":\"wau\",\"title\":{\"nl\":\"P\"},\"questionnaires\":[{\"id\":\"q\",\"questions\":[{\"id\":\"noticed\","   \
    "\"type\":\"choice\",\"required\":true,\"label\":{\"nl\":\"Merkt u het?\"},\"options\":[{\"value\":\"yes\","       \
    "\"label\":{\"nl\":\"Ja\"}},{\"value\":\"no\",\"label\":{\"nl\":\"Nee\"}}" rest "]}]}],\"rounds\":[{\"id\":"       \
    "\"r\",\"title\":{\"nl\":\"" title "\"},\"opensAt\":\"" opens "\",\"closesAt\":\"" closes "\",\"questionnaire\":"  \
    "\"q\",\"actions\":\"all\"}],\"disclosure\":{\"minRespondents\":10,\"roundTo\":5}}"
#define LIST(title)                                                                                                    \
    "[{\"id\":\"A-1\",\"title\":\"" title                                                                              \
    "\",\"track\":\"\",\"lead\":\"\",\"related\":\"\",\"status\":\"running\"},{\"id\":\"A-2\","                        \
    "\"title\":\"Twee\",\"track\":\"\",\"lead\":\"\",\"related\":\"\",\"status\":\"running\"}]"
#define OPENS "2026-01-01T00:00:00Z"
#define CLOSES "2027-01-01T00:00:00Z"
#define FOLLOW_UP "{\"action\":\"A-1\",\"round\":\"r\",\"status\":\"doing\",\"text\":{\"nl\":\"In mei.\"}}"

enum { PANEL_NOW, LIST_NOW, CODES, FOLLOW_UP_TEXT, PANEL_LATER, LIST_LATER, CODES_LATER, DOCUMENTS };
enum { OPERATOR, ANNA, BRAM, CARLA, OTHER, PEOPLE };

/* An entry before it is signed. In a payload `$name$` stands for the hash of a document or of a code, `@name@` for the
 * JWK of a key, `#name#` for a code itself. */
struct step {
    const char *typ;
    int signer;
    char payload[SMALL_LOG_PAYLOAD];
    bool is_erased, is_missing;
};

extern struct step small_log_steps[REPLAYED_MAX];
extern size_t small_log_count;

#define EVENT(rest) EVENT_TYP, OPERATOR, "{\"aud\":\"wau\",\"iat\":%IAT%,\"event\":" rest "}"
#define RESPONSE(who, action, revision, answer)                                                                        \
    RESPONSE_TYP, who,                                                                                                 \
        "{\"aud\":\"wau\",\"round\":\"r\",\"action\":\"" action "\",\"revision\":" revision                            \
        ",\"iat\":%IAT%,\"jti\":\"" KIT_JTI "\",\"answers\":{\"noticed\":\"" answer "\"}}"
#define ENROLMENT(who, name)                                                                                           \
    ENROLMENT_TYP, who,                                                                                                \
        "{\"aud\":\"wau\",\"iat\":%IAT%,\"jti\":\"" KIT_JTI "\",\"jwk\":@" name "@,\"invitation\":\"#" name "#\"}"
#define ERASURE(who, name, scope)                                                                                      \
    ERASURE_TYP, who, "{\"aud\":\"wau\",\"iat\":%IAT%,\"jti\":\"" KIT_JTI "\",\"jwk\":@" name "@,\"scope\":" scope "}"
#define ERASED_BY_MEMBER(request, entries, enrolments)                                                                 \
    EVENT("\"entries-erased\",\"by\":\"member\",\"request\":" request ",\"entries\":" entries                          \
          ",\"enrolments\":" enrolments)

/* For an entry that is out of the way. */
#define NOTHING_MUCH                                                                                                   \
    EVENT("\"follow-up-published\",\"action\":\"A-1\",\"round\":\"r\",\"document\":\"$followup$\","                    \
          "\"bytes\":%FOLLOWUP%,\"replaces\":null")
#define IMPORT_PANEL EVENT("\"panel-imported\",\"panel\":\"$panellater$\",\"bytes\":%PANELLATER%")
#define IMPORT_LIST EVENT("\"actions-imported\",\"actions\":\"$listlater$\",\"bytes\":%LISTLATER%")

enum {
    OPENED,
    PANEL_IMPORTED,
    LIST_IMPORTED,
    CREATED,
    ANNA_ENROLS,
    BRAM_ENROLS,
    ANNA_1,
    BRAM_1,
    ANNA_2,
    REVOKED,
    RESTORED,
    ASKED,
    ERASED,
    BRAM_2,
    WITHDRAWN,
    FOLLOWED,
    CLOSED,
    RELEASED,
    STEPS
};

/* The honest log, and all of it away. */
void small_log_begin(void);
void small_log_end(void);

/* Signs it as it then is, and replays it. */
struct outcome small_log_replay(size_t behind);

/* The first `from` in the payload of a step becomes `to`, which must be there. */
void small_log_change(size_t step, const char *from, const char *to);
void small_log_put(size_t step, const char *typ, int signer, const char *payload);
void small_log_append(const char *typ, int signer, const char *payload);
void small_log_set_document(int which, const char *text);

/* A document that is not to be had in the replays that follow; -1: none. */
void small_log_hide(int document);

/* Replays it, counting at once and all at the end: a line that is told holds `found`; "": nothing is told. */
void small_log_assert_told(const char *found);

/* A line that was noted in the last replay holds it. */
void small_log_assert_noted(const char *noted);

#endif
