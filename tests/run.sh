#!/usr/bin/env bash
# Installs what is missing, builds everything, and runs the tests.
#
#   tests/run.sh [--sanitizers] [CTEST ARGUMENT...]
#
#   --sanitizers   also the fast tests under AddressSanitizer and UBSan, and those with threads but without libtorch
#                  under ThreadSanitizer, each in a build of its own
#
# CTEST ARGUMENTs choose among the release tests: -L fast, -LE slow, -R runtime_link. Ends with ctest's own summary.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$here/tests/prepare.sh"

sanitizers=no
if [ "${1:-}" = --sanitizers ]; then
  sanitizers=yes
  shift
fi
case ${1:-} in
  -h | --help)
    sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 0
    ;;
esac

prepare --for-tests --packages
PATH=$PATH:$here/build/tools:/usr/sbin:/sbin
cd "$here"

# GCC 12's ThreadSanitizer cannot start where the kernel spreads addresses widely.
unspread=()
if setarch "$(uname -m)" -R true 2>/dev/null; then unspread=(setarch "$(uname -m)" -R); fi

failed=()
if [ "$sanitizers" = yes ]; then
  for preset in tsan asan; do
    prepare "$preset"
    "${unspread[@]}" ctest --preset "$preset" || failed+=("$preset")
  done
fi
prepare release
ctest --preset release "$@" || failed+=(release)

if [ "${#failed[@]}" -gt 0 ]; then
  echo "run: tests failed in: ${failed[*]}" >&2
  exit 1
fi
