#!/bin/sh
# Every check of the sources, a line each, after having seen that each can fail. make has compiled everything with both
# compilers, warnings as errors, before this runs.
# Usage: BUILD=build tests/lint/run.sh [CHECK...]
set -u
cd "$(dirname "$0")/../.." || exit 1

build=${BUILD:-build}
work=$build/lint
mkdir -p "$work" "$build/results"
passed=0
failed=0

c_files() { # FOLDER...
    for folder in "$@"; do find "$folder" -name '*.[ch]'; done | sort
}
all_c=$(c_files base crypto panel collector client tests)
room_c=$(c_files base crypto panel collector client tests/fuzz | grep '\.c$')
scripts=$(find .ci fixtures packaging tests -name '*.sh' -o -path '.ci/*' -type f -o -name '*.post*' | sort)
modules=$(find tests web -name '*.mjs' -o -path 'web/*.js' | sort)
# shellcheck disable=SC2046  # one word a flag
printf '%s\n' -std=c17 -I"$PWD" -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 '-DBURGERPANEL_VERSION="0"' \
    $(pkg-config --cflags libpq) >"$work/compile_flags.txt"

# check NAME WHAT COMMAND...: passes when the command exits 0. Its output is the findings.
check() {
    name=$1
    what=$2
    shift 2
    if ("$@") >"$work/$name.log" 2>&1 </dev/null; then
        passed=$((passed + 1))
        printf 'ok    %-14s %s\n' "$name" "$what: nothing found"
    else
        failed=$((failed + 1))
        count=$(grep -cE ': (error|warning)[: ]' "$work/$name.log") || count=$(grep -c . "$work/$name.log")
        printf 'FAIL  %-14s %s: %s findings\n' "$name" "$what" "$count"
        sed 's/^/      /' "$work/$name.log" | head -40
    fi
}

# must_fail NAME COMMAND...: part of the self-test
must_fail() {
    name=$1
    shift
    if "$@" >/dev/null 2>&1 </dev/null; then echo "$name accepts the bad sample"; return 1; fi
}

tidy() { # FILE...
    printf '%s\n' "$@" | xargs -P "$(nproc)" -n 1 clang-tidy --quiet -p "$work" >"$work/tidy.out" 2>"$work/tidy.err" ||
        echo "clang-tidy failed" >>"$work/tidy.out"
    cat "$work/tidy.out"
    ! grep -q . "$work/tidy.out"
}

shells() {
    result=0
    for script in "$@"; do sh -n "$script" || result=1; done
    shellcheck -S warning "$@" || result=1
    return "$result"
}

node_check() {
    result=0
    for module in "$@"; do node --check "$module" || result=1; done
    return "$result"
}

# The pages are made by make before this runs.
manuals() { mandoc -T lint "$@"; }

completion() { # BASH-SCRIPT ZSH-FUNCTION
    bash -n "$1" && shellcheck -s bash -S warning "$1" && zsh -n "$2" && BURGERPANEL_BUILD=$build node tests/lint/completion.mjs "$@"
}

source_check() { node tests/lint/sources.mjs "$1" --objects "$build/clang/obj"; }

papers() { # CHECK [FILE]
    BUILD="$build" tests/spectral/install.sh && node tests/lint/papers.mjs "$1" "$build/spectral" ${2:+"$2"}
}

sbom() { # FILE
    node packaging/sbom.mjs "$build" "$(sed -n 's/^VERSION := //p' Makefile)" >"$1"
}

