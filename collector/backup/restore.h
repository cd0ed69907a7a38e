/* A backup put in the place of a store. */
#ifndef COLLECTOR_BACKUP_RESTORE_H
#define COLLECTOR_BACKUP_RESTORE_H

#include "collector/backup/backup.h"

/* What a restore has found and done. */
struct restored {
    struct backup_about about; /* without the names of key files */
    bool replaced; /* an older store of the same log */
    bool signed_anew; /* no checkpoint lay beside the key: the backup's does now */
    bool no_log_key; /* the key's file is missing; it has to be put back before the collector starts */
    bool no_operator_key;
};

/* Puts the store of the backup at `path` where names->dsn says, mode 0600, whole or not at all. 0 and *out. -1: *error
 * says why, and nothing has changed but that a checkpoint may lie where there was none:
 * - the file is no backup, was cut or changed, or is a newer version's;
 * - a collector serves that store, or signs with that key;
 * - the checkpoint beside the key is of another log, of more entries, or contradicts the backup;
 * - a store is there already that is not the same log, is newer, or can't be looked at. */
MUST_CHECK int restore_run(const char *path, const struct log_key_names *names, struct restored *out,
                           struct error *error);

#endif
