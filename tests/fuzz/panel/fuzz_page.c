/* Manifests of pages, of any text, and pages with marks in them, of any bytes. What must hold: a manifest that was read
 * is the one text of its files, in order, and addresses are told apart; what was filled in is taken out
 * again, to the byte; a served page is as named exactly where its bytes, its marks filled in, are what was served, and
 * changed in one byte it is not; what the operator says of itself stays within its element. */
#include "panel/page.h"
#include "tests/fuzz/fuzz.h"

static const struct page_owner owner = {.organisation = "Wau <b>\"&\"</b>",
                                        .phone = "+31 70 123 45 67",
                                        .mail = "a@b.example",
                                        .privacy_url = "https://a.example/?a=1&b=2"};

static void check_manifest(const struct page_manifest *manifest)
{
    for (size_t i = 0; i < manifest->count; i++) {
        char url[PAGE_URL_SIZE], before[PAGE_URL_SIZE] = "";
        page_url(manifest->files[i].path, url);
        if (i > 0)
            page_url(manifest->files[i - 1].path, before);
        fuzz_require(url[0] == '/' && strcmp(url, before) != 0);
        fuzz_require(i == 0 || strcmp(manifest->files[i - 1].path, manifest->files[i].path) < 0);
    }
}

static void read_manifest(const char *text, size_t len)
{
    struct page_manifest manifest;
    struct error error = {0};
    page_manifest_init(&manifest);
    if (page_manifest_read(&manifest, text, len, &error) < 0) {
        fuzz_require(error.kind == ERROR_REFUSED && error.text[0] != '\0');
        return;
    }
    fuzz_require(manifest.text.len == len && memcmp(buf_text(&manifest.text), text, len) == 0);
    check_manifest(&manifest);
    page_manifest_free(&manifest);
}

/* With the page itself in it, and a few others. */
static void make_manifest(struct page_manifest *manifest, const uint8_t *data, size_t len)
{
    uint8_t hash[SHA256_BYTES];
    page_manifest_init(manifest);
    crypto_sha256(data, len, hash);
    fuzz_require(page_manifest_add(manifest, "index.html", hash, NULL) == 0);
    fuzz_require(page_manifest_add(manifest, "js/key.js", hash, NULL) == 0);
    fuzz_require(page_manifest_add(manifest, "style.css", hash, NULL) == 0);
    fuzz_require(page_manifest_seal(manifest) == 0);
}

static void serve(const struct page_manifest *manifest, const char *text, size_t len, struct buf *served)
{
    struct buf back;
    buf_init(&back, PAGE_FILE_MAX);
    page_fill(served, text, len, manifest, &owner);
    if (buf_check(served) == 0) {
        page_unfill(&back, buf_text(served), served->len, manifest, &owner);
        struct buf again;
        buf_init(&again, PAGE_FILE_MAX);
        page_fill(&again, buf_text(&back), back.len, manifest, &owner);
        fuzz_require(buf_check(&again) == 0 && again.len == served->len);
        fuzz_require(memcmp(buf_text(&again), buf_text(served), again.len) == 0);
        buf_free(&again);
    }
    buf_free(&back);
}

int fuzz_page(const uint8_t *data, size_t len)
{
    struct page_manifest manifest;
    struct buf served;
    read_manifest((const char *)data, len);
    make_manifest(&manifest, data, len);
    buf_init(&served, PAGE_FILE_MAX);
    serve(&manifest, (const char *)data, len, &served);
    const struct page_file *file = &manifest.files[0];
    if (buf_check(&served) == 0 && served.len > 0 && len > 0) {
        /* A page whose own text holds what a mark stands for is no page of ours. */
        int named = page_is_as_named(file, served.data, served.len, &manifest, &owner);
        fuzz_require(named >= 0);
        served.data[data[0] % served.len] ^= 1;
        fuzz_require(!named || page_is_as_named(file, served.data, served.len, &manifest, &owner) == 0);
    }
    buf_free(&served);
    page_manifest_free(&manifest);
    return 0;
}
