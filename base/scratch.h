/* Where a walk keeps what does not fit in memory: files without a name, readable by this user alone, that are gone with
 * the process however it ends. What rests here fails together: the first failure is kept, and from then on nothing is
 * found or taken any more, so that who asks in passing need look only now and then. One thread. */
#ifndef BASE_SCRATCH_H
#define BASE_SCRATCH_H

#include "base/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero but the folder to begin with; nothing to free. */
struct scratch {
    const char *folder; /* the caller's, and there as long; looked at only once something does not fit */
    int why; /* errno of the first failure; 0: none */
};

/* Where that is when nobody has said: TMPDIR, or /var/tmp, since /tmp may be memory itself. */
const char *scratch_folder(void);

/* Notes a failure by this errno, unless there was one before. Returns -1. */
int scratch_fail(struct scratch *scratch, int why);

/* 0; or -1, as anything that rests here has failed: *error, which names the folder. */
MUST_CHECK int scratch_check(const struct scratch *scratch, struct error *error);

/* A new file. -1: it failed. */
MUST_CHECK int scratch_open(struct scratch *scratch);

/* All the bytes at that offset; what was never written reads as zeros. -1: it failed. */
MUST_CHECK int scratch_write(struct scratch *scratch, int fd, uint64_t offset, const void *bytes, size_t len);
MUST_CHECK int scratch_read(struct scratch *scratch, int fd, uint64_t offset, void *bytes, size_t len);

#endif
