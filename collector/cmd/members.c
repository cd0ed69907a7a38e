/* members list, members revoke. Knows members by the thumbprints of their keys, and nothing of who they are. */
#include "base/clock.h"
#include "base/csv.h"
#include "base/lang.h"
#include "collector/cmd/cmd.h"
#include <string.h>

static int put_member_row(void *context, const struct store_member *member)
{
    struct csv_writer *writer = context;
    char kid[KID_SIZE];
    key_thumbprint(member->public_key, kid);
    csv_put_text(writer, kid);
    csv_put_integer(writer, member->index);
    cmd_put_time(writer, member->enrolled_at);
    cmd_put_time(writer, member->revoked_at);
    csv_end_row(writer);
    return 0;
}

static enum store_result put_members(struct store *store, struct csv_writer *writer)
{
    return store_member_each(store, put_member_row, writer);
}

int cmd_members_list(const struct cli_verb *verb, int argc, char **argv)
{
    return cmd_list(verb, argc, argv, "kid,index,enrolled,revoked\r\n", put_members);
}

struct member_search {
    const char *kid;
    struct store_member found; /* number 0: not found */
};

static int compare_kid(void *context, const struct store_member *member)
{
    struct member_search *search = context;
    char kid[KID_SIZE];
    key_thumbprint(member->public_key, kid);
    if (strcmp(kid, search->kid) == 0)
        search->found = *member;
    return 0;
}

static int revoke_member(struct store *store, const char *kid)
{
    struct member_search search = {.kid = kid};
    if (store_member_each(store, compare_kid, &search) != STORE_OK)
        return cmd_store_failed(store);
    if (search.found.number == 0)
        return cli_fail(T("there is no member with this kid", "er is geen panellid met dit kid"));
    if (search.found.revoked_at != 0)
        return cli_fail(T("this member was revoked already", "dit panellid was al ingetrokken"));
    if (store_member_revoke(store, search.found.number, clock_now()) != STORE_OK)
        return cmd_store_failed(store);
    cli_say(
        T("member %s is revoked; what they said before stays", "panellid %s is ingetrokken; eerdere reacties blijven"),
        kid);
    return CLI_DONE;
}

int cmd_members_revoke(const struct cli_verb *verb, int argc, char **argv)
{
    int first, result = CLI_DONE;
    struct store *store = cmd_begin(verb, argc, argv, 1, &first, &result);
    if (!store)
        return result;
    result = revoke_member(store, argv[first]);
    store_close(store);
    return result;
}
