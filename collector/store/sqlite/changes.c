/* By the header, whose first salt goes up by one each time that the log of changes is begun anew, and by the header of
 * the frame that was last. */
#include "collector/store/sqlite/changes.h"
#include <string.h>
#include <unistd.h>

#define MAGIC 0x377F0682u /* the last bit says in which order the checksums are */
#define FRAME_SALTS 8 /* and in a frame's */
#define SALT_BYTES 8

static uint32_t read_big_endian(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int read_log_header(int file, uint8_t header[static CHANGES_HEADER_BYTES])
{
    return pread(file, header, CHANGES_HEADER_BYTES, 0) == CHANGES_HEADER_BYTES ? 0 : -1;
}

static int read_frame(int file, int frames, size_t page_bytes, uint8_t frame[static CHANGES_FRAME_HEADER_BYTES])
{
    off_t at = CHANGES_HEADER_BYTES + (off_t)(frames - 1) * (off_t)(CHANGES_FRAME_HEADER_BYTES + page_bytes);
    return pread(file, frame, CHANGES_FRAME_HEADER_BYTES, at) == CHANGES_FRAME_HEADER_BYTES ? 0 : -1;
}

int changes_note(struct changes_seen *seen, int file, int frames, size_t page_bytes)
{
    struct changes_seen now = {.frames = frames};
    if (read_log_header(file, now.header) < 0 || (read_big_endian(now.header) & ~1u) != MAGIC ||
        read_frame(file, frames, page_bytes, now.frame) < 0 ||
        memcmp(now.header + CHANGES_SALTS, now.frame + FRAME_SALTS, SALT_BYTES) != 0)
        return -1;
    if (frames <= seen->frames && memcmp(now.header, seen->header, sizeof now.header) == 0)
        return -1;
    *seen = now;
    return 0;
}

/* The same kind of file, at a later beginning; salts go round. */
static bool is_begun_anew(const uint8_t *before, const uint8_t *now)
{
    uint32_t steps = read_big_endian(now + CHANGES_SALTS) - read_big_endian(before + CHANGES_SALTS);
    return memcmp(before, now, 12) == 0 && steps > 0 && steps < UINT32_MAX / 2;
}

bool changes_are_kept(const struct changes_seen *seen, int file, size_t page_bytes)
{
    uint8_t header[CHANGES_HEADER_BYTES], frame[CHANGES_FRAME_HEADER_BYTES];
    if (seen->frames == 0)
        return true;
    if (read_log_header(file, header) < 0)
        return false;
    if (memcmp(header, seen->header, sizeof header) != 0)
        return is_begun_anew(seen->header, header);
    return read_frame(file, seen->frames, page_bytes, frame) == 0 && memcmp(frame, seen->frame, sizeof frame) == 0;
}

uint32_t changes_last_page(const struct changes_seen *seen, int file)
{
    uint8_t header[CHANGES_HEADER_BYTES];
    bool counts =
        seen->frames > 0 && read_log_header(file, header) == 0 && memcmp(header, seen->header, sizeof header) == 0;
    return counts ? read_big_endian(seen->frame) : 0;
}

bool changes_have_hole(int file, off_t size)
{
    return size > 0 && lseek(file, 0, SEEK_HOLE) < size;
}
