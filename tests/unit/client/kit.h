/* A folder for one test, and a few short cuts. Each test runs in a process of its own, so one folder is enough. */
#ifndef TESTS_UNIT_CLIENT_KIT_H
#define TESTS_UNIT_CLIENT_KIT_H

#include "client/home/spool.h"
#include "client/response/catalogue.h"

/* Makes the folder; removes it with all that is in it. For .init and .fini. */
void kit_begin(void);
void kit_end(void);

/* The folder itself, and a path in it (static storage, the last eight stay valid). */
const char *kit_folder(void);
const char *kit_path(const char *name);

/* Writes a file in it, with no care. */
void kit_write(const char *name, const char *text);

/* A response's id. */
struct response_id kit_id(const char *action, int64_t revision);

/* The example panel and actions, read from fixtures/. */
struct catalogue kit_catalogue(void);

#endif
