/* Files, whole or not at all. Each test works in a folder of its own and leaves none behind. */
#include "base/file.h"
#include "base/mem.h"
#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/file-test-XXXXXX";

static void enter(void)
{
    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(chdir(folder), 0);
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *place)
{
    (void)st;
    (void)kind;
    (void)place;
    return remove(path);
}

static void leave(void)
{
    cr_assert_eq(chdir("/"), 0);
    cr_assert_eq(nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS), 0);
}

TestSuite(file, .init = enter, .fini = leave);

/* The number of names in the folder, those of temporary files too. */
static int names_in(const char *path)
{
    DIR *dir = opendir(path);
    int count = 0;
    cr_assert_not_null(dir);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count - 2;
}

static void holds(const char *path, const char *wanted)
{
    struct buf out;

    buf_init(&out, 1 << 20);
    cr_assert_eq(file_read(path, &out), 0, "%s", path);
    cr_assert_str_eq(buf_text(&out), wanted);
    buf_free(&out);
}

Test(file, reads_what_it_wrote)
{
    cr_assert_eq(file_write("a", "een\0twee", 8), 0);
    cr_assert_eq(file_write("a", "drie", 4), 0);
    holds("a", "drie");
    cr_assert_eq(file_write("./b", "", 0), 0);
    holds("b", "");
    cr_assert_eq(names_in("."), 2);
}

Test(file, is_for_its_owner_alone_whatever_the_umask_lets_be)
{
    struct stat st;

    umask(0);
    cr_assert_eq(file_write("a", "x", 1), 0);
    cr_assert_eq(stat("a", &st), 0);
    cr_assert_eq(st.st_mode & 0777, 0600);
    cr_assert_eq(file_create("b", "x", 1), 0);
    cr_assert_eq(stat("b", &st), 0);
    cr_assert_eq(st.st_mode & 0777, 0600);
}

Test(file, appends_what_it_reads)
{
    struct buf out;

    buf_init(&out, 100);
    cr_assert_eq(file_write("a", "twee", 4), 0);
    buf_put_text(&out, "een ");
    cr_assert_eq(file_read("a", &out), 0);
    cr_assert_str_eq(buf_text(&out), "een twee");
    buf_free(&out);
}

Test(file, fills_a_buffer_to_its_maximum_and_not_beyond)
{
    struct buf out;

    cr_assert_eq(file_write("a", "12345678", 8), 0);
    buf_init(&out, 8);
    cr_assert_eq(file_read("a", &out), 0);
    cr_assert_str_eq(buf_text(&out), "12345678");
    buf_free(&out);
    buf_init(&out, 9);
    buf_put_text(&out, "xy");
    cr_assert_eq(file_read("a", &out), -1);
    cr_assert_eq(errno, EFBIG);
    cr_assert_str_eq(buf_text(&out), "xy");
    buf_free(&out);
}

Test(file, says_why_it_can_not_read)
{
    struct buf out;

    buf_init(&out, 100);
    cr_assert_eq(file_read("missing", &out), -1);
    cr_assert_eq(errno, ENOENT);
    cr_assert_eq(file_read(".", &out), -1);
    cr_assert_eq(errno, EISDIR);
    cr_assert_eq(file_write("a", "x", 1), 0);
    buf_free(&out);
    mem_fail_at(1);
    cr_assert_eq(file_read("a", &out), -1);
    cr_assert_eq(errno, ENOMEM);
    buf_free(&out);
}

/* Has a child write `len` bytes into a pipe that becomes standard input, a few at a time. */
static pid_t feed(size_t len)
{
    int ends[2];
    pid_t child;

    cr_assert_eq(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        close(ends[0]);
        for (size_t done = 0; done < len; done += 10) {
            if (write(ends[1], "0123456789", 10) != 10)
                _exit(1);
        }
        _exit(0);
    }
    close(ends[1]);
    cr_assert_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    close(ends[0]);
    return child;
}

Test(file, reads_standard_input_to_its_end)
{
    struct buf out;
    pid_t child = feed(100000);

    buf_init(&out, 100000);
    cr_assert_eq(file_read("-", &out), 0);
    cr_assert_eq(out.len, 100000);
    cr_assert_eq(strlen(buf_text(&out)), 100000);
    cr_assert_eq(waitpid(child, NULL, 0), child);
    buf_free(&out);
}

