/* Runs the unit tests, each in a fork, as many at once as there are cores, and ends with a line in Criterion's form.
 * Under valgrind a fork that found something ends with another code than 0, and so is a test that failed. For a
 * debugger: with the name of one test, SUITE::NAME, that test alone runs, and in this process. */
#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define JOBS_MAX 64

static struct plain_test *tests;
static bool failed; /* in this fork */

struct job {
    pid_t pid;
    const struct plain_test *test;
};

void plain_add(struct plain_test *test)
{
    test->next = tests;
    tests = test;
}

void plain_failed(bool fatal, const char *where, const char *what, const char *format, ...)
{
    va_list arguments;
    fprintf(stderr, "%s: not so: %s:", where, what);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    failed = true;
    if (fatal)
        exit(1);
}

static const struct plain_options *suite_options(const struct plain_test *test)
{
    static const struct plain_options none;
    for (const struct plain_test *suite = tests; suite; suite = suite->next)
        if (!suite->run && strcmp(suite->suite, test->suite) == 0)
            return &suite->options;
    return &none;
}

static void call(void (*function)(void))
{
    if (function)
        function();
}

static void run(const struct plain_test *test)
{
    const struct plain_options *suite = suite_options(test);
    call(suite->init);
    call(test->options.init);
    test->run();
    call(test->options.fini);
    call(suite->fini);
    exit(failed ? 1 : 0);
}

static void start(struct job *job, const struct plain_test *test)
{
    fflush(NULL);
    job->test = test;
    job->pid = fork();
    if (job->pid == 0)
        run(test);
}

/* Waits for one of the jobs and frees its place. Returns whether its test passed. */
static bool finish(struct job *jobs, long count)
{
    int status = -1;
    pid_t pid = wait(&status);
    bool passed = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    for (long i = 0; i < count; i++) {
        if (jobs[i].pid != pid)
            continue;
        if (!passed)
            printf("[FAIL] %s::%s (process %ld, status %#x)\n", jobs[i].test->suite, jobs[i].test->name, (long)pid,
                   (unsigned)status);
        jobs[i].pid = 0;
    }
    return passed;
}

static const struct plain_test *find_test(const char *wanted)
{
    size_t len = strcspn(wanted, ":");
    for (const struct plain_test *test = tests; test; test = test->next)
        if (test->run && strlen(test->suite) == len && strncmp(test->suite, wanted, len) == 0 &&
            strncmp(wanted + len, "::", 2) == 0 && strcmp(test->name, wanted + len + 2) == 0)
            return test;
    return NULL;
}

static int run_all(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    long places = cores < 1 ? 1 : cores > JOBS_MAX ? JOBS_MAX : cores;
    struct job jobs[JOBS_MAX] = {0};
    unsigned tested = 0, passing = 0;
    long busy = 0;
    for (const struct plain_test *test = tests; test; test = test->next) {
        if (!test->run || test->options.disabled)
            continue;
        if (busy == places) {
            passing += finish(jobs, places);
            busy--;
        }
        long free = 0;
        while (jobs[free].pid != 0)
            free++;
        start(&jobs[free], test);
        busy++;
        tested++;
    }
    for (; busy > 0; busy--)
        passing += finish(jobs, places);
    printf("[====] Synthesis: Tested: %u | Passing: %u | Failing: %u | Crashing: 0\n", tested, passing,
           tested - passing);
    return passing == tested ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc != 2 || argv[1][0] == '-')
        return run_all();
    const struct plain_test *test = find_test(argv[1]);
    if (test)
        run(test);
    fprintf(stderr, "no test is called '%s'\n", argv[1]);
    return 2;
}
