/* For tests: what another hand does to a store, past every verb. */
#ifndef TESTS_UNIT_COLLECTOR_STORE_RAW_H
#define TESTS_UNIT_COLLECTOR_STORE_RAW_H

/* Runs SQL on the store of that DSN, over a connection of its own; fails the test when that does not work. */
void store_raw_run(const char *dsn, const char *sql);

#endif
