#!/bin/sh
# Runs stages of tests on what make has built, in order, and goes on after a failure so that one run shows all of them.
# Each stage leaves its log and its tally in $BUILD/results/. The last line sums up the stages of this run.
# Usage: BUILD=build tests/run.sh STAGE...    stages: quick unit clang e2e web memcheck tsan torture
#        torture-short postgres patroni excel nginx haproxy coverage
set -u
cd "$(dirname "$0")/.." || exit 1

build=${BUILD:-build}
results=$build/results
reports=$build/results/reports # what sanitizers and valgrind find, a file for each process that found something
mkdir -p "$results"
status=0
stages=

# record STAGE PASSED FAILED SKIPPED
record() {
    echo "$2 $3 $4" >>"$results/$1.tally"
    [ "$3" -eq 0 ] && [ "$4" -eq 0 ] || status=1
}

begin() { # STAGE TITLE
    stage=$1
    stages="$stages $1"
    rm -rf "$results/$1.tally" "${reports:?}/$1"
    mkdir -p "$reports/$1"
    printf '\n== %s\n' "$2"
}

# A leak report in which every frame above the allocator is the test library's own: now and then its parent process ends before it has
# freed its workers. What a test leaks has the test's frames.
is_librarys_own() {
    grep -q 'ERROR: LeakSanitizer' "$1" || return 1
    frames=$(grep -E '^ +#[1-9]' "$1")
    [ -n "$frames" ] && ! printf '%s\n' "$frames" | grep -qv 'libcriterion\.so'
}

# Whether there are reports in this stage, and all of that kind.
only_librarys_own() {
    any=
    for report in "$reports/$stage"/*; do
        [ -s "$report" ] || continue
        is_librarys_own "$report" || return 1
        any=1
    done
    [ -n "$any" ]
}

# What LeakSanitizer says of a fork: threads that only its parent has.
is_of_fork() {
    ! grep -qv 'Running thread [0-9]* was not suspended. False leaks are possible.' "$1"
}

# What valgrind says of Landlock's calls, which it does not know and answers as an old kernel would.
is_of_landlock() {
    ! grep -Eqv 'unhandled .* syscall: 44[456]|^==[0-9]+== *$|You may be able to write|README_MISSING_SYSCALL|Nevertheless we consider|valgrind.org/support' "$1"
}

# Whatever a checking tool wrote is a failure of its own, since test runners don't hand on how their children ended.
count_reports() {
    found=0
    for report in "$reports/$stage"/*; do
        [ -s "$report" ] || continue
        is_of_fork "$report" && continue
        is_of_landlock "$report" && continue
        if is_librarys_own "$report"; then
            echo "passed over, the test library's own leak: $report"
            continue
        fi
        found=$((found + 1))
        if [ "$found" -le 5 ]; then
            echo "-- $report"
            head -60 "$report"
        fi
    done
    if [ "$found" -gt 0 ]; then
        echo "FAIL: $found reports in $reports/$stage"
        record "$stage" 0 "$found" 0
    fi
}

# run_unit NAME COMMAND...: one program of unit tests, told as NAME
run_unit() {
    room=$1
    shift
    log=$results/$stage-$room.log
    tap=$results/$stage-$room.tap
    rm -f "$tap"
    printf '%-9s ' "$room"
    "$@" --color=never --tap="$tap" >"$log" 2>&1 </dev/null
    code=$?
    numbers=$(sed -n 's/.*Synthesis: Tested: \([0-9]*\) | Passing: \([0-9]*\) | Failing: \([0-9]*\) | Crashing: \([0-9]*\).*/\1 \2 \3 \4/p' "$log")
    if [ -z "$numbers" ]; then
        cat "$log"
        echo "FAIL: unit-$room ended with code $code before its summary"
        record "$stage" 0 1 0
        return
    fi
    skipped=$(grep '# SKIP' "$tap" 2>/dev/null | grep -vc "${left_out:-^$}")
    # shellcheck disable=SC2086
    set_numbers $numbers
    [ "$failed" -eq 0 ] && [ "$code" -eq 0 ] || cat "$log"
    [ "$failed" -eq 0 ] && [ "$code" -ne 0 ] && ! only_librarys_own && failed=1
    echo "$passed passed, $failed failed, ${skipped:-0} skipped"
    record "$stage" "$passed" "$failed" "${skipped:-0}"
}

