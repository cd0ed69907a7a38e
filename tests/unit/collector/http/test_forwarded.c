/* A proxy's word is taken from those who are named, from the right, and never further than it is trusted. */
#include "collector/http/forwarded.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define TRUSTED "127.0.0.1, 10.0.0.0/8, 2001:db8:aaaa::/48"

static char bytes[4096];

/* Who sent it, with `lines` among the header, over a connection from `peer`; "!" before the text for not a match. */
static void assert_sender(enum forwarded_header header, const char *peer, const char *lines, const char *wanted)
{
    struct forwarded forwarded = {.header = header};
    struct http_head head;
    struct head_fault fault;
    struct error error;
    struct address from, sender, right;
    cr_assert_eq(address_read_prefixes(TRUSTED, &forwarded.trusted, &error), 0);
    cr_assert_eq(address_read(peer, strlen(peer), &from), 0);
    cr_assert_eq(address_read(wanted, strlen(wanted), &right), 0);
    int len = snprintf(bytes, sizeof bytes, "GET / HTTP/1.1\r\nHost: a\r\n%s\r\n", lines);
    cr_assert_eq(head_parse(&head, bytes, (size_t)len, &fault), 0, "%s", lines);
    sender = forwarded_sender(&forwarded, &head, &from);
    cr_assert_arr_eq(sender.bytes, right.bytes, ADDRESS_BYTES, "from %s, with %s", peer, lines);
}

struct sample {
    const char *peer, *lines, *sender;
};

