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

static void begin(size_t codes)
{
    scene_open(&scene, "scene", codes + MEMBERS);
    scene_serve(&scene);
    for (size_t i = 0; i < MEMBERS; i++) {
        (void)scene_send(&scene, "/v1/members", scene_enrolment(&scene, &members[i]));
        (void)scene_send(&scene, "/v1/responses", scene_response(&members[i], ACTION, 1));
    }
    number = 1;
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
    faults_set_verb((unsigned)n);
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

/* What changes nothing: an answer, or an honest 503, or an end; and the next is answered. */

static const char *const reads[] = {
    "/v1/panel",  "/v1/actions",     "/v1/actions/WA-1.01",         "/v1/rounds",     "/v1/rounds/round-1",
    "/v1/events", "/v1/follow-ups",  "/v1/actions/WA-1.01/history", "/v1/service",    "/v1/openapi.json",
    "/log/key",   "/log/checkpoint", "/log/tile/0/000.p/1",         "/v1/receipts/4", "/healthz",
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

Test(torture_requests, reading_survives_each_allocation)
{
    unsigned long faults = 0;
    begin(0);
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
        assert_read(reads[i]);
        for (unsigned long n = faults_first(); n < MOST && read_failing(reads[i], n); n += faults_every())
            faults++;
        assert_read(reads[i]);
    }
    end("reading, allocations", faults);
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
