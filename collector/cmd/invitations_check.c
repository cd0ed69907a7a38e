/* invitations check CODE: what became of one invitation, for who asks about their own: who did not join can see that
 * nobody joined in their place. */
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "collector/acts/invitations.h"
#include "collector/cmd/cmd.h"
#include "collector/state/recorded.h"
#include "panel/invitation.h"
#include <string.h>

#define CODES_MAX ((size_t)1000000 * SHA256_BYTES) /* of one event */

/* What the log says of one code. */
struct code_search {
    struct store *store;
    uint8_t hash[SHA256_BYTES];
    int64_t *events; /* that may speak of codes */
    size_t count, capacity;
    struct store_invitation invitation;
    int64_t enrolment; /* index; -1: not known */
    int64_t created, withdrawn; /* indexes of events; -1: none */
};

static int note_code_event(void *context, int64_t index, const char *kind)
{
    struct code_search *search = context;
    if (strcmp(kind, event_name(EVENT_INVITATIONS_CREATED)) != 0 && strcmp(kind, event_name(EVENT_LOG_UPGRADED)) != 0 &&
        strcmp(kind, event_name(EVENT_INVITATION_WITHDRAWN)) != 0)
        return 0;
    int64_t *events = list_grow(search->events, search->count, &search->capacity, sizeof *events);
    if (!events)
        return -1;
    search->events = events;
    events[search->count++] = index;
    return 0;
}

static int note_user(void *context, const struct store_member *member)
{
    struct code_search *search = context;
    if (member->number == search->invitation.member)
        search->enrolment = member->index;
    return 0;
}

/* Whether the document of codes has this one. -1: it can't be read. */
static int is_in_codes(const struct code_search *search, const uint8_t document[static SHA256_BYTES])
{
    struct buf codes;
    buf_init(&codes, CODES_MAX);
    int result = -1;
    if (store_document_read(search->store, document, &codes) == STORE_OK)
        result = act_invitation_is_in(&codes, search->hash);
    buf_free(&codes);
    return result;
}

static int look_at_code_event(struct code_search *search, int64_t index, const struct event *event)
{
    if (event->kind == EVENT_INVITATION_WITHDRAWN) {
        if (memcmp(event->code, search->hash, SHA256_BYTES) == 0)
            search->withdrawn = index;
        return 0;
    }
    int found = search->created < 0 ? is_in_codes(search, event->codes) : 0;
    if (found > 0)
        search->created = index;
    return found < 0 ? -1 : 0;
}

/* Returns the exit code. */
static int look_at_events(struct code_search *search)
{
    struct error error = {0};
    for (size_t i = 0; i < search->count; i++) {
        struct event event;
        if (recorded_read(search->store, search->events[i], &event, &error) < 0)
            return cli_fail("%s", error.text);
        int result = look_at_code_event(search, search->events[i], &event);
        event_free(&event);
        if (result < 0)
            return cli_fail(T("the document of entry %lld can't be read; run `audit`",
                              "het document van regel %lld is onleesbaar; voer `audit` uit"),
                            (long long)search->events[i]);
    }
    return CLI_DONE;
}

static int tell_code(const struct code_search *search)
{
    struct buf text;
    buf_init(&text, SIZE_MAX);
    switch (search->invitation.state) {
    case INVITATION_UNUSED:
        buf_put_text(&text, T("unused", "ongebruikt"));
        break;
    case INVITATION_USED:
        buf_put_text(&text, T("used", "gebruikt"));
        if (search->enrolment >= 0)
            buf_printf(&text, T(": enrolment at entry %lld", ": inschrijving op regel %lld"),
                       (long long)search->enrolment);
        break;
    case INVITATION_WITHDRAWN:
        buf_put_text(&text, T("withdrawn", "ingetrokken"));
        if (search->withdrawn >= 0)
            buf_printf(&text, T(" by entry %lld", " door regel %lld"), (long long)search->withdrawn);
        break;
    }
    if (search->created >= 0)
        buf_printf(&text,
                   T("; the log names the code since entry %lld", "; het logboek noemt de code sinds regel %lld"),
                   (long long)search->created);
    buf_put_char(&text, '\n');
    return cmd_print(&text, CLI_TEXT);
}

static int check_code(struct code_search *search)
{
    if (store_begin_reading(search->store) != STORE_OK)
        return cmd_store_failed(search->store);
    enum store_result found = store_invitation_find(search->store, search->hash, &search->invitation);
    if (found == STORE_NONE)
        return cli_fail("%s", T("there is no invitation with this code", "er is geen uitnodiging met deze code"));
    if (found != STORE_OK || store_event_each(search->store, 0, INT64_MAX, note_code_event, search) != STORE_OK ||
        (search->invitation.state == INVITATION_USED &&
         store_member_each(search->store, note_user, search) != STORE_OK))
        return cmd_store_failed(search->store);
    int result = look_at_events(search);
    return result == CLI_DONE ? tell_code(search) : result;
}

int cmd_invitations_check(const struct cli_verb *verb, int argc, char **argv)
{
    uint8_t code[INVITATION_BYTES];
    struct error error;
    struct code_search search = {.enrolment = -1, .created = -1, .withdrawn = -1};
    int first, result = cli_parse(verb, NULL, argc, argv, 1, 1, &first);
    if (result != CLI_RUN)
        return result;
    if (invitation_read(argv[first], code, &error) < 0)
        return cli_misuse(T("this is no invitation code: %s", "dit is geen uitnodigingscode: %s"), error.text);
    crypto_sha256(code, sizeof code, search.hash);
    mem_wipe(code, sizeof code);
    search.store = cmd_open(STORE_READING, NULL, &result);
    if (!search.store)
        return result;
    result = check_code(&search);
    mem_free(search.events);
    store_close(search.store);
    return result;
}
