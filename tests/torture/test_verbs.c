/* On the command line: whichever allocation fails, the verb's own or SQLite's, it ends with 0, or with 1 and a
 * sentence; what it says it did is there, what it could not do is done by the same verb given again, and the store
 * is sound. Of allocations that the same calls reach the first two and the last are tried, or with BURGERPANEL_EVERY=1
 * each (faults_after). */
#include "base/file.h"
#include "tests/torture/scene.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define MEMBERS 6
#define MOST 100000

TestSuite(torture_verbs, .init = scene_begin, .fini = kit_end, .timeout = 1800);

static char base[256], work[256];

/* A store with panel, actions, members and their answers, at rest. */
static void make_base(void)
{
    struct scene scene;
    scene_open(&scene, "base", MEMBERS + 2);
    scene_serve(&scene);
    for (unsigned i = 0; i < MEMBERS; i++) {
        struct kit_member member;
        (void)scene_send(&scene, "/v1/members", scene_enrolment(&scene, &member));
        (void)scene_send(&scene, "/v1/responses", scene_response(&member, "WA-1.01", 1));
        (void)scene_send(&scene, "/v1/responses", scene_response(&member, "WA-1.01", 2));
        kit_member_wipe(&member);
    }
    scene_stop(&scene);
    snprintf(base, sizeof base, "%s", scene.folder);
    snprintf(work, sizeof work, "%s", kit_path("work"));
    scene_close(&scene);
}

static void make_empty(const char *name)
{
    snprintf(base, sizeof base, "%s", kit_path(name));
    snprintf(work, sizeof work, "%s", kit_path("work"));
    cr_assert_eq(file_make_folder(base), 0);
}

/* What it says is why it failed: memory, and nothing else that this could be taken for. */
static void assert_told(const struct scene_end *end, const char *when)
{
    size_t len = strlen(end->said);
    cr_assert(len > 1 && end->said[len - 1] == '\n', "%s: it ends with 1 and says nothing", when);
    cr_assert_not_null(strstr(end->said, "burgerpanel-collector: "), "%s: %s", when, end->said);
    cr_assert_not_null(strstr(end->said, "memory"), "%s: %s%s", when, end->said, end->printed);
    cr_assert_null(strstr(end->said, "(null)"), "%s: %s", when, end->said);
}

/* Whether there was an n-th allocation; `entries`: that the verb adds to the log. */
static bool fail_verb(const char *const *words, unsigned long n, int64_t before, int64_t entries)
{
    char when[128];
    snprintf(when, sizeof when, "%s %s, allocation %lu", words[0], words[1] ? words[1] : "", n);
    scene_copy(base, work);
    struct scene_end end = scene_run(work, n, words);
    cr_assert(end.code == 0 || end.code == 1, "%s: code %d\n%s%s", when, end.code, end.said, end.printed);
    if (end.code == 1)
        assert_told(&end, when);
    int64_t now = scene_entries(work);
    if (end.code == 0)
        cr_assert_eq(now, before + entries, "%s: it says that it is done, and added %lld", when,
                     (long long)(now - before));
    if (end.code == 1 && scene_same(base, work))
        return end.struck; /* the verb given again would do what it does where nothing has failed */
    bool there = now > before || end.code == 0;
    struct scene_end again = scene_run(work, 0, words);
    cr_assert(again.code == 0 || (again.code == 1 && there), "%s, and again: code %d\n%s", when, again.code,
              again.said);
    scene_assert_sound(work, when);
    return end.struck;
}

static void fail_each(const char *const *words, int64_t entries)
{
    unsigned long faults = 0;
    int64_t before = scene_entries(base);
    scene_copy(base, work);
    cr_assert_eq(scene_run(work, FAULTS_RECORD, words).code, 0);
    for (unsigned long n = faults_first(); n < MOST && fail_verb(words, n, before, entries); n = faults_after(n))
        faults++;
    cr_assert_gt(faults, 0);
    cr_log_info("%s %s: %lu faults, %lu allocations", words[0], words[1] ? words[1] : "", faults, faults_noted());
    figures_add(faults, 0);
}

#define WORDS(...)                                                                                                     \
    (const char *const[])                                                                                              \
    {                                                                                                                  \
        __VA_ARGS__, NULL                                                                                              \
    }

Test(torture_verbs, the_first_panel_import_survives_each_allocation)
{
    make_empty("empty");
    fail_each(WORDS("panel", "import", "fixtures/panel.json"), 2);
}

Test(torture_verbs, the_first_actions_import_survives_each_allocation)
{
    make_empty("empty");
    (void)scene_succeed(base, WORDS("panel", "import", "fixtures/panel.json"));
    fail_each(WORDS("actions", "import", "fixtures/actions.csv"), 1);
}

Test(torture_verbs, invitations_create_survives_each_allocation)
{
    make_base();
    fail_each(WORDS("invitations", "create", "20"), 1);
}

Test(torture_verbs, release_create_survives_each_allocation)
{
    make_base();
    fail_each(WORDS("release", "create", "round-1"), 1);
}

Test(torture_verbs, follow_ups_publish_survives_each_allocation)
{
    static const char text[] = "Er ligt nu een fietspad.\n";
    make_base();
    char path[256];
    snprintf(path, sizeof path, "%s", kit_path("text.txt"));
    cr_assert_eq(file_write(path, text, strlen(text)), 0);
    fail_each(WORDS("follow-ups", "publish", "WA-1.01", "--status", "done", "--text", path), 1);
}

Test(torture_verbs, erase_survives_each_allocation)
{
    make_base();
    fail_each(WORDS("erase", "5", "--reason", "order", "--yes"), 1);
}

Test(torture_verbs, members_revoke_survives_each_allocation)
{
    make_base();
    fail_each(WORDS("members", "revoke", "1", "--reason", "error"), 1);
}

Test(torture_verbs, operator_change_survives_each_allocation)
{
    make_base();
    fail_each(WORDS("operator", "change"), 1);
}

Test(torture_verbs, tokens_create_survives_each_allocation)
{
    make_base();
    fail_each(WORDS("tokens", "create", "team-1", "--role", "team"), 0);
}

Test(torture_verbs, retention_run_survives_each_allocation)
{
    make_base();
    fail_each(WORDS("retention", "run"), 0);
}

Test(torture_verbs, audit_survives_each_allocation)
{
    make_base();
    fail_each(WORDS("audit"), 0);
}

Test(torture_verbs, serve_check_survives_each_allocation)
{
    make_base();
    fail_each(WORDS("serve", "--check", "--listen", "127.0.0.1:0"), 0);
}
