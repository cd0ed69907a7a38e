/* The collector's program as a function, so that a test can run it in a fork of its own. */
#include "tests/torture/faults.h"
#define main collector_main
#include "collector/main.c"
