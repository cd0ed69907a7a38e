/* Loading and swapping the catalogue. */
#include "collector/state/catalogue.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "panel/response.h"
#include <string.h>

static void destroy_catalogue(void *value)
{
    struct catalogue *catalogue = value;
    for (size_t i = 0; catalogue->layouts && i < catalogue->panel->questionnaire_count; i++)
        tally_layout_free(catalogue->layouts[i]);
    mem_free(catalogue->layouts);
    mem_free(catalogue->payloads_max);
    mem_free(catalogue->round_numbers);
    mem_free(catalogue->action_numbers);
    action_list_free(catalogue->actions);
    panel_free(catalogue->panel);
    buf_free(&catalogue->definition);
    access_free(&catalogue->tokens);
    in_force_wipe(&catalogue->in_force);
    mem_free(catalogue);
}

struct catalogue *catalogue_hold(struct catalogue *catalogue)
{
    return counted_hold(catalogue);
}

void catalogue_release(struct catalogue *catalogue)
{
    counted_release(catalogue);
}

/* One with nothing in it yet; NULL when there is no memory. */
static struct catalogue *new_catalogue(void)
{
    struct catalogue *catalogue = mem_calloc(1, sizeof *catalogue);
    if (!catalogue)
        return NULL;
    counted_init(&catalogue->counted, destroy_catalogue);
    buf_init(&catalogue->definition, PANEL_JSON_MAX);
    return catalogue;
}

int catalogue_find_action(const struct catalogue *catalogue, int64_t number)
{
    for (size_t i = 0; i < catalogue->actions->count; i++)
        if (catalogue->action_numbers[i] == number)
            return (int)i;
    return -1;
}

size_t catalogue_payload_max(const struct catalogue *catalogue, size_t round)
{
    return catalogue->payloads_max[catalogue->panel->rounds[round].questionnaire];
}

const struct tally_layout *catalogue_layout(const struct catalogue *catalogue, size_t round)
{
    return catalogue->layouts[catalogue->panel->rounds[round].questionnaire];
}

/* Loading. */

static int load_panel(struct catalogue *catalogue, struct store *store, struct error *error)
{
    enum store_result result = store_panel_read(store, &catalogue->definition);
    if (result == STORE_NONE)
        return catalogue_no_panel(error);
    if (result != STORE_OK)
        return store_fail(store, error);
    struct faults faults;
    faults_init(&faults);
    catalogue->panel = panel_parse(buf_text(&catalogue->definition), catalogue->definition.len, &faults);
    if (!catalogue->panel && faults.no_memory)
        error_no_memory(error);
    else if (!catalogue->panel)
        error_set(error, ERROR_DAMAGED,
                  T("the stored panel definition can't be read: %s: %s",
                    "de opgeslagen paneldefinitie is onleesbaar: %s: %s"),
                  faults.count > 0 ? faults.list[0].where : "", faults.count > 0 ? faults.list[0].what : "");
    faults_free(&faults);
    return catalogue->panel ? 0 : -1;
}

static int make_layouts(struct catalogue *catalogue)
{
    const struct panel *panel = catalogue->panel;
    catalogue->layouts = mem_calloc(panel->questionnaire_count, sizeof(struct tally_layout *));
    catalogue->payloads_max = mem_calloc(panel->questionnaire_count, sizeof *catalogue->payloads_max);
    catalogue->round_numbers = mem_calloc(panel->round_count, sizeof *catalogue->round_numbers);
    if (!catalogue->layouts || !catalogue->payloads_max || !catalogue->round_numbers)
        return -1;
    for (size_t i = 0; i < panel->questionnaire_count; i++)
        catalogue->payloads_max[i] = response_claims_max(&panel->questionnaires[i]);
    for (size_t i = 0; i < panel->questionnaire_count; i++)
        if ((catalogue->layouts[i] = tally_layout_new(&panel->questionnaires[i])) == NULL)
            return -1;
    return 0;
}

static int number_round(void *context, int64_t number, const char *id)
{
    struct catalogue *catalogue = context;
    int index = panel_find_round(catalogue->panel, id);
    if (index >= 0)
        catalogue->round_numbers[index] = number;
    return 0;
}

