# shellcheck shell=sh
# Sourced by what shows something step by step: each is a command that must succeed, with a line for it, and what it said where it didn't.

passed=0
failed=0

step() { # WHAT COMMAND...
    what=$1
    shift
    if said=$("$@" 2>&1); then
        passed=$((passed + 1))
        printf 'ok    %s\n' "$what"
    else
        failed=$((failed + 1))
        printf 'FAIL  %s\n' "$what"
        printf '%s\n' "$said" | tail -n 20 | sed 's/^/      /'
    fi
}

# What should come about by itself soon.
await() { # COMMAND...
    tries=0
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -le 200 ] || { echo "did not come about within 20 s: $*"; return 1; }
        sleep 0.1
    done
}

must_fail() { # COMMAND...
    ! "$@"
}
