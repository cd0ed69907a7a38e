/* Ballots are of the questionnaire that was answered, whatever it was before, and a log that changed it behind an
 * answer is told of. The entries are put together by hand; what comes from a log as the collector makes it, tests/e2e
 * has. */
#include "base/mem.h"
#include "collector/audit/releases_state.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(audited_releases, .init = kit_begin, .fini = kit_end);

#define PANEL(more)                                                                                                    \
    "{\"id\":\"wau\",\"title\":{\"nl\":\"P\"},\"questionnaires\":[{\"id\":\"q\",\"questions\":[{\"id\":\"a\","         \
    "\"type\":\"scale\",\"min\":1,\"max\":2,\"required\":true,\"label\":{\"nl\":\"A\"}}" more                          \
    "]}],\"rounds\":[{\"id\":"                                                                                         \
    "\"r\",\"title\":{\"nl\":\"R\"},\"opensAt\":\"2026-01-01T00:00:00Z\",\"closesAt\":\"2027-01-01T00:00:00Z\","       \
    "\"questionnaire\":\"q\",\"actions\":\"all\"}]}"
#define MORE                                                                                                           \
    ",{\"id\":\"b\",\"type\":\"scale\",\"min\":0,\"max\":100,\"required\":true,\"label\":{\"nl\":\"B\"}}"              \
    ",{\"id\":\"c\",\"type\":\"scale\",\"min\":0,\"max\":100,\"required\":true,\"label\":{\"nl\":\"C\"}}"
#define LIST "[{\"id\":\"A-1\",\"title\":\"Een\",\"track\":\"\",\"lead\":\"\",\"related\":\"\",\"status\":\"running\"}]"

static char told[4096];

static void hear(void *context, const char *what)
{
    (void)context;
    size_t len = strlen(told);
    snprintf(told + len, sizeof told - len, "%s\n", what);
}

static const char *kept; /* the text of each file; NULL: there is none */
static unsigned asked;
static size_t most; /* that was to be taken of the last */
static size_t kept_bytes; /* of the summary, for the releases behind it */

static enum store_result read_kept(void *context, const char *round, int64_t number, const char *name, struct buf *out,
                                   struct error *error)
{
    (void)context, (void)round, (void)number, (void)name;
    asked++;
    most = out->max;
    if (!kept)
        return STORE_NONE;
    buf_put_text(out, kept);
    if (buf_check(out) == 0)
        return STORE_OK;
    error_set(error, ERROR_DAMAGED, "longer than can be");
    return STORE_FAILED;
}

static struct audit_findings findings;
static struct scratch scratch = {.folder = "/var/tmp"};
static const struct replay_setup setup = {
    .log_key = "k", .release_file = read_kept, .findings = &findings, .scratch = &scratch};

/* A replay in which this definition is in force. */
static struct replay *replay_by(const char *definition)
{
    struct faults faults;
    struct buf text;
    struct replay *replay = replay_new(&setup);
    const uint8_t hash[SHA256_BYTES] = {1};
    faults_init(&faults);
    buf_init(&text, KIT_TEXT_MAX);
    buf_put_text(&text, definition);
    struct enactment enactment = {.panel = panel_parse(definition, strlen(definition), &faults),
                                  .actions = actions_parse_json(LIST, strlen(LIST), NULL),
                                  .definition = &text,
                                  .panel_hash = hash,
                                  .list_hash = hash};
    cr_assert(replay && enactment.panel && enactment.actions);
    cr_assert_eq(replay_start_older(replay, 0, &enactment), 0);
    buf_free(&text);
    faults_free(&faults);
    return replay;
}

struct scene {
    struct replay *before, *after; /* by one question, and by three */
    struct listing listing;
    struct listed_release release; /* entry 8, of the 8 before it */
    struct releases *releases;
};

static void begin_scene(struct scene *scene)
{
    findings = (struct audit_findings){.tell = hear, .note = hear};
    told[0] = '\0';
    *scene = (struct scene){.before = replay_by(PANEL("")), .after = replay_by(PANEL(MORE)), .release = {.index = 8}};
    scene->release.head.size = 8;
    snprintf(scene->release.round, sizeof scene->release.round, "r");
    scene->listing = (struct listing){.releases = &scene->release, .release_count = 1};
    scene->releases = releases_new(&setup, &scene->listing);
    cr_assert_not_null(scene->releases);
}

static void count_entry(const struct scene *scene, const struct entry *entry)
{
    struct error error = {0};
    cr_assert_eq(releases_count(scene->releases, entry, &error), 0, "%s", error.text);
}

static void answer(const struct scene *scene, const struct replay *by, int64_t index, struct mark *marks, size_t count)
{
    const struct ballot ballot = {.marks = marks, .mark_count = count};
    const struct entry entry = {
        .index = index, .counts = true, .law = replay_law(by), .member = index, .revision = 1, .ballot = ballot};
    count_entry(scene, &entry);
}