static int load_rounds(struct catalogue *catalogue, struct store *store, struct error *error)
{
    if (store_round_each(store, number_round, catalogue) != STORE_OK)
        return store_fail(store, error);
    for (size_t i = 0; i < catalogue->panel->round_count; i++)
        if (catalogue->round_numbers[i] == 0)
            return error_set(error, ERROR_DAMAGED,
                             T("the store does not know round '%s'; import the panel again",
                               "de opslag kent ronde '%s' niet; lees het panel opnieuw in"),
                             catalogue->panel->rounds[i].id);
    return 0;
}

struct action_loading {
    struct catalogue *catalogue;
    size_t capacity; /* of action_numbers */
    struct error *error;
};

static int load_action(void *context, const struct store_action *row)
{
    struct action_loading *loading = context;
    struct catalogue *catalogue = loading->catalogue;
    size_t count = catalogue->actions->count;
    int64_t *numbers = list_grow(catalogue->action_numbers, count, &loading->capacity, sizeof *numbers);
    if (!numbers)
        return error_no_memory(loading->error);
    catalogue->action_numbers = numbers;
    numbers[count] = row->number;
    return action_list_add(catalogue->actions, &row->action) == 0 ? 0 : error_no_memory(loading->error);
}

static int load_actions(struct catalogue *catalogue, struct store *store, struct error *error)
{
    struct action_loading loading = {.catalogue = catalogue, .error = error};
    catalogue->actions = action_list_new();
    if (!catalogue->actions)
        return error_no_memory(error);
    if (store_action_each(store, load_action, &loading) != STORE_OK)
        return store_fail(store, error);
    return action_list_index(catalogue->actions) == 0 ? 0 : error_no_memory(error);
}

int catalogue_no_panel(struct error *error)
{
    return error_set(error, ERROR_REFUSED, "%s",
                     T("no panel has been imported yet; run `panel import FILE.json` first",
                       "er is nog geen panel ingelezen; voer eerst `panel import BESTAND.json` uit"));
}

static int load_all(struct catalogue *catalogue, struct store *store, struct error *error)
{
    if (load_panel(catalogue, store, error) < 0)
        return -1;
    if (make_layouts(catalogue) < 0)
        return error_no_memory(error);
    if (load_rounds(catalogue, store, error) < 0 || load_actions(catalogue, store, error) < 0)
        return -1;
    return access_load(&catalogue->tokens, store, error);
}

struct catalogue *catalogue_load(struct store *store, struct error *error)
{
    struct catalogue *catalogue = new_catalogue();
    if (!catalogue) {
        error_no_memory(error);
        return NULL;
    }
    if (load_all(catalogue, store, error) == 0)
        return catalogue;
    catalogue_release(catalogue);
    return NULL;
}

/* Without a store. */

static int number_in_order(struct catalogue *catalogue)
{
    size_t action_count = catalogue->actions->count;
    catalogue->action_numbers = mem_calloc(action_count, sizeof *catalogue->action_numbers);
    if (!catalogue->action_numbers || make_layouts(catalogue) < 0)
        return -1;
    for (size_t i = 0; i < catalogue->panel->round_count; i++)
        catalogue->round_numbers[i] = (int64_t)i + 1;
    for (size_t i = 0; i < action_count; i++)
        catalogue->action_numbers[i] = (int64_t)i + 1;
    return 0;
}

struct catalogue *catalogue_new(struct panel *panel, struct action_list *actions)
{
    struct catalogue *catalogue = new_catalogue();
    if (!catalogue) {
        panel_free(panel);
        action_list_free(actions);
        return NULL;
    }
    catalogue->panel = panel;
    catalogue->actions = actions;
    if (number_in_order(catalogue) == 0)
        return catalogue;
    catalogue_release(catalogue);
    return NULL;
}

/* Comparing. */

static bool same_actions(const struct catalogue *a, const struct catalogue *b)
{
    bool same = a->actions->count == b->actions->count;
    for (size_t i = 0; same && i < a->actions->count; i++)
        same = a->action_numbers[i] == b->action_numbers[i] && action_equal(&a->actions->list[i], &b->actions->list[i]);
    return same;
}

void catalogue_set_edition(struct catalogue *next, const struct catalogue *before)
{
    bool same = before && next->definition.len == before->definition.len &&
                memcmp(next->definition.data, before->definition.data, next->definition.len) == 0 &&
                same_actions(next, before);
    next->edition = !before ? 1 : same ? before->edition : before->edition + 1;
}

struct catalogue *catalogue_now(struct latest *latest)
{
    return latest_now(latest);
}
