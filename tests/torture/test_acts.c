/* Beside a running collector: an administrator asks, by the verb, and the collector carries out. Whichever allocation
 * of the collector fails on the way, its own or SQLite's, the verb ends with 0 and what it asked for stands in the log
 * once; or it says that memory lacked, and the same verb given again does it. Whichever verb of the store fails, it
 * ends with 0. Nothing that was acknowledged meanwhile is lost or there twice, and the store is sound. */
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

/* What is asked for in turn, so that each time something has to be done. */
struct act {
    const char *const *first, *const *second;
    void (*renew)(void); /* makes what the words are about; NULL: they have it */
    const char *const *before; /* what the store begins with; NULL: nothing more */
    bool erases; /* bytes that were acknowledged */
};

static void write_changed(const char *from, const char *word, const char *put, const char *to)
{
    struct buf text = kit_file(from), changed;
    const char *at = strstr(buf_text(&text), word);
    cr_assert_not_null(at, "%s: no %s", from, word);
    buf_init(&changed, KIT_TEXT_MAX);
    buf_put(&changed, text.data, (size_t)(at - buf_text(&text)));
    buf_put_text(&changed, put);
    buf_put_text(&changed, at + strlen(word));
    cr_assert(buf_check(&changed) == 0 && file_write(kit_path(to), changed.data, changed.len) == 0);
    buf_free(&changed);
    buf_free(&text);
}

