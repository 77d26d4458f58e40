#!/usr/bin/env bash
# Installs what the tests and the lint need beyond a compiler and Node, with apt where there is one. A missing tool is
# said loudly and is not a failure here: what needs it says so itself. With arguments, only the tools so named.
set -u

tools=(
    clang:clang
    clang-format:clang-format
    clang-tidy:clang-tidy
    strace:strace
    aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu,libc6-dev-arm64-cross
    aarch64-linux-gnu-g++:g++-aarch64-linux-gnu
    x86_64-linux-gnu-g++:g++-x86-64-linux-gnu
    qemu-aarch64-static:qemu-user-static
    qemu-system-aarch64:qemu-system-arm
)
[ "$(uname -m)" = x86_64 ] && tools+=(/lib/ld-musl-x86_64.so.1:musl)

if [ $# -gt 0 ]; then
    named=()
    for entry in "${tools[@]}"; do
        [[ " $* " == *" ${entry%%:*} "* ]] && named+=("$entry")
    done
    tools=("${named[@]}")
fi

missing_packages() {
    for entry in "${tools[@]}"; do
        command -v "${entry%%:*}" >/dev/null || tr ',' ' ' <<<"${entry#*:}"
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

packages=$(missing_packages | xargs)
[ -z "$packages" ] && exit 0

if command -v apt-get >/dev/null && as_root true 2>/dev/null; then
    echo "installing: $packages"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086 # a list of words
    { as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends $packages; } </dev/null >/dev/null 2>&1
fi

for entry in "${tools[@]}"; do
    command -v "${entry%%:*}" >/dev/null || echo "MISSING: ${entry%%:*} (Debian: ${entry#*:})" >&2
done
exit 0
