/* A spilled table by code. */
#include "collector/audit/letters.h"
#include "base/mem.h"
#include "base/spill_table.h"
#include <string.h>

struct letters {
    struct spill_table *table;
    size_t counts[LETTER_WITHDRAWN + 1]; /* by state */
};

struct letters *letters_new(struct scratch *scratch, size_t memory)
{
    struct letters *letters = mem_calloc(1, sizeof *letters);
    if (!letters)
        return NULL;
    letters->table = spill_table_new(scratch, sizeof(struct letter), memory);
    if (letters->table)
        return letters;
    letters_free(letters);
    return NULL;
}

void letters_free(struct letters *letters)
{
    if (!letters)
        return;
    spill_table_free(letters->table);
    mem_free(letters);
}

uint32_t letters_find(struct letters *letters, const uint8_t code[static SHA256_BYTES])
{
    return spill_table_find(letters->table, code);
}

const struct letter *letters_at(struct letters *letters, uint32_t number)
{
    return spill_table_at(letters->table, number);
}

static enum letters_answer check_codes(struct letters *letters, const uint8_t *codes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const uint8_t *code = codes + i * SHA256_BYTES;
        if (i > 0 && memcmp(code - SHA256_BYTES, code, SHA256_BYTES) >= 0)
            return LETTERS_NOT_ASCENDING;
        if (letters_find(letters, code) != 0)
            return LETTERS_KNOWN;
    }
    return LETTERS_OK;
}

enum letters_answer letters_add(struct letters *letters, const uint8_t *codes, size_t count)
{
    enum letters_answer answer = check_codes(letters, codes, count);
    if (answer != LETTERS_OK)
        return answer;
    /* What has been added before it failed stays: then nobody can go on. */
    for (size_t i = 0; i < count; i++) {
        struct letter letter = {.state = LETTER_UNUSED};
        memcpy(letter.code, codes + i * SHA256_BYTES, SHA256_BYTES);
        if (spill_table_add(letters->table, &letter) == 0)
            return LETTERS_FAILED;
        letters->counts[LETTER_UNUSED]++;
    }
    return LETTERS_OK;
}

void letters_set(struct letters *letters, uint32_t number, enum letter_state state, int64_t member)
{
    struct letter *letter = spill_table_change(letters->table, number);
    if (!letter)
        return;
    letters->counts[letter->state]--;
    letters->counts[state]++;
    letter->state = state;
    letter->member = (uint32_t)member;
}

void letters_see(struct letters *letters, uint32_t number)
{
    struct letter *letter = spill_table_change(letters->table, number);
    if (letter)
        letter->is_seen = true;
}

size_t letters_count(const struct letters *letters, enum letter_state state)
{
    return letters->counts[state];
}

uint32_t letters_total(const struct letters *letters)
{
    return spill_table_count(letters->table);
}
