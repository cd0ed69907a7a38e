/* That what is not published was taken out on the command line: a line of the access log, as over HTTP. Who has the
 * store's file can read it all without any verb, so this binds nobody; it lets those who share a machine see what was
 * handed out. Main thread. */
#ifndef COLLECTOR_CMD_NOTED_H
#define COLLECTOR_CMD_NOTED_H

#include "collector/cmd/folder.h"

#define NOTED_TOKEN "command line" /* in place of a token's name; no token has a blank in its own */

/* Notes that the tables of this folder were written: `what` of that round, as many rows as they have. Opens the store
 * anew, for writing. What can't be noted, say of a store that can be read alone, is said; the folder stays. */
void cmd_note_export(const struct folder *folder, const char *what, const char *round);

#endif
