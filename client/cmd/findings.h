/* What a person is told when the log is not shown to be what it was: the difference in plain words, and where what the
 * collector signed is kept as evidence. Main thread only. */
#ifndef CLIENT_CMD_FINDINGS_H
#define CLIENT_CMD_FINDINGS_H

#include "client/log/monitor.h"

/* Tells any result but MONITOR_CONTINUES, and keeps what was signed and contradicts itself in the member's folder
 * `home`. Returns the exit code. */
int findings_tell(const char *home, const struct monitor *monitor, enum monitor_result result);

/* What there is to do about it, where that is known: a log with another key may have been begun anew. */
void findings_advise(enum monitor_result result);

/* findings_tell of two checkpoints of one size that a member holds: `fork` and the one behind it. Returns
 * CLI_FAILED. */
int findings_tell_fork(const char *home, const struct seen_checkpoint *fork);

#endif