# run_units FOLDER [COMMAND...]: every room's unit tests, perhaps under a tool
run_units() {
    folder=$1
    shift
    for room in base crypto panel collector client; do
        run_unit "$room" "$@" "$folder/unit-$room"
    done
}

# run_torturer FOLDER: faults one after the other in forks of the whole collector (tests/torture/*.c)
run_torturer() {
    log=$results/$stage-torturer-$(basename "$1").log
    printf '%-9s ' torturer
    "$1/torturer" --color=never --verbose=1 >"$log" 2>&1 </dev/null
    code=$?
    numbers=$(sed -n 's/.*Synthesis: Tested: \([0-9]*\) | Passing: \([0-9]*\) | Failing: \([0-9]*\) | Crashing: \([0-9]*\).*/\1 \2 \3 \4/p' "$log")
    # shellcheck disable=SC2086
    set_numbers ${numbers:-0 0 1 0}
    [ "$failed" -eq 0 ] && [ "$code" -eq 0 ] || grep -v SKIP "$log"
    echo "$passed passed, $failed failed"
    record "$stage" "$passed" "$failed" 0
}

# What the run has noted of faults, of what was acknowledged, and of good clients beside attacks.
begin_figures() {
    BURGERPANEL_FIGURES=$(cd "$results" && pwd)/$stage.figures
    export BURGERPANEL_FIGURES
    rm -f "$BURGERPANEL_FIGURES"
}

tell_figures() {
    if node tests/torture/tell.mjs "$results/$stage.figures"; then
        record "$stage" 1 0 0
    else
        record "$stage" 0 1 0
    fi
}

# The suites of the verbs and of what rests on them most: what is SQLite's own names its files itself. Those in which each
# allocation or each verb fails in turn would make thousands of schemas; of them those tests that fail all in one.
failing='are_as_harmless*|do_not_let_a_ledger_begin|none_is_asked*|answer_nothing*'
shared_suites="@(@(store|store_catalogue|store_changes|store_events|store_releases|store_walks|ledger|ledger_acts|ledger_changes|ledger_enrolment|ledger_erased|ledger_erasures|ledger_releases|ledger_rounds|roster|catalogue|access|snapshots)/*|ledger_failures/@($failing))"

set_numbers() { # TESTED PASSING FAILING CRASHING
    passed=$2
    failed=$(($3 + $4))
    [ "$1" -gt 0 ] || failed=$((failed + 1)) # a room without a test is a mistake
}

at_once=$(nproc) # scripts, which wait more than they work; one, where what is told of a run is how fast others are answered

# run_scripts FOLDER SCRIPT...: node's tests, at_once of them beside each other, beside a command around them all; sets passed, failed,
# skipped. What was never begun, because what runs them ended, has failed.
run_scripts() {
    folder=$1
    shift
    # shellcheck disable=SC2086  # a command or nothing
    ${beside:-} tests/run_files.sh "$folder" "$at_once" "$@"
    awk '{ p += $1; f += $2; s += $3 } END { print p + 0, f + 0, s + 0, NR }' "$folder/tally" 2>/dev/null >"$folder/sum"
    read -r passed failed skipped files <"$folder/sum"
    failed=$((${failed:-0} + $# - ${files:-0}))
}

# The page's pure modules, which need no browser and no program of ours.
run_web_units() {
    printf '%-9s ' web
    log=$results/$stage-web.log
    run_scripts "$results/$stage-web.files" tests/unit/web/*.test.mjs >"$log" 2>&1
    [ "$failed" -eq 0 ] || cat "$log"
    echo "$passed passed, $failed failed, $skipped skipped"
    record "$stage" "$passed" "$failed" "$skipped"
}

# run_node SCRIPT...: end-to-end scripts; BURGERPANEL_BUILD and BURGERPANEL_WRAP say which programs and under what tool
run_node() {
    run_scripts "$results/$stage.files" "$@"
    echo "slowest: $(sort -rnk4 "$folder/tally" 2>/dev/null | head -5 | awk '{ printf("%s%s %s s", (NR > 1 ? ", " : ""), $5, $4) }')"
    echo "$passed passed, $failed failed, $skipped skipped"
    record "$stage" "$passed" "$failed" "$skipped"
}

without_browsers() {
    for file in tests/e2e/*.test.mjs; do
        case $file in */web-*) ;; *) echo "$file" ;; esac
    done
}

