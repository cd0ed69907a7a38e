/* The pages as they are made at the start. */
#include "base/file.h"
#include "base/mem.h"
#include "collector/web/web.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(web, .init = kit_begin, .fini = kit_end);

static const struct page_owner nobody = {.organisation = ""};

static const struct page_file *find_page_file(const struct page_manifest *manifest, const char *path)
{
    for (size_t i = 0; i < manifest->count; i++)
        if (strcmp(manifest->files[i].path, path) == 0)
            return &manifest->files[i];
    return NULL;
}

Test(web, manifest_names_each_file_with_its_hash)
{
    struct error error;
    struct web *web = web_new(&nobody, "", &error);
    const struct page_manifest *manifest = web_manifest(web);
    uint8_t hash[SHA256_BYTES];
    struct buf page = kit_file("web/index.html");
    crypto_sha256(buf_text(&page), page.len, hash);
    cr_assert_arr_eq(find_page_file(manifest, "index.html")->hash, hash, SHA256_BYTES);
    cr_assert_not_null(find_page_file(manifest, "theme.css"));
    buf_free(&page);
    web_free(web);
    web_free(NULL);
}

Test(web, a_theme_is_part_of_what_the_release_is_named_by)
{
    struct error error;
    const char *path = kit_path("theme.css");
    const char css[] = ":root { --a: 1 }", bad[] = "body { color: red }";
    cr_assert_eq(file_write(path, css, strlen(css)), 0);
    struct web *plain = web_new(&nobody, "", &error), *themed = web_new(&nobody, path, &error);
    cr_assert_str_neq(web_manifest(plain)->release, web_manifest(themed)->release);
    cr_assert_arr_eq(find_page_file(web_manifest(plain), "page.css")->hash,
                     find_page_file(web_manifest(themed), "page.css")->hash, SHA256_BYTES);
    cr_assert_eq(file_write(path, bad, strlen(bad)), 0);
    cr_assert_null(web_new(&nobody, path, &error));
    cr_assert_not_null(strstr(error.text, "theme.css: line 1: "));
    cr_assert_null(web_new(&nobody, kit_path("none.css"), &error));
    cr_assert_not_null(strstr(error.text, "can't be read"));
    web_free(plain);
    web_free(themed);
}

Test(web, is_made_whole_or_not_at_all)
{
    for (unsigned long n = 1;; n += n < 60 ? 1 : 23) {
        struct error error = {0};
        mem_fail_at(n);
        struct web *web = web_new(&nobody, "", &error);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert_eq(failed, !web, "allocation %lu", n);
        cr_assert(web || error.kind == ERROR_MEMORY);
        web_free(web);
        if (!failed) {
            cr_assert_gt(n, 60);
            return;
        }
    }
}
