#!/usr/bin/env bash
# Adaptive against every plan held still, live: an edge and a cloud on this machine, the link and the edge's CPU following
# traces, and what the replay says of the same: README.md.
#
#   bench/adapt.sh [--quick] [--print] [--rounds N] [--seconds S] [--rate R] [--plans N] [--share PERCENT] [--model NAME]
#                  [--seed N] [--table FILE] [--trace FILE]... [--cpu FILE] [--cpu-speed N]
#
#   --quick         one trace, one round of 15 s, two plans held: to try the script, in three minutes; prints only
#   --print         only print the section; otherwise it replaces its own in bench/RESULTS.md
#   --rounds N      of all policies over all traces, in shuffled order; 2 when not given
#   --seconds S     of each run; 40 when not given
#   --rate R        requests per second; 5 when not given
#   --plans N       so many plans are held still beside edge-only and cloud-only, if the table has them; 4 when not given
#   --share PERCENT of a core that the edge may use; 50 when not given
#   --table FILE    one that was measured before, in these rooms; no campaign then
#   --trace FILE    a bandwidth, CSV (policy/replay/README.md); its first seconds are played. Without: four from a seed
#   --cpu FILE      how busy the edge's CPU is meanwhile, CSV; --cpu-speed N runs it so many times faster
#
# As root. Everything is taken down again, however it ends.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$here/bench/rooms.sh"

command="bench/adapt.sh${*:+ $*}"
model=alexnet rounds=2 seconds=40 rate=5 plans=4 share=50 seed=1 cpu='' cpu_speed=1 given_table='' quick=no
given=()

while [ $# -gt 0 ]; do
  case $1 in
    --quick) quick=yes rounds=1 seconds=15 plans=0 into=() ;;
    --print) into=() ;;
    --rounds | --seconds | --plans | --share | --seed)
      [[ ${2:-} =~ ^[0-9]+$ ]] || usage "$1 needs a whole number"
      printf -v "${1#--}" %s "$2"
      shift
      ;;
    --rate) rate=${2:?requests per second}; shift ;;
    --model) model=${2:?a network of the zoo}; shift ;;
    --table) given_table=${2:?a file}; shift ;;
    --trace) given+=("${2:?a file}"); shift ;;
    --cpu) cpu=${2:?a file}; shift ;;
    --cpu-speed) cpu_speed=${2:?a number}; shift ;;
    *) usage "'$1' is not an option; the head of the script lists them" ;;
  esac
  shift
done
if [ "$rounds" = 0 ] || [ "$seconds" -lt 10 ]; then usage "at least one round of runs of 10 s or more"; fi
[ "$(id -u)" = 0 ] || { echo "adapt: run as root: it needs network namespaces, tc and cgroups" >&2; exit 77; }

prepare release agent drive burn make_trace
agent=$here/build/release/agent
programs=$here/build/release/bench
scripts=$here/bench/adapt
out=$here/out/adapt
table=$out/table.json
rm -rf "$out/traces" "$out/runs" "$out/replay"
mkdir -p "$out/traces" "$out/runs" "$out/replay"

# own_trace NAME MBPS SEED [CPU_SEED]
own_trace() {
  "$programs/make_trace" --kind cellular --mbps "$2" --seconds "$seconds" --seed "$3" >"$out/traces/$1.csv"
  [ -z "${4:-}" ] || "$programs/make_trace" --kind cpu --seconds "$seconds" --seed "$4" >"$out/traces/$1.cpu"
}

# Seeds with which 40 s are good, fair, poor and dark at times; those of the CPU idle, half busy and full.
own_traces() {
  if [ "$quick" = yes ]; then own_trace cellular-20-busy 20 10 3; return; fi
  own_trace cellular-50-idle 50 10
  own_trace cellular-50-busy 50 20 3
  own_trace cellular-20-busy 20 46 10
  own_trace cellular-8-busy 8 55 12
}

# The first seconds of what was given.
given_traces() {
  local file name
  for file in "${given[@]}"; do
    name=$(basename "$file" .csv)
    "$python" "$scripts/traces.py" "$file" "$seconds" >"$out/traces/${name// /-}.csv"
    [ -z "$cpu" ] || "$python" "$scripts/traces.py" "$cpu" "$seconds" --faster "$cpu_speed" >"$out/traces/${name// /-}.cpu"
  done
}

write_grid() {
  cat >"$out/grid.toml" <<-'TOML'
	uplink = ["50 Mbit/s", "20 Mbit/s", "10 Mbit/s", "5 Mbit/s", "2 Mbit/s", "1 Mbit/s"]
	edge_cpu = ["0 %", "50 %", "100 %"]
	TOML
  [ "$quick" = no ] || printf 'uplink = ["50 Mbit/s", "10 Mbit/s", "2 Mbit/s"]\nedge_cpu = ["0 %%", "100 %%"]\n' >"$out/grid.toml"
}

