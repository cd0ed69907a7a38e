/* Strict JSON: what is refused and where, what is read, and what is written back. */
#include "base/json.h"

#include "base/file.h"
#include "base/mem.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define SUITE "tests/vectors/jsontestsuite"

static struct json *parse(const char *text)
{
    return json_parse(text, strlen(text), NULL);
}

/* Parses what must be fine. */
static struct json *parsed(const char *text)
{
    struct json_fault fault = {0};
    struct json *document = json_parse(text, strlen(text), &fault);

    cr_assert_not_null(document, "%s: %s at %zu", text, fault.what, fault.offset);
    return document;
}

static void refused(const char *text, size_t len, const char *what, size_t offset)
{
    struct json_fault fault = {0};

    cr_assert_null(json_parse(text, len, &fault), "%s", text);
    cr_assert_str_eq(fault.what, what, "%s: %s", text, fault.what);
    cr_assert(fault.dutch && fault.dutch[0] != '\0', "%s: no Dutch for '%s'", text, what);
    cr_assert_eq(fault.offset, offset, "%s: %zu", text, fault.offset);
}

struct suite {
    int yes, no, either; /* files seen */
    int strict; /* y files that our own limits refuse */
};

static int try_suite_file(void *context, const char *name)
{
    struct suite *suite = context;
    struct json_fault fault = {0};
    struct json *document;
    struct buf text;
    char path[512];

    buf_init(&text, 1 << 20);
    snprintf(path, sizeof path, SUITE "/%s", name);
    cr_assert_eq(file_read(path, &text), 0, "%s", path);
    document = json_parse(buf_text(&text), text.len, &fault);
    if (name[0] == 'y') {
        suite->yes++;
        if (!document) {
            suite->strict++;
            cr_assert(strcmp(fault.what, "member repeated") == 0 || strcmp(fault.what, "U+0000") == 0, "%s: %s", name,
                      fault.what);
        }
    } else if (name[0] == 'n') {
        suite->no++;
        cr_assert_null(document, "%s", name);
    } else {
        suite->either++;
    }
    cr_assert(document || fault.offset <= text.len);
    json_free(document);
    buf_free(&text);
    return 0;
}

Test(json, keeps_to_the_public_test_suite)
{
    struct suite suite = {0};

    cr_assert_eq(file_each(SUITE, ".json", try_suite_file, &suite), 0);
    cr_assert_eq(suite.yes, 95);
    cr_assert_eq(suite.strict, 4);
    cr_assert_eq(suite.no, 188);
    cr_assert_eq(suite.either, 35);
}

