#!/usr/bin/env bash
# The link: what it takes to send a tensor up and get an answer down, beside a blocking socket and torch.distributed.rpc,
# on loopback and over a way of 50 Mbit/s; and how well the bandwidth is estimated: README.md.
#
#   bench/link.sh [--rounds N] [--print]
#
#   --rounds N    turns of every program; 12 when not given
#   --print       only print the tables; otherwise they replace their section of bench/RESULTS.md
#
# As root: two network namespaces joined by a veth pair, of which tc tbf shapes the edge's end. Without root there is
# only loopback, and no estimates. Everything is taken down again, however it ends.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$here/tests/prepare.sh"

command="bench/link.sh${*:+ $*}"
rounds=12 into=(--into "$here/bench/RESULTS.md")

usage() { echo "link: $*" >&2; exit 64; }

while [ $# -gt 0 ]; do
  case $1 in
    --rounds)
      [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || usage "$1 needs a whole number above 0"
      rounds=$2
      shift
      ;;
    --print) into=() ;;
    *) usage "'$1' is not an option; use --rounds N or --print" ;;
  esac
  shift
done

out=$here/out/link
python=/usr/bin/python3          # Debian's, which finds Debian's torch.
tag=tl$$
spaces=()
child=
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$here/bench

finish() {
  local status=$? space
  trap - EXIT INT TERM
  if [ -n "$child" ]; then
    kill "$child" 2>/dev/null || true
    wait "$child" 2>/dev/null || true
  fi
  for space in "${spaces[@]}"; do ip netns del "$space" 2>/dev/null || true; done
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# run COMMAND...: waits for it in such a way that a signal ends both.
run() {
  local status=0
  "$@" &
  child=$!
  wait "$child" || status=$?
  child=
  return "$status"
}

make_namespaces() {
  local side
  for side in edge cloud; do
    spaces+=("$tag-$side")
    ip netns add "$tag-$side" || return 1
  done
  ip link add "$tag-e" netns "$tag-edge" type veth peer name "$tag-c" netns "$tag-cloud" || return 1
  ip -n "$tag-edge" addr add 10.77.0.1/24 dev "$tag-e"
  ip -n "$tag-cloud" addr add 10.77.0.2/24 dev "$tag-c"
  for side in edge cloud; do ip -n "$tag-$side" link set lo up; done
  ip -n "$tag-edge" link set "$tag-e" up
  ip -n "$tag-cloud" link set "$tag-c" up
}

# measure WHAT ARGUMENTS...
measure() {
  printf '\n== %s\n' "$1" >&2
  run "$python" "$here/bench/link/measure.py" "$1" --programs "$here/build/release/bench" --folder "$out" \
    --rounds "$rounds" "${@:2}"
}

prepare release this_link plain_socket echo_network
tideline_install "${tideline_bench_packages[@]}" || true
mkdir -p "$out"
rm -f "$out"/*
"$here/build/release/bench/echo_network" "$out/echo.pt" 'fp32[1,46656]' 1000
"$here/build/release/bench/echo_network" "$out/rows.pt" 'fp32[*,2048]' 1
load=$(cut -d ' ' -f 1 /proc/loadavg)
commit=$(git -C "$here" describe --always --dirty 2>/dev/null || echo unknown)
measure loopback
if [ "$(id -u)" = 0 ] && make_namespaces; then
  shaped=(--interface "$tag-e" --edge "$tag-edge" --cloud "$tag-cloud")
  measure shaped "${shaped[@]}"
  measure estimates "${shaped[@]}"
else
  echo "link: no network namespaces can be made here (root is needed): only loopback is measured" >&2
fi
"$python" "$here/bench/link/report.py" "$out" "${into[@]}" --command "$command" --commit "$commit" --load "$load"
