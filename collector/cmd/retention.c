/* retention run [--dry-run]: what the panel definition bounds in time and has been kept for as long is erased, by the
 * same acts as `erase`, with reason retention. Responses and members not before the last release of their rounds, of
 * which nothing could be worked out any more. */
#include "base/clock.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "collector/cmd/cmd.h"
#include "collector/cmd/erase_lots.h"
#include "crypto/jws.h"
#include "panel/response.h"
#include <string.h>

#define DAY INT64_C(86400)

/* What is due, by the store's numbers. */
struct due {
    struct store *store;
    const struct catalogue *catalogue;
    int64_t now;
    bool *is_final; /* by round of the catalogue: its last release is made */
    struct erasing_response *responses;
    size_t response_count, response_capacity;
    struct store_member *members;
    size_t member_count, member_capacity;
    size_t invitations;
    int64_t accesses;
    size_t round; /* that is being looked at */
    struct error error;
};

static bool is_over(const struct due *due, int64_t since, int64_t days)
{
    return days > 0 && since + days * DAY < due->now;
}

static int fail_due(struct due *due)
{
    return store_fail(due->store, &due->error);
}

/* Responses. */

static int note_final_rounds(struct due *due)
{
    const struct catalogue *catalogue = due->catalogue;
    size_t count = catalogue->panel->round_count;
    due->is_final = mem_calloc(count > 0 ? count : 1, sizeof *due->is_final);
    if (!due->is_final)
        return error_no_memory(&due->error);
    for (size_t i = 0; i < count; i++) {
        struct store_release last;
        enum store_result found = store_release_last(due->store, catalogue->round_numbers[i], &last);
        if (found == STORE_FAILED)
            return fail_due(due);
        due->is_final[i] = found == STORE_OK && last.is_final;
    }
    return 0;
}

static int note_response(void *context, int64_t member, int64_t action, const struct store_current *current)
{
    struct due *due = context;
    if (current->index < 0)
        return 0;
    struct erasing_response *list =
        list_grow(due->responses, due->response_count, &due->response_capacity, sizeof *list);
    if (!list)
        return error_no_memory(&due->error);
    due->responses = list;
    list[due->response_count++] = (struct erasing_response){due->catalogue->round_numbers[due->round], member, action};
    return 0;
}

static int gather_responses(struct due *due)
{
    const struct panel *panel = due->catalogue->panel;
    for (due->round = 0; due->round < panel->round_count; due->round++) {
        const struct round *round = &panel->rounds[due->round];
        if (!is_over(due, round->closes_at, panel->retention.responses_days))
            continue;
        if (!due->is_final[due->round])
            cli_say(
                T("round %s is over for long enough, but has no final release yet: nothing of it is erased",
                  "ronde %s is lang genoeg voorbij, maar heeft nog geen laatste uitgave: er wordt niets van gewist"),
                round->id);
        else if (store_current_each(due->store, due->catalogue->round_numbers[due->round], note_response, due) !=
                 STORE_OK)
            return fail_due(due);
    }
    return 0;
}

/* Members. */

/* When a member answered last, and whether it may be forgotten. */
struct last_answer {
    struct due *due;
    int64_t at;
    bool is_held; /* by a round without its last release */
};

/* By the iat of what was signed, since the log holds no other time. */
static int read_iat(struct due *due, int64_t index, int64_t *iat)
{
    struct buf entry, payload;
    struct jws jws;
    struct response response;
    int result = -1;
    buf_init(&entry, JWS_MAX);
    buf_init(&payload, JWS_MAX);
    if (store_entry_read(due->store, index, &entry) == STORE_FAILED)
        fail_due(due);
    else if (jws_parse(buf_text(&entry), entry.len, RESPONSE_TYP, &jws, &due->error) == 0 &&
             jws_decode_payload(&jws, &payload) == 0 &&
             response_parse(buf_text(&payload), payload.len, &response, &due->error) == 0) {
        *iat = response.iat;
        response_free(&response);
        result = 0;
    }
    buf_free(&entry);
    buf_free(&payload);
    return result;
}

