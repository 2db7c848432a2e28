#!/usr/bin/env bash
# Makes this machine ready: installs the Debian packages that are missing, then builds a preset.
#
#   tests/prepare.sh [--for-tests] [--packages] [PRESET [TARGET...]]
#
#   --for-tests   also what only the tests need
#   --packages    install, but build nothing
#   PRESET        of CMakePresets.json; release when not given
#   TARGET        what to build; what the preset builds when not given
#
# May be sourced instead; then it only defines prepare, which takes the same arguments.
# Quick when there is nothing to do. Needs Debian 12 or 13; asks for root (by sudo) only when a package is missing.

# What the agent is built with and runs by.
tideline_packages=(
  build-essential g++ cmake ninja-build pkg-config
  libtorch-dev libdnnl-dev libxnnpack-dev libpthreadpool-dev libhwy-dev libopenblas0-pthread
  libasio-dev libcgroup-dev libeigen3-dev libspdlog-dev libfmt-dev
  libtomlplusplus-dev libcli11-dev nlohmann-json3-dev libssl-dev libzip-dev prometheus-cpp-dev libsystemd-dev
  libjpeg62-turbo-dev libpng-dev libwebp-dev libexif-dev libhtscodecs-dev zlib1g-dev
  libopencv-dnn-dev
  libgtest-dev libgmock-dev libbenchmark-dev libcpp-httplib-dev iproute2
)
# What the tests compare with, ask by, and are checked by.
tideline_test_packages=(curl python3 python3-torchvision systemd)

tideline_say() { printf '%s: %s\n' prepare "$*" >&2; }

# tideline_missing PACKAGE...: prints those that are not installed.
tideline_missing() {
  local package
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || printf '%s\n' "$package"
  done
}

# tideline_apt ARGUMENT...: apt-get as root, without questions; waits for another that is at work.
tideline_apt() {
  local as_root=()
  if [ "$(id -u)" != 0 ]; then as_root=(sudo); fi
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" </dev/null >&2
}

# tideline_install PACKAGE...: installs what of them is missing.
tideline_install() {
  local missing
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    tideline_say "there is no apt-get here: this script knows Debian 12 and 13; what is needed is: $*"
    return 69
  fi
  mapfile -t missing < <(tideline_missing "$@")
  if [ "${#missing[@]}" = 0 ]; then return 0; fi
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    tideline_say "as root, run: apt-get install --no-install-recommends ${missing[*]}"
    tideline_say "these Debian packages are missing, and here is neither root nor sudo to install them"
    return 77
  fi
  tideline_say "installing ${#missing[@]} Debian packages: ${missing[*]}"
  tideline_apt update || tideline_say "not all package lists could be renewed; going on with those that are there"
  tideline_apt install -y --no-install-recommends "${missing[@]}" && return 0
  tideline_say "these Debian packages could not be installed: ${missing[*]}; apt-get says why above"
  return 69
}

# promtool checks our metrics, alert rules and dashboards. Its package starts a server at every boot, which no test
# needs: take the program alone.
tideline_fetch_promtool() {
  local tools=$1
  if command -v promtool >/dev/null || [ -x "$tools/promtool" ]; then return 0; fi
  tideline_say "unpacking promtool (Debian: prometheus) into $tools, for the tests; nothing is installed"
  mkdir -p "$tools" &&
    (cd "$tools" && rm -rf prometheus* && apt-get download -q prometheus >&2 && dpkg-deb -x prometheus*.deb prometheus &&
      mv prometheus/usr/bin/promtool . && rm -rf prometheus*) && return 0
  tideline_say "there is no promtool: the tests that ask it are skipped"
}

# Compilers that include libtorch want about 1 GiB each, more with sanitizers.
tideline_jobs() {
  local cores by_memory
  cores=$(nproc)
  by_memory=$(awk '/^MemAvailable/ {print int($2 / 1500000)}' /proc/meminfo)
  if [ "$by_memory" -lt "$cores" ]; then cores=$by_memory; fi
  if [ "$cores" -lt 1 ]; then cores=1; fi
  printf '%s\n' "$cores"
}

# tideline_build PRESET [TARGET...]
tideline_build() (
  preset=$1
  shift
  cd "$(dirname "${BASH_SOURCE[0]}")/.." || return
  log=build/$preset/configure.log
  mkdir -p "build/$preset"
  if ! cmake --preset "$preset" >"$log" 2>&1; then
    cat "$log" >&2
    tideline_say "cmake could not configure the preset $preset; see above"
    return 70
  fi
  tideline_say "building ${*:-all} in build/$preset with $(tideline_jobs) jobs"
  targets=()
  if [ "$#" -gt 0 ]; then targets=(--target "$@"); fi
  cmake --build --preset "$preset" --parallel "$(tideline_jobs)" "${targets[@]}" >&2 && return 0
  tideline_say "the preset $preset did not build; see above"
  return 70
)

prepare() {
  local for_tests=no build=yes
  while [[ ${1:-} == -* ]]; do
    case $1 in
      --for-tests) for_tests=yes ;;
      --packages) build=no ;;
      *)
        tideline_say "'$1' is not an option; use --for-tests or --packages"
        return 64
        ;;
    esac
    shift
  done
  tideline_install "${tideline_packages[@]}" || return
  if [ "$for_tests" = yes ]; then
    tideline_install "${tideline_test_packages[@]}" || tideline_say "going on; tests that miss one of them are skipped"
    tideline_fetch_promtool "$(dirname "${BASH_SOURCE[0]}")/../build/tools"
  fi
  if [ "$build" = yes ]; then tideline_build "${@:-release}" || return; fi
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  set -euo pipefail
  prepare "$@"
fi
