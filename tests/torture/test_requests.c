/* Over HTTP: whichever allocation fails while a request is on its way, the collector's own or SQLite's, and
 * whichever verb of the store, it is answered 503 or the connection ends; sent again it is taken; nothing that was
 * acknowledged is lost or there twice, and the store is sound. */
#include "tests/torture/scene.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define MEMBERS 4
#define MOST 5000 /* faults that a walk may have */
#define ACTION "WA-1.01"

TestSuite(torture_requests, .init = scene_begin, .fini = kit_end, .timeout = 900);

static struct scene scene;
static struct kit_member members[MEMBERS];
static unsigned number; /* of what is sent, so that no two are the same */

static void serve(void)
{
    scene_serve(&scene);
    for (size_t i = 0; i < MEMBERS; i++) {
        (void)scene_send(&scene, "/v1/members", scene_enrolment(&scene, &members[i]));
        (void)scene_send(&scene, "/v1/responses", scene_response(&members[i], ACTION, 1));
    }
    number = 1;
}

static void begin(size_t codes)
{
    scene_open(&scene, "scene", codes + MEMBERS);
    serve();
}

static void end(const char *what, unsigned long faults)
{
    cr_assert_gt(faults, 0, "%s: none could fail", what);
    scene_stop(&scene);
    scene_assert_kept(&scene, scene.folder);
    cr_log_info("%s: %lu faults, %zu acknowledged", what, faults, scene.kept_count);
    figures_add(faults, scene.kept_count);
    for (size_t i = 0; i < MEMBERS; i++)
        kit_member_wipe(&members[i]);
    scene_close(&scene);
}

/* What is sent, made anew for each fault. */

static struct buf new_response(void)
{
    number++;
    return scene_response(&members[number % MEMBERS], ACTION, number);
}

static struct buf new_enrolment(void)
{
    struct kit_member member;
    struct buf jws = scene_enrolment(&scene, &member);
    kit_member_wipe(&member);
    return jws;
}

/* There is always something to erase. */
static struct buf new_erasure(void)
{
    number++;
    (void)scene_send(&scene, "/v1/responses", scene_response(&members[0], "WA-1.02", number));
    return scene_erasure(&members[0], "WA-1.02", number);
}

/* One that failed is sent until it is taken. Whether the n-th thing could fail. */
static bool fail_allocation(const char *path, struct buf jws, unsigned long n)
{
    faults_set(scene.pid, n);
    struct scene_answer answer = scene_ask(&scene, "POST", path, "application/jose", &jws);
    bool struck = faults_end(scene.pid);
    (void)scene_note(&scene, &jws, &answer);
    buf_free(&answer.text);
    (void)scene_send(&scene, path, jws);
    return struck;
}

static bool fail_verb(const char *path, struct buf jws, unsigned long n)
{
    faults_set_verb(scene.pid, (unsigned)n);
    struct scene_answer answer = scene_ask(&scene, "POST", path, "application/jose", &jws);
    bool taken = scene_note(&scene, &jws, &answer);
    buf_free(&answer.text);
    (void)scene_send(&scene, path, jws);
    /* The one that failed is seen, at the latest, when the next transaction begins. */
    return faults_struck_verb() != NULL || !taken;
}

static unsigned long fail_each(const char *path, struct buf (*make)(void),
                               bool (*fail)(const char *path, struct buf jws, unsigned long n))
{
    unsigned long faults = 0;
    for (unsigned long n = faults_first(); n < MOST && fail(path, make(), n); n += faults_every())
        faults++;
    return faults;
}

Test(torture_requests, a_response_survives_each_allocation)
{
    begin(0);
    end("response, allocations", fail_each("/v1/responses", new_response, fail_allocation));
}

Test(torture_requests, an_enrolment_survives_each_allocation)
{
    begin(600);
    end("enrolment, allocations", fail_each("/v1/members", new_enrolment, fail_allocation));
}

Test(torture_requests, an_erasure_survives_each_allocation)
{
    begin(0);
    scene.erases = true;
    end("erasure, allocations", fail_each("/v1/erasures", new_erasure, fail_allocation));
}