# Those that are about what the collector does, wherever it keeps things.
on_both_stores() {
    for file in $(without_browsers); do
        grep -q "^$(basename "$file"): " tests/postgres/left-out.txt || echo "$file"
    done
}

sanitizers() {
    path=$(cd "$reports/$stage" && pwd)
    export BURGERPANEL_REPORTS="$path" # the sandbox of such a build lets the collector write there
    export ASAN_OPTIONS="log_path=$path/asan:detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1"
    export UBSAN_OPTIONS="print_stacktrace=1"
    export TSAN_OPTIONS="log_path=$path/tsan:second_deadlock_stack=1:exitcode=66"
}

# ThreadSanitizer of gcc 12 can't live with much address randomisation; then the program is started without.
without_randomisation() {
    "$build/tsan/burgerpanel-collector" --version >/dev/null 2>&1 && return
    if setarch -R "$build/tsan/burgerpanel-collector" --version >/dev/null 2>&1; then
        echo "setarch -R"
    fi
}

# What the tests have reached, file by file as a page, and of each floor whether it is as much as it must be at least, in
# percent of its lines.
count_lines() {
    mkdir -p "$build/coverage"
    gcovr --root . --object-directory "$build/cov/obj" --exclude tests/ --exclude-throw-branches \
        --json "$build/coverage/lines.json" --html-details "$build/coverage/index.html" >"$results/$stage-gcovr.log" 2>&1 ||
        { cat "$results/$stage-gcovr.log"; record "$stage" 0 1 0; return; }
    for floor in base:95 crypto:95 panel:95 collector:85 client:85; do
        reached=$(gcovr --root . --add-tracefile "$build/coverage/lines.json" --filter "${floor%:*}/" \
            --fail-under-line "${floor#*:}" --print-summary 2>/dev/null)
        code=$?
        printf '%-9s %s; at least %s%% of lines\n' "${floor%:*}" \
            "$(printf '%s\n' "$reached" | grep -E '^(lines|branches)' | paste -s -d ';' -)" "${floor#*:}"
        if [ "$code" -eq 0 ]; then record "$stage" 1 0 0; else record "$stage" 0 1 0; fi
    done
    echo "line by line: $build/coverage/index.html"
}

memcheck='valgrind -q --leak-check=full --show-leak-kinds=definite,indirect --errors-for-leak-kinds=definite,indirect
    --error-exitcode=99 --track-fds=no --suppressions=tests/valgrind.supp'

