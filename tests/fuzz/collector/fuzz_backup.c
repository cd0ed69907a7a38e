/* What a backup says of itself, of any bytes, which line ends fill up to a page. What must hold: it is taken, or
 * refused in words; what was taken is written to a page of the right size and read the same, and what stands there is
 * text of one line each but for the checkpoint. */
#include "collector/backup/about.h"
#include "tests/fuzz/fuzz.h"

#define SAID_BYTES (ABOUT_BYTES - ABOUT_SUM_BYTES)

static void require_same(const struct backup_about *a, const struct backup_about *b)
{
    fuzz_require(a->taken_at == b->taken_at && a->bytes == b->bytes && a->head.size == b->head.size);
    fuzz_require(merkle_equal(&a->head.root, &b->head.root));
    fuzz_require(strcmp(a->verifier, b->verifier) == 0 && strcmp(a->operator_kid, b->operator_kid) == 0);
    fuzz_require(strcmp(a->checkpoint, b->checkpoint) == 0);
}

/* A program's name may be shorter there than here, so that what just fitted no longer does. */
static void write_and_read(const struct backup_about *about)
{
    static struct backup_about again;
    char page[ABOUT_BYTES] = "";
    struct buf out;
    buf_init(&out, ABOUT_BYTES);
    if (about_put(&out, about) == 0) {
        fuzz_require(out.len == SAID_BYTES);
        memcpy(page, out.data, out.len);
        fuzz_require(about_read(page, &again, NULL) == 0);
        require_same(about, &again);
    }
    buf_free(&out);
}

int fuzz_backup(const uint8_t *data, size_t len)
{
    static struct backup_about about;
    char page[ABOUT_BYTES];
    struct error error = {0};
    memset(page, '\n', sizeof page);
    memcpy(page, data, len < SAID_BYTES ? len : SAID_BYTES);
    about = (struct backup_about){0};
    if (about_read(page, &about, &error) < 0) {
        fuzz_require((error.kind == ERROR_REFUSED || error.kind == ERROR_DAMAGED) && error.text[0] != '\0');
        return 0;
    }
    fuzz_require(!strpbrk(about.verifier, "\n") && !strpbrk(about.operator_kid, "\n"));
    about.log_key = about.operator_key = "a.key"; /* which are not read */
    write_and_read(&about);
    return 0;
}
