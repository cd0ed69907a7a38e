/* Manifests of pages, and marks put in and taken out. */
#include "base/mem.h"
#include "panel/page.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const struct page_owner owner = {.organisation = "Werk & Co \"<zelf>\"",
                                        .phone = "+31 (0)70 123-45",
                                        .mail = "panel@example.org",
                                        .privacy_url = "https://example.org/?a=1&b=2"};

/* Each file's bytes are its path. */
static void begin_of(struct page_manifest *manifest, const char *const *paths, size_t count)
{
    struct error error;
    uint8_t hash[SHA256_BYTES];
    page_manifest_init(manifest);
    for (size_t i = 0; i < count; i++) {
        crypto_sha256(paths[i], strlen(paths[i]), hash);
        cr_assert_eq(page_manifest_add(manifest, paths[i], hash, &error), 0);
    }
    cr_assert_eq(page_manifest_seal(manifest), 0);
}

/* One of a page, a style sheet, a module and a worker. */
static void begin(struct page_manifest *manifest)
{
    static const char *const paths[] = {"index.html", "js/key.js", "page.css", "sw.js"};
    begin_of(manifest, paths, sizeof paths / sizeof *paths);
}

/* Of two pages with modules of their own, and one that both have. */
static void begin_with_folders(struct page_manifest *manifest)
{
    static const char *const paths[] = {"index.html", "js/citizen/a.js", "js/citizen/b.js", "js/dashboard/c.js",
                                        "js/key.js",  "nacl.js",         "page.css",        "sw.js"};
    begin_of(manifest, paths, sizeof paths / sizeof *paths);
}

Test(page, manifest_is_a_line_a_file_and_is_named_by_its_hash)
{
    struct page_manifest manifest;
    begin(&manifest);
    cr_assert_str_eq(buf_text(&manifest.text), "DrVHMEZYgFqteI0yDxC_Hyknl7Xm10Wjv2F1hNoBcFE index.html\n"
                                               "Y2Zl4mxjeO5nInI6ykSXVVpKqtXtvvyEIMMTuBM9DvE js/key.js\n"
                                               "zw4CUwBUNQqjOWpr420JNuLY_rN6L29qkEYWt6-lAdI page.css\n"
                                               "S_GbpY3I6inTl3aZ68saryvBJEGTl1S-cDjn_RMUHOA sw.js\n");
    cr_assert_str_eq(manifest.release, "H-f_r4uXf12e9mE6cMrGXfSyq0YDK-3_yi_kNAOWSP0");
    page_manifest_free(&manifest);
}

Test(page, manifest_is_read_as_it_was_written_and_in_no_other_form)
{
    struct page_manifest manifest, read;
    struct error error;
    begin(&manifest);
    const char *text = buf_text(&manifest.text);
    cr_assert_eq(page_manifest_read(&read, text, manifest.text.len, &error), 0);
    cr_assert_str_eq(read.release, manifest.release);
    cr_assert_eq(read.count, 4);
    page_manifest_free(&read);
    cr_assert_lt(page_manifest_read(&read, text, manifest.text.len - 1, &error), 0, "without its last line end");
    cr_assert_lt(page_manifest_read(&read, text + 50, manifest.text.len - 50, &error), 0, "from the middle of a line");
    char copy[512];
    const struct {
        const char *from, *to;
    } changes[] = {{"index.html", "index html"},
                   {"index.html", "z"},
                   {"js/key.js", "../key.js"},
                   {"js/key.js", "/key.js"},
                   {"js/key.js", "js//key.js"},
                   {" sw.js", "  sw.js"},
                   {"DrV", "Dr="}};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        const char *at = strstr(text, changes[i].from);
        cr_assert_not_null(at);
        int len = snprintf(copy, sizeof copy, "%.*s%s%s", (int)(at - text), text, changes[i].to,
                           at + strlen(changes[i].from));
        cr_assert_lt(page_manifest_read(&read, copy, (size_t)len, &error), 0, "%s", copy);
        cr_assert_neq(error.text[0], '\0');
    }
    page_manifest_free(&manifest);
}

