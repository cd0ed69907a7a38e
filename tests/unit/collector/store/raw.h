/* For tests: what another hand does to a store's file, past every verb. */
#ifndef TESTS_UNIT_COLLECTOR_STORE_RAW_H
#define TESTS_UNIT_COLLECTOR_STORE_RAW_H

/* Runs SQL on the file, over a connection of its own; fails the test when that does not work. */
void store_raw_run(const char *path, const char *sql);

#endif
