/* For tests: what the code under test writes to a descriptor, by standing a file in for it. One at a time. */
#ifndef TESTS_UNIT_CAPTURE_H
#define TESTS_UNIT_CAPTURE_H

/* From now on what is written to `fd` (1 or 2) is kept. */
void capture_begin(int fd);

/* Gives `fd` back and answers what was written to it, as text that lasts until the next call for that descriptor. */
const char *capture_end(int fd);

#endif
