#!/usr/bin/env bash
# What policies would cost, by tables that are measured here: AlexNet, MobileNet and ResNet50 between an edge with a part of a
# core and a cloud with a whole one, replayed over traces of bandwidth and CPU: README.md.
#
#   bench/replay.sh [--print] [--share PERCENT] [--rate R] [--measured] [--trace FILE]... [--cpu FILE]... [--cpu-speed N]
#
#   --print         only print the section; otherwise it replaces its own in bench/RESULTS.md
#   --share PERCENT of a core that the edge may use; 25 when not given
#   --rate R        requests per second; 2 when not given
#   --measured      with the tables that an earlier run left in out/replay
#   --trace FILE    a bandwidth, CSV (policy/replay/README.md), instead of eight that are made from seeds
#   --cpu FILE      how busy the edge's CPU is, CSV, instead of two from seeds; --cpu-speed N runs it so many times faster
#
# As root. Everything is taken down again, however it ends.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$here/bench/rooms.sh"

command="bench/replay.sh${*:+ $*}"
models=(alexnet mobilenet resnet50) share=25 rate=2 cpu_speed=1 measured=no
bandwidths=() cpus=()

while [ $# -gt 0 ]; do
  case $1 in
    --print) into=() ;;
    --measured) measured=yes ;;
    --share) share=${2:?per cent}; shift ;;
    --rate) rate=${2:?requests per second}; shift ;;
    --trace) bandwidths+=("${2:?a file}"); shift ;;
    --cpu) cpus+=("${2:?a file}"); shift ;;
    --cpu-speed) cpu_speed=${2:?a number}; shift ;;
    *) usage "'$1' is not an option; the head of the script lists them" ;;
  esac
  shift
done
[ "$measured" = yes ] || [ "$(id -u)" = 0 ] || { echo "replay: run as root: it needs network namespaces, tc and cgroups" >&2; exit 77; }

prepare release agent make_trace
agent=$here/build/release/agent
out=$here/out/replay
mkdir -p "$out"

# Eight links, from fast to slow, and an edge that is busy in two ways; ten minutes of each.
own_traces() {
  local seed=1 mbps
  for mbps in 80 50 30 20 12 8 5 3; do
    "$here/build/release/bench/make_trace" --kind cellular --mbps "$mbps" --seconds 600 --seed $((seed++)) >"$out/cellular-$mbps.csv"
    bandwidths+=("$out/cellular-$mbps.csv")
  done
  for seed in 1 2; do
    "$here/build/release/bench/make_trace" --kind cpu --seconds 600 --seed "$seed" >"$out/busy-$seed.csv"
    cpus+=("$out/busy-$seed.csv")
  done
}

measure_tables() {
  local model entries=()
  make_rooms $((3 << 30)) "$share"
  printf 'uplink = ["50 Mbit/s", "10 Mbit/s", "2 Mbit/s"]\nedge_cpu = ["0 %%", "50 %%", "100 %%"]\n' >"$out/grid.toml"
  for model in "${models[@]}"; do
    "$agent" --zoo "$model" --out "$out/$model.pt"
    entries+=(--model "$model=$out/$model.pt")
  done
  "${in_cloud[@]}" env TIDELINE_CLOUD_MAX_BATCH=1 "$agent" --cloud "${entries[@]}" --listen 10.77.0.2:7070 --threads 1 2>"$out/cloud.log" &
  until_the_end $!
  wait_for "$out/cloud.log" "listening on" $!
  for model in "${models[@]}"; do
    say "Profile: $model, the edge with $share % of a core"
    rm -f "$out/$model.jsonl" "$out/$model.json"
    run "${in_edge[@]}" "$agent" --profile --model "$model=$out/$model.pt" --peer 10.77.0.2:7070 --grid "$out/grid.toml" \
      --method separable --codecs fp32,int8z --budget 2min --interval "3 %" --repetitions 20 --samples "$out/$model.jsonl" \
      --table "$model=$out/$model.json" --interface "$tag-e" --threads 1 >"$out/$model.txt" 2>"$out/$model.log" ||
      { tail -n 5 "$out/$model.log" >&2; return 70; }
  done
}

note_circumstances "$command"
[ "${#bandwidths[@]}" -gt 0 ] || own_traces
[ "$measured" = yes ] || measure_tables
arguments=(--cpu idle --cpu-speed "$cpu_speed" --rate "$rate")
for model in "${models[@]}"; do arguments+=(--table "$out/$model.json"); done
for file in "${bandwidths[@]}"; do arguments+=(--bandwidth "$file"); done
for file in "${cpus[@]}"; do arguments+=(--cpu "$file"); done
for policy in adaptive table edge-only cloud-only oracle causal-0.25 causal-0.5 causal-1; do arguments+=(--policy "$policy"); done
say "Replay: ${#models[@]} tables x ${#bandwidths[@]} links x $((1 + ${#cpus[@]})) loads"
run "$agent" --replay "${arguments[@]}" --html "$out/replay.html" --json >"$out/replay.json"
"$python" "$here/bench/replay/report.py" "$out/replay.json" "${into[@]}" "${circumstances[@]}"
