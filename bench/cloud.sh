#!/usr/bin/env bash
# One cloud and many edges: how many tails of AlexNet it runs in a second when it may run them together, beside a cloud
# that runs each alone; and what a thousand connected edges cost. README.md says how.
#
#   bench/cloud.sh [--edges N] [--rounds N] [--seconds S] [--print]
#
#   --edges N     that ask without pause, each for one tail at a time; 32 when not given
#   --rounds N    turns of each cloud per cut; 8 when not given
#   --seconds S   a turn; 2 when not given
#   --print       only print the table; otherwise it replaces its section of bench/RESULTS.md
#
# Wants a quiet machine and 2 GB of memory; takes two minutes.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$here/tests/prepare.sh"

command="bench/cloud.sh${*:+ $*}"
edges=32 rounds=8 seconds=2 into=$here/bench/RESULTS.md

usage() { echo "cloud: $*" >&2; exit 64; }

while [ $# -gt 0 ]; do
  case $1 in
    --edges | --rounds | --seconds)
      [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || usage "$1 needs a whole number above 0"
      printf -v "${1#--}" %s "$2"
      shift
      ;;
    --print) into= ;;
    *) usage "'$1' is not an option; use --edges N, --rounds N, --seconds S or --print" ;;
  esac
  shift
done

out=$here/out/cloud
agent=$here/build/release/agent
crowd=$here/build/release/bench/crowd
clouds=()

finish() {
  trap - EXIT INT TERM
  for pid in "${clouds[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait
  rm -f "$out/alexnet.pt"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# start NAME MOST: a cloud on a port of its own, in $out/NAME.log; its process is the last of clouds.
start() {
  TIDELINE_CLOUD_MAX_BATCH=$2 TIDELINE_CLOUD_MAX_PEER_CONNECTIONS=2000 "$agent" --cloud --model "alexnet=$out/alexnet.pt" --listen 127.0.0.1:0 2>"$out/$1.log" &
  clouds+=($!)
  for _ in {1..600}; do
    grep -q 'listening on' "$out/$1.log" && return
    kill -0 "$!" 2>/dev/null || break
    sleep 0.1
  done
  cat "$out/$1.log" >&2
  exit 1
}
port() { sed -n 's/.*listening on .*:\([0-9]*\)$/\1/p' "$out/$1.log"; }
memory() { awk '/^RssAnon/ { printf "%.0f", $2 / 1024 }' "/proc/$1/status"; }
cut_named() {
  "$agent" --inspect --model "alexnet=$out/alexnet.pt" --json |
    python3 -c 'import json, sys
print(next(c["index"] for c in json.load(sys.stdin)["cuts"] if sys.argv[1] in c["name"]))' "$1"
}

prepare release agent crowd
mkdir -p "$out"
load=$(cut -d ' ' -f 1 /proc/loadavg)
"$agent" --zoo alexnet --out "$out/alexnet.pt"
start batching 16
start alone 1
start fresh 16
{
  cat <<TEXT
* \`$command\`, $(date -u +%F), commit $(git -C "$here" describe --always --dirty 2>/dev/null || echo unknown)
* $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores, Linux $(uname -r), load $load at the start; edges and clouds share them
* AlexNet, fp32, $edges edges with one request each, $rounds turns of $seconds s of each cloud, the two in turn

| cut | crosses | together, tails/s | alone, tails/s | ratio [least, most] | of one run | p50, ms, together / alone | p99, ms | largest difference | errors |
| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |
TEXT
  for cut in 0 "$(cut_named 'features.2 ')" "$(cut_named flatten)"; do
    "$crowd" --model "$out/alexnet.pt" --cut "$cut" --batching "$(port batching)" --alone "$(port alone)" \
      --edges "$edges" --rounds "$rounds" --seconds "$seconds"
  done
  cat <<TEXT

Memory that no file backs, after that: $(memory "${clouds[0]}") MiB of the cloud that runs tails together, $(memory "${clouds[1]}") MiB of the other.

| connected edges | of them busy | memory of an edge, KiB | tails/s | answers | errors |
| --: | --: | --: | --: | --: | --: |
TEXT
  "$crowd" --model "$out/alexnet.pt" --cut "$(cut_named flatten)" --batching "$(port fresh)" --pid "${clouds[2]}" \
    --edges 1000 --busy 64 --seconds "$seconds"
} | tee "$out/report.md"
[ -z "$into" ] || /usr/bin/python3 "$here/bench/results.py" "$into" cloud <"$out/report.md"