static void answer_all(const struct scene *scene, int64_t index)
{
    struct mark marks[] = {{0, MARK_ANSWERED}, {0, 1}, {1, MARK_ANSWERED}, {1, 100}, {2, MARK_ANSWERED}, {2, 99}};
    answer(scene, scene->after, index, marks, 6);
}

/* What is told at the end, the release of those files made under the later questionnaire. */
static void assert_tells_of_files(struct scene *scene, const struct event_file *files, size_t count,
                                  const char *expected)
{
    struct event named = {.kind = EVENT_RELEASE_CREATED, .number = 1, .file_count = count};
    const struct entry entry = {.index = 8, .event = &named, .law = replay_law(scene->after)};
    struct error error = {0};
    for (size_t f = 0; f < count; f++)
        named.files[f] = files[f];
    releases_pass(scene->releases, scene->after, 8);
    count_entry(scene, &entry);
    cr_assert_eq(releases_end(scene->releases, scene->after, &error), 0, "%s", error.text);
    cr_assert_not_null(strstr(told, expected), "%s was expected of\n%s", expected, told);
    kept_bytes = scene->releases->list[0].tables[TABLE_SUMMARY].len;
    releases_free(scene->releases);
    replay_free(scene->before);
    replay_free(scene->after);
}

static void assert_tells(struct scene *scene, const char *expected)
{
    assert_tells_of_files(scene, NULL, 0, expected);
}

/* It was one question when something of another round was erased, and is three when it is answered. */
Test(audited_releases, keep_ballots_by_the_questionnaire_that_was_answered_behind_an_erasure)
{
    struct scene scene;
    struct event erased = {.kind = EVENT_ENTRIES_ERASED, .entries = {.list = (int64_t[]){2}, .count = 1}};
    begin_scene(&scene);
    const struct entry entry = {.index = 10, .event = &erased, .law = replay_law(scene.before)};
    const struct entry early = {.index = 3, .event = &erased, .law = replay_law(scene.before)};
    count_entry(&scene, &early);
    for (int64_t i = 4; i < 8; i++)
        answer_all(&scene, i);
    cr_assert_str_eq(told, "");
    count_entry(&scene, &entry);
    assert_tells(&scene, "not checkable any more");
}

Test(audited_releases, know_of_what_was_erased_before_their_round_was_answered)
{
    struct scene scene;
    struct event erased = {.kind = EVENT_ENTRIES_ERASED, .entries = {.list = (int64_t[]){2}, .count = 1}};
    begin_scene(&scene);
    const struct entry entry = {.index = 9, .event = &erased, .law = replay_law(scene.before)};
    count_entry(&scene, &entry);
    assert_tells(&scene, "not checkable any more");
}

Test(audited_releases, find_a_questionnaire_changed_behind_its_first_answer)
{
    struct mark marks[] = {{0, MARK_ANSWERED}, {0, 1}};
    struct scene scene;
    begin_scene(&scene);
    answer(&scene, scene.before, 4, marks, 2);
    answer_all(&scene, 5);
    assert_tells(&scene, "entry 8: release 1 of round r: the round's questionnaire changed after its first answer\n");
}

/* What a release rested on was erased, so that its files are read as they are kept. */
static void assert_tells_of_kept(const struct event_file *named, const char *expected)
{
    struct scene scene;
    struct event erased = {.kind = EVENT_ENTRIES_ERASED, .entries = {.list = (int64_t[]){2}, .count = 1}};
    begin_scene(&scene);
    asked = 0;
    const struct entry entry = {.index = 9, .event = &erased, .law = replay_law(scene.before)};
    count_entry(&scene, &entry);
    assert_tells_of_files(&scene, named, named ? 1 : 0, expected);
}

Test(audited_releases, take_no_more_of_a_kept_file_than_its_event_names)
{
    static const char found[] = "summary.csv is not what follows from the log\n";
    struct event_file file = {"summary.csv", 4, {0}};
    crypto_sha256("four", 4, file.sha256);
    kept = "four";
    assert_tells_of_kept(NULL, found);
    cr_assert_eq(asked, 0, "of files that its event does not name");
    assert_tells_of_kept(&file, "not checkable any more");
    cr_assert_null(strstr(told, found));
    cr_assert(asked == 1 && most == 4 && kept_bytes == 4);
    kept = "fiver";
    assert_tells_of_kept(&file, found);
    kept = "fore";
    assert_tells_of_kept(&file, found);
    cr_assert_eq(kept_bytes, 0, "of another text");
    kept = NULL;
    assert_tells_of_kept(&file, found);
}
