/* Addresses in every form that proxies and operators write them, and in none other; prefixes to the bit. */
#include "collector/http/address.h"
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static struct address must_read(const char *text)
{
    struct address address;
    cr_assert_eq(address_read(text, strlen(text), &address), 0, "%s", text);
    return address;
}

static bool is_same(const struct address *a, const struct address *b)
{
    return memcmp(a->bytes, b->bytes, ADDRESS_BYTES) == 0;
}

Test(address, is_the_same_however_it_is_written)
{
    static const char *const pairs[][2] = {
        {"192.0.2.1", "::ffff:192.0.2.1"}, {"192.0.2.1", "::ffff:c000:201"}, {"2001:db8::1", "2001:0DB8:0:0:0:0:0:1"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct address a = must_read(pairs[i][0]), b = must_read(pairs[i][1]);
        cr_assert(is_same(&a, &b), "%s and %s", pairs[i][0], pairs[i][1]);
    }
    struct address v4 = must_read("192.0.2.1"), v6 = must_read("2001:db8::1");
    cr_assert(address_is_v4(&v4) && !address_is_v4(&v6));
}

Test(address, of_a_socket_is_that_of_its_text)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = 80};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = 80};
    cr_assert_eq(inet_pton(AF_INET, "203.0.113.9", &v4.sin_addr), 1);
    cr_assert_eq(inet_pton(AF_INET6, "2001:db8::9", &v6.sin6_addr), 1);
    struct address a = address_of_socket((const struct sockaddr *)&v4), b = must_read("203.0.113.9");
    cr_assert(is_same(&a, &b));
    a = address_of_socket((const struct sockaddr *)&v6);
    b = must_read("2001:db8::9");
    cr_assert(is_same(&a, &b));
}

Test(address, takes_the_ports_that_proxies_add)
{
    static const char *const fine[] = {"192.0.2.1",        "192.0.2.1:8080",     "192.0.2.1:0",
                                       "::ffff:192.0.2.1", "[::ffff:192.0.2.1]", "[::ffff:192.0.2.1]:65535"};
    const struct address wanted = must_read("192.0.2.1");
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        struct address address;
        cr_assert_eq(address_read_with_port(fine[i], strlen(fine[i]), &address), 0, "%s", fine[i]);
        cr_assert(is_same(&address, &wanted), "%s", fine[i]);
    }
}

Test(address, is_nothing_else)
{
    static const char *const bad[] = {"",
                                      "unknown",
                                      "_hidden",
                                      "192.0.2",
                                      "192.0.2.256",
                                      "192.0.2.1 ",
                                      " 192.0.2.1",
                                      "192.0.2.1:",
                                      "192.0.2.1:x",
                                      "192.0.2.1:65536",
                                      "192.0.2.1:-1",
                                      "[192.0.2.1]",
                                      "[2001:db8::1",
                                      "2001:db8::1]",
                                      "[2001:db8::1]80",
                                      "[2001:db8::1]:",
                                      "[]",
                                      "[]:80",
                                      "2001:db8::1%eth0",
                                      "2001:db8:::1",
                                      "1:2:3:4:5:6:7:8:9",
                                      "localhost",
                                      "0x7f.0.0.1",
                                      "017.0.0.1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct address address;
        cr_assert_eq(address_read_with_port(bad[i], strlen(bad[i]), &address), -1, "%s", bad[i]);
    }
    struct address address;
    cr_assert_eq(address_read("192.0.2.1\0x", 11, &address), -1, "a NUL");
    cr_assert_eq(address_read("192.0.2.1:80", 12, &address), -1, "a port where none is taken");
}

static bool is_among(const char *address, const char *list)
{
    struct address_prefixes prefixes;
    struct error error;
    const struct address one = must_read(address);
    cr_assert_eq(address_read_prefixes(list, &prefixes, &error), 0, "%s", list);
    return address_is_among(&one, &prefixes);
}

Test(address, is_among_prefixes_to_the_bit)
{
    cr_assert(is_among("10.1.2.3", "192.0.2.1, 10.0.0.0/8"));
    cr_assert(!is_among("11.1.2.3", "192.0.2.1 10.0.0.0/8"));
    cr_assert(is_among("192.0.2.127", "192.0.2.0/25") && !is_among("192.0.2.128", "192.0.2.0/25"));
    cr_assert(is_among("192.0.2.1", "192.0.2.1") && !is_among("192.0.2.2", "192.0.2.1"));
    cr_assert(is_among("2001:db8:7fff::1", "2001:db8::/33") && !is_among("2001:db8:8000::1", "2001:db8::/33"));
    cr_assert(is_among("8.8.8.8", "0.0.0.0/0") && !is_among("2001:db8::1", "0.0.0.0/0"));
    cr_assert(is_among("8.8.8.8", "::/0") && is_among("::1", "::/0"));
    cr_assert(is_among("127.0.0.1", ",, 127.0.0.1 ,") && !is_among("127.0.0.1", ""));
    cr_assert(is_among("10.0.0.9", "10.0.0.7/24"), "what stands beyond the prefix counts for nothing");
}

Test(address, list_that_is_wrong_is_refused_by_the_word_that_is)
{
    static const char *const bad[][2] = {{"192.0.2.1, proxy", "proxy"},
                                         {"10.0.0.0/33", "10.0.0.0/33"},
                                         {"2001:db8::/129", "2001:db8::/129"},
                                         {"10.0.0.0/", "10.0.0.0/"},
                                         {"10.0.0.0/-1", "10.0.0.0/-1"},
                                         {"10.0.0.0/08", "10.0.0.0/08"},
                                         {"/8", "/8"},
                                         {"192.0.2.1:80", "192.0.2.1:80"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct address_prefixes prefixes = {.count = 7};
        struct error error;
        cr_assert_eq(address_read_prefixes(bad[i][0], &prefixes, &error), -1, "%s", bad[i][0]);
        cr_assert(strstr(error.text, bad[i][1]), "%s: %s", bad[i][0], error.text);
        cr_assert_eq(prefixes.count, 7, "nothing is set");
    }
}

Test(address, list_has_a_bound)
{
    char text[(ADDRESS_PREFIXES_MAX + 1) * 16];
    size_t len = 0;
    struct address_prefixes prefixes;
    struct error error;
    for (int i = 0; i < ADDRESS_PREFIXES_MAX; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "10.0.0.%d,", i);
    cr_assert_eq(address_read_prefixes(text, &prefixes, &error), 0);
    cr_assert_eq(prefixes.count, ADDRESS_PREFIXES_MAX);
    snprintf(text + len, sizeof text - len, "10.1.0.0");
    cr_assert_eq(address_read_prefixes(text, &prefixes, &error), -1);
}

Test(address, tells_this_machine_from_others)
{
    static const char *const own[] = {"127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"};
    static const char *const others[] = {"126.0.0.1", "128.0.0.1", "0.0.0.0", "::", "::2", "7f00::1", "fe80::1"};
    struct address address;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        cr_assert_eq(address_read(own[i], strlen(own[i]), &address), 0);
        cr_expect(address_is_loopback(&address), "%s", own[i]);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        cr_assert_eq(address_read(others[i], strlen(others[i]), &address), 0);
        cr_expect_not(address_is_loopback(&address), "%s", others[i]);
    }
}
