#!/usr/bin/env bash
# How fast codecs are on one core, by the processor's vector instructions and without them: README.md.
#
#   bench/codec.sh [--rounds N] [--print]
#
#   --rounds N    repetitions of every measurement, of which the median counts; 5 when not given
#   --print       only print the table; otherwise it replaces its section of bench/RESULTS.md
#
# Wants a quiet machine for half a minute. Leaves what was measured in out/codec.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$here/tests/prepare.sh"

command="bench/codec.sh${*:+ $*}"
rounds=5 into=(--into "$here/bench/RESULTS.md")

usage() { echo "codec: $*" >&2; exit 64; }

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

out=$here/out/codec
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$here/bench
prepare release codec_throughput
tideline_install python3 util-linux
mkdir -p "$out"
load=$(cut -d ' ' -f 1 /proc/loadavg)
commit=$(git -C "$here" describe --always --dirty 2>/dev/null || echo unknown)
taskset --cpu-list 0 "$here/build/release/bench/codec_throughput" --benchmark_repetitions="$rounds" \
  --benchmark_min_time=0.02 --benchmark_report_aggregates_only=true --benchmark_format=json >"$out/throughput.json"
/usr/bin/python3 "$here/bench/codec/report.py" "$out/throughput.json" "${into[@]}" \
  --command "$command" --commit "$commit" --load "$load"
