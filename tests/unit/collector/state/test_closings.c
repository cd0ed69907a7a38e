/* Which rounds the log has closed, as a fold over closings and imports. */
#include "collector/state/closings.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(closings, .init = kit_begin, .fini = kit_end);

#define FORM                                                                                                           \
    "{\"id\":\"q\",\"questions\":[{\"id\":\"a\",\"type\":\"scale\",\"min\":1,\"max\":5,\"required\":true,\"label\":{"  \
    "\"nl\":\"V\"}}]}"
#define ROUND(id, closes)                                                                                              \
    "{\"id\":\"" id "\",\"title\":{\"nl\":\"R\"},\"opensAt\":\"2026-01-01T00:00:00Z\",\"closesAt\":\"" closes          \
    "\",\"questionnaire\":\"q\",\"actions\":\"all\"}"
#define PANEL(rounds) "{\"id\":\"p\",\"title\":{\"nl\":\"P\"},\"questionnaires\":[" FORM "],\"rounds\":[" rounds "]}"

#define MAY INT64_C(1777593600) /* 2026-05-01T00:00:00Z */
#define JUNE INT64_C(1780272000)

static struct panel *read_panel(const char *json)
{
    struct faults faults;
    faults_init(&faults);
    struct panel *panel = panel_parse(json, strlen(json), &faults);
    cr_assert_not_null(panel, "%s", faults.count > 0 ? faults.list[0].what : "");
    faults_free(&faults);
    return panel;
}

static void import(struct closings *closings, const char *json)
{
    struct panel *panel = read_panel(json);
    closings_take_panel(closings, panel);
    panel_free(panel);
}

Test(closings, last_until_an_import_moves_the_end_beyond_them)
{
    struct closings closings;
    closings_init(&closings);
    cr_assert_eq(closings_close(&closings, "one", JUNE), 0);
    cr_assert_eq(closings_close(&closings, "two", JUNE), 0);
    cr_assert(closings_have(&closings, "one") && !closings_have(&closings, "three"));
    import(&closings, PANEL(ROUND("one", "2026-05-01T00:00:00Z") "," ROUND("two", "2026-06-01T00:00:00Z")));
    cr_assert(closings_have(&closings, "one") && closings_have(&closings, "two"),
              "at the very second it is not beyond");
    import(&closings, PANEL(ROUND("one", "2026-06-01T00:00:01Z") "," ROUND("two", "2026-06-01T00:00:00Z")));
    cr_assert(!closings_have(&closings, "one") && closings_have(&closings, "two"));
    import(&closings, PANEL(ROUND("one", "2026-05-01T00:00:00Z")));
    cr_assert(!closings_have(&closings, "one"), "an import opens and never closes");
    cr_assert(closings_have(&closings, "two"), "a round that is left out stays closed");
    closings_wipe(&closings);
}

Test(closings, count_from_the_last_where_a_round_was_closed_twice)
{
    struct closings closings;
    closings_init(&closings);
    cr_assert_eq(closings_close(&closings, "one", MAY), 0);
    cr_assert_eq(closings_close(&closings, "one", JUNE), 0);
    cr_assert_eq(closings.count, 1);
    import(&closings, PANEL(ROUND("one", "2026-05-15T00:00:00Z")));
    cr_assert(closings_have(&closings, "one"));
    closings_wipe(&closings);
}

Test(closings, name_the_open_round_that_ends_first)
{
    struct closings closings;
    closings_init(&closings);
    struct panel *panel =
        read_panel(PANEL(ROUND("one", "2026-06-01T00:00:00Z") "," ROUND("two", "2026-05-01T00:00:00Z")));
    cr_assert_eq(closings_next(&closings, panel), 1);
    cr_assert_eq(closings_close(&closings, "two", MAY), 0);
    cr_assert_eq(closings_next(&closings, panel), 0);
    cr_assert_eq(closings_close(&closings, "one", JUNE), 0);
    cr_assert_eq(closings_next(&closings, panel), -1);
    panel_free(panel);
    closings_wipe(&closings);
}