Test(json, names_the_fault_and_its_place)
{
    static const struct {
        const char *text, *what;
        size_t offset;
    } cases[] = {
        {"", "value expected", 0},
        {"  ", "value expected", 2},
        {"\xEF\xBB\xBF{}", "byte order mark", 0},
        {"{} x", "something after the document", 3},
        {"01", "something after the document", 1},
        {"[1,]", "value expected", 3},
        {"[1 2]", "comma or ] expected", 3},
        {"{\"a\":1 \"b\":2}", "comma or } expected", 7},
        {"{\"a\":1,}", "member name expected", 7},
        {"{a:1}", "member name expected", 1},
        {"{\"a\" 1}", "colon expected", 5},
        {"[-]", "digit expected", 2},
        {"[1.]", "digit expected", 3},
        {"[1e+]", "digit expected", 4},
        {"[tru]", "value expected", 1},
        {"[True]", "value expected", 1},
        {"[\"a", "string not closed", 3},
        {"[\"a\\", "escape not known", 3},
        {"[\"\\x\"]", "escape not known", 2},
        {"[\"\\u12G4\"]", "escape not known", 2},
        {"[\"\\u123", "escape not known", 2},
        {"[\"\t\"]", "control character in string", 2},
        {"[\"\\u0000\"]", "U+0000", 2},
        {"{\"a\\u0000b\":1}", "U+0000", 3},
        {"[\"\\uD800\"]", "lone surrogate", 2},
        {"[\"\\uDC00\"]", "lone surrogate", 2},
        {"[\"\\uD800\\u0041\"]", "lone surrogate", 2},
        {"[\"\\uD800\\uD800\"]", "lone surrogate", 2},
        {"[\"\\uD800x\\uDC00\"]", "lone surrogate", 2},
        {"[\"\xC0\x80\"]", "not UTF-8", 2},
        {"[\"\xED\xA0\x80\"]", "not UTF-8", 2},
        {"[\"\xE2\x82", "not UTF-8", 2},
        {"[1,\f2]", "value expected", 3},
        {"[1,\xC2\xA0"
         "2]",
         "value expected", 3},
        {"[1e400]", "number out of range", 1},
        {"{\"a\":[0.5,\"x\",-1e999]}", "number out of range", 14},
        {"-1e309", "number out of range", 0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refused(cases[i].text, strlen(cases[i].text), cases[i].what, cases[i].offset);
}

Test(json, refuses_nul_wherever_it_stands)
{
    refused("{}\0", 3, "something after the document", 2);
    refused("\0{}", 3, "value expected", 0);
    refused("[\"a\0b\"]", 7, "control character in string", 3);
    refused("[\"\\\0\"]", 6, "escape not known", 2);
    refused("[1\0]", 4, "comma or ] expected", 2);
}

Test(json, reads_no_further_than_it_may)
{
    struct json *document = json_parse("123456", 3, NULL);
    int64_t n;

    cr_assert_eq(json_integer(document, &n), 0);
    cr_assert_eq(n, 123);
    json_free(document);
    cr_assert_null(json_parse("[1,2]", 4, NULL));
    cr_assert_null(json_parse("true", 3, NULL));
    cr_assert_null(json_parse(NULL, 0, NULL));
}

Test(json, refuses_repeated_members_at_any_depth)
{
    static const struct {
        const char *text;
        size_t offset;
    } cases[] = {
        {"{\"a\":1,\"a\":1}", 7},
        {"{\"a\":1,\"b\":{\"a\":2},\"a\":3}", 19},
        {"{\"x\":[1,{\"\":0,\"b\":2,\"\":3}]}", 20},
        {"[[{\"k\":{},\"k\":[]}]]", 10},
        {"{\"a\":1,\"\\u0061\":2}", 7},
        {"{\"\\u00e9\":1,\"\xC3\xA9\":2}", 12},
        {"{\"\\ud83d\\ude00\":1,\"\xF0\x9F\x98\x80\":2}", 18},
        {"{\"a\\/b\":1,\"a/b\":2}", 10},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refused(cases[i].text, strlen(cases[i].text), "member repeated", cases[i].offset);
}

Test(json, tells_names_apart_by_case_and_by_object)
{
    json_free(parsed("{\"a\":1,\"A\":2,\"a \":3,\"aa\":4,\"\":5}"));
    json_free(parsed("{\"a\":{\"a\":{\"a\":[{\"a\":1},{\"a\":1}]}}}"));
}

/* An object of `count` members, where the last is named as number `again`. */
static void put_object(struct buf *out, size_t count, size_t again)
{
    buf_reset(out);
    buf_put_char(out, '{');
    for (size_t i = 0; i < count; i++)
        buf_printf(out, "%s\"m%zu\":%zu", i > 0 ? "," : "", i + 1 < count ? i : again, i);
    buf_put_char(out, '}');
    cr_assert_eq(buf_check(out), 0);
}

Test(json, finds_a_repeat_among_few_and_among_many)
{
    static const size_t counts[] = {2, 15, 16, 17, 18, 1000};
    struct buf text;

    buf_init(&text, 1 << 20);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        put_object(&text, counts[i], counts[i]);
        json_free(parsed(buf_text(&text)));
        for (size_t again = 0; again < counts[i] - 1; again += 7) {
            put_object(&text, counts[i], again);
            refused(buf_text(&text), text.len, "member repeated",
                    (size_t)(strrchr(buf_text(&text), ',') + 1 - buf_text(&text)));
        }
    }
    buf_free(&text);
}

Test(json, checks_a_hundred_thousand_members_in_no_time, .timeout = 20)
{
    struct buf text;
    struct json *document;

    buf_init(&text, 16 << 20);
    put_object(&text, 100000, 100000);
    document = parsed(buf_text(&text));
    cr_assert_eq(json_count(document), 100000);
    cr_assert(json_equal(document, document));
    json_free(document);
    buf_free(&text);
}

Test(json, goes_sixteen_levels_deep_and_no_deeper)
{
    char text[2 * (JSON_MAX_DEPTH + 1) + 1];

    for (size_t depth = 1; depth <= JSON_MAX_DEPTH + 1; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        text[2 * depth] = '\0';
        if (depth <= JSON_MAX_DEPTH)
            json_free(parsed(text));
        else
            refused(text, 2 * depth, "too deep", JSON_MAX_DEPTH);
    }
    json_free(parsed("{\"a\":[{\"a\":[{\"a\":[{\"a\":[{\"a\":[{\"a\":[{\"a\":[{\"a\":[1]}]}]}]}]}]}]}]}"));
    cr_assert_null(parse("{\"a\":[{\"a\":[{\"a\":[{\"a\":[{\"a\":[{\"a\":[{\"a\":[{\"a\":[[]]}]}]}]}]}]}]}]}"));
}

Test(json, is_not_led_astray_by_a_million_brackets)
{
    struct buf text;

    buf_init(&text, 2 << 20);
    for (int i = 0; i < 1000000; i++)
        buf_put_text(&text, i % 2 ? "[" : "[[");
    refused(buf_text(&text), text.len, "too deep", JSON_MAX_DEPTH);
    buf_free(&text);
}

Test(json, gives_every_type_its_accessor)
{
    struct json *document =
        parsed(" { \"n\" : null, \"t\": true, \"f\": false, \"i\": -12, \"s\": \"tekst\", \"a\": [1,2,3] }\r\n");
    const struct json *member = json_first(document);
    bool flag = false;

    cr_assert_eq(json_type(document), JSON_OBJECT);
    cr_assert_eq(json_count(document), 6);
    cr_assert_str_eq(json_name(member), "n");
    cr_assert_eq(json_type(member), JSON_NULL);
    cr_assert_eq(json_bool(json_member(document, "t"), &flag), 0);
    cr_assert(flag);
    cr_assert_eq(json_bool(json_member(document, "f"), &flag), 0);
    cr_assert_not(flag);
    cr_assert_eq(json_type(json_member(document, "f")), JSON_BOOL);
    cr_assert_eq(json_type(json_member(document, "i")), JSON_NUMBER);
    cr_assert_str_eq(json_text(json_member(document, "s")), "tekst");
    cr_assert_eq(json_type(json_member(document, "s")), JSON_STRING);
    cr_assert_eq(json_count(json_member(document, "a")), 3);
    cr_assert_eq(json_type(json_member(document, "a")), JSON_ARRAY);
    cr_assert_null(json_next(json_member(document, "a")));
    json_free(document);
}

Test(json, answers_nothing_for_what_is_not_there)
{
    struct json *document = parsed("{\"a\":[\"x\"]}");
    const struct json *array = json_member(document, "a");
    int64_t n;
    bool flag;

    cr_assert_null(json_member(NULL, "a"));
    cr_assert_null(json_member(document, "A"));
    cr_assert_null(json_member(array, "x"));
    cr_assert_null(json_first(NULL));
    cr_assert_null(json_next(NULL));
    cr_assert_null(json_first(json_first(array)));
    cr_assert_eq(json_count(NULL), 0);
    cr_assert_eq(json_count(json_first(array)), 0);
    cr_assert_null(json_name(NULL));
    cr_assert_null(json_name(document));
    cr_assert_null(json_name(json_first(array)));
    cr_assert_null(json_text(NULL));
    cr_assert_null(json_text(array));
    cr_assert_eq(json_integer(NULL, &n), -1);
    cr_assert_eq(json_integer(array, &n), -1);
    cr_assert_eq(json_bool(NULL, &flag), -1);
    cr_assert_eq(json_bool(array, &flag), -1);
    json_free(document);
    json_free(NULL);
}

Test(json, undoes_every_escape)
{
    struct json *document = parsed("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20AC\\ud83d\\uDE00\xE2\x82\xAC\"");

    cr_assert_str_eq(json_text(document), "\"\\/\b\f\n\r\tA\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\xE2\x82\xAC");
    json_free(document);
}

Test(json, takes_as_integers_only_what_is_written_so)
{
    static const struct {
        const char *text;
        int64_t value;
        bool integer;
    } cases[] = {
        {"0", 0, true},
        {"-1", -1, true},
        {"9007199254740991", JSON_INTEGER_MAX, true},
        {"-9007199254740991", -JSON_INTEGER_MAX, true},
        {"9007199254740990", JSON_INTEGER_MAX - 1, true},
        {"9007199254740992", 0, false},
        {"-9007199254740992", 0, false},
        {"9007199254740993", 0, false},
        {"10000000000000000", 0, false},
        {"123456789012345678901234567890", 0, false},
        {"-0", 0, false},
        {"1.0", 0, false},
        {"1e3", 0, false},
        {"1E0", 0, false},
        {"0.0", 0, false},
        {"-0.0", 0, false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct json *document = parsed(cases[i].text);
        int64_t n = 77;

        cr_assert_eq(json_integer(document, &n), cases[i].integer ? 0 : -1, "%s", cases[i].text);
        cr_assert_eq(n, cases[i].integer ? cases[i].value : 77, "%s", cases[i].text);
        json_free(document);
    }
}

Test(json, keeps_kinds_apart_in_a_mixed_document)
{
    struct json *document = parsed("[1,2.5,{\"a\":3,\"b\":[4.0,5,[]],\"c\":\"6.5\"},7e0,8,-0,9]");
    struct buf out;
    int64_t n;
    const struct json *inner = json_next(json_next(json_first(document)));

    cr_assert_eq(json_integer(json_first(document), &n), 0);
    cr_assert_eq(json_integer(json_next(json_first(document)), &n), -1);
    cr_assert_eq(json_integer(json_member(inner, "a"), &n), 0);
    cr_assert_eq(json_integer(json_first(json_member(inner, "b")), &n), -1);
    cr_assert_eq(json_integer(json_next(json_first(json_member(inner, "b"))), &n), 0);
    buf_init(&out, 1000);
    json_put_value(&out, document);
    cr_assert_str_eq(buf_text(&out), "[1,2.5,{\"a\":3,\"b\":[4.0,5,[]],\"c\":\"6.5\"},7.0,8,-0.0,9]");
    buf_free(&out);
    json_free(document);
}

Test(json, remembers_hundreds_of_fractions)
{
    struct buf text;
    struct json *document;
    size_t i = 0;
    int64_t n;

    buf_init(&text, 1 << 16);
    buf_put_char(&text, '[');
    for (int k = 0; k < 1000; k++)
        buf_printf(&text, "%s%d%s", k > 0 ? "," : "", k, k % 3 == 0 ? ".5" : "");
    buf_put_char(&text, ']');
    document = parsed(buf_text(&text));
    for (const struct json *v = json_first(document); v; v = json_next(v), i++)
        cr_assert_eq(json_integer(v, &n), i % 3 == 0 ? -1 : 0, "%zu", i);
    json_free(document);
    buf_free(&text);
}

static bool same(const char *left, const char *right)
{
    struct json *a = parsed(left), *b = parsed(right);
    bool result = json_equal(a, b);

    cr_assert_eq(json_equal(b, a), result);
    json_free(a);
    json_free(b);
    return result;
}

Test(json, compares_by_value_whatever_the_order_of_members)
{
    cr_assert(same("{\"a\":1,\"b\":[true,null,\"x\"]}", "{ \"b\" : [ true, null, \"\\u0078\" ], \"a\" : 1 }"));
    cr_assert(same("{\"a\":1,\"b\":2,\"c\":3}", "{\"c\":3,\"a\":1,\"b\":2}"));
    cr_assert(same("1.50", "15e-1"));
    cr_assert(same("[]", "[ ]"));
    cr_assert_not(same("{\"a\":1}", "{\"a\":1,\"b\":2}"));
    cr_assert_not(same("{\"a\":1,\"b\":2}", "{\"a\":1,\"c\":2}"));
    cr_assert_not(same("{\"a\":1}", "{\"A\":1}"));
    cr_assert_not(same("[1,2]", "[2,1]"));
    cr_assert_not(same("[1,2]", "[1]"));
    cr_assert_not(same("1", "1.0"));
    cr_assert_not(same("1", "2"));
    cr_assert_not(same("true", "false"));
    cr_assert_not(same("null", "false"));
    cr_assert_not(same("\"1\"", "1"));
    cr_assert_not(same("\"a\"", "\"b\""));
    cr_assert_not(same("{}", "[]"));
}

Test(json, writes_strings_that_read_back)
{
    struct buf out;
    struct json *document;
    char all[128];

    for (int i = 1; i < 128; i++)
        all[i - 1] = (char)i;
    all[127] = '\0';
    buf_init(&out, 2000);
    json_put_text(&out, all);
    document = parsed(buf_text(&out));
    cr_assert_str_eq(json_text(document), all);
    json_free(document);
    buf_reset(&out);
    json_put_string(&out, "\"\\/\b\n\x1f\x7f\xC3\xA9", 9);
    cr_assert_str_eq(buf_text(&out), "\"\\\"\\\\/\\u0008\\n\\u001f\x7f\xC3\xA9\"");
    buf_reset(&out);
    json_put_string(&out, NULL, 0);
    cr_assert_str_eq(buf_text(&out), "\"\"");
    buf_free(&out);
}

/* Writes what the text says and reads it back; both must be the same. */
static void round_trip(const char *text, const char *wanted)
{
    struct json *document = parsed(text), *again;
    struct buf out;

    buf_init(&out, 10000);
    json_put_value(&out, document);
    cr_assert_eq(buf_check(&out), 0);
    if (wanted)
        cr_assert_str_eq(buf_text(&out), wanted);
    again = parsed(buf_text(&out));
    cr_assert(json_equal(document, again), "%s", buf_text(&out));
    json_free(document);
    json_free(again);
    buf_free(&out);
}

Test(json, writes_values_that_read_back)
{
    round_trip(" { \"b\" : [ 1 , { } , [ ] ] , \"a\" : \"\\u00e9\\n\" } ", "{\"b\":[1,{},[]],\"a\":\"\xC3\xA9\\n\"}");
    round_trip("[null,true,false]", "[null,true,false]");
    round_trip("9007199254740991", "9007199254740991");
    round_trip("0.1", "0.1");
    round_trip("0.30000000000000004", "0.30000000000000004");
    round_trip("1.0", "1.0");
    round_trip("-0", "-0.0");
    round_trip("1e22", "1e+22");
    round_trip("123456789012345678", NULL);
    round_trip("5e-324", NULL);
    round_trip("1.7976931348623157e308", NULL);
}

Test(json, is_whole_or_refused_when_any_allocation_fails)
{
    static const char text[] =
        "{\"a\":[1,2.5,\"x\",{\"b\":null}],\"c\":0,\"d\":0,\"e\":0,\"f\":0,\"g\":0,\"h\":0,\"i\":0,"
        "\"j\":0,\"k\":0,\"l\":0,\"m\":0,\"n\":0,\"o\":0,\"p\":0,\"q\":0,\"r\":\"\\u00e9\"}";
    unsigned long n = 0;
    bool failed;

    do {
        struct json_fault fault = {0};
        struct json *document;

        mem_fail_at(++n);
        document = json_parse(text, sizeof text - 1, &fault);
        failed = mem_has_failed();
        cr_assert_eq(!document, failed);
        if (failed)
            cr_assert(fault.no_memory);
        json_free(document);
    } while (failed);
    mem_fail_at(0);
    cr_assert_gt(n, 2);
}
