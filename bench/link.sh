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
source "$here/bench/scaffold.sh"

command="bench/link.sh${*:+ $*}"
rounds=12
read_options "$@"

out=$here/out/link

# measure WHAT ARGUMENTS...
measure() {
  say "$1"
  run "$python" "$here/bench/link/measure.py" "$1" --programs "$here/build/release/bench" --folder "$out" \
    --rounds "$rounds" "${@:2}"
}

prepare release this_link plain_socket echo_network
tideline_install "${tideline_bench_packages[@]}" || true
mkdir -p "$out"
rm -f "$out"/*
"$here/build/release/bench/echo_network" "$out/echo.pt" 'fp32[1,46656]' 1000
"$here/build/release/bench/echo_network" "$out/rows.pt" 'fp32[*,2048]' 1
note_circumstances "$command"
measure loopback
if make_namespaces; then
  shaped=(--interface "$tag-e" --edge "$tag-edge" --cloud "$tag-cloud")
  measure shaped "${shaped[@]}"
  measure estimates "${shaped[@]}"
else
  echo "link: no network namespaces can be made here (root is needed): only loopback is measured" >&2
fi
"$python" "$here/bench/link/report.py" "$out" "${into[@]}" "${circumstances[@]}"
