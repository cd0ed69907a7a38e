/* The catalogue: loaded from the store, held by whoever works with it, replaced while others still do. */
#include "base/mem.h"
#include "collector/state/catalogue.h"
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/faulty.h"
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

TestSuite(catalogue, .init = kit_begin, .fini = kit_end);

Test(catalogue, holds_the_example_as_it_was_imported)
{
    struct store *store = kit_store_new(kit_dsn(NULL));
    struct buf json = kit_file("fixtures/panel.json");
    struct error error = {0};
    struct catalogue *catalogue = catalogue_load(store, &error);
    cr_assert_not_null(catalogue, "%s", error.text);
    cr_assert_str_eq(catalogue->panel->id, "wau");
    cr_assert_str_eq(buf_text(&catalogue->definition), buf_text(&json));
    cr_assert_eq(catalogue->actions->count, 36);
    cr_assert_eq(catalogue->round_numbers[0], 1);
    for (size_t i = 0; i < catalogue->actions->count; i++)
        cr_assert_eq(catalogue->action_numbers[i], (int64_t)i + 1);
    cr_assert_eq(catalogue_layout(catalogue, 0)->slots, 1 + 6 + 4 + 6 + 6 + 1);
    catalogue_release(catalogue);
    buf_free(&json);
    store_close(store);
}

/* Numbers belong to ids, wherever these stand in the newest import. */
Test(catalogue, names_rounds_and_actions_by_the_numbers_that_they_keep)
{
    struct store *store = kit_store_open(kit_dsn(NULL));
    static const char form[] =
        "{\"id\":\"p\",\"title\":{\"nl\":\"P\"},\"questionnaires\":[{\"id\":\"q\",\"questions\":[{\"id\":\"a\","
        "\"type\":"
        "\"scale\","
        "\"min\":1,\"max\":3,\"required\":true,\"label\":{\"nl\":\"A\"}}]},{\"id\":\"r\",\"questions\":[{\"id\":\"b\","
        "\"type\":\"text\",\"maxLength\":9,\"required\":true,\"label\":{\"nl\":\"B\"}}]}],\"rounds\":[";
    static const char old[] =
        "{\"id\":\"old\",\"title\":{\"nl\":\"O\"},\"opensAt\":\"2026-01-01T00:00:00Z\",\"closesAt\":"
        "\"2026-02-01T00:00:00Z\","
        "\"questionnaire\":\"q\",\"actions\":\"all\"}";
    static const char new[] =
        "{\"id\":\"new\",\"title\":{\"nl\":\"N\"},\"opensAt\":\"2026-03-01T00:00:00Z\",\"closesAt\":"
        "\"2026-04-01T00:00:00Z\","
        "\"questionnaire\":\"r\",\"actions\":[\"A.2\"]}";
    struct buf json;
    buf_init(&json, KIT_TEXT_MAX);
    buf_printf(&json, "%s%s]}", form, old);
    kit_import_panel(store, buf_text(&json));
    buf_reset(&json);
    buf_printf(&json, "%s%s,%s]}", form, new, old);
    kit_import_panel(store, buf_text(&json));
    kit_import_actions(store, "id,title,track,lead,related,status\nA.1,One,,,,planned\nA.2,Two,,,,done\n");
    struct store_action first = {.number = 1, .action = {.id = (char[]){"A.1"}, .title = (char[]){"One"}}};
    cr_assert_eq(store_action_write(store, &first, 9), STORE_OK);

    struct error error = {0};
    struct catalogue *catalogue = catalogue_load(store, &error);
    cr_assert_not_null(catalogue, "%s", error.text);
    cr_assert_str_eq(catalogue->panel->rounds[0].id, "new");
    cr_assert(catalogue->round_numbers[0] == 2 && catalogue->round_numbers[1] == 1);
    cr_assert_str_eq(catalogue->actions->list[0].id, "A.2");
    cr_assert(catalogue->action_numbers[0] == 2 && catalogue->action_numbers[1] == 1);
    cr_assert_eq(action_list_find(catalogue->actions, "A.1"), 1);
    cr_assert_eq(catalogue_layout(catalogue, 0)->slots, 2);
    cr_assert_eq(catalogue_layout(catalogue, 1)->slots, 5);
    catalogue_release(catalogue);
    buf_free(&json);
    store_close(store);
}

static void assert_no_catalogue(struct store *store, const char *word)
{
    struct error error = {0};
    cr_assert_null(catalogue_load(store, &error));
    cr_assert_not_null(strstr(error.text, word), "'%s' lacks '%s'", error.text, word);
}

Test(catalogue, is_not_there_before_a_panel_is)
{
    struct store *store = kit_store_open(kit_dsn(NULL));
    assert_no_catalogue(store, "no panel has been imported yet");
    store_close(store);
}

Test(catalogue, needs_no_actions)
{
    struct store *store = kit_store_open(kit_dsn(NULL));
    struct buf json = kit_file("fixtures/panel.json");
    kit_import_panel(store, buf_text(&json));
    struct error error = {0};
    struct catalogue *catalogue = catalogue_load(store, &error);
    cr_assert_not_null(catalogue, "%s", error.text);
    cr_assert_eq(catalogue->actions->count, 0);
    cr_assert_eq(action_list_find(catalogue->actions, "WA-1.01"), -1);
    catalogue_release(catalogue);
    buf_free(&json);
    store_close(store);
}

