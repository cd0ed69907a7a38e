/* follow_up_read_request over any bytes: a follow-up whose document reads back as the same, or at least one fault; and
 * follow_up_read_document, which takes nothing but what it would write. */
#include "panel/follow_up.h"
#include "tests/fuzz/fuzz.h"

static void check_document(const struct follow_up *follow_up)
{
    struct buf document, again;
    struct follow_up back;
    buf_init(&document, FOLLOW_UP_MAX);
    buf_init(&again, FOLLOW_UP_MAX);
    follow_up_put_document(&document, follow_up);
    fuzz_require(buf_check(&document) == 0);
    fuzz_require(follow_up_read_document(document.data, document.len, &back, NULL) == 0);
    follow_up_put_document(&again, &back);
    fuzz_require(again.len == document.len && memcmp(again.data, document.data, again.len) == 0);
    follow_up_free(&back);
    buf_free(&document);
    buf_free(&again);
}

int fuzz_follow_up(const uint8_t *data, size_t len)
{
    struct follow_up follow_up;
    struct faults faults;
    faults_init(&faults);
    int result = follow_up_read_request((const char *)data, len, "A-1", &follow_up, &faults);
    fuzz_require((result < 0) == faults_any(&faults));
    if (result == 0) {
        fuzz_require(labels_text(&follow_up.text, "nl")[0] != '\0');
        check_document(&follow_up);
        follow_up_free(&follow_up);
    }
    if (follow_up_read_document((const char *)data, len, &follow_up, NULL) == 0) {
        check_document(&follow_up);
        follow_up_free(&follow_up);
    }
    faults_free(&faults);
    return 0;
}
