/* Current responses that replaced one that may have replaced another -> the authors to look for -> the log, in
 * order. */
#include "collector/acts/linking.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "crypto/jws.h"
#include "panel/response.h"
#include <stdlib.h>
#include <string.h>

/* The answers of one member to one action in one round. */
struct chain {
    char kid[KID_SIZE];
    int64_t member;
    const char *round, *action; /* the catalogue's */
    int64_t replaced; /* the last but one, by its index */
    int64_t before; /* the latest that was found before that; -1: none */
};

struct link {
    int64_t index, before;
};

struct linking {
    struct store *store;
    const struct catalogue *catalogue;
    size_t round; /* in the catalogue */
    struct chain *chains; /* by kid */
    size_t count, capacity;
    struct link *links;
    size_t link_count, link_capacity;
    struct error *error;
};

static const char *find_action_id(const struct catalogue *catalogue, int64_t number)
{
    int found = catalogue_find_action(catalogue, number);
    return found >= 0 ? catalogue->actions->list[found].id : NULL;
}

static int gather_chain(void *context, int64_t member, int64_t action, const struct store_current *current)
{
    struct linking *linking = context;
    const char *id = find_action_id(linking->catalogue, action);
    if (current->replaced < 0 || !id)
        return 0;
    struct chain *chains = list_grow(linking->chains, linking->count, &linking->capacity, sizeof *chains);
    if (!chains)
        return error_no_memory(linking->error);
    linking->chains = chains;
    chains[linking->count++] = (struct chain){.member = member,
                                              .round = linking->catalogue->panel->rounds[linking->round].id,
                                              .action = id,
                                              .replaced = current->replaced,
                                              .before = -1};
    return 0;
}

static int gather_chains(struct linking *linking)
{
    const struct catalogue *catalogue = linking->catalogue;
    for (linking->round = 0; linking->round < catalogue->panel->round_count; linking->round++)
        if (store_current_each(linking->store, catalogue->round_numbers[linking->round], gather_chain, linking) !=
            STORE_OK)
            return store_fail(linking->store, linking->error);
    return 0;
}

/* 0 and *response, to be freed; -1: the entry is none, or *why is ERROR_MEMORY. */
static int parse_response(const char *text, size_t len, struct response *response, struct error *why)
{
    struct jws jws;
    struct buf payload;
    int result = -1;
    if (jws_parse(text, len, RESPONSE_TYP, &jws, why) < 0)
        return -1;
    buf_init(&payload, JWS_MAX);
    if (jws_decode_payload(&jws, &payload) < 0)
        error_no_memory(why);
    else
        result = response_parse(buf_text(&payload), payload.len, response, why);
    buf_free(&payload);
    return result;
}

/* 1: the entry is a response, and *response is to be freed; 0: it is none; -1: no memory. */
static int read_linked(struct linking *linking, const char *text, size_t len, struct response *response)
{
    struct error why = {0};
    if (parse_response(text, len, response, &why) == 0)
        return 1;
    if (why.kind != ERROR_MEMORY)
        return 0;
    error_no_memory(linking->error);
    return -1;
}

/* A chain that begins with what is known of it has nothing to be looked for. 1: this one has. */
static int may_lack(struct linking *linking, const struct chain *chain)
{
    struct buf entry;
    struct response response = {0};
    int result;
    buf_init(&entry, JWS_MAX);
    if (store_entry_read(linking->store, chain->replaced, &entry) == STORE_FAILED)
        result = store_fail(linking->store, linking->error);
    else if ((result = read_linked(linking, buf_text(&entry), entry.len, &response)) > 0) {
        result = response.revision > 1;
        response_free(&response);
    }
    buf_free(&entry);
    return result;
}

