/* Beside a running collector: an administrator asks, by the verb, and the collector carries out. Whichever allocation
 * of the collector fails on the way, its own or SQLite's, the verb ends with 0 and what it asked for stands in the log
 * once; or it says that memory lacked, and the same verb given again does it. Nothing that was acknowledged meanwhile
 * is lost or there twice, and the store is sound. */
#include "base/clock.h"
#include "base/file.h"
#include "collector/store/store.h"
#include "tests/torture/scene.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define MEMBERS 3
#define MOST 20000 /* faults that an act may have */
#define LOT 64 /* acts in one log: the longer it is, the longer each takes */
#define PATIENCE_MS 20000

TestSuite(torture_acts, .init = scene_begin, .fini = kit_end, .timeout = 900);

static struct scene scene;
static struct kit_member members[MEMBERS];
static unsigned number; /* of what is sent or asked, so that no two are the same */

static void write_changed(const char *from, const char *word, const char *put, const char *to)
{
    struct buf text = kit_file(from), changed;
    const char *at = strstr(buf_text(&text), word);
    cr_assert_not_null(at, "%s: no %s", from, word);
    buf_init(&changed, KIT_TEXT_MAX);
    buf_put(&changed, text.data, (size_t)(at - buf_text(&text)));
    buf_put_text(&changed, put);
    buf_put_text(&changed, at + strlen(word));
    cr_assert(buf_check(&changed) == 0 && file_write(kit_path(to), changed.data, changed.len, 0600) == 0);
    buf_free(&changed);
    buf_free(&text);
}

/* The store begins with what `before` does, where it is not NULL. */
static void begin(unsigned lot, const char *const *before)
{
    char name[32];
    snprintf(name, sizeof name, "scene-%u", lot);
    scene_open(&scene, name, MEMBERS);
    if (before)
        (void)scene_succeed(scene.folder, before);
    scene_serve(&scene);
    for (size_t i = 0; i < MEMBERS; i++) {
        (void)scene_send(&scene, "/v1/members", scene_enrolment(&scene, &members[i]));
        (void)scene_send(&scene, "/v1/responses", scene_response(&members[i], "WA-1.01", 1));
    }
    number = 1;
}

static void end(const char *what, int64_t entries)
{
    scene_stop(&scene);
    scene_assert_kept(&scene, scene.folder);
    cr_assert_eq(scene_entries(scene.folder), entries, "%s: an act is doubled, or not there", what);
    figures_add(0, scene.kept_count);
    for (size_t i = 0; i < MEMBERS; i++)
        kit_member_wipe(&members[i]);
    scene_close(&scene);
}

/* Asking. */

static int see_wish(void *context, const struct store_wish *wish)
{
    (void)wish;
    *(bool *)context = true;
    return 0;
}

/* The verb has put its wish, or has seen it carried out already. */
static void wait_until_asked(const struct scene_verb *verb)
{
    int64_t until = clock_monotonic_us() + PATIENCE_MS * INT64_C(1000);
    bool asked = false;
    struct store *store = scene_store(scene.folder);
    while (!asked && !scene_has_ended(verb)) {
        cr_assert_lt(clock_monotonic_us(), until, "%s %s asks nothing", verb->words[0], verb->words[1]);
        cr_assert_neq(store_wish_each(store, see_wish, &asked), STORE_FAILED, "%s", store_error(store)->text);
    }
    store_close(store);
}

/* Has the writer, which looks for wishes when it is idle for long or when somebody sends, look at once. */
static void send_response(void)
{
    struct buf jws = scene_response(&members[0], "WA-1.01", ++number);
    struct scene_answer answer = scene_ask(&scene, "POST", "/v1/responses", "application/jose", &jws);
    (void)scene_note(&scene, &jws, &answer);
    buf_free(&answer.text);
    (void)scene_send(&scene, "/v1/responses", jws);
}