Test(file, refuses_standard_input_beyond_the_maximum)
{
    struct buf out;
    pid_t child = feed(10010);

    buf_init(&out, 10000);
    cr_assert_eq(file_read("-", &out), -1);
    cr_assert_eq(errno, EFBIG);
    cr_assert_eq(out.len, 0);
    cr_assert_eq(waitpid(child, NULL, 0), child);
    buf_free(&out);
}

Test(file, creates_only_what_is_not_there)
{
    cr_assert_eq(file_create("a", "een", 3), 0);
    cr_assert_eq(file_create("a", "twee", 4), -1);
    cr_assert_eq(errno, EEXIST);
    holds("a", "een");
    cr_assert_eq(symlink("nowhere", "link"), 0);
    cr_assert_eq(file_create("link", "twee", 4), -1);
    cr_assert_eq(errno, EEXIST);
    cr_assert_eq(names_in("."), 2);
}

static atomic_int created;

static void *create_a(void *unused)
{
    if (file_create("a", "x", 1) == 0)
        atomic_fetch_add(&created, 1);
    else
        cr_assert_eq(errno, EEXIST);
    return unused;
}

Test(file, is_created_by_one_when_several_try)
{
    for (int round = 1; round <= 20; round++) {
        pthread_t threads[8];

        for (size_t i = 0; i < 8; i++)
            cr_assert_eq(pthread_create(&threads[i], NULL, create_a, NULL), 0);
        for (size_t i = 0; i < 8; i++)
            pthread_join(threads[i], NULL);
        cr_assert_eq(atomic_load(&created), round);
        cr_assert_eq(names_in("."), 1);
        cr_assert_eq(file_remove("a"), 0);
    }
}

