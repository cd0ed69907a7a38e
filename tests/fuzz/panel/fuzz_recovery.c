/* recovery_read over any text as typed, and the first bytes as a secret. What must hold: a code that was read is
 * written, and reads the same however it is typed: in small letters, without hyphens, with its easily mistaken letters;
 * what is refused says so in words and never shows the code; a secret's own code reads back to it, and with one
 * character changed to another it is refused or, once in 4,096, another secret. */
#include "base/crockford.h"
#include "base/mem.h"
#include "panel/recovery.h"
#include "tests/fuzz/fuzz.h"

/* As somebody types it who takes 0 and 1 for letters. */
static void retype(const char *code, char out[static RECOVERY_TEXT_SIZE])
{
    for (; *code != '\0'; code++)
        if (*code != '-')
            *out++ = *code == '0' ? 'o' : *code == '1' ? 'l' : (char)(*code | 0x20);
    *out = '\0';
}

static void write_and_read(const uint8_t secret[static RECOVERY_BYTES])
{
    char code[RECOVERY_TEXT_SIZE], typed[RECOVERY_TEXT_SIZE];
    uint8_t again[RECOVERY_BYTES];
    recovery_write(secret, code);
    fuzz_require(strlen(code) == RECOVERY_TEXT_SIZE - 1 && crockford_count(code) == RECOVERY_CHARACTERS);
    fuzz_require(recovery_read(code, again, NULL) == 0 && memcmp(again, secret, sizeof again) == 0);
    retype(code, typed);
    fuzz_require(recovery_read(typed, again, NULL) == 0 && memcmp(again, secret, sizeof again) == 0);
}

static void read_changed(const uint8_t secret[static RECOVERY_BYTES], uint8_t place)
{
    char code[RECOVERY_TEXT_SIZE];
    uint8_t again[RECOVERY_BYTES];
    recovery_write(secret, code);
    char *at = &code[place % strlen(code)];
    *at = *at == '-' ? '-' : *at == 'Z' ? 'Y' : 'Z';
    if (recovery_read(code, again, NULL) == 0 && *at != '-')
        fuzz_require(memcmp(again, secret, sizeof again) != 0);
}

static void read_typed(const char *typed)
{
    uint8_t secret[RECOVERY_BYTES];
    struct error error = {0};
    if (recovery_read(typed, secret, &error) == 0) {
        fuzz_require(crockford_count(typed) == RECOVERY_CHARACTERS);
        write_and_read(secret);
        return;
    }
    fuzz_require(error.kind == ERROR_REFUSED && error.text[0] != '\0');
    fuzz_require(strlen(typed) < 7 || !strstr(error.text, typed));
}

int fuzz_recovery(const uint8_t *data, size_t len)
{
    char *typed = mem_copy_text((const char *)data, len);
    fuzz_require(typed != NULL);
    read_typed(typed);
    mem_free(typed);
    if (len > RECOVERY_BYTES) {
        write_and_read(data);
        read_changed(data, data[RECOVERY_BYTES]);
    }
    return 0;
}