for name in "$@"; do
    case $name in
    quick)
        begin quick "unit tests"
        run_units "$build"
        run_web_units
        ;;
    unit)
        begin unit "unit tests under AddressSanitizer and UndefinedBehaviorSanitizer"
        (
            sanitizers
            run_units "$build/asan"
            exit "$status"
        ) || status=1
        count_reports
        run_web_units
        ;;
    clang)
        begin clang "unit tests under clang's sanitizers, which see what gcc's don't"
        (
            sanitizers
            run_units "$build/clang-asan"
            exit "$status"
        ) || status=1
        count_reports
        ;;
    postgres)
        begin postgres "the store in PostgreSQL: its own tests, and the suites that both databases share"
        (
            sanitizers
            beside=tests/postgres/server.sh
            run_unit postgres "$beside" "$build/asan/unit-postgres"
            left_out='# SKIP test was skipped$' # the test library's words for what a filter leaves out
            run_unit collector "$beside" "$build/asan/unit-collector" --filter "$shared_suites"
            left_out=
            export BURGERPANEL_BUILD="$build"
            # shellcheck disable=SC2046  # a word a file
            run_node tests/postgres/*.test.mjs $(on_both_stores)
            exit "$status"
        ) || status=1
        count_reports
        ;;
    patroni)
        begin patroni "three servers that Patroni watches over"
        (
            export BURGERPANEL_BUILD="$build" KIT_STORE=made-by-the-test
            run_node tests/patroni/*.test.mjs
            exit "$status"
        ) || status=1
        ;;
    e2e)
        begin e2e "end to end, programs under AddressSanitizer and UndefinedBehaviorSanitizer"
        (
            sanitizers
            export BURGERPANEL_BUILD="$build/asan" BURGERPANEL_SLOW=3
            # shellcheck disable=SC2046  # a word a file
            run_node $(without_browsers)
            exit "$status"
        ) || status=1
        count_reports
        ;;
    web)
        begin web "the pages in a browser"
        rm -rf "$results/web"
        (
            sanitizers
            export BURGERPANEL_BUILD="${BURGERPANEL_BUILD:-$build/asan}" BURGERPANEL_SLOW=3
            run_node tests/e2e/web-*.test.mjs
            exit "$status"
        ) || status=1
        count_reports
        ;;
    memcheck)
        begin memcheck "unit tests and a run of the daemon under valgrind"
        # shellcheck disable=SC2086  # a list of words
        run_units "$build/mem" $memcheck --log-file="$reports/memcheck/%p"
        (
            # shellcheck disable=SC2086
            BURGERPANEL_WRAP=$(echo $memcheck "--log-file=$reports/memcheck/%p")
            # valgrind knows neither Landlock nor seccomp, and says so in a report.
            export BURGERPANEL_WRAP BURGERPANEL_BUILD="$build" BURGERPANEL_SLOW=20 BURGERPANEL_SANDBOX=off
            run_node tests/e2e/walk.test.mjs
            exit "$status"
        ) || status=1
        count_reports
        ;;
    tsan)
        begin tsan "eight clients at once, programs under ThreadSanitizer"
        (
            sanitizers
            BURGERPANEL_WRAP=$(without_randomisation)
            export BURGERPANEL_WRAP BURGERPANEL_BUILD="$build/tsan" BURGERPANEL_SLOW=10
            run_node tests/e2e/concurrent.test.mjs
            exit "$status"
        ) || status=1
        count_reports
        ;;
    torture)
        begin torture "faults one after the other, attacks and kills"
        begin_figures
        run_torturer "$build"
        (
            sanitizers
            export BURGERPANEL_EVERY=97
            run_torturer "$build/asan"
            exit "$status"
        ) || status=1
        count_reports
        (
            export BURGERPANEL_BUILD="$build"
            at_once=1
            run_node tests/torture/*.test.mjs tests/e2e/kill.test.mjs tests/e2e/disk-faults.test.mjs \
                tests/e2e/store-lost.test.mjs tests/e2e/starving*.test.mjs tests/e2e/overload.test.mjs \
                tests/e2e/quotas.test.mjs tests/e2e/heads.test.mjs
            exit "$status"
        ) || status=1
        tell_figures
        ;;
    torture-short)
        begin torture-short "faults, a few of each kind"
        begin_figures
        (
            sanitizers
            export BURGERPANEL_EVERY=499
            run_torturer "$build/asan"
            exit "$status"
        ) || status=1
        count_reports
        (
            export BURGERPANEL_BUILD="$build" BURGERPANEL_EVERY=13
            at_once=1
            run_node tests/torture/*.test.mjs
            exit "$status"
        ) || status=1
        tell_figures
        ;;
    excel)
        begin excel "tables of profile excel-nl in LibreOffice"
        if BUILD="$build" tests/excel/run.sh; then
            record excel 1 0 0
        else
            record excel 0 1 0
        fi
        ;;
    nginx)
        begin nginx "nginx in front, as OPERATING has it"
        (
            export BURGERPANEL_BUILD="$build"
            run_node tests/nginx/*.test.mjs
            exit "$status"
        ) || status=1
        ;;
    haproxy)
        begin haproxy "HAProxy in front of two collectors, by its example"
        (
            export BURGERPANEL_BUILD="$build"
            beside=tests/postgres/server.sh
            run_node tests/haproxy/*.test.mjs
            exit "$status"
        ) || status=1
        ;;
    coverage)
        begin coverage "unit tests and end to end, counting lines"
        run_units "$build/cov"
        (
            BURGERPANEL_REPORTS=$(cd "$build/cov/obj" && pwd) # where counts go, and no test
            export BURGERPANEL_REPORTS BURGERPANEL_BUILD="$build/cov" BURGERPANEL_SLOW=3
            # shellcheck disable=SC2046  # a word a file
            run_node $(without_browsers) tests/e2e/web-serving.test.mjs tests/e2e/web-verify.test.mjs
            exit "$status"
        ) || status=1
        count_lines
        ;;
    *)
        echo "$0: no stage is called '$name'" >&2
        exit 2
        ;;
    esac
done

# Only this run's stages: .ci/run adds up everything.
rm -rf "$results/this-run"
mkdir -p "$results/this-run"
for stage in $stages; do
    cp "$results/$stage.tally" "$results/this-run/" 2>/dev/null
done
echo
tests/tally.sh "$results/this-run" || status=1
exit "$status"