static int look_at_answer(void *context, int64_t member, int64_t action, const struct store_current *current)
{
    struct last_answer *last = context;
    int64_t iat = 0;
    (void)member;
    (void)action;
    if (current->index < 0)
        return 0;
    last->is_held = last->is_held || !last->due->is_final[last->due->round];
    if (last->is_held)
        return 0;
    if (read_iat(last->due, current->index, &iat) < 0)
        return -1;
    last->at = iat > last->at ? iat : last->at;
    return 0;
}

static int note_member(struct due *due, const struct store_member *member)
{
    struct store_member *list = list_grow(due->members, due->member_count, &due->member_capacity, sizeof *list);
    if (!list)
        return error_no_memory(&due->error);
    due->members = list;
    list[due->member_count++] = *member;
    return 0;
}

static int look_at_member(void *context, const struct store_member *member)
{
    struct due *due = context;
    int64_t days = due->catalogue->panel->retention.members_days;
    struct last_answer last = {.due = due, .at = member->enrolled_at};
    if (member->erased || !is_over(due, member->enrolled_at, days))
        return 0;
    for (due->round = 0; due->round < due->catalogue->panel->round_count; due->round++)
        if (store_current_each_of(due->store, due->catalogue->round_numbers[due->round], member->number, look_at_answer,
                                  &last) != STORE_OK)
            return fail_due(due);
    return last.is_held || !is_over(due, last.at, days) ? 0 : note_member(due, member);
}

static int gather_members(struct due *due)
{
    if (due->catalogue->panel->retention.members_days == 0)
        return 0;
    return store_member_each(due->store, look_at_member, due) == STORE_OK ? 0 : fail_due(due);
}

/* Invitations: whose a used one was. */

struct forgetting {
    struct due *due;
    uint8_t (*hashes)[SHA256_BYTES];
    size_t count, capacity;
};

static int look_at_invitation(void *context, int64_t number, const uint8_t hash[static SHA256_BYTES],
                              const struct store_invitation *invitation)
{
    struct forgetting *forgetting = context;
    struct due *due = forgetting->due;
    struct store_member member;
    (void)number;
    if (invitation->state != INVITATION_USED || invitation->member == 0)
        return 0;
    if (store_member_read(due->store, invitation->member, &member) != STORE_OK)
        return fail_due(due);
    if (!member.erased && !is_over(due, member.enrolled_at, due->catalogue->panel->retention.invitations_days))
        return 0;
    uint8_t(*hashes)[SHA256_BYTES] =
        list_grow(forgetting->hashes, forgetting->count, &forgetting->capacity, sizeof *hashes);
    if (!hashes)
        return error_no_memory(&due->error);
    forgetting->hashes = hashes;
    memcpy(hashes[forgetting->count++], hash, SHA256_BYTES);
    return 0;
}

static int mark_forgotten(struct due *due, const struct forgetting *forgetting)
{
    const struct store_invitation nobodys = {.state = INVITATION_USED};
    for (size_t i = 0; i < forgetting->count; i++)
        if (store_invitation_mark(due->store, forgetting->hashes[i], &nobodys) != STORE_OK)
            return fail_due(due);
    return 0;
}

/* In one transaction: counts them, and with `write` takes them from their members. */
static int forget_invitations(struct due *due, bool write)
{
    struct forgetting forgetting = {.due = due};
    if (due->catalogue->panel->retention.invitations_days == 0)
        return 0;
    if ((write ? store_begin_invitations(due->store) : store_begin_reading(due->store)) != STORE_OK)
        return fail_due(due);
    int result = store_invitation_each(due->store, look_at_invitation, &forgetting) == STORE_OK ? 0 : fail_due(due);
    if (result == 0 && write)
        result = mark_forgotten(due, &forgetting);
    if (result == 0 && write && store_commit(due->store) != STORE_OK)
        result = fail_due(due);
    if (result < 0 || !write)
        store_rollback(due->store);
    due->invitations = forgetting.count;
    mem_free(forgetting.hashes);
    return result;
}