Test(forwarded, x_names_the_sender_from_the_right)
{
    static const struct sample samples[] = {
        {"127.0.0.1", "", "127.0.0.1"},
        {"127.0.0.1", "X-Forwarded-For: 203.0.113.7\r\n", "203.0.113.7"},
        {"127.0.0.1", "x-forwarded-for:203.0.113.7:4711\r\n", "203.0.113.7"},
        {"127.0.0.1", "X-Forwarded-For: 2001:db8::7\r\n", "2001:db8::7"},
        {"127.0.0.1", "X-Forwarded-For: [2001:db8::7]:443\r\n", "2001:db8::7"},
        {"127.0.0.1", "X-Forwarded-For: 198.51.100.1, 203.0.113.7\r\n", "203.0.113.7"},
        {"127.0.0.1", "X-Forwarded-For: 203.0.113.7, 10.0.0.9\r\n", "203.0.113.7"},
        {"127.0.0.1", "X-Forwarded-For: 203.0.113.7, 2001:db8:aaaa::1, 10.0.0.9\r\n", "203.0.113.7"},
        {"127.0.0.1", "X-Forwarded-For: 10.0.0.8, 10.0.0.9\r\n", "10.0.0.8"},
        {"127.0.0.1", "X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-For: 203.0.113.8\r\n", "203.0.113.8"},
        {"127.0.0.1", "X-Forwarded-For: 203.0.113.7\r\nX: y\r\nX-Forwarded-For: 10.0.0.9\r\n", "203.0.113.7"},
        {"127.0.0.1", "X-Forwarded-For: 203.0.113.7, ,,\r\n", "203.0.113.7"},
        {"127.0.0.1", "X-Forwarded-For:\r\n", "127.0.0.1"},
        {"2001:db8:aaaa::5", "X-Forwarded-For: 203.0.113.7\r\n", "203.0.113.7"},
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        assert_sender(FORWARDED_X, samples[i].peer, samples[i].lines, samples[i].sender);
}

Test(forwarded, says_nothing_where_who_says_it_is_not_named)
{
    assert_sender(FORWARDED_X, "203.0.113.1", "X-Forwarded-For: 198.51.100.1\r\n", "203.0.113.1");
    assert_sender(FORWARDED_X, "203.0.113.1", "X-Forwarded-For: 10.0.0.9\r\n", "203.0.113.1");
    assert_sender(FORWARDED_RFC, "203.0.113.1", "Forwarded: for=198.51.100.1\r\n", "203.0.113.1");
    assert_sender(FORWARDED_X, "127.0.0.1", "X-Forwarded-For: 198.51.100.1, 203.0.113.7, 10.0.0.9\r\n", "203.0.113.7");
}

Test(forwarded, is_looked_for_in_one_header_alone)
{
    const char *both = "Forwarded: for=198.51.100.1\r\nX-Forwarded-For: 203.0.113.7\r\n";
    assert_sender(FORWARDED_X, "127.0.0.1", both, "203.0.113.7");
    assert_sender(FORWARDED_RFC, "127.0.0.1", both, "198.51.100.1");
    assert_sender(FORWARDED_X, "127.0.0.1", "Forwarded: for=198.51.100.1\r\nX-Real-IP: 198.51.100.2\r\n", "127.0.0.1");
}

Test(forwarded, stops_at_what_is_no_address)
{
    static const struct sample samples[] = {
        {"127.0.0.1", "X-Forwarded-For: 198.51.100.1, unknown\r\n", "127.0.0.1"},
        {"127.0.0.1", "X-Forwarded-For: 198.51.100.1, nonsense, 10.0.0.9\r\n", "10.0.0.9"},
        {"127.0.0.1", "X-Forwarded-For: 198.51.100.1 10.0.0.9\r\n", "127.0.0.1"},
        {"127.0.0.1", "X-Forwarded-For: \"203.0.113.7\"\r\n", "127.0.0.1"},
        {"127.0.0.1", "X-Forwarded-For: ', 1=1;--, 203.0.113.7\r\n", "203.0.113.7"},
        {"127.0.0.1", "X-Forwarded-For: \", 203.0.113.7\r\n", "203.0.113.7"},
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        assert_sender(FORWARDED_X, samples[i].peer, samples[i].lines, samples[i].sender);
}

Test(forwarded, rfc_names_the_sender_from_the_right)
{
    static const struct sample samples[] = {
        {"127.0.0.1", "Forwarded: for=203.0.113.7\r\n", "203.0.113.7"},
        {"127.0.0.1", "Forwarded: For=\"203.0.113.7:4711\"\r\n", "203.0.113.7"},
        {"127.0.0.1", "Forwarded: proto=https; for=203.0.113.7 ;by=10.0.0.1\r\n", "203.0.113.7"},
        {"127.0.0.1", "Forwarded: for=\"[2001:db8::7]:443\";host=a\r\n", "2001:db8::7"},
        {"127.0.0.1", "Forwarded: for=198.51.100.1, for=203.0.113.7\r\n", "203.0.113.7"},
        {"127.0.0.1", "Forwarded: for=203.0.113.7, for=10.0.0.9\r\n", "203.0.113.7"},
        {"127.0.0.1", "Forwarded: for=203.0.113.7;secret=\"a,b;c\"\r\n", "203.0.113.7"},
        {"127.0.0.1", "Forwarded: for=198.51.100.1\r\nForwarded: for=203.0.113.7\r\n", "203.0.113.7"},
        {"127.0.0.1", "Forwarded: for=unknown\r\n", "127.0.0.1"},
        {"127.0.0.1", "Forwarded: for=_gazonk\r\n", "127.0.0.1"},
        {"127.0.0.1", "Forwarded: by=203.0.113.7\r\n", "127.0.0.1"},
        {"127.0.0.1", "Forwarded: for=\r\n", "127.0.0.1"},
        {"127.0.0.1", "Forwarded: for=\"unterminated, for=203.0.113.7\r\n", "203.0.113.7"},
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        assert_sender(FORWARDED_RFC, samples[i].peer, samples[i].lines, samples[i].sender);
}

Test(forwarded, list_of_trusted_ones_as_long_as_a_head_may_be_ends)
{
    char lines[3000];
    size_t len = (size_t)snprintf(lines, sizeof lines, "X-Forwarded-For: 203.0.113.7");
    for (int i = 0; i < 250; i++)
        len += (size_t)snprintf(lines + len, sizeof lines - len, ",10.0.0.9");
    snprintf(lines + len, sizeof lines - len, "\r\n");
    assert_sender(FORWARDED_X, "127.0.0.1", lines, "203.0.113.7");
}