self_test() {
    bad=$work/bad
    node tests/lint/selftest.mjs "$bad" || return 1
    cp .clang-format .clang-tidy "$bad/"
    printf '/* bad */\nint  bad( void ) { return 1 ; }\n' >"$bad/format.c"
    printf '/* bad */\nint bad(int *p);\nint bad(int *p)\n{\n    if (!p)\n        return *p;\n    return 0;\n}\n' >"$bad/tidy.c"
    printf 'if true; then\n' >"$bad/syntax.sh"
    printf '#!/bin/sh\nrm -rf "$UNSET/"*; cd x; a=1\n' >"$bad/shell.sh"
    printf 'const = 1;\n' >"$bad/module.mjs"
    printf '[Service]\nExecStart=@bindir@/burgerpanel-collector\n' >"$bad/open.service"
    sed 's/^ProtectSystem=/ProtectSistem=/' packaging/burgerpanel.service >"$bad/misspelt.service"
    mkdir -p "$bad/unlinked/docs"
    printf '[here](#there) [a](docs/A.md)\n' >"$bad/unlinked/README.md"
    printf '# A\n' >"$bad/unlinked/docs/A.md"
    mkdir -p "$bad/unlicensed" "$bad/unnamed/tests" "$bad/unnamed/.reuse"
    printf 'Whose is this?\n' >"$bad/unlicensed/words.txt"
    cp -r LICENSE LICENSES "$bad/unnamed/"
    sed '/^Files: tests\/vectors/,$d' .reuse/dep5 >"$bad/unnamed/.reuse/dep5"
    cp -r tests/spectral "$bad/unnamed/tests/"
    sed -i 's/| CC-BY-4.0 |/| MIT |/' "$bad/unnamed/tests/spectral/SOURCES.md"
    sed 's/^  license: .*/  licence: EUPL-1.2/' publiccode.yml >"$bad/publiccode.yml"
    sed '/^| `panel\/answer.c`/d' docs/HACKING.md >"$bad/HACKING.md"
    sbom "$work/sbom.json" && sed 's/"relatedSpdxElement": "SPDXRef-Package-libsodium23"/"relatedSpdxElement": "SPDXRef-Nowhere"/' "$work/sbom.json" \
        >"$bad/sbom.json" || return 1
    printf '.TH BAD 1\n.SH NAME\n.PP\nbad\n' >"$bad/bad.1"
    echo 'complete -W nothing burgerpanel burgerpanel-collector' >"$bad/mute.bash"
    must_fail format clang-format --dry-run -Werror "$bad/format.c" &&
        must_fail tidy tidy "$bad/tidy.c" &&
        must_fail shells shells "$bad/syntax.sh" &&
        must_fail shells shells "$bad/shell.sh" &&
        must_fail unit env BUILD="$build" tests/lint/unit.sh "$bad/open.service" &&
        must_fail unit env BUILD="$build" tests/lint/unit.sh "$bad/misspelt.service" &&
        must_fail manuals manuals "$bad/bad.1" &&
        must_fail completion completion "$bad/mute.bash" packaging/completion/_burgerpanel &&
        must_fail modules node_check "$bad/module.mjs" &&
        must_fail reuse reuse --root "$bad/unlicensed" lint &&
        must_fail licences node tests/lint/papers.mjs licences "$bad/unnamed" &&
        must_fail links node tests/lint/papers.mjs links "$bad/unlinked" &&
        must_fail publiccode papers publiccode "$bad/publiccode.yml" &&
        must_fail sbom papers sbom "$bad/sbom.json" &&
        must_fail hacking env BUILD="$build" tests/hacking/run.sh places "$bad/HACKING.md"
}

wanted=${*:-self-test format tidy walls functions sizes widths blanks heads roles statics failures circles exported texts versions shown logged pages shells unit manuals completion modules reuse licences links publiccode sbom hacking markup axe api}
for name in $wanted; do
    # shellcheck disable=SC2086  # lists of words
    case $name in
    self-test) check self-test "each check finds its bad sample" self_test ;;
    format) check format "clang-format" clang-format --dry-run -Werror $all_c ;;
    tidy) check tidy "clang-tidy" tidy $room_c ;;
    walls) check walls "includes go as the plan says" source_check walls ;;
    functions) check functions "banned functions" source_check functions ;;
    sizes) check sizes "files to 500 lines, functions to 50" source_check sizes ;;
    widths) check widths "lines to 120 characters" source_check widths ;;
    blanks) check blanks "white space" source_check blanks ;;
    heads) check heads "heads and guards" source_check heads ;;
    roles) check roles "what each file is for" source_check roles ;;
    statics) check statics "names of static functions" source_check statics ;;
    failures) check failures "how failures are asked for" source_check failures ;;
    circles) check circles "no files in a circle" source_check circles ;;
    exported) check exported "exported names" source_check exported ;;
    texts) check texts "texts in two languages" source_check texts ;;
    versions) check versions "one version of each" source_check versions ;;
    pages) check pages "walls inside the pages" source_check pages ;;
    shown) check shown "tests that the papers name" source_check shown ;;
    logged) check logged "what the manual says of each line of the log" source_check logged ;;
    shells) check shells "shell scripts" shells $scripts ;;
    unit) check unit "the unit, by systemd-analyze" env BUILD="$build" tests/lint/unit.sh ;;
    manuals) check manuals "the manual pages, by mandoc" manuals "$build"/man/*.[158] "$build"/man/nl/*.[158] ;;
    completion) check completion "completion in bash and zsh" completion packaging/completion/burgerpanel.bash packaging/completion/_burgerpanel ;;
    modules) check modules "JavaScript" node_check $modules ;;
    reuse) check reuse "who made each file, under which licence" reuse lint --quiet ;;
    licences) check licences "licences of what others made" node tests/lint/papers.mjs licences ;;
    links) check links "what the papers link to, and README's map" node tests/lint/papers.mjs links ;;
    publiccode) check publiccode "publiccode.yml, by its schema" papers publiccode ;;
    sbom)
        sbom "$work/sbom.json"
        check sbom "what the programs are linked with, as SPDX" papers sbom "$work/sbom.json"
        ;;
    hacking) check hacking "the worked example of HACKING" env BUILD="$build" tests/hacking/run.sh ;;
    markup) check markup "the pages' HTML, by html-validate" env BUILD="$build" tests/pages/run.sh markup ;;
    axe) check axe "accessibility of every state of the pages" env BUILD="$build" tests/pages/run.sh axe ;;
    api) check api "Dutch API Design Rules" env BUILD="$build" tests/spectral/run.sh ;;
    *)
        echo "$0: no check is called '$name'" >&2
        exit 2
        ;;
    esac
done

echo "$passed $failed 0" >"$build/results/lint.tally"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
