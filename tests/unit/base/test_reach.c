/* Where a connection may go: this machine, what is routed, one's own network, and the edges between them. */
#include "base/reach.h"
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static void read_v6(const char *text, uint8_t out[static 16])
{
    char mapped[64];
    snprintf(mapped, sizeof mapped, "%s%s", strchr(text, ':') ? "" : "::ffff:", text);
    cr_assert_eq(inet_pton(AF_INET6, mapped, out), 1, "%s", text);
}

/* "l" this machine, "p" public, "n" one's own network or public; none of them: "". */
static void expect_reach(const char *text, const char *reaches)
{
    uint8_t address[16];
    read_v6(text, address);
    cr_expect(reach_has(REACH_ANYWHERE, address));
    cr_expect_eq(reach_has(REACH_LOOPBACK, address), strchr(reaches, 'l') != NULL, "%s", text);
    cr_expect_eq(reach_has(REACH_PUBLIC, address), strchr(reaches, 'p') != NULL, "%s", text);
    cr_expect_eq(reach_has(REACH_NETWORK, address), strchr(reaches, 'n') != NULL, "%s", text);
}

Test(reach, knows_public_addresses)
{
    static const char *const samples[] = {"1.1.1.1",         "9.255.255.255",   "11.0.0.0",        "100.63.255.255",
                                          "100.128.0.0",     "126.255.255.255", "128.0.0.0",       "169.253.255.255",
                                          "172.15.255.255",  "172.32.0.0",      "192.167.255.255", "192.169.0.0",
                                          "223.255.255.255", "2a00::1",         "2606:4700::1111"};
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        expect_reach(samples[i], "pn");
}

Test(reach, knows_addresses_of_a_network_of_ones_own)
{
    static const char *const samples[] = {"10.0.0.0",    "10.255.255.255",  "172.16.0.0", "172.31.255.255",
                                          "192.168.0.1", "192.168.255.255", "100.64.0.0", "100.127.255.255",
                                          "fc00::1",     "fdff:ffff::1"};
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        expect_reach(samples[i], "n");
}

Test(reach, knows_this_machine)
{
    static const char *const samples[] = {"127.0.0.1", "127.255.255.255", "::1"};
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        expect_reach(samples[i], "l");
}

/* What clouds answer on, what is nobody's, and what wraps another address. */
Test(reach, leads_nowhere_else)
{
    static const char *const samples[] = {"0.0.0.0",     "0.255.255.255", "169.254.169.254", "192.0.0.1",
                                          "192.0.2.1",   "192.88.99.1",   "198.18.0.1",      "198.51.100.7",
                                          "203.0.113.9", "224.0.0.1",     "255.255.255.255", "::",
                                          "::2",         "fe80::1",       "ff02::1",         "2001:db8::1",
                                          "2001::1",     "2002:7f00:1::", "64:ff9b::7f00:1"};
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        expect_reach(samples[i], "");
}
