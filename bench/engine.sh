#!/usr/bin/env bash
# One whole inference, batch 1, one thread, fp32: this engine beside plain libtorch and ONNX Runtime, for the networks
# of the zoo. They are asked in turn, on one core, so that what the machine does to one it does to all: README.md.
#
#   bench/engine.sh [--rounds N] [--seconds S] [--print] [NETWORK...]
#
#   --rounds N    turns of every engine per network; 30 when not given
#   --seconds S   per network, no further round after that time; 120 when not given
#   --print       only print the table; otherwise it replaces its section of bench/RESULTS.md
#   NETWORK       of the zoo; all when not given
#
# Wants a quiet machine, and 6 GB of memory for the largest networks. Leaves what was measured in out/engine.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$here/bench/scaffold.sh"

command="${OPENBLAS_CORETYPE:+OPENBLAS_CORETYPE=$OPENBLAS_CORETYPE }bench/engine.sh${*:+ $*}"
rounds=30 seconds=120 networks=() into=(--into "$here/bench/RESULTS.md")

while [ $# -gt 0 ]; do
  case $1 in
    --rounds | --seconds)
      [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || usage "$1 needs a whole number above 0"
      printf -v "${1#--}" %s "$2"
      shift
      ;;
    --print) into=() ;;
    -*) usage "'$1' is not an option; use --rounds N, --seconds S or --print" ;;
    *) networks+=("$1") ;;
  esac
  shift
done

programs=$here/build/release/bench
out=$here/out/engine

# measure NETWORK: leaves NETWORK.json, and takes the large files away again.
measure() {
  say "$1"
  rm -f "$out/$1".*
  run "$here/build/release/agent" --zoo "$1" --out "$out/$1.pt"
  run "$python" "$here/bench/engine/export.py" "$out" "$1"
  run "$python" "$here/bench/engine/measure.py" --programs "$programs" --folder "$out" --network "$1" \
    --rounds "$rounds" --seconds "$seconds" --no-onnx "$no_onnx"
  rm -f "$out/$1".{pt,onnx,input,output.*}
}

prepare release agent this_engine plain_libtorch limits
tideline_install "${tideline_bench_packages[@]}"
fetch_onnx_runtime
mkdir -p "$out"
[ "${#networks[@]}" -gt 0 ] || mapfile -t networks < <("$programs/this_engine")
note_circumstances "$command"
for network in "${networks[@]}"; do measure "$network"; done
say "What came of it"
"$python" "$here/bench/engine/report.py" "$out" "${networks[@]}" "${into[@]}" "${circumstances[@]}"