/* The n-th allocation of the collector from before the wish on fails (0: none). */
static struct scene_end ask_for(const char *const *words, unsigned long n)
{
    faults_set(scene.pid, n);
    const struct scene_verb verb = scene_start(scene.folder, 0, words);
    wait_until_asked(&verb);
    send_response();
    struct scene_end ended = scene_finish(&verb);
    ended.struck = faults_end(scene.pid);
    bool told = ended.code == 1 && ended.struck && strstr(ended.said, "memory");
    cr_assert(ended.code == 0 || told, "%s %s, allocation %lu: code %d\n%s", words[0], words[1], n, ended.code,
              ended.said);
    return ended;
}

/* Whether it could fail. */
static bool fail_act(const char *const *words, unsigned long n)
{
    const struct scene_end ended = ask_for(words, n);
    if (ended.code != 0)
        (void)ask_for(words, 0);
    return ended.struck;
}

/* A lot of them, from *n on, what is asked for in turn: each time something has to be done. Whether the last could. */
static bool fail_lot(const char *const *first, const char *const *second, unsigned long *n, unsigned long *faults)
{
    int64_t entries = scene_entries(scene.folder);
    bool struck = true;
    for (unsigned acts = 0; struck && acts < LOT; acts++, entries++, *n += faults_every()) {
        struck = fail_act(acts % 2 == 0 ? first : second, *n);
        *faults += struck;
    }
    end(first[1], entries + (int64_t)number - 1);
    return struck;
}

static void fail_each(const char *const *before, const char *const *first, const char *const *second)
{
    unsigned long faults = 0, n = faults_first();
    unsigned lot = 0;
    do
        begin(lot++, before);
    while (fail_lot(first, second, &n, &faults) && n < MOST);
    cr_assert_gt(faults, 0, "%s %s: none could fail", first[0], first[1]);
    cr_log_info("%s %s, beside: %lu faults", first[0], first[1], faults);
    figures_add(faults, 0);
}

/* The path of a file of the test's folder, for as long as the test lasts. */
static const char *path_of(const char *name)
{
    static char path[320];
    snprintf(path, sizeof path, "%s", kit_path(name));
    return path;
}

#define WORDS(...)                                                                                                     \
    (const char *const[])                                                                                              \
    {                                                                                                                  \
        __VA_ARGS__, NULL                                                                                              \
    }

Test(torture_acts, a_panel_import_survives_each_allocation)
{
    write_changed("fixtures/panel.json", "Burgerpanel Werkagenda", "Panel Werkagenda", "panel.json");
    fail_each(NULL, WORDS("panel", "import", path_of("panel.json")), WORDS("panel", "import", "fixtures/panel.json"));
}

Test(torture_acts, an_import_of_actions_survives_each_allocation)
{
    write_changed("fixtures/actions.csv", "Fundament continu", "Het fundament continu", "actions.csv");
    fail_each(NULL, WORDS("actions", "import", path_of("actions.csv")),
              WORDS("actions", "import", "fixtures/actions.csv"));
}

Test(torture_acts, new_invitations_survive_each_allocation)
{
    fail_each(NULL, WORDS("invitations", "create", "3"), WORDS("invitations", "create", "2"));
}

Test(torture_acts, a_members_revocation_survives_each_allocation)
{
    fail_each(NULL, WORDS("members", "revoke", "2", "--reason", "error"), WORDS("members", "restore", "2"));
}

Test(torture_acts, a_new_operator_key_survives_each_allocation)
{
    fail_each(NULL, WORDS("operator", "change"), WORDS("operator", "change"));
}

Test(torture_acts, a_release_survives_each_allocation)
{
    write_changed("fixtures/panel.json", "\"roundTo\": 5", "\"roundTo\": 5, \"releaseInterval\": 0", "panel.json");
    const char *const *create = WORDS("release", "create", "round-1");
    fail_each(WORDS("panel", "import", path_of("panel.json")), create, create);
}
