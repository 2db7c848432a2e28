#!/usr/bin/env bash
# Builds for arm64 on another processor, and runs the tests by qemu.
#
#   tests/arm64.sh [--ubsan] [--part | PROGRAM...]
#   tests/arm64.sh --pair [OPTION...]
#
#   --ubsan    under UndefinedBehaviorSanitizer, with assertions
#   --part     only programs that need no libtorch and no minutes
#   PROGRAM    of the tests: runtime_codec_tests, runtime_model_tests, ...; all of them when none is named
#   --pair     an edge of arm64 and a cloud of this machine serve together; tests/arm64_pair.py --help has the OPTIONs
#
# Prints how many tests passed, which were skipped or not run and why, and the time of each step. Debian's packages for arm64
# (240 MB) are unpacked in build/arm64-root, or in the folder that TIDELINE_ARM64_ROOT names; none is installed. Needs Debian 12
# on amd64. Ends with 0 and a sentence if the packages cannot be had.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$here/tests/prepare.sh"
cd "$here"

say() { printf 'arm64: %s\n' "$*"; }
not_run() {
  say "not run: $*"
  exit 0
}
began=$SECONDS
took() {
  say "$1: $((SECONDS - began)) s"
  began=$SECONDS
}

preset=arm64
pair=no
programs=()
while [ "$#" -gt 0 ]; do
  case $1 in
    -h | --help)
      sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
      exit 0
      ;;
    --pair)
      pair=yes
      shift
      break
      ;;
    --ubsan) preset=arm64-ubsan ;;
    --part) programs+=(runtime_base_tests runtime_codec_tests runtime_image_tests) ;;
    -*)
      tideline_say "'$1' is not an option; use --ubsan, --part or --pair"
      exit 64
      ;;
    *) programs+=("$1") ;;
  esac
  shift
done
export TIDELINE_ARM64_ROOT=${TIDELINE_ARM64_ROOT:-$here/build/arm64-root}

# make_root: unpacks what the agent and its tests are built with and run by.
make_root() {
  local root=$TIDELINE_ARM64_ROOT wanted=() package library
  for package in "${tideline_packages[@]}"; do
    case $package in
      *-dev | libopenblas0-pthread) wanted+=("$package") ;;
    esac
  done
  if [ "$(cat "$root.packages" 2>/dev/null)" = "${wanted[*]}" ]; then return 0; fi
  say "unpacking Debian's packages for arm64 in $root"
  rm -rf "$root" "$root.packages"
  mkdir -p "$(dirname "$root")"
  mmdebstrap --quiet --variant=extract --architectures=arm64 --include="${wanted[*]}" bookworm "$root" >&2 || return
  # Installing them would choose among the implementations of BLAS.
  for library in libblas.so.3 liblapack.so.3 libopenblas.so.0; do
    ln -s "openblas-pthread/$library" "$root/usr/lib/aarch64-linux-gnu/$library"
  done
  printf '%s\n' "${wanted[*]}" >"$root.packages"
}

# in_namespace COMMAND...: runs it where tests can start the agent.
in_namespace() { unshare --user --map-root-user --mount tests/start_arm64.sh "$@"; }

# run_tests: all of them or those that were named, each by qemu.
run_tests() {
  local ask=(ctest --preset "$preset" -E '^bench_tests$')
  if [ "${#programs[@]}" -gt 0 ]; then ask+=(-R "^($(IFS='|' && printf '%s' "${programs[*]}"))\$"); fi
  export QEMU_LD_PREFIX=$TIDELINE_ARM64_ROOT
  if in_namespace true 2>/dev/null; then
    in_namespace "${ask[@]}"
  else
    say "not run: tests that start the agent: this kernel lets no user namespace start programs for arm64"
    "${ask[@]}" -E '^(bench_tests|configs_tests|runtime_app.*)$'
  fi
}

# report: counts what the tests said, by the log of ctest.
report() {
  awk '
    /^\[       OK \] / { ++passed }
    /: Skipped$/ { getline reason }
    /^\[  SKIPPED \] .* \([0-9]+ ms\)$/ { ++skipped; ++times[reason] }
    /^\[  FAILED  \] .* \([0-9]+ ms\)$/ { ++failed }
    END {
      printf "arm64: %d passed, %d skipped, %d failed\n", passed, skipped, failed
      for (reason in times) printf "arm64: skipped %d: %s\n", times[reason], reason
    }' "build/$preset/Testing/Temporary/LastTest.log"
}

[ "$(uname -m)" = x86_64 ] || not_run "this machine has another processor than x86-64; use tests/run.sh on arm64 itself"
tideline_install build-essential cmake ninja-build pkg-config g++-aarch64-linux-gnu qemu-user-static mmdebstrap ||
  not_run "the packages to build for arm64 cannot be had here"
make_root || not_run "Debian's packages for arm64 cannot be had here"
took root

if [ "$pair" = yes ]; then
  tideline_build arm64 agent
  prepare release agent
  took build
  python3 tests/arm64_pair.py --x86 build/release/agent --arm build/arm64/agent \
    --by "qemu-aarch64-static -L $TIDELINE_ARM64_ROOT" "$@"
  took pair
  exit 0
fi

tideline_build "$preset" "${programs[@]}"
took build
failed=0
run_tests || failed=1
took tests
report
exit "$failed"
