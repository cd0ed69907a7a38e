/* What goes wrong on purpose in a collector that runs in a fork: the n-th allocation fails, its own or SQLite's, or the
 * n-th verb of the store. None of it is in the program: SQLite is given other functions for memory before it starts,
 * and the linker puts ours around store_open and its like (--wrap, Makefile).
 *
 * What is asked for goes to the fork, and what came of it back, over one page of memory that both have. */
#ifndef TESTS_TORTURE_FAULTS_H
#define TESTS_TORTURE_FAULTS_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

/* collector/main.c. */
int collector_main(int argc, char **argv);

/* Before any fork, and before anything opens a store. */
void faults_begin(void);

/* In the fork: the n-th allocation from here on fails (0: none does). FAULTS_RECORD: none does, but of each it is noted
 * by which calls it is reached. */
void faults_set_here(unsigned long n);
#define FAULTS_RECORD ULONG_MAX

/* In the fork: tells the page whether it has. */
void faults_note_here(void);

/* Whether it has, in a fork that has ended after faults_note_here. */
bool faults_has_struck(void);

/* In a fork that is to serve: it listens to the two below. */
void faults_listen(void);

/* From the n-th allocation of the serving process `pid` from now on, one fails; returns once that is in force. */
void faults_set(pid_t pid, unsigned long n);

/* None fails any more. Whether one has. */
bool faults_end(pid_t pid);

/* The n-th verb of the serving process `pid` fails, counted from its next transaction on (0: none). */
void faults_set_verb(pid_t pid, unsigned n);

/* Its name; NULL: none has failed yet. */
const char *faults_struck_verb(void);

/* Adds to the figures of the run, for its last lines (tests/torture/run.sh). */
void figures_add(unsigned long faults, unsigned long acknowledged);

/* The first fault that is tried, and how far apart they are: 1 and 1, or in the short form more (BURGERPANEL_FIRST,
 * BURGERPANEL_EVERY). */
unsigned faults_first(void);
unsigned faults_every(void);

/* The allocation that is tried after the n-th, of those that a fork has noted since faults_begin: where nothing is said
 * of how far apart they are, the first two and the last that are reached by the same calls of the program's own. What
 * the same calls reach between, the lines of a list or the pages of one statement, say, is not new. Beyond those that
 * were noted, the next. */
unsigned long faults_after(unsigned long n);

/* How many it has noted. */
unsigned long faults_noted(void);

#endif