Test(page, files_are_served_at_the_root_where_they_are_pages)
{
    char url[PAGE_URL_SIZE];
    const char *const pairs[][2] = {{"index.html", "/"},
                                    {"uitleg.html", "/uitleg"},
                                    {"sw.js", "/sw.js"},
                                    {"js/key.js", "/web/js/key.js"},
                                    {"js/page.html", "/web/js/page.html"},
                                    {".html", "/web/.html"},
                                    {"manifest", "/web/manifest"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        page_url(pairs[i][0], url);
        cr_assert_str_eq(url, pairs[i][1]);
    }
}

static const char page[] =
    "<script type=\"importmap\">@IMPORTMAP citizen@</script> @INTEGRITY page.css@ @RELEASE@ @CONTACT@ "
    "@PRIVACY@ @ACCESSIBILITY@ @INTEGRITY js/key.js@ @ me@example.org @MANIFEST@";

Test(page, marks_are_filled_in_and_taken_out_again)
{
    struct page_manifest manifest;
    struct buf filled, emptied;
    begin_with_folders(&manifest);
    buf_init(&filled, PAGE_FILE_MAX);
    buf_init(&emptied, PAGE_FILE_MAX);
    page_fill(&filled, page, sizeof page - 1, &manifest, &owner);
    cr_assert_not_null(strstr(buf_text(&filled), "{\"integrity\":{\"/web/js/citizen/a.js\":\"sha256-"));
    cr_assert_not_null(strstr(buf_text(&filled), ",\"/web/js/citizen/b.js\":\"sha256-"));
    cr_assert_not_null(strstr(buf_text(&filled), ",\"/web/js/key.js\":\"sha256-"));
    cr_assert_not_null(strstr(buf_text(&filled), ",\"/web/nacl.js\":\"sha256-"));
    cr_assert_null(strstr(buf_text(&filled), "/web/js/dashboard/"), "what is another page's");
    cr_assert_null(strstr(buf_text(&filled), "\"/sw.js\""));
    cr_assert_not_null(strstr(buf_text(&filled), manifest.release));
    cr_assert_not_null(strstr(buf_text(&filled),
                              "<address class=\"contact\"><span class=\"organisation\">Werk &amp; Co "
                              "&quot;&lt;zelf&gt;&quot;</span><a class=\"phone\" href=\"tel:+3107012345\">+31 (0)70 "
                              "123-45</a><a class=\"mail\" href=\"mailto:panel@example.org\">panel@example.org</a>"
                              "</address> <a class=\"privacy-statement\" href=\"https://example.org/?a=1&amp;b=2\">"));
    cr_assert_not_null(strstr(buf_text(&filled), "<span class=\"accessibility-statement\"></span> "
                                                 "@INTEGRITY js/key.js@ @ me@example.org "));
    page_unfill(&emptied, buf_text(&filled), filled.len, &manifest, &owner);
    cr_assert_str_eq(buf_text(&emptied), page);
    buf_free(&filled);
    buf_free(&emptied);
    page_manifest_free(&manifest);
}

Test(page, another_hash_in_the_import_map_stays_where_it_is)
{
    struct page_manifest manifest;
    struct buf filled, emptied;
    begin_with_folders(&manifest);
    buf_init(&filled, PAGE_FILE_MAX);
    buf_init(&emptied, PAGE_FILE_MAX);
    page_fill(&filled, page, sizeof page - 1, &manifest, &owner);
    *(strstr(filled.data, "sha256-") + 10) ^= 1;
    page_unfill(&emptied, buf_text(&filled), filled.len, &manifest, &owner);
    cr_assert_str_neq(buf_text(&emptied), page);
    buf_free(&filled);
    buf_free(&emptied);
    page_manifest_free(&manifest);
}

Test(page, is_filled_in_whole_or_told_to_be_incomplete)
{
    struct page_manifest manifest;
    begin_with_folders(&manifest);
    for (unsigned long n = 1;; n++) {
        struct buf filled;
        buf_init(&filled, PAGE_FILE_MAX);
        mem_fail_at(n);
        page_fill(&filled, page, sizeof page - 1, &manifest, &owner);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert_eq(failed, buf_check(&filled) < 0, "allocation %lu", n);
        buf_free(&filled);
        if (!failed) {
            cr_assert_gt(n, 4);
            break;
        }
    }
    page_manifest_free(&manifest);
}

Test(page, what_is_served_is_held_against_the_manifest)
{
    struct page_manifest manifest;
    struct error error;
    uint8_t hash[SHA256_BYTES];
    const char css[] = "body { --a: 1 }";
    page_manifest_init(&manifest);
    crypto_sha256(page, sizeof page - 1, hash);
    cr_assert_eq(page_manifest_add(&manifest, "index.html", hash, &error), 0);
    crypto_sha256(css, strlen(css), hash);
    cr_assert_eq(page_manifest_add(&manifest, "page.css", hash, &error), 0);
    cr_assert_eq(page_manifest_seal(&manifest), 0);
    const struct page_file *index = &manifest.files[0], *sheet = &manifest.files[1];
    struct buf filled;
    buf_init(&filled, PAGE_FILE_MAX);
    page_fill(&filled, page, sizeof page - 1, &manifest, &owner);
    cr_assert_eq(page_is_as_named(index, filled.data, filled.len, &manifest, &owner), 1);
    cr_assert_eq(page_is_as_named(sheet, css, strlen(css), &manifest, &owner), 1);
    cr_assert_eq(page_is_as_named(sheet, css, strlen(css) - 1, &manifest, &owner), 0);
    cr_assert_eq(page_is_as_named(index, page, sizeof page - 1, &manifest, &owner), 0, "marks that are not filled in");
    const struct page_owner other = {.organisation = "Another"};
    cr_assert_eq(page_is_as_named(index, filled.data, filled.len, &manifest, &other), 0);
    for (size_t at = 0; at < filled.len; at += 7) {
        filled.data[at] ^= 1;
        cr_assert_eq(page_is_as_named(index, filled.data, filled.len, &manifest, &owner), 0, "byte %zu", at);
        filled.data[at] ^= 1;
    }
    buf_free(&filled);
    page_manifest_free(&manifest);
}
