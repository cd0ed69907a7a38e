#!/bin/sh
# Stands in for apt-get on the machine of machine.mjs, the folder above this script's: notes in `calls` how it was
# called, and puts files where packages would. As apt-get does, it fails when the lock of the package lists is taken:
# while another one runs, and as many times as `lists-held` says. While `hold` is there it doesn't end.
set -u

machine=$(cd "$(dirname "$0")/.." && pwd) || exit 1
echo "apt-get $*" >>"$machine/calls"

locked() {
    if [ "${LC_ALL:-}" = C ]; then
        echo 'E: Could not get lock /var/lib/apt/lists/lock. It is held by process 4711 (apt-get)' >&2
    else
        echo 'E: Kan /var/lib/apt/lists/lock niet vergrendelen. Het is in gebruik door proces 4711 (apt-get)' >&2
    fi
    echo 'E: Unable to lock directory /var/lib/apt/lists/' >&2
    exit 100
}

put_command() { # name
    cp "$machine/stand-in/${2:-true}" "$machine/bin/$1"
}

put_file() { # path below the root
    mkdir -p "$(dirname "$machine/root/$1")"
    : >"$machine/root/$1"
}

put_package() { # name
    case $1 in
    gcc | clang) put_command "$1" compiler ;;
    nodejs) put_command node node ;;
    libreoffice-calc-nogui) put_command soffice ;;
    chromium-driver) put_command chromedriver ;;
    buildah | podman | runc | chromium | clang-format | clang-tidy | curl | debootstrap | gcovr | lintian | mandoc | npm | patroni | pkg-config | pngquant | reuse | shellcheck | sqlite3 | valgrind | zsh)
        put_command "$1"
        ;;
    etcd-server) put_command etcd ;;
    fonts-liberation) put_file usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf ;;
    iproute2) put_command ss ;;
    nettle-dev) put_file usr/include/nettle/sha2.h ;;
    nginx-light) put_file usr/sbin/nginx ;;
    haproxy) put_file usr/sbin/haproxy ;;
    build-essential) put_file usr/share/build-essential/essential-packages-list ;;
    debhelper) put_command dh ;;
    dpkg-dev) put_command dpkg-buildpackage ;;
    libc6-dev) put_file usr/include/stdio.h ;;
    libcjson-dev) put_file usr/include/cjson/cJSON.h ;;
    libclang-rt-14-dev) put_file usr/lib/llvm-14/lib/clang/14.0.6/lib/linux/libclang_rt.fuzzer-x86_64.a ;;
    libcriterion-dev) put_file usr/include/criterion/criterion.h ;;
    libcurl4-openssl-dev) put_file usr/include/x86_64-linux-gnu/curl/curl.h ;;
    libgnutls28-dev) put_file usr/include/gnutls/gnutls.h ;;
    libinih-dev) put_file usr/include/ini.h ;;
    libpq-dev) put_file usr/include/postgresql/libpq-fe.h ;;
    postgresql-15) put_file usr/lib/postgresql/15/bin/initdb ;;
    libseccomp-dev) put_file usr/include/seccomp.h ;;
    libsodium-dev) put_file usr/include/sodium.h ;;
    libsqlite3-dev) put_file usr/include/sqlite3.h ;;
    node-tweetnacl) put_file usr/share/nodejs/tweetnacl/nacl-fast.min.js ;;
    systemd) put_command systemd-analyze ;;
    zlib1g-dev) put_file usr/include/zlib.h ;;
    *)
        echo "E: Unable to locate package $1" >&2
        exit 100
        ;;
    esac
}

if ! mkdir "$machine/running" 2>/dev/null; then
    echo "two at once" >>"$machine/calls"
    locked
fi
trap 'rmdir "$machine/running"' EXIT
tries=0
while [ -e "$machine/hold" ] && [ "$tries" -lt 1500 ]; do
    /bin/sleep 0.02
    tries=$((tries + 1))
done

# -q, -y and --no-install-recommends, -o and its value
command=
packages=
while [ $# -gt 0 ]; do
    case $1 in
    -o) shift ;;
    -*) ;;
    *) [ -z "$command" ] && command=$1 || packages="$packages $1" ;;
    esac
    shift
done

case $command in
update)
    held=$(cat "$machine/lists-held" 2>/dev/null || echo 0)
    [ "$held" -eq 0 ] && exit 0
    echo $((held - 1)) >"$machine/lists-held"
    locked
    ;;
install)
    for package in $packages; do put_package "$package"; done
    ;;
*)
    echo "E: Invalid operation $command" >&2
    exit 100
    ;;
esac