/* As root the file would be put in the place of a device, and /dev/null be gone for everybody. */
Test(file, is_written_into_what_is_no_file)
{
    char got[8] = "";
    struct stat st;
    cr_assert(mkfifo("pipe", 0600) == 0 && symlink("pipe", "link") == 0);
    int reading = open("pipe", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    cr_assert_eq(file_write("pipe", "een", 3), 0);
    cr_assert_eq(file_write("link", "twee", 4), 0);
    cr_assert_eq(read(reading, got, sizeof got), 7);
    cr_assert_arr_eq(got, "eentwee", 7);
    cr_assert(lstat("pipe", &st) == 0 && S_ISFIFO(st.st_mode) && lstat("link", &st) == 0 && S_ISLNK(st.st_mode));
    close(reading);
}

Test(file, fails_without_a_trace_when_the_folder_is_missing)
{
    cr_assert_eq(file_write("missing/a", "x", 1), -1);
    cr_assert_eq(errno, ENOENT);
    cr_assert_eq(file_create("missing/a", "x", 1), -1);
    cr_assert_eq(errno, ENOENT);
    cr_assert_eq(names_in("."), 0);
}

Test(file, fails_without_a_trace_when_the_target_is_a_folder)
{
    cr_assert_eq(mkdir("a", 0700), 0);
    cr_assert_eq(file_write("a", "x", 1), -1);
    cr_assert_eq(errno, EISDIR);
    cr_assert_eq(names_in("."), 1);
}

Test(file, fails_without_a_trace_when_the_name_is_too_long)
{
    char path[PATH_MAX + 10];

    memset(path, 'x', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    cr_assert_eq(file_write(path, "x", 1), -1);
    cr_assert_eq(errno, ENAMETOOLONG);
    path[300] = '\0';
    cr_assert_eq(file_write(path, "x", 1), -1);
    cr_assert_eq(errno, ENAMETOOLONG);
    cr_assert_eq(file_make_folder(path), -1);
    cr_assert_eq(errno, ENAMETOOLONG);
    cr_assert_eq(names_in("."), 0);
}

/* Runs as a user for whom permissions count, also where the tests are root's; whether all went as it should. */
static bool holds_for_others(bool (*claim)(void))
{
    pid_t child = fork();
    int status = 1;

    if (child == 0) {
        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
            _exit(2);
        _exit(claim() ? 0 : 1);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool can_not_write_here(void)
{
    if (file_write("closed/a", "new", 3) != -1 || errno != EACCES)
        return false;
    if (file_create("closed/b", "new", 3) != -1 || errno != EACCES)
        return false;
    return file_remove("closed/a") == -1 && errno == EACCES;
}

Test(file, fails_without_a_trace_when_the_folder_is_read_only)
{
    cr_assert_eq(chmod(folder, 0755), 0);
    cr_assert_eq(mkdir("closed", 0755), 0);
    cr_assert_eq(file_write("closed/a", "old", 3), 0);
    cr_assert_eq(chmod("closed", 0555), 0);
    cr_assert(holds_for_others(can_not_write_here));
    holds("closed/a", "old");
    cr_assert_eq(names_in("closed"), 1);
    cr_assert_eq(chmod("closed", 0755), 0); /* or it could not be cleared away */
}

Test(file, keeps_the_old_bytes_when_the_disk_is_full)
{
    struct rlimit limit = {.rlim_cur = 4096, .rlim_max = RLIM_INFINITY};
    char *much = mem_calloc(1, 10000);

    cr_assert_eq(file_write("a", "old", 3), 0);
    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cr_assert_eq(file_write("a", much, 10000), -1);
    cr_assert_eq(errno, EFBIG);
    cr_assert_eq(file_create("b", much, 10000), -1);
    cr_assert_eq(errno, EFBIG);
    limit.rlim_cur = RLIM_INFINITY;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    holds("a", "old");
    cr_assert_eq(names_in("."), 1);
    mem_free(much);
}

Test(file, removes_also_what_is_not_there)
{
    cr_assert_eq(file_write("a", "x", 1), 0);
    cr_assert(file_exists("a"));
    cr_assert_eq(file_remove("a"), 0);
    cr_assert_not(file_exists("a"));
    cr_assert_eq(file_remove("a"), 0);
    cr_assert_eq(file_remove("missing/a"), 0);
    cr_assert_eq(mkdir("b", 0700), 0);
    cr_assert_eq(file_remove("b"), -1);
}

Test(file, makes_every_folder_that_is_missing)
{
    char path[128];
    struct stat st;

    snprintf(path, sizeof path, "%s//one/two///three//", folder);
    cr_assert_eq(file_make_folder(path), 0);
    cr_assert_eq(file_make_folder(path), 0);
    cr_assert_eq(file_make_folder("one/four"), 0);
    cr_assert_eq(file_make_folder("/"), 0);
    cr_assert_eq(file_make_folder("."), 0);
    cr_assert_eq(stat("one/two/three", &st), 0);
    cr_assert(S_ISDIR(st.st_mode));
    cr_assert_eq(st.st_mode & 0777, 0700);
    cr_assert(file_exists("one/four"));
    cr_assert_eq(file_write("a", "x", 1), 0);
    cr_assert_eq(file_make_folder("a"), -1);
    cr_assert_eq(errno, ENOTDIR);
    cr_assert_eq(file_make_folder("a/b"), -1);
    cr_assert_eq(errno, ENOTDIR);
}

Test(file, is_locked_by_one_process_at_a_time)
{
    struct stat st;
    int fd = file_lock("lock");
    pid_t child;
    int status;

    cr_assert_geq(fd, 0);
    cr_assert_eq(stat("lock", &st), 0);
    cr_assert_eq(st.st_mode & 0777, 0600);
    child = fork();
    if (child == 0)
        _exit(file_lock("lock") == -1 && errno == EWOULDBLOCK ? 0 : 1);
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    cr_assert(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    close(fd);
    fd = file_lock("lock");
    cr_assert_geq(fd, 0);
    close(fd);
    cr_assert_eq(file_lock("missing/lock"), -1);
    cr_assert_eq(errno, ENOENT);
}

/* Puts the names behind one another; stops at "stop.x". */
static int gather(void *context, const char *name)
{
    if (strcmp(name, "stop.x") == 0)
        return 7;
    buf_printf(context, "%s ", name);
    return 0;
}

Test(file, visits_plain_files_of_an_ending_in_byte_order)
{
    struct buf seen;

    buf_init(&seen, 1000);
    cr_assert_eq(file_make_folder("f/folder.x"), 0);
    cr_assert_eq(file_write("f/b.x", "", 0), 0);
    cr_assert_eq(file_write("f/a.x", "", 0), 0);
    cr_assert_eq(file_write("f/C.x", "", 0), 0);
    cr_assert_eq(file_write("f/a.y", "", 0), 0);
    cr_assert_eq(file_write("f/x", "", 0), 0);
    cr_assert_eq(symlink("a.x", "f/link.x"), 0);
    cr_assert_eq(file_each("f", ".x", gather, &seen), 0);
    cr_assert_str_eq(buf_text(&seen), "C.x a.x b.x ");
    cr_assert_eq(file_write("f/stop.x", "", 0), 0);
    cr_assert_eq(file_write("f/z.x", "", 0), 0);
    buf_reset(&seen);
    cr_assert_eq(file_each("f", ".x", gather, &seen), 7);
    cr_assert_str_eq(buf_text(&seen), "C.x a.x b.x ");
    cr_assert_eq(file_each("missing", ".x", gather, &seen), 0);
    cr_assert_eq(file_each("f/a.x", ".x", gather, &seen), -1);
    cr_assert_eq(errno, ENOTDIR);
    buf_free(&seen);
}

static int remove_it(void *context, const char *name)
{
    char path[512];

    snprintf(path, sizeof path, "%s/%s", (const char *)context, name);
    return file_remove(path);
}

Test(file, may_lose_files_while_they_are_visited)
{
    char path[64], where[] = "f";

    cr_assert_eq(file_make_folder("f"), 0);
    for (int i = 0; i < 200; i++) {
        snprintf(path, sizeof path, "f/%d.x", i);
        cr_assert_eq(file_write(path, "", 0), 0);
    }
    cr_assert_eq(file_each("f", ".x", remove_it, where), 0);
    cr_assert_eq(names_in("f"), 0);
}

static int ignore(void *context, const char *name)
{
    (void)name;
    ++*(int *)context;
    return 0;
}

Test(file, visits_all_or_none_when_any_allocation_fails)
{
    unsigned long n = 0;
    bool failed;

    cr_assert_eq(file_write("a.x", "", 0), 0);
    cr_assert_eq(file_write("b.x", "", 0), 0);
    do {
        int count = 0, result;

        mem_fail_at(++n);
        result = file_each(".", ".x", ignore, &count);
        failed = mem_has_failed();
        cr_assert_eq(result, failed ? -1 : 0);
        cr_assert_eq(count, failed ? 0 : 2);
    } while (failed);
    mem_fail_at(0);
    cr_assert_eq(n, 4);
}

Test(file, says_whether_there_is_room_for_another)
{
    struct rlimit kept, little;

    cr_assert_eq(file_make_folder("f"), 0);
    cr_assert_eq(file_try_room("f/store.db", 1 << 20), 0);
    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &kept), 0);
    little = (struct rlimit){.rlim_cur = 4096, .rlim_max = kept.rlim_max};
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &little), 0);
    cr_assert_eq(file_try_room("f/store.db", 1 << 20), -1);
    cr_assert_eq(errno, EFBIG);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &kept), 0);
    cr_assert_eq(file_try_room("nowhere/store.db", 1), -1);
    cr_assert_eq(errno, ENOENT);
    cr_assert_eq(names_in("f"), 0);
}

Test(file, without_a_name_is_seen_by_nobody)
{
    char bytes[16];

    cr_assert_eq(file_make_folder("f"), 0);
    int fd = file_nameless("f/store.db");
    cr_assert_geq(fd, 0);
    cr_assert_eq(names_in("f"), 0);
    cr_assert_eq(file_append(fd, "hello ", 6), 0);
    cr_assert_eq(file_append(fd, "there", 5), 0);
    cr_assert_eq(pread(fd, bytes, sizeof bytes, 0), 11);
    cr_assert_arr_eq(bytes, "hello there", 11);
    cr_assert_eq(close(fd), 0);
    cr_assert_eq(file_nameless("nowhere/store.db"), -1);
    cr_assert_eq(errno, ENOENT);
}
