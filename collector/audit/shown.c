/* Definition and list are compared by what they would be served as, follow-ups by the document that they would be. */
#include "collector/audit/shown.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/lang.h"
#include "panel/served.h"
#include <string.h>

#define FOLLOW_UPS_MAX ((size_t)64 * 1024 * 1024) /* bytes */
#define NOT_FOUND 404
#define NOTICE_TRIES 20
#define NOTICE_MS 100

struct show {
    struct remote *remote;
    const struct replay *replay;
    struct audit_findings *findings;
    int64_t size;
    struct error *error;
};

/* Definition and list. */

/* 1: it is the one in force; 0: it is not; -1: no memory. */
static int same_list(const struct law *law, const struct catalogue *shown)
{
    struct buf list;
    uint8_t hash[SHA256_BYTES];
    buf_init(&list, SERVED_ACTIONS_MAX);
    action_list_put_json(&list, shown->actions);
    int result = buf_check(&list);
    if (result == 0) {
        crypto_sha256(buf_text(&list), list.len, hash);
        result = law->has_list ? memcmp(hash, law->list, sizeof hash) == 0 : shown->actions->count == 0;
    }
    buf_free(&list);
    return result;
}

/* Whether either has been imported since the log was read. -1: *error. */
static int was_imported_since(const struct show *show)
{
    struct listing now = {.list = NULL};
    int result = remote_listing(show->remote, INT64_MAX, &now, show->error);
    for (size_t i = 0; i < now.count && result == 0; i++)
        if (now.list[i].index >= show->size)
            result = now.list[i].kind == EVENT_PANEL_IMPORTED || now.list[i].kind == EVENT_ACTIONS_IMPORTED;
    listing_wipe(&now);
    return result;
}

/* What of both is not the one in force. */
struct difference {
    bool definition, list;
};

static int compare_shown(const struct show *show, const struct law *law, struct difference *out)
{
    struct catalogue *shown = remote_catalogue(show->remote, show->error);
    if (!shown)
        return -1;
    int definition = served_is_definition(&law->catalogue->definition, &shown->definition);
    int list = same_list(law, shown);
    catalogue_release(shown);
    if (definition < 0 || list < 0)
        return error_no_memory(show->error);
    *out = (struct difference){definition == 0, list == 0};
    return 0;
}

/* A collector takes notice of an import by another hand within a second. */
static int await_law(const struct show *show, const struct law *law, struct difference *out)
{
    for (int i = 0; i < NOTICE_TRIES; i++) {
        if (i > 0)
            clock_sleep_ms(NOTICE_MS);
        if (compare_shown(show, law, out) < 0)
            return -1;
        if (!out->definition && !out->list)
            return 0;
    }
    int imported = was_imported_since(show);
    if (imported > 0)
        *out = (struct difference){false, false};
    return imported < 0 ? -1 : 0;
}

static int check_law(const struct show *show)
{
    struct difference differs = {false, false};
    const struct law *law = replay_law(show->replay);
    if (!law || law->is_older)
        return 0;
    if (await_law(show, law, &differs) < 0)
        return -1;
    if (differs.definition)
        findings_add(show->findings, "%s",
                     T("panel definition: the one that is shown is not the one that the log put in force",
                       "paneldefinitie: die welke getoond wordt is niet die welke het logboek van kracht maakte"));
    if (differs.list)
        findings_add(show->findings, "%s",
                     T("action list: the one that is shown is not the one that the log put in force",
                       "actielijst: die welke getoond wordt is niet die welke het logboek van kracht maakte"));
    return 0;
}

/* Follow-ups. */

/* -1: no memory. */
static int is_as_published(const struct json *item, const struct followed *followed)
{
    static const char *const names[] = {"action", "round", "status", "text"};
    int64_t replaces = -1;
    uint8_t hash[SHA256_BYTES];
    struct buf document;
    buf_init(&document, REPLAY_DOCUMENT_MAX);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        buf_printf(&document, "%s\"%s\":", i == 0 ? "{" : ",", names[i]);
        if (json_member(item, names[i]))
            json_put_value(&document, json_member(item, names[i]));
    }
    buf_put_char(&document, '}');
    bool has_replaces = json_integer(json_member(item, "replaces"), &replaces) == 0;
    crypto_sha256(buf_text(&document), document.len, hash);
    int result = buf_check(&document);
    buf_free(&document);
    if (result < 0)
        return -1;
    return memcmp(hash, followed->document, sizeof hash) == 0 && (has_replaces ? replaces : -1) == followed->replaces;
}

static void tell_follow_up(const struct show *show, int64_t index, const char *what)
{
    findings_add(show->findings, T("entry %lld: %s", "regel %lld: %s"), (long long)index, what);
}

/* Those of the log from *next on that stand before `index` are not shown. */
static void pass_followed(const struct show *show, size_t *next, int64_t index)
{
    size_t count;
    const struct followed *list = replay_followed(show->replay, &count);
    for (; *next < count && list[*next].index < index; ++*next)
        tell_follow_up(show, list[*next].index,
                       T("the follow-up that it publishes is not shown",
                         "de terugkoppeling die ze publiceert wordt niet getoond"));
}

static int check_follow_ups(const struct show *show, const struct json *shown)
{
    size_t next = 0, count;
    const struct followed *list = replay_followed(show->replay, &count);
    for (const struct json *item = json_first(shown); item; item = json_next(item)) {
        int64_t index = -1;
        if (json_integer(json_member(item, "index"), &index) == 0 && index >= show->size)
            continue;
        pass_followed(show, &next, index);
        bool is_known = next < count && list[next].index == index;
        int same = is_known ? is_as_published(item, &list[next]) : 0;
        if (same < 0)
            return error_no_memory(show->error);
        if (same == 0)
            tell_follow_up(show, index,
                           T("the follow-up that is shown as its is not what the log has",
                             "de terugkoppeling die als de hare getoond wordt is niet wat het logboek heeft"));
        next += is_known;
    }
    pass_followed(show, &next, INT64_MAX);
    return 0;
}

/* A collector that shows none answers 404. */
static int check_shown_follow_ups(const struct show *show)
{
    struct buf text;
    unsigned status = 0;
    buf_init(&text, FOLLOW_UPS_MAX);
    int result = peer_get(remote_peer(show->remote), &(struct peer_request){"/v1/follow-ups", false}, &text, &status,
                          show->error);
    if (result == 0 || status == NOT_FOUND) {
        struct json *shown;
        result = remote_json(buf_text(&text), text.len, &shown, show->error);
        if (result == 0)
            result = check_follow_ups(show, shown);
        json_free(shown);
    }
    buf_free(&text);
    return result;
}

int shown_check(struct remote *remote, const struct replay *replay, int64_t size, struct error *error)
{
    const struct show show = {
        .remote = remote, .replay = replay, .findings = replay_findings(replay), .size = size, .error = error};
    return check_law(&show) < 0 ? -1 : check_shown_follow_ups(&show);
}
