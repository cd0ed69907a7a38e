/* members list, members revoke, members restore. The office knows a member by the number of the invitation that it
 * handed out, the log by the thumbprint of a key: both are shown, and either is taken. Knows nothing of who they
 * are. */
#include "base/csv.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/number.h"
#include "collector/acts/member.h"
#include "collector/cmd/act.h"
#include "collector/cmd/cmd.h"
#include <stdio.h>
#include <string.h>

/* Numbers of invitations, by the member who used each. */
struct handed_out {
    int64_t *numbers; /* by member's number - 1; 0 for none */
    size_t count, capacity;
};

static int note_invitation(void *context, int64_t number, const uint8_t hash[static SHA256_BYTES],
                           const struct store_invitation *invitation)
{
    (void)hash;
    struct handed_out *handed = context;
    if (invitation->state != INVITATION_USED || invitation->member <= 0)
        return 0;
    while (handed->count < (size_t)invitation->member) {
        int64_t *numbers = list_grow(handed->numbers, handed->count, &handed->capacity, sizeof *numbers);
        if (!numbers)
            return -1;
        handed->numbers = numbers;
        handed->numbers[handed->count++] = 0;
    }
    handed->numbers[invitation->member - 1] = number;
    return 0;
}

static int64_t invitation_of(const struct handed_out *handed, const struct store_member *member)
{
    return (size_t)member->number <= handed->count ? handed->numbers[member->number - 1] : 0;
}

/* Listing. */

struct member_listing {
    struct csv_writer *writer;
    struct handed_out handed;
};

static int put_member_row(void *context, const struct store_member *member)
{
    const struct member_listing *listing = context;
    if (member->erased)
        return 0;
    struct csv_writer *writer = listing->writer;
    int64_t number = invitation_of(&listing->handed, member);
    char kid[KID_SIZE];
    key_thumbprint(member->public_key, kid);
    if (number > 0)
        csv_put_integer(writer, number);
    else
        csv_put_empty(writer);
    csv_put_text(writer, kid);
    csv_put_integer(writer, member->index);
    cmd_put_time(writer, member->enrolled_at);
    cmd_put_time(writer, member->revoked_at);
    csv_end_row(writer);
    return 0;
}

static enum store_result put_members(struct store *store, struct csv_writer *writer)
{
    struct member_listing listing = {.writer = writer};
    enum store_result result = store_begin_reading(store);
    if (result == STORE_OK)
        result = store_invitation_each(store, note_invitation, &listing.handed);
    if (result == STORE_OK)
        result = store_member_each(store, put_member_row, &listing);
    mem_free(listing.handed.numbers);
    return result;
}

int cmd_members_list(const struct cli_verb *verb, int argc, char **argv)
{
    return cmd_list(verb, argc, argv, "member,kid,index,enrolled,revoked\r\n", put_members);
}

/* Revoking and restoring. */

struct member_search {
    const char *name; /* as typed, or as `members list` writes it, where a kid that begins with - is led by ' */
    int64_t number; /* 0: it is a kid */
    struct handed_out handed;
    struct store_member found; /* number 0: not found */
};

static int compare_member_name(void *context, const struct store_member *member)
{
    struct member_search *search = context;
    char kid[KID_SIZE];
    if (member->erased)
        return 0;
    key_thumbprint(member->public_key, kid);
    if (search->number > 0 ? invitation_of(&search->handed, member) == search->number : strcmp(kid, search->name) == 0)
        search->found = *member;
    return 0;
}

/* Within a transaction. Returns the exit code. */
static int find_named_member(struct store *store, struct member_search *search)
{
    if (number_read(search->name, 1, INT64_MAX, &search->number) < 0)
        search->number = 0;
    enum store_result result = STORE_OK;
    if (search->number > 0)
        result = store_invitation_each(store, note_invitation, &search->handed);
    if (result == STORE_OK)
        result = store_member_each(store, compare_member_name, search);
    mem_free(search->handed.numbers);
    if (result != STORE_OK)
        return cmd_store_failed(store);
    if (search->found.number != 0)
        return CLI_DONE;
    if (search->number > 0)
        return cli_fail(T("nobody has enrolled with invitation %s", "niemand is ingeschreven met uitnodiging %s"),
                        search->name);
    return cli_fail(T("there is no member with this kid or number", "er is geen panellid met dit kid of nummer"));
}

static int ask_revocation(const struct config *config, struct store *store, const struct member_search *search,
                          const char *reason)
{
    struct act_wish wish;
    struct error error;
    char done[KID_SIZE + 80];
    int made = reason ? act_prepare_revocation(&wish, &search->found, reason, &error)
                      : act_prepare_restoration(&wish, &search->found, &error);
    snprintf(done, sizeof done,
             reason ? T("member %s is revoked; what they said before stays",
                        "panellid %s is ingetrokken; eerdere reacties blijven")
                    : T("member %s is restored", "panellid %s doet weer mee"),
             search->name);
    return made < 0 ? cli_fail("%s", error.text) : cmd_act(config, store, &wish, done);
}

/* `reason` NULL restores. */
static int run_on_member(const char *name, const char *reason)
{
    struct config config;
    struct member_search search = {.name = csv_unguard(&csv_rfc4180, name)};
    int result;
    struct store *store = cmd_open(STORE_EXISTING, &config, &result);
    if (!store)
        return result;
    result = store_begin_reading(store) == STORE_OK ? find_named_member(store, &search) : cmd_store_failed(store);
    store_rollback(store);
    if (result == CLI_DONE)
        result = ask_revocation(&config, store, &search, reason);
    store_close(store);
    return result;
}

int cmd_members_revoke(const struct cli_verb *verb, int argc, char **argv)
{
    const char *reason = NULL;
    const struct cli_option options[] = {
        {"reason", "request|error|abuse|order", &reason, NULL,
         "request, error, abuse or order; the log shows it to anyone",
         "request (verzoek), error (fout), abuse (misbruik) of order (bevel); het logboek toont dat aan iedereen"},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    int first, result = cli_parse(verb, options, argc, argv, 1, 1, &first);
    if (result != CLI_RUN)
        return result;
    if (!reason || !act_is_revocation_reason(reason))
        return cli_misuse("%s", T("--reason must be request, error, abuse or order",
                                  "--reason moet request, error, abuse of order zijn"));
    return run_on_member(argv[first], reason);
}

int cmd_members_restore(const struct cli_verb *verb, int argc, char **argv)
{
    int first, result = cli_parse(verb, NULL, argc, argv, 1, 1, &first);
    return result == CLI_RUN ? run_on_member(argv[first], NULL) : result;
}
