/* Which system calls the process may still make, by the kernel's seccomp (libseccomp, docs/adr/020). Knows no setting.
 * Main thread. */
#ifndef COLLECTOR_OPS_CALLS_H
#define COLLECTOR_OPS_CALLS_H

#include "base/error.h"
#include <stdbool.h>

/* From now on no thread of this process can make any call but those that serving needs: those on files, on memory, and
 * on connections that come in. It starts no thread and no program, opens no socket, makes no memory executable, looks
 * at no other process, and can't take this back. A call that is refused fails with EPERM, the program goes on, and a
 * line on standard error says which number it had, once for each: nothing that was begun is lost by a call that we had
 * not thought of. `reaches_out`: but for sockets by which it reaches a server, which it may open anew. -1: *error says
 * why, and nothing has changed. */
MUST_CHECK int calls_restrict(bool reaches_out, struct error *error);

#endif
