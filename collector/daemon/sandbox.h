/* Least right: what a collector takes away from itself, so that who gets hold of it through a request gets hold of
 * little. Inside the daemon room. Main thread.
 *
 * What stays is what serving needs: the files of the store, of the keys and of the last checkpoint, and connections
 * that come in. What it can't have here, by an older kernel say, is told once in the log, and it serves all the same:
 * the unit for systemd (packaging/burgerpanel.service) draws the same line from outside. */
#ifndef COLLECTOR_DAEMON_SANDBOX_H
#define COLLECTOR_DAEMON_SANDBOX_H

#include "collector/ops/config.h"

/* Before any thread is started and the store is opened: new files are for the owner alone, memory is for nobody to read
 * (no core dumps, no other process of this user), and no file can be opened but what serving with these settings needs.
 * Nothing of that, and a line in the log, where `sandbox` is off. */
void sandbox_begin(const struct config *config);

/* Once everything runs and listens: the system calls that are left are those of ops/calls.h. */
void sandbox_close(const struct config *config);

#endif
