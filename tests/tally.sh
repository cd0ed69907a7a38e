#!/bin/sh
# Adds up what the stages wrote into results/*.tally, a line each: `passed failed skipped`. The last line is the sum; a skip
# counts as a failure, since a test that did not run has shown nothing.
# Usage: tests/tally.sh FOLDER
set -u

cat "$1"/*.tally 2>/dev/null | awk '
    { passed += $1; failed += $2; skipped += $3 }
    END {
        if (NR == 0) { print "nothing was tested"; failed = 1 }
        if (skipped > 0) print skipped " skipped, which counts as failed"
        printf "%d passed, %d failed\n", passed, failed + skipped
        exit (failed + skipped > 0)
    }'
