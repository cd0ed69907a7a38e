/* A list of codes and an index over it. */
#include "collector/audit/letters.h"
#include "base/hash.h"
#include "base/list.h"
#include "base/mem.h"
#include <string.h>

struct letters {
    struct letter *list;
    size_t count, capacity;
    struct hash by_code; /* places in `list`, from 1 */
};

struct letters *letters_new(void)
{
    struct letters *letters = mem_calloc(1, sizeof *letters);
    if (letters)
        hash_init(&letters->by_code);
    return letters;
}

void letters_free(struct letters *letters)
{
    if (!letters)
        return;
    hash_wipe(&letters->by_code);
    mem_free(letters->list);
    mem_free(letters);
}

static bool has_code(const void *context, uint32_t number, const void *key)
{
    const struct letters *letters = context;
    return memcmp(letters->list[number - 1].code, key, SHA256_BYTES) == 0;
}

struct letter *letters_find(const struct letters *letters, const uint8_t code[static SHA256_BYTES])
{
    uint32_t number = hash_find(&letters->by_code, hash_digest(code), has_code, letters, code);
    return number != 0 ? &letters->list[number - 1] : NULL;
}

/* -1: no memory. */
static int add_letter(struct letters *letters, const uint8_t code[static SHA256_BYTES])
{
    struct letter *list = list_grow(letters->list, letters->count, &letters->capacity, sizeof *list);
    if (!list)
        return -1;
    letters->list = list;
    if (hash_reserve(&letters->by_code, 1) < 0)
        return -1;
    list[letters->count] = (struct letter){.state = LETTER_UNUSED};
    memcpy(list[letters->count].code, code, SHA256_BYTES);
    hash_put(&letters->by_code, hash_digest(code), (uint32_t)++letters->count);
    return 0;
}

static enum letters_answer check_codes(const struct letters *letters, const uint8_t *codes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const uint8_t *code = codes + i * SHA256_BYTES;
        if (i > 0 && memcmp(code - SHA256_BYTES, code, SHA256_BYTES) >= 0)
            return LETTERS_NOT_ASCENDING;
        if (letters_find(letters, code))
            return LETTERS_KNOWN;
    }
    return LETTERS_OK;
}

enum letters_answer letters_add(struct letters *letters, const uint8_t *codes, size_t count)
{
    enum letters_answer answer = check_codes(letters, codes, count);
    if (answer != LETTERS_OK)
        return answer;
    /* What has been added before memory ran out stays: who has none can't go on. */
    for (size_t i = 0; i < count; i++)
        if (add_letter(letters, codes + i * SHA256_BYTES) < 0)
            return LETTERS_NO_MEMORY;
    return LETTERS_OK;
}

size_t letters_count(const struct letters *letters, enum letter_state state)
{
    size_t count = 0;
    for (size_t i = 0; i < letters->count; i++)
        count += letters->list[i].state == state;
    return count;
}

size_t letters_total(const struct letters *letters)
{
    return letters->count;
}

const struct letter *letters_at(const struct letters *letters, size_t i)
{
    return &letters->list[i];
}