Test(torture_requests, a_response_survives_each_verb)
{
    begin(0);
    end("response, verbs", fail_each("/v1/responses", new_response, fail_verb));
}

Test(torture_requests, an_enrolment_survives_each_verb)
{
    begin(600);
    end("enrolment, verbs", fail_each("/v1/members", new_enrolment, fail_verb));
}

Test(torture_requests, an_erasure_survives_each_verb)
{
    begin(0);
    scene.erases = true;
    end("erasure, verbs", fail_each("/v1/erasures", new_erasure, fail_verb));
}

/* A batch: each of its lines is there once, whichever were taken at first. */

static bool fail_batch(unsigned long n)
{
    struct buf texts[MEMBERS];
    for (size_t i = 0; i < MEMBERS; i++)
        texts[i] = new_response();
    faults_set(scene.pid, n);
    bool taken = scene_send_lines(&scene, texts, MEMBERS), struck = faults_end(scene.pid);
    for (size_t i = 0; i < MEMBERS; i++)
        if (taken)
            buf_free(&texts[i]);
        else
            (void)scene_send(&scene, "/v1/responses", texts[i]);
    return struck;
}

Test(torture_requests, a_batch_survives_each_allocation)
{
    unsigned long faults = 0;
    begin(0);
    for (unsigned long n = faults_first(); n < MOST && fail_batch(n); n += faults_every())
        faults++;
    end("batch, allocations", faults);
}

/* What a team publishes: once, though it was asked for again after each fault. */

static int ask_to_publish(unsigned text)
{
    struct buf body;
    buf_init(&body, KIT_TEXT_MAX);
    buf_printf(&body, "{\"status\":\"doing\",\"text\":{\"nl\":\"Bericht %u.\"}}", text);
    struct scene_answer answer =
        scene_ask(&scene, "POST", "/v1/actions/" ACTION "/follow-ups", "application/json", &body);
    bool same = answer.status == 400 && strstr(buf_text(&answer.text), "the very same");
    cr_assert(answer.status == 201 || answer.status == 503 || answer.status == 0 || same, "%s", buf_text(&answer.text));
    buf_free(&answer.text);
    buf_free(&body);
    return same ? 201 : answer.status;
}

/* One that failed is asked for with the next fault: the more are published, the more is read for each. */
static bool fail_publishing(unsigned *text, unsigned long n)
{
    faults_set(scene.pid, n);
    int status = ask_to_publish(*text);
    bool struck = faults_end(scene.pid);
    (void)scene_send(&scene, "/v1/responses", new_response()); /* taken once all works again */
    *text += status == 201;
    return struck;
}

static void assert_published(unsigned count)
{
    struct scene_answer answer = scene_ask(&scene, "GET", "/v1/follow-ups", NULL, NULL);
    unsigned seen = 0;
    for (const char *at = buf_text(&answer.text); (at = strstr(at, "\"Bericht ")); at++)
        seen++;
    cr_assert_eq(seen, count, "%u of %u are published", seen, count);
    buf_free(&answer.text);
}

Test(torture_requests, a_follow_up_survives_each_allocation)
{
    unsigned long faults = 0;
    unsigned text = 0;
    scene_open(&scene, "scene", MEMBERS);
    scene_make_token(&scene, "team-1", "team", "--publish");
    serve();
    for (unsigned long n = faults_first(); n < MOST && fail_publishing(&text, n); n += faults_every())
        faults++;
    cr_assert_gt(text, 0);
    assert_published(text);
    end("follow-up, allocations", faults);
}

/* What changes nothing: an answer, or an honest 503, or an end; and the next is answered. */

static const char *const reads[] = {
    "/v1/panel",  "/v1/actions",     "/v1/actions/WA-1.01",         "/v1/rounds",     "/v1/rounds/round-1",
    "/v1/events", "/v1/follow-ups",  "/v1/actions/WA-1.01/history", "/v1/service",    "/v1/openapi.json",
    "/log/key",   "/log/checkpoint", "/log/tile/0/000.p/1",         "/v1/receipts/4", "/healthz",
    NULL,
};

