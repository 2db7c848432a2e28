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
source "$here/tests/prepare.sh"

command="${OPENBLAS_CORETYPE:+OPENBLAS_CORETYPE=$OPENBLAS_CORETYPE }bench/engine.sh${*:+ $*}"
rounds=30 seconds=120 networks=() into=(--into "$here/bench/RESULTS.md")

usage() { echo "engine: $*" >&2; exit 64; }

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
peers=$here/build/peers
python=/usr/bin/python3          # Debian's, which finds Debian's torch.
onnx_runtime=1.30.0
no_onnx=                         # Why ONNX Runtime is not here.
child=
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$here/bench

say() { printf '\n== %s\n' "$*" >&2; }

# run COMMAND...: waits for it in such a way that a signal ends both.
run() {
  local status=0
  "$@" &
  child=$!
  wait "$child" || status=$?
  child=
  return "$status"
}

finish() {
  local status=$?
  trap - EXIT INT TERM
  if [ -n "$child" ]; then
    kill "$child" 2>/dev/null || true
    wait "$child" 2>/dev/null || true
  fi
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Takes ONNX Runtime's package for Node, without the scripts that it would like to run; or says why not.
fetch_onnx_runtime() {
  export NODE_PATH=$peers/node_modules
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    tideline_install nodejs npm || { no_onnx="there is no node and npm here"; return 0; }
  fi
  if [ "$(node -p 'require("onnxruntime-node/package.json").version' 2>/dev/null)" != "$onnx_runtime" ]; then
    mkdir -p "$peers"
    run npm install --prefix "$peers" --ignore-scripts --no-audit --no-fund "onnxruntime-node@$onnx_runtime" >&2 ||
      { no_onnx="npm could not install onnxruntime-node $onnx_runtime"; return 0; }
  fi
  node -e 'require("onnxruntime-node")' >&2 || no_onnx="onnxruntime-node $onnx_runtime does not load on this machine"
}

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
load=$(cut -d ' ' -f 1 /proc/loadavg)
commit=$(git -C "$here" describe --always --dirty 2>/dev/null || echo unknown)
for network in "${networks[@]}"; do measure "$network"; done
say "What came of it"
"$python" "$here/bench/engine/report.py" "$out" "${networks[@]}" "${into[@]}" \
  --command "$command" --commit "$commit" --load "$load"