/* Leaves the chains that may lack something, with their members' kids. */
static int name_authors(struct linking *linking)
{
    size_t kept = 0;
    for (size_t i = 0; i < linking->count; i++) {
        struct chain chain = linking->chains[i];
        struct store_member member;
        int lacks = may_lack(linking, &chain);
        if (lacks < 0)
            return -1;
        if (lacks == 0)
            continue;
        if (store_member_read(linking->store, chain.member, &member) != STORE_OK)
            return store_fail(linking->store, linking->error);
        key_thumbprint(member.public_key, chain.kid);
        linking->chains[kept++] = chain;
    }
    linking->count = kept;
    return 0;
}

static int compare_kids(const void *a, const void *b)
{
    return strcmp(((const struct chain *)a)->kid, ((const struct chain *)b)->kid);
}

/* The first chain of this member; NULL: none. */
static struct chain *find_chain_author(const struct linking *linking, const char *kid)
{
    struct chain wanted;
    memcpy(wanted.kid, kid, KID_SIZE);
    struct chain *found = bsearch(&wanted, linking->chains, linking->count, sizeof wanted, compare_kids);
    while (found && found > linking->chains && compare_kids(found - 1, &wanted) == 0)
        found--;
    return found;
}

static int add_link(struct linking *linking, struct chain *chain, int64_t index)
{
    struct link *links = list_grow(linking->links, linking->link_count, &linking->link_capacity, sizeof *links);
    if (!links)
        return error_no_memory(linking->error);
    linking->links = links;
    if (chain->before >= 0)
        links[linking->link_count++] = (struct link){index, chain->before};
    chain->before = index;
    return 0;
}

static int look_at_response(struct linking *linking, struct chain *chain, int64_t index,
                            const struct response *response)
{
    const char *kid = chain->kid;
    for (; chain < linking->chains + linking->count && strcmp(chain->kid, kid) == 0; chain++)
        if (index <= chain->replaced && strcmp(chain->round, response->round) == 0 &&
            strcmp(chain->action, response->action) == 0)
            return add_link(linking, chain, index);
    return 0;
}

static int look_at_entry(void *context, int64_t index, const char *text, size_t len)
{
    struct linking *linking = context;
    struct jws jws;
    struct response response = {0};
    struct error why = {0};
    if (jws_parse(text, len, RESPONSE_TYP, &jws, &why) < 0)
        return why.kind == ERROR_MEMORY ? error_no_memory(linking->error) : 0;
    struct chain *chain = find_chain_author(linking, jws.kid);
    int found = chain ? read_linked(linking, text, len, &response) : 0;
    if (found <= 0)
        return found;
    int result = look_at_response(linking, chain, index, &response);
    response_free(&response);
    return result;
}

static int read_links(struct linking *linking)
{
    int64_t end = 0;
    for (size_t i = 0; i < linking->count; i++)
        end = linking->chains[i].replaced >= end ? linking->chains[i].replaced + 1 : end;
    qsort(linking->chains, linking->count, sizeof *linking->chains, compare_kids);
    if (store_entry_range(linking->store, 0, end, look_at_entry, linking) != STORE_OK)
        return store_fail(linking->store, linking->error);
    return 0;
}

/* Those that are not there yet. */
static int write_links(struct linking *linking)
{
    for (size_t i = 0; i < linking->link_count; i++) {
        const struct link *link = &linking->links[i];
        int64_t before;
        enum store_result found = store_revision_before(linking->store, link->index, &before);
        if (found == STORE_NONE)
            found = store_revision_add(linking->store, link->index, link->before);
        if (found != STORE_OK)
            return store_fail(linking->store, linking->error);
    }
    return 0;
}

int linking_make(struct store *store, const struct catalogue *catalogue, struct error *error)
{
    struct linking linking = {.store = store, .catalogue = catalogue, .error = error};
    int result = -1;
    if (gather_chains(&linking) == 0 && name_authors(&linking) == 0)
        result = linking.count == 0 || read_links(&linking) == 0 ? write_links(&linking) : -1;
    mem_free(linking.chains);
    mem_free(linking.links);
    return result;
}