Test(catalogue, says_what_is_wrong_with_a_stored_panel)
{
    struct store *store = kit_store_new(kit_dsn(NULL));
    cr_assert_eq(store_panel_write(store, "{\"id\":7}", 8, 0), STORE_OK);
    assert_no_catalogue(store, "/id");
    cr_assert_eq(store_panel_write(store, "", 0, 0), STORE_OK);
    assert_no_catalogue(store, "can't be read");
    store_close(store);
}

Test(catalogue, says_so_when_a_round_has_no_number)
{
    struct store *store = kit_store_open(kit_dsn(NULL));
    struct buf json = kit_file("fixtures/panel.json");
    cr_assert_eq(store_panel_write(store, json.data, json.len, 0), STORE_OK);
    assert_no_catalogue(store, "round-1");
    buf_free(&json);
    store_close(store);
}

Test(catalogue, fails_whole_when_any_verb_fails)
{
    struct store *store = store_faulty_new(kit_store_new(kit_dsn(NULL)));
    unsigned n = 1;
    for (;; n++) {
        store_faulty_fail_at(store, n);
        struct error error = {0};
        struct catalogue *catalogue = catalogue_load(store, &error);
        if (!store_faulty_verb(store)) {
            catalogue_release(catalogue);
            break;
        }
        cr_assert_null(catalogue);
        cr_assert_str_eq(error.text, STORE_FAULTY_ERROR);
    }
    cr_assert_geq(n, 4, "panel, rounds and actions are read");
    store_close(store);
}

Test(catalogue, fails_whole_when_memory_lacks)
{
    struct store *store = kit_store_new(kit_dsn(NULL));
    for (unsigned long n = 1;; n++) {
        mem_fail_at(n);
        struct error error = {0};
        struct catalogue *catalogue = catalogue_load(store, &error);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        catalogue_release(catalogue);
        if (!failed) {
            cr_assert_gt(n, 1);
            break;
        }
        cr_assert_null(catalogue, "allocation %lu", n);
        cr_assert_neq(error.text[0], '\0', "allocation %lu", n);
    }
    store_close(store);
}

/* Editions. */

Test(catalogue, has_the_edition_of_the_one_before_when_they_mean_the_same)
{
    struct store *store = kit_store_new(kit_dsn(NULL));
    struct catalogue *list[4];
    list[0] = catalogue_load(store, NULL);
    list[1] = catalogue_load(store, NULL);
    cr_assert_eq(
        store_action_write(
            store, &(struct store_action){.number = 99, .action = {.id = (char[]){"Z"}, .title = (char[]){"Z"}}}, 99),
        STORE_OK);
    list[2] = catalogue_load(store, NULL);
    struct buf panel = kit_file("fixtures/panel.json");
    buf_put_char(&panel, '\n');
    kit_import_panel(store, buf_text(&panel));
    list[3] = catalogue_load(store, NULL);
    catalogue_set_edition(list[0], NULL);
    for (size_t i = 1; i < 4; i++)
        catalogue_set_edition(list[i], list[i - 1]);
    cr_assert_eq(list[1]->edition, list[0]->edition);
    cr_assert_gt(list[2]->edition, list[1]->edition);
    cr_assert_gt(list[3]->edition, list[2]->edition);
    for (size_t i = 0; i < 4; i++)
        catalogue_release(list[i]);
    buf_free(&panel);
    store_close(store);
}

/* Shared by threads. */

Test(catalogue, lasts_as_long_as_somebody_holds_it)
{
    struct store *store = kit_store_new(kit_dsn(NULL));
    struct catalogue *first = catalogue_load(store, NULL), *second = catalogue_load(store, NULL);
    struct latest *place = latest_new();
    cr_assert(first != NULL && second != NULL && place != NULL);
    latest_replace(place, first);
    struct catalogue *held = catalogue_now(place);
    cr_assert_eq(held, first);
    latest_replace(place, second);
    cr_assert_str_eq(held->panel->id, "wau", "still there");
    catalogue_release(held);
    held = catalogue_now(place);
    cr_assert_eq(held, second);
    cr_assert_eq(catalogue_hold(held), held);
    catalogue_release(held);
    latest_free(place);
    cr_assert_eq(held->actions->count, 36, "its last holder is still here");
    catalogue_release(held);
    store_close(store);
}

Test(catalogue, may_be_absent)
{
    struct latest *place = latest_new();
    cr_assert_not_null(place);
    cr_assert_null(catalogue_now(place));
    cr_assert_null(catalogue_hold(NULL));
    catalogue_release(NULL);
    latest_free(place);
    latest_free(NULL);
}

static struct latest *busy_place;
static atomic_int wrong;

static void *hold_often(void *unused)
{
    for (int i = 0; i < 2000; i++) {
        struct catalogue *catalogue = catalogue_now(busy_place);
        if (catalogue->actions->count != 36)
            atomic_fetch_add(&wrong, 1);
        catalogue_release(catalogue);
    }
    return unused;
}

Test(catalogue, is_replaced_while_threads_hold_it)
{
    struct store *store = kit_store_new(kit_dsn(NULL));
    pthread_t threads[3];
    busy_place = latest_new();
    latest_replace(busy_place, catalogue_load(store, NULL));
    for (size_t i = 0; i < 3; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, hold_often, NULL), 0);
    for (int i = 0; i < 50; i++)
        latest_replace(busy_place, catalogue_load(store, NULL));
    for (size_t i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    cr_assert_eq(atomic_load(&wrong), 0);
    latest_free(busy_place);
    store_close(store);
}
