/* By the list of pages that each block begins with; the first has a header before it. */
#include "collector/store/sqlite/index.h"
#include <stddef.h>
#include <string.h>

#define BLOCK_BYTES 32768
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

void index_forget(sqlite3 *db)
{
    volatile uint32_t *head = find_block(db, 0);
    for (int i = 0; head && i < FORGOTTEN_WORDS; i++)
        head[i] = 0;
}