measure_table() {
  rm -f "$out/samples.jsonl" "$table"
  write_grid
  say "Profile: $model at 50 to 1 Mbit/s, the edge's CPU idle and loaded"
  run "${in_edge[@]}" "$agent" --profile --model "$model=$out/$model.pt" --peer 10.77.0.2:7070 --grid "$out/grid.toml" \
    --method separable --codecs fp32,int8 --budget "$([ "$quick" = no ] && echo 3min || echo 30s)" --interval "3 %" --repetitions 20 \
    --samples "$out/samples.jsonl" --table "$model=$table" --interface "$tag-e" --threads 1 \
    >"$out/profile.txt" 2>"$out/profile.log" ||
    { tail -n 5 "$out/profile.log" >&2; return 70; }
}

# live ROUND TRACE NAME ARGUMENT...: one run of the edge under one trace; a CSV and its counters.
live() {
  local trace=$out/traces/$2.csv to=$out/runs/$2.$1.$3 start edge player status=0 busy=()
  [ ! -e "${trace%.csv}.cpu" ] || busy=(--cpu "${trace%.csv}.cpu")
  # It loads at full speed and is then put in its place.
  "${at_edge[@]}" "$agent" --serve --model "$model=$out/$model.pt" --peer 10.77.0.2:7070 --http 127.0.0.1:18080 --threads 1 \
    --table "$model=$table" "${@:4}" 2>"$to.log" &
  edge=$!
  until_the_end "$edge"
  wait_for "$to.log" "serving on" "$edge"
  confine "$edge"
  start=$("$python" -c 'import time; print(time.monotonic() + 3)')  # The agent sees the link as the trace begins.
  taskset -c "$other_core" "$python" "$scripts/play.py" --edge "$tag-edge:$tag-e" --cloud "$tag-cloud:$tag-c" \
    --bandwidth "$trace" "${busy[@]}" --start "$start" -- "${in_edge[@]}" "$programs/burn" 2>"$to.player" &
  player=$!
  until_the_end "$player"
  run "${beside_edge[@]}" "$programs/drive" --port 18080 --model "$model" --rate "$rate" --seconds "$seconds" \
    --start "$start" --tolerance 0.05 --title "$3" --out "$to.csv" >"$to.driver" 2>&1 || status=$?
  [ -e "$to.csv" ] || { cat "$to.driver" >&2; return 70; }
  "${beside_edge[@]}" "$python" "$scripts/counters.py" http://127.0.0.1:18080 >"$to.json"
  kill -0 "$player" 2>/dev/null || { echo "adapt: the player ended before the run did: $to.player" >&2; return 70; }
  end "$player"
  end "$edge"
}

replay() {
  local name=$1 busy=()
  [ ! -e "$out/traces/$name.cpu" ] || busy=(--cpu "$out/traces/$name.cpu")
  run "$agent" --replay --table "$table" --bandwidth "$out/traces/$name.csv" "${busy[@]}" --rate "$rate" --rtt "$rtt" \
    --policy adaptive --policy table --policy static --json >"$out/replay/$name.json"
}

make_rooms $((3 << 30)) "$share"
note_circumstances "$command"
if [ "${#given[@]}" -gt 0 ]; then given_traces; else own_traces; fi
"$agent" --zoo "$model" --out "$out/$model.pt"
# Each tail runs alone: what runs with others differs by rounding, and drive compares bit for bit.
"${in_cloud[@]}" env TIDELINE_CLOUD_MAX_BATCH=1 "$agent" --cloud --model "$model=$out/$model.pt" --listen 10.77.0.2:7070 \
  --threads 1 2>"$out/cloud.log" &
until_the_end $!
wait_for "$out/cloud.log" "listening on" $!
if [ -z "$given_table" ]; then measure_table; elif ! [ "$given_table" -ef "$table" ]; then cp "$given_table" "$table"; fi
run "$agent" --show "$table" >"$out/table.txt"
rtt=$("$python" -c 'import json, sys; print(json.load(open(sys.argv[1]))["cells"][0]["seen"].get("rtt_ns", 1000000) // 1000, "us")' "$table")

names=()
for file in "$out"/traces/*.csv; do names+=("$(basename "$file" .csv)"); done
"$python" "$scripts/schedule.py" "$table" "${names[@]}" --rounds "$rounds" --seed "$seed" --plans "$plans" >"$out/schedule"
total=$(wc -l <"$out/schedule")
say "Live: $total runs of $seconds s at $rate requests per second, the edge with $share % of a core"
mapfile -t schedule <"$out/schedule"
for ((i = 0; i < total; i++)); do
  read -ra words <<<"${schedule[i]}"
  echo "$((i + 1)) of $total: round ${words[0]}, ${words[1]}, ${words[2]}" >&2
  live "${words[@]}"
done
for name in "${names[@]}"; do replay "$name"; done
"$python" "$scripts/report.py" "$out" --rate "$rate" --seconds "$seconds" --share "$share" "${into[@]}" "${circumstances[@]}"
