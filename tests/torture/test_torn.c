/* A power cut in the middle of a commit: whatever of its frames has reached the disk, all that was acknowledged before
 * is there when the store is opened again, the torn commit is there whole or not at all, and the store is sound. */
#include "base/file.h"
#include "collector/store/store.h"
#include "tests/torture/scene.h"
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define FRAME 4120 /* bytes of a frame of the log of changes: a header of 24, and a page */
#define BEFORE 12 /* responses that are acknowledged before the commit that is torn */

TestSuite(torture_torn, .init = scene_begin, .fini = kit_end, .timeout = 900);

static struct scene scene;
static char before[256], after[256], work[256];
static struct buf old, new; /* the log of changes before the last commit, and after it */

static struct buf read_changes(const char *folder)
{
    char path[320];
    struct buf bytes;
    snprintf(path, sizeof path, "%s/store.db-wal", folder);
    buf_init(&bytes, SIZE_MAX);
    cr_assert_eq(file_read(path, &bytes), 0);
    return bytes;
}

/* In the fork: no assertion, since each writes to its parent's socket. */
static _Noreturn void hold_moment(int ready)
{
    char dsn[512];
    unsigned changed;
    snprintf(dsn, sizeof dsn, "sqlite:%s/store.db", scene.folder);
    struct store *store = store_open(dsn, STORE_EXISTING, NULL);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && store && store_begin_reading(store) == STORE_OK &&
        store_changed(store, &changed) == STORE_OK && write(ready, "", 1) == 1)
        pause();
    _exit(1);
}

/* Holds a moment of the store, so that what comes after it stays in the log of changes. By a process of its own: the
 * locks of one are gone once it has closed any of the files, and copies are made here. */
static pid_t read_on(void)
{
    int ready[2];
    char byte;
    cr_assert_eq(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0)
        hold_moment(ready[1]);
    cr_assert_gt(pid, 0);
    close(ready[1]);
    cr_assert_eq(read(ready[0], &byte, 1), 1, "no moment can be held");
    close(ready[0]);
    return pid;
}

static void end_reading(pid_t reader)
{
    cr_assert(kill(reader, SIGKILL) == 0 && waitpid(reader, NULL, 0) == reader);
}

/* Copies of all files, right before the last commit and right after it: nobody writes in between but its own. */
static void make_commits(void)
{
    struct kit_member member;
    scene_open(&scene, "scene", 1);
    scene_serve(&scene);
    (void)scene_send(&scene, "/v1/members", scene_enrolment(&scene, &member));
    pid_t reader = read_on();
    for (int64_t i = 1; i <= BEFORE; i++)
        (void)scene_send(&scene, "/v1/responses", scene_response(&member, "WA-1.01", i));
    snprintf(before, sizeof before, "%s", kit_path("before"));
    snprintf(after, sizeof after, "%s", kit_path("after"));
    snprintf(work, sizeof work, "%s", kit_path("work"));
    scene_copy(scene.folder, before);
    struct buf last = scene_response(&member, "WA-1.02", 1);
    struct scene_answer answer = scene_ask(&scene, "POST", "/v1/responses", "application/jose", &last);
    cr_assert_eq(answer.status, 201);
    buf_free(&answer.text);
    buf_free(&last);
    scene_copy(scene.folder, after);
    end_reading(reader);
    scene_kill(&scene);
    kit_member_wipe(&member);
    old = read_changes(before);
    new = read_changes(after);
    cr_assert(old.len >= FRAME && new.len > old.len && (new.len - old.len) % FRAME == 0);
}

static void forget_commits(void)
{
    buf_free(&old);
    buf_free(&new);
    scene_close(&scene);
}

/* What was there before the commit, but the log of changes as given. -shm is of the running system, and gone. */
static void put_changes(const void *bytes, size_t len)
{
    char path[320];
    scene_copy(before, work);
    snprintf(path, sizeof path, "%s/store.db-shm", work);
    (void)unlink(path);
    snprintf(path, sizeof path, "%s/store.db-wal", work);
    int file = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    cr_assert(file >= 0 && file_append(file, bytes, len) == 0);
    close(file);
}

static void assert_whole(bool sound, const char *what, size_t at)
{
    char when[64];
    int64_t entries = scene_entries(work), due = (int64_t)scene.kept_count + scene.kept[0].index;
    cr_assert(entries == due || entries == due + 1, "%s at byte %zu: %lld entries of %lld", what, at,
              (long long)entries, (long long)due);
    if (!sound)
        return;
    snprintf(when, sizeof when, "%s at byte %zu", what, at);
    scene_assert_kept(&scene, work);
}

/* Near the border of a frame or of a page each byte counts; between, in the short form, one of many. */
static bool is_tried(size_t at)
{
    size_t in_frame = (at - old.len) % FRAME;
    return at % faults_every() == 0 || in_frame <= 32 || in_frame >= FRAME - 2;
}

Test(torture_torn, a_commit_cut_at_any_byte_loses_nothing_of_before)
{
    unsigned long faults = 0;
    make_commits();
    for (size_t at = old.len; at <= new.len; at++) {
        if (!is_tried(at))
            continue;
        put_changes(new.data, at);
        assert_whole(faults++ % 64 == 0, "cut", at);
    }
    cr_log_info("cut: %lu faults", faults);
    figures_add(faults, scene.kept_count);
    forget_commits();
}

/* Sectors reach the disk in any order: one is missing in the middle, or has bytes that were never written. */
Test(torture_torn, a_sector_that_is_missing_or_foreign_loses_nothing_of_before)
{
    unsigned long faults = 0;
    make_commits();
    struct buf torn;
    buf_init(&torn, SIZE_MAX);
    for (size_t at = old.len / 512 * 512; at < new.len; at += 512)
        for (int fill = 0; fill <= 0xff; fill += 0xff) {
            size_t from = at > old.len ? at : old.len, to = at + 512 < new.len ? at + 512 : new.len;
            buf_reset(&torn);
            buf_put(&torn, new.data, new.len);
            cr_assert_eq(buf_check(&torn), 0);
            memset(torn.data + from, fill, to - from);
            put_changes(torn.data, torn.len);
            assert_whole(faults++ % 16 == 0, "foreign", at);
        }
    buf_free(&torn);
    cr_log_info("foreign: %lu faults", faults);
    figures_add(faults, scene.kept_count);
    forget_commits();
}
