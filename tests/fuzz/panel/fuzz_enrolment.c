/* enrolment_parse over any payload, and invitation_read over the same bytes as text: a code that was read is written
 * and read again. */
#include "base/mem.h"
#include "panel/enrolment.h"
#include "panel/invitation.h"
#include "tests/fuzz/fuzz.h"

static void read_code(const char *typed)
{
    uint8_t code[INVITATION_BYTES], again[INVITATION_BYTES];
    char text[INVITATION_TEXT_SIZE];
    struct error error = {0};
    if (invitation_read(typed, code, &error) < 0) {
        fuzz_require(error.kind == ERROR_REFUSED && error.text[0] != '\0');
        return;
    }
    fuzz_require(invitation_count(typed) == INVITATION_CHARACTERS);
    invitation_write(code, text);
    fuzz_require(strlen(text) == INVITATION_TEXT_SIZE - 1 && invitation_read(text, again, NULL) == 0);
    fuzz_require(memcmp(code, again, sizeof code) == 0);
}

int fuzz_enrolment(const uint8_t *data, size_t len)
{
    char *typed = mem_copy_text((const char *)data, len);
    fuzz_require(typed != NULL);
    read_code(typed);
    mem_free(typed);
    struct enrolment enrolment;
    struct error error = {0};
    if (enrolment_parse((const char *)data, len, &enrolment, &error) < 0) {
        fuzz_require(error.kind == ERROR_REFUSED && error.text[0] != '\0');
        return 0;
    }
    read_code(enrolment.invitation);
    if (enrolment.has_key)
        (void)key_is_acceptable(enrolment.public_key);
    enrolment_free(&enrolment);
    return 0;
}