static bool read_failing(const char *path, unsigned long n)
{
    faults_set(scene.pid, n);
    struct scene_answer answer = scene_ask(&scene, "GET", path, NULL, NULL);
    bool struck = faults_end(scene.pid);
    cr_assert(answer.status == 200 || answer.status == 503 || (struck && answer.status == 0), "%s, allocation %lu: %s",
              path, n, buf_text(&answer.text));
    buf_free(&answer.text);
    return struck;
}

static void assert_read(const char *path)
{
    struct scene_answer answer = scene_ask(&scene, "GET", path, NULL, NULL);
    cr_assert_eq(answer.status, 200, "%s: %s", path, buf_text(&answer.text));
    buf_free(&answer.text);
}

static unsigned long fail_reads(const char *const *paths)
{
    unsigned long faults = 0;
    for (; *paths; paths++) {
        assert_read(*paths);
        for (unsigned long n = faults_first(); n < MOST && read_failing(*paths, n); n += faults_every())
            faults++;
        assert_read(*paths);
    }
    return faults;
}

Test(torture_requests, reading_survives_each_allocation)
{
    begin(0);
    end("reading, allocations", fail_reads(reads));
}

static const char *const released[] = {
    "/v1/rounds/round-1/releases",
    "/v1/rounds/round-1/releases/1/options.csv",
    "/v1/rounds/round-1/releases/1/release.tlog-proof",
    "/v1/rounds/round-1/summary",
    "/v1/rounds/round-1/questions?profile=excel-nl",
    "/v1/rounds/round-1/options?action=WA-1.01",
    "/v1/rounds/round-1/options/metadata",
    "/v1/trends",
    "/v1/trends/metadata",
    NULL,
};

static const char *const exact[] = {
    "/v1/token",
    "/v1/rounds/round-1/summary?exact=true",
    "/v1/rounds/round-1/options?exact=true&action=WA-1.01",
    "/v1/rounds/round-1/questions/metadata?exact=true",
    "/v1/rounds/round-1/comments",
    NULL,
};

static const char *const entries[] = {"/v1/entries?from=0&limit=5", "/v1/entries/4/state", NULL};

Test(torture_requests, reading_what_is_released_survives_each_allocation)
{
    begin(0);
    (void)scene_succeed(scene.folder, (const char *const[]){"release", "create", "round-1", NULL});
    end("released tables, allocations", fail_reads(released));
}

static void read_with(const char *role, const char *right, const char *const *paths)
{
    scene_open(&scene, "scene", MEMBERS);
    scene_make_token(&scene, "reader-1", role, right);
    serve();
    end(role, fail_reads(paths));
}

Test(torture_requests, reading_exact_tables_survives_each_allocation)
{
    read_with("team", "--exact", exact);
}

Test(torture_requests, reading_the_log_survives_each_allocation)
{
    read_with("auditor", NULL, entries);
}

/* A member may ask so often within ten minutes; then it is another's turn. */
static void change_reader(struct kit_member *reader)
{
    kit_member_wipe(reader);
    (void)scene_send(&scene, "/v1/members", scene_enrolment(&scene, reader));
}

static bool access_failing(const struct kit_member *reader, unsigned long n)
{
    struct buf jws = scene_access(reader, ++number);
    faults_set(scene.pid, n);
    struct scene_answer answer = scene_ask(&scene, "POST", "/v1/access", "application/jose", &jws);
    bool struck = faults_end(scene.pid);
    cr_assert(answer.status == 200 || answer.status == 503 || (struck && answer.status == 0), "allocation %lu: %s", n,
              buf_text(&answer.text));
    buf_free(&answer.text);
    buf_free(&jws);
    return struck;
}

Test(torture_requests, a_request_for_access_survives_each_allocation)
{
    unsigned long faults = 0;
    struct kit_member reader = {0};
    begin(200);
    for (unsigned long n = faults_first(); n < MOST; n += faults_every(), faults++) {
        if (faults % 25 == 0)
            change_reader(&reader);
        if (!access_failing(&reader, n))
            break;
    }
    kit_member_wipe(&reader);
    end("access, allocations", faults);
}