static void begin(unsigned lot, const struct act *act)
{
    char name[32];
    snprintf(name, sizeof name, "scene-%u", lot);
    scene_open(&scene, name, MEMBERS);
    scene.erases = act->erases;
    if (act->before)
        (void)scene_succeed(scene.folder, act->before);
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

/* How the collector fails: from before the wish on, its n-th allocation, or the n-th verb of its store in the
 * transaction that carries the wish out and what comes behind (0: none). */
struct way {
    const char *what;
    void (*set)(unsigned long n);
    bool (*end)(void); /* whether it has */
    bool ends_wish; /* the verb may be told that it can't be done; or else it is done when the store works again */
};

static void set_allocation(unsigned long n)
{
    faults_set(scene.pid, n);
}

static bool end_allocation(void)
{
    return faults_end(scene.pid);
}

static void set_verb(unsigned long n)
{
    faults_set_verb(scene.pid, (unsigned)n);
}

static bool end_verb(void)
{
    bool struck = faults_struck_verb() != NULL;
    faults_set_verb(scene.pid, 0);
    return struck;
}

static const struct way allocations = {"allocation", set_allocation, end_allocation, true};
static const struct way verbs = {"verb", set_verb, end_verb, false};

static struct scene_end ask_for(const struct way *way, const char *const *words, unsigned long n)
{
    way->set(n);
    const struct scene_verb verb = scene_start(scene.folder, 0, words);
    wait_until_asked(&verb);
    send_response();
    struct scene_end ended = scene_finish(&verb);
    ended.struck = way->end();
    bool told = ended.code == 1 && ended.struck && way->ends_wish && strstr(ended.said, "memory");
    cr_assert(ended.code == 0 || told, "%s %s, %s %lu: code %d\n%s", words[0], words[1], way->what, n, ended.code,
              ended.said);
    return ended;
}

/* Whether it could fail. */
static bool fail_act(const struct way *way, const char *const *words, unsigned long n)
{
    const struct scene_end ended = ask_for(way, words, n);
    if (ended.code != 0)
        (void)ask_for(way, words, 0);
    return ended.struck;
}

/* A lot of them, from *n on. Whether the last could fail. */
static bool fail_lot(const struct way *way, const struct act *act, unsigned long *n, unsigned long *faults)
{
    int64_t entries = scene_entries(scene.folder);
    bool struck = true;
    for (unsigned acts = 0; struck && acts < LOT; acts++, entries++, *n += faults_every()) {
        if (act->renew)
            act->renew();
        struck = fail_act(way, acts % 2 == 0 ? act->first : act->second, *n);
        *faults += struck;
    }
    end(act->first[1], entries + (int64_t)number - 1);
    return struck;
}

static void fail_each(const struct way *way, const struct act *act)
{
    unsigned long faults = 0, n = faults_first();
    unsigned lot = 0;
    do
        begin(lot++, act);
    while (fail_lot(way, act, &n, &faults) && n < MOST);
    cr_assert_gt(faults, 0, "%s %s: no %s could fail", act->first[0], act->first[1], way->what);
    cr_assert_lt(n, MOST, "%s %s: it does not end", act->first[0], act->first[1]);
    cr_log_info("%s %s beside, %s: %lu faults", act->first[0], act->first[1], way->what, faults);
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

static void import_panels(const struct way *way)
{
    write_changed("fixtures/panel.json", "Burgerpanel Werkagenda", "Panel Werkagenda", "panel.json");
    fail_each(way, &(struct act){.first = WORDS("panel", "import", path_of("panel.json")),
                                 .second = WORDS("panel", "import", "fixtures/panel.json")});
}

static void import_actions(const struct way *way)
{
    write_changed("fixtures/actions.csv", "Fundament continu", "Het fundament continu", "actions.csv");
    fail_each(way, &(struct act){.first = WORDS("actions", "import", path_of("actions.csv")),
                                 .second = WORDS("actions", "import", "fixtures/actions.csv")});
}

static void create_invitations(const struct way *way)
{
    fail_each(way, &(struct act){.first = WORDS("invitations", "create", "3"),
                                 .second = WORDS("invitations", "create", "2")});
}

static void revoke_and_restore(const struct way *way)
{
    fail_each(way, &(struct act){.first = WORDS("members", "revoke", "2", "--reason", "error"),
                                 .second = WORDS("members", "restore", "2")});
}

static void change_operator(const struct way *way)
{
    const char *const *change = WORDS("operator", "change");
    fail_each(way, &(struct act){.first = change, .second = change});
}

static void create_releases(const struct way *way)
{
    const char *const *create = WORDS("release", "create", "round-1");
    write_changed("fixtures/panel.json", "\"roundTo\": 5", "\"roundTo\": 5, \"releaseInterval\": 0", "panel.json");
    fail_each(way, &(struct act){
                       .first = create, .second = create, .before = WORDS("panel", "import", path_of("panel.json"))});
}

static char erased[24]; /* the entry that is to go */

static void send_what_goes(void)
{
    struct buf jws = scene_response(&members[1], "WA-1.02", ++number);
    snprintf(erased, sizeof erased, "%lld", (long long)scene_send(&scene, "/v1/responses", jws));
}

static void erase(const struct way *way)
{
    const char *const *words = WORDS("erase", erased, "--reason", "order", "--yes");
    fail_each(way, &(struct act){.first = words, .second = words, .renew = send_what_goes, .erases = true});
}

static void write_text(void)
{
    char text[64];
    static unsigned texts;
    int len = snprintf(text, sizeof text, "Er ligt nu fietspad nummer %u.\n", ++texts);
    cr_assert_eq(file_write(kit_path("text.txt"), text, (size_t)len), 0);
}

static void publish_follow_ups(const struct way *way)
{
    const char *const *words =
        WORDS("follow-ups", "publish", "WA-1.01", "--status", "done", "--text", path_of("text.txt"));
    fail_each(way, &(struct act){.first = words, .second = words, .renew = write_text});
}

Test(torture_acts, a_panel_import_survives_each_allocation)
{
    import_panels(&allocations);
}

Test(torture_acts, a_panel_import_survives_each_verb)
{
    import_panels(&verbs);
}

Test(torture_acts, an_import_of_actions_survives_each_allocation)
{
    import_actions(&allocations);
}

Test(torture_acts, an_import_of_actions_survives_each_verb)
{
    import_actions(&verbs);
}

Test(torture_acts, new_invitations_survive_each_allocation)
{
    create_invitations(&allocations);
}

Test(torture_acts, new_invitations_survive_each_verb)
{
    create_invitations(&verbs);
}

Test(torture_acts, a_members_revocation_survives_each_allocation)
{
    revoke_and_restore(&allocations);
}

Test(torture_acts, a_members_revocation_survives_each_verb)
{
    revoke_and_restore(&verbs);
}

Test(torture_acts, a_new_operator_key_survives_each_allocation)
{
    change_operator(&allocations);
}

Test(torture_acts, a_new_operator_key_survives_each_verb)
{
    change_operator(&verbs);
}

Test(torture_acts, a_release_survives_each_allocation)
{
    create_releases(&allocations);
}

Test(torture_acts, a_release_survives_each_verb)
{
    create_releases(&verbs);
}

Test(torture_acts, an_erasure_survives_each_allocation)
{
    erase(&allocations);
}

Test(torture_acts, an_erasure_survives_each_verb)
{
    erase(&verbs);
}

Test(torture_acts, a_follow_up_survives_each_allocation)
{
    publish_follow_ups(&allocations);
}

Test(torture_acts, a_follow_up_survives_each_verb)
{
    publish_follow_ups(&verbs);
}