/* Reads of what is not published. */

static int count_access(void *context, const struct store_access *access)
{
    struct due *due = context;
    due->accesses += is_over(due, access->at, due->catalogue->panel->retention.access_log_days);
    return 0;
}

static int forget_accesses(struct due *due, bool write)
{
    int64_t days = due->catalogue->panel->retention.access_log_days;
    if (days == 0)
        return 0;
    due->accesses = 0;
    if (store_access_each(due->store, count_access, due) != STORE_OK ||
        (write && store_access_purge(due->store, due->now - days * DAY) != STORE_OK))
        return fail_due(due);
    return 0;
}

/* Erasing. */

/* What is told as gone is gone: where an act waits in the queue, the rest does too. */
static int carry_out_due(const struct config *config, struct due *due, bool *queued)
{
    const struct erasing all = {.store = due->store,
                                .catalogue = due->catalogue,
                                .responses = due->responses,
                                .response_count = due->response_count,
                                .members = due->members,
                                .member_count = due->member_count};
    int result = cmd_erase_lots(config, &all, "retention", NULL, queued);
    if (result == CLI_DONE && !*queued && (forget_invitations(due, true) < 0 || forget_accesses(due, true) < 0))
        result = cli_fail("%s", due->error.text);
    return result;
}

/* The verb. */

static int gather_due(struct due *due)
{
    if (store_begin_reading(due->store) != STORE_OK)
        return fail_due(due);
    int result = note_final_rounds(due) == 0 && gather_responses(due) == 0 && gather_members(due) == 0 ? 0 : -1;
    store_rollback(due->store);
    if (result < 0)
        return -1;
    return forget_invitations(due, false) == 0 ? forget_accesses(due, false) : -1;
}

static void tell_due(const struct due *due, bool dry)
{
    cli_say(dry ? T("would go: responses %zu, members %zu, whose an invitation was %zu, who read what %lld",
                    "zou gaan: reacties %zu, panelleden %zu, van wie een uitnodiging was %zu, wie wat las %lld")
                : T("gone: responses %zu, members %zu, whose an invitation was %zu, who read what %lld",
                    "weg: reacties %zu, panelleden %zu, van wie een uitnodiging was %zu, wie wat las %lld"),
            due->response_count, due->member_count, due->invitations, (long long)due->accesses);
}

static int run_due(const struct config *config, struct due *due, bool dry)
{
    if (gather_due(due) < 0)
        return cli_fail("%s", due->error.text);
    bool queued = false;
    int result = dry ? CLI_DONE : carry_out_due(config, due, &queued);
    if (result == CLI_DONE && !queued)
        tell_due(due, dry);
    return result;
}

static int run_retention(bool dry)
{
    struct config config;
    int result;
    struct store *store = cmd_open(STORE_EXISTING, &config, &result);
    if (!store)
        return result;
    struct due due = {.store = store, .now = clock_now()};
    struct catalogue *catalogue = catalogue_load(store, &due.error);
    due.catalogue = catalogue;
    result = catalogue ? run_due(&config, &due, dry) : cli_fail("%s", due.error.text);
    catalogue_release(catalogue);
    mem_free(due.is_final);
    mem_free(due.responses);
    mem_free(due.members);
    store_close(store);
    return result;
}

int cmd_retention_run(const struct cli_verb *verb, int argc, char **argv)
{
    bool dry = false;
    const struct cli_option options[] = {
        {"dry-run", NULL, NULL, &dry, "say what would go, and erase nothing", "zeg wat er zou gaan, en wis niets"},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    int first, result = cli_parse(verb, options, argc, argv, 0, 0, &first);
    return result == CLI_RUN ? run_retention(dry) : result;
}
