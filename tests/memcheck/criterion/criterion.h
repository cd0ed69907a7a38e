/* Stands in for Criterion's header when the unit tests are built for valgrind. Criterion starts a new program for each
 * test, which takes valgrind a second every time; here a test is a fork. Only what the tests use is there: a macro that
 * is missing does not compile. The runner is runner.c. */
#ifndef TESTS_MEMCHECK_CRITERION_CRITERION_H
#define TESTS_MEMCHECK_CRITERION_CRITERION_H

#include "base/compiler.h"
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct plain_options {
    void (*init)(void);
    void (*fini)(void);
    bool disabled;
    double timeout; /* not looked at: valgrind is slow */
};

/* A test, or with `run` NULL a suite whose init and fini go round those of its tests. */
struct plain_test {
    const char *suite, *name;
    void (*run)(void);
    struct plain_options options;
    struct plain_test *next;
};

void plain_add(struct plain_test *test);

/* Tells that something is not so, and what the test says of it; with `fatal` the test ends. */
void plain_failed(bool fatal, const char *where, const char *what, const char *format, ...) PRINTF_LIKE(4, 5);

#define PLAIN_REGISTER(suite_, name_, function, id, ...)                                                               \
    __attribute__((constructor)) static void id(void)                                                                  \
    {                                                                                                                  \
        static struct plain_test test = {.suite = suite_, .name = name_, .run = function, .options = {__VA_ARGS__}};   \
        plain_add(&test);                                                                                              \
    }

#define Test(suite, name, ...)                                                                                         \
    static void suite##_##name##_test(void);                                                                           \
    PLAIN_REGISTER(#suite, #name, suite##_##name##_test, suite##_##name##_add, __VA_ARGS__)                            \
    static void suite##_##name##_test(void)

#define TestSuite(suite, ...) PLAIN_REGISTER(#suite, "", NULL, suite##_suite_add, __VA_ARGS__)

#define PLAIN_TEXT(number) #number
#define PLAIN_LINE(number) PLAIN_TEXT(number)
#define PLAIN_REQUIRE(fatal, condition, what, ...)                                                                     \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            plain_failed(fatal, __FILE__ ":" PLAIN_LINE(__LINE__), what, " " __VA_ARGS__);                             \
    } while (0)

#define cr_assert(a, ...) PLAIN_REQUIRE(true, a, #a, __VA_ARGS__)
#define cr_assert_not(a, ...) PLAIN_REQUIRE(true, !(a), "not " #a, __VA_ARGS__)
#define cr_assert_null(a, ...) PLAIN_REQUIRE(true, (a) == NULL, #a " is NULL", __VA_ARGS__)
#define cr_assert_not_null(a, ...) PLAIN_REQUIRE(true, (a) != NULL, #a " is not NULL", __VA_ARGS__)
#define cr_assert_eq(a, b, ...) PLAIN_REQUIRE(true, (a) == (b), #a " == " #b, __VA_ARGS__)
#define cr_assert_neq(a, b, ...) PLAIN_REQUIRE(true, (a) != (b), #a " != " #b, __VA_ARGS__)
#define cr_assert_lt(a, b, ...) PLAIN_REQUIRE(true, (a) < (b), #a " < " #b, __VA_ARGS__)
#define cr_assert_leq(a, b, ...) PLAIN_REQUIRE(true, (a) <= (b), #a " <= " #b, __VA_ARGS__)
#define cr_assert_gt(a, b, ...) PLAIN_REQUIRE(true, (a) > (b), #a " > " #b, __VA_ARGS__)
#define cr_assert_geq(a, b, ...) PLAIN_REQUIRE(true, (a) >= (b), #a " >= " #b, __VA_ARGS__)
#define cr_assert_str_eq(a, b, ...) PLAIN_REQUIRE(true, strcmp(a, b) == 0, #a " == " #b, __VA_ARGS__)
#define cr_assert_arr_eq(a, b, size, ...) PLAIN_REQUIRE(true, memcmp(a, b, size) == 0, #a " == " #b, __VA_ARGS__)
#define cr_assert_str_neq(a, b, ...) PLAIN_REQUIRE(true, strcmp(a, b) != 0, #a " != " #b, __VA_ARGS__)
#define cr_assert_arr_neq(a, b, size, ...) PLAIN_REQUIRE(true, memcmp(a, b, size) != 0, #a " != " #b, __VA_ARGS__)
#define cr_assert_fail(...) PLAIN_REQUIRE(true, false, "failed", __VA_ARGS__)

#define cr_expect(a, ...) PLAIN_REQUIRE(false, a, #a, __VA_ARGS__)
#define cr_expect_not(a, ...) PLAIN_REQUIRE(false, !(a), "not " #a, __VA_ARGS__)
#define cr_expect_null(a, ...) PLAIN_REQUIRE(false, (a) == NULL, #a " is NULL", __VA_ARGS__)
#define cr_expect_not_null(a, ...) PLAIN_REQUIRE(false, (a) != NULL, #a " is not NULL", __VA_ARGS__)
#define cr_expect_eq(a, b, ...) PLAIN_REQUIRE(false, (a) == (b), #a " == " #b, __VA_ARGS__)
#define cr_expect_neq(a, b, ...) PLAIN_REQUIRE(false, (a) != (b), #a " != " #b, __VA_ARGS__)
#define cr_expect_lt(a, b, ...) PLAIN_REQUIRE(false, (a) < (b), #a " < " #b, __VA_ARGS__)
#define cr_expect_leq(a, b, ...) PLAIN_REQUIRE(false, (a) <= (b), #a " <= " #b, __VA_ARGS__)
#define cr_expect_gt(a, b, ...) PLAIN_REQUIRE(false, (a) > (b), #a " > " #b, __VA_ARGS__)
#define cr_expect_geq(a, b, ...) PLAIN_REQUIRE(false, (a) >= (b), #a " >= " #b, __VA_ARGS__)
#define cr_expect_str_eq(a, b, ...) PLAIN_REQUIRE(false, strcmp(a, b) == 0, #a " == " #b, __VA_ARGS__)
#define cr_expect_arr_eq(a, b, size, ...) PLAIN_REQUIRE(false, memcmp(a, b, size) == 0, #a " == " #b, __VA_ARGS__)
#define cr_expect_str_neq(a, b, ...) PLAIN_REQUIRE(false, strcmp(a, b) != 0, #a " != " #b, __VA_ARGS__)
#define cr_expect_arr_neq(a, b, size, ...) PLAIN_REQUIRE(false, memcmp(a, b, size) != 0, #a " != " #b, __VA_ARGS__)
#define cr_expect_fail(...) PLAIN_REQUIRE(false, false, "failed", __VA_ARGS__)

#endif
