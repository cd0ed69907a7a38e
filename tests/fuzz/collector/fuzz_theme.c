/* theme_check over any style sheet. What must hold: it ends; what is refused says in which line and why; what is taken
 * has no address of another site, and is taken with a comment before it and a rule behind. */
#include "base/buf.h"
#include "collector/web/theme.h"
#include "tests/fuzz/fuzz.h"

#define SHEET_MAX ((size_t)64 * 1024)

static bool has_text(const struct buf *sheet, const char *text)
{
    return strcasestr(buf_text(sheet), text) != NULL;
}

static void check_taken(const struct buf *sheet)
{
    struct buf longer;
    buf_init(&longer, SHEET_MAX + 64);
    buf_put_text(&longer, "/* a */ ");
    buf_put(&longer, sheet->data, sheet->len);
    buf_put_text(&longer, "\n:root{--a:1}");
    fuzz_require(buf_check(&longer) == 0);
    fuzz_require(theme_check(buf_text(&longer), longer.len, NULL) == 0);
    buf_free(&longer);
}

/* Without comments and strings, which hold what they like, no address of elsewhere. */
int fuzz_theme(const uint8_t *data, size_t len)
{
    struct buf sheet;
    struct error error = {0};
    if (len > SHEET_MAX)
        return 0;
    buf_init(&sheet, SHEET_MAX);
    buf_put(&sheet, data, len);
    fuzz_require(buf_check(&sheet) == 0);
    if (theme_check(buf_text(&sheet), sheet.len, &error) < 0) {
        fuzz_require(error.kind == ERROR_REFUSED && error.text[0] != '\0');
    } else {
        fuzz_require(strlen(buf_text(&sheet)) == sheet.len);
        check_taken(&sheet);
        bool plain = !has_text(&sheet, "/*") && !has_text(&sheet, "\"") && !has_text(&sheet, "'");
        if (plain)
            fuzz_require(!has_text(&sheet, "url(http") && !has_text(&sheet, "url(//"));
    }
    buf_free(&sheet);
    return 0;
}
