/* What proxies say of where a request comes from, of any bytes: the first byte chooses the header, the others are its
 * value, and a list of trusted proxies. What must hold: of a peer that is not trusted nothing is believed; where the
 * nearest proxy, which is trusted, has named somebody behind whatever stood there, it is that one, so that nobody can
 * pass for another; an address that was read is written and read the same, in brackets and with a port too; a list that
 * was read has in it what it names, and an address outside of all of them is not among them. */
#include "base/buf.h"
#include "collector/http/forwarded.h"
#include "tests/fuzz/fuzz.h"
#include <arpa/inet.h>

#define VALUE_MAX ((size_t)4096)

static struct forwarded forwarded;
static struct address proxy, stranger, named;

static struct address address_of(const char *text)
{
    struct address address;
    fuzz_require(address_read(text, strlen(text), &address) == 0);
    return address;
}

static bool same(const struct address *a, const struct address *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static void prepare(void)
{
    proxy = address_of("10.0.0.1");
    stranger = address_of("198.51.100.1");
    named = address_of("192.0.2.7");
    fuzz_require(address_read_prefixes("10.0.0.0/8, 2001:db8::/32", &forwarded.trusted, NULL) == 0);
}

/* The sender by a request with this value, and behind it what the nearest proxy has added. false: it is no head. */
static bool find_sender(const char *value, const char *added, const struct address *peer, struct address *out)
{
    static struct http_head head;
    struct head_fault fault;
    struct buf bytes;
    const char *name = forwarded.header == FORWARDED_X ? "X-Forwarded-For" : "Forwarded";
    buf_init(&bytes, HEAD_BYTES_MAX);
    buf_printf(&bytes, "GET / HTTP/1.1\r\nHost: a\r\n%s: %s%s\r\n\r\n", name, value, added);
    bool taken = buf_check(&bytes) == 0 && head_parse(&head, bytes.data, bytes.len, &fault) == 0;
    if (taken)
        *out = forwarded_sender(&forwarded, &head, peer);
    buf_free(&bytes);
    return taken;
}

static void check_senders(const char *value)
{
    struct address sender;
    const char *added = forwarded.header == FORWARDED_X ? ", 192.0.2.7" : ", for=192.0.2.7:4711;proto=https";
    if (find_sender(value, "", &stranger, &sender))
        fuzz_require(same(&sender, &stranger));
    if (find_sender(value, added, &proxy, &sender))
        fuzz_require(same(&sender, &named));
}

static void read_address(const char *text, size_t len)
{
    char written[INET6_ADDRSTRLEN], in_brackets[INET6_ADDRSTRLEN + 16];
    struct address address, again;
    if (address_read_with_port(text, len, &address) < 0) {
        fuzz_require(address_read(text, len, &again) < 0);
        return;
    }
    fuzz_require(inet_ntop(AF_INET6, address.bytes, written, sizeof written) != NULL);
    fuzz_require(address_read(written, strlen(written), &again) == 0 && same(&address, &again));
    snprintf(in_brackets, sizeof in_brackets, "[%s]:65535", written);
    fuzz_require(address_read_with_port(in_brackets, strlen(in_brackets), &again) == 0 && same(&address, &again));
}

static void read_list(const char *text)
{
    struct address_prefixes list;
    struct error error = {0};
    if (address_read_prefixes(text, &list, &error) < 0) {
        fuzz_require(error.kind == ERROR_REFUSED && error.text[0] != '\0');
        return;
    }
    fuzz_require(list.count <= ADDRESS_PREFIXES_MAX);
    for (size_t i = 0; i < list.count; i++) {
        const struct address_prefixes alone = {.count = 1, .list = {list.list[i]}};
        struct address outside = list.list[i].address;
        fuzz_require(list.list[i].bits <= 128 && address_is_among(&list.list[i].address, &list));
        outside.bytes[0] ^= 0x80;
        fuzz_require(address_is_among(&outside, &alone) == (list.list[i].bits == 0));
    }
}

int fuzz_forwarded(const uint8_t *data, size_t len)
{
    struct buf value;
    if (len == 0 || len > VALUE_MAX)
        return 0;
    if (forwarded.trusted.count == 0)
        prepare();
    forwarded.header = data[0] % 2 ? FORWARDED_RFC : FORWARDED_X;
    buf_init(&value, VALUE_MAX);
    buf_put(&value, data + 1, len - 1);
    fuzz_require(buf_check(&value) == 0);
    if (!strpbrk(buf_text(&value), "\r\n"))
        check_senders(buf_text(&value));
    read_address(buf_text(&value), value.len);
    read_list(buf_text(&value));
    buf_free(&value);
    return 0;
}
