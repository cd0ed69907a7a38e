/* By the list of pages that each block begins with; the first has a header before it. */
#include "collector/store/sqlite/index.h"
#include <stddef.h>
#include <string.h>

#define BLOCK_BYTES 32768
#define PAGE_BYTES_WORD 3 /* its second half */
#define FRAMES_WORD 4 /* of the header: how many frames count */
#define SALTS_WORD 8
#define FORGOTTEN_WORDS 24 /* both copies of what is said of the log of changes */
#define HEADER_WORDS 34
#define FIRST_PAGES 4062u /* of the block that has the header */
#define PAGES 4096u

/* The block as SQLite has it mapped; NULL: it has not. */
static volatile uint32_t *find_block(sqlite3 *db, int block)
{
    sqlite3_file *file = NULL;
    void volatile *mapped = NULL;
    if (sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || !file || !file->pMethods ||
        file->pMethods->iVersion < 2 || file->pMethods->xShmMap(file, block, BLOCK_BYTES, 0, &mapped) != SQLITE_OK)
        return NULL;
    return mapped;
}

static bool has_page(sqlite3 *db, uint32_t frame, uint32_t page)
{
    bool first = frame <= FIRST_PAGES;
    uint32_t beyond = first ? 0 : frame - FIRST_PAGES - 1;
    const volatile uint32_t *pages = find_block(db, first ? 0 : (int)(beyond / PAGES) + 1);
    return !pages || pages[first ? HEADER_WORDS + frame - 1 : beyond % PAGES] == page;
}

bool index_knows(sqlite3 *db, const struct changes_seen *seen, int file)
{
    uint32_t page = changes_last_page(seen, file);
    const volatile uint32_t *head = page > 0 ? find_block(db, 0) : NULL;
    uint32_t salts[2];
    if (!head)
        return true;
    memcpy(salts, seen->header + CHANGES_SALTS, sizeof salts);
    return head[SALTS_WORD] == salts[0] && head[SALTS_WORD + 1] == salts[1] &&
           head[FRAMES_WORD] >= (uint32_t)seen->frames && has_page(db, (uint32_t)seen->frames, page);
}

/* 65,536, for which two bytes have no room, is kept as 1. */
static uint64_t page_bytes_of(const volatile uint32_t *head)
{
    uint32_t word = head[PAGE_BYTES_WORD];
    uint16_t kept[2];
    memcpy(kept, &word, sizeof kept);
    return kept[1] == 1 ? 65536 : kept[1];
}

uint64_t index_counted_bytes(sqlite3 *db)
{
    const volatile uint32_t *head = find_block(db, 0);
    uint64_t frames = head ? head[FRAMES_WORD] : 0;
    if (!head)
        return UINT64_MAX;
    return frames > 0 ? CHANGES_HEADER_BYTES + frames * (CHANGES_FRAME_HEADER_BYTES + page_bytes_of(head)) : 0;
}

void index_forget(sqlite3 *db)
{
    volatile uint32_t *head = find_block(db, 0);
    for (int i = 0; head && i < FORGOTTEN_WORDS; i++)
        head[i] = 0;
}
