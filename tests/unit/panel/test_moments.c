/* Moments that a program reads and a page may not. */
#include "panel/moments.h"
#include "tests/unit/panel/kit.h"
#include <criterion/criterion.h>

#define PANEL(opens, closes)                                                                                           \
    "{\"id\":\"p\",\"title\":{\"nl\":\"P\"},\"questionnaires\":[{\"id\":\"q\",\"questions\":[{\"id\":\"a\",\"type\":"  \
    "\"text\",\"label\":{\"nl\":\"A\"},\"required\":false,\"maxLength\":9}]}],\"rounds\":[{\"id\":\"r\",\"title\":{"   \
    "\"nl\":\"R\"},\"opensAt\":\"" opens "\",\"closesAt\":\"" closes                                                   \
    "\",\"questionnaire\":\"q\",\"actions\":\"all\"}]}"

Test(moments, of_an_ordinary_definition_are_common)
{
    struct panel *example = kit_panel();
    struct panel *other = kit_panel_from(PANEL("2026-01-01T00:00:59.60+02:30", "2027-01-01T23:59:59Z"));
    struct faults faults;
    faults_init(&faults);
    moments_check(example, &faults);
    moments_check(other, &faults);
    cr_expect_eq(faults.total, 0, "%s", kit_all_faults(&faults));
    faults_free(&faults);
    panel_free(example);
    panel_free(other);
}

/* It could be open to a program, and a page never showed it. */
Test(moments, that_not_every_browser_reads_are_refused_where_they_are_new_and_stay_readable)
{
    struct panel *panel = kit_panel_from(PANEL("2026-12-31T23:59:60Z", "2027-06-01t00:00:00+01:00"));
    struct faults faults;
    faults_init(&faults);
    cr_expect_eq(panel->rounds[0].opens_at, 1798761599);
    moments_check(panel, &faults);
    cr_expect_eq(faults.total, 2, "%s", kit_all_faults(&faults));
    cr_expect(kit_has_fault(&faults, "/rounds/0/opensAt", "not every browser"));
    cr_expect(kit_has_fault(&faults, "/rounds/0/closesAt", "not every browser"));
    faults_free(&faults);
    panel_free(panel);
}

/* Written again as a browser reads it, the moment of a round that was answered is the same one. */
Test(moments, can_be_mended_without_being_moved)
{
    struct panel *before = kit_panel_from(PANEL("2026-12-31T23:59:60Z", "2027-06-01t00:00:00z"));
    struct panel *after = kit_panel_from(PANEL("2026-12-31T23:59:59Z", "2027-06-01T00:00:00Z"));
    cr_expect_eq(before->rounds[0].opens_at, after->rounds[0].opens_at);
    cr_expect_eq(before->rounds[0].closes_at, after->rounds[0].closes_at);
    panel_free(before);
    panel_free(after);
}
