/* Which files the process may still reach, by the kernel's Landlock (landlock(7)). What is open stays open, and what
 * was started before keeps what it had. Knows no setting. The main thread, before there are others. */
#ifndef COLLECTOR_OPS_LANDLOCK_H
#define COLLECTOR_OPS_LANDLOCK_H

#include "base/error.h"
#include <stdbool.h>
#include <stddef.h>

struct landlock_path {
    const char *path; /* a file, or a folder with all below it */
    bool writable; /* else it is there to be read alone; of a folder: files are made, renamed and removed in it too */
};

enum landlock_result {
    LANDLOCK_DONE,
    LANDLOCK_LACKING, /* this kernel has none, and nothing has changed */
    LANDLOCK_FAILED, /* *error says why; nothing has changed */
};

/* From now on this thread, and those that it starts, open nothing but what lies at or below these paths, whoever owns
 * it, and run no program; looking at a file (stat, readlink) is not kept from them. A path that is not there, or that
 * this user can't come to, is passed over and stays out of reach. A folder is known by what it is and not by its name:
 * another in its place is out of reach. The process gets no new rights by running a program (PR_SET_NO_NEW_PRIVS)
 * before. */
MUST_CHECK enum landlock_result landlock_confine(const struct landlock_path *paths, size_t count, struct error *error);

#endif
