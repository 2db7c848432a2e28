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
source "$here/bench/scaffold.sh"

command="bench/codec.sh${*:+ $*}"
rounds=5
read_options "$@"
[ "$rounds" -gt 1 ] || usage "one round has no spread; give --rounds 2 or more"

out=$here/out/codec
prepare release codec_throughput
tideline_install python3 util-linux
mkdir -p "$out"
note_circumstances "$command"
taskset --cpu-list 0 "$here/build/release/bench/codec_throughput" --benchmark_repetitions="$rounds" \
  --benchmark_min_time=0.02 --benchmark_report_aggregates_only=true --benchmark_format=json >"$out/throughput.json"
/usr/bin/python3 "$here/bench/codec/report.py" "$out/throughput.json" "${into[@]}" "${circumstances[@]}"
