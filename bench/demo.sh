#!/usr/bin/env bash
# The main job on this machine alone: profile AlexNet between an edge and a cloud, then serve it while the bandwidth
# steps 50 -> 10 -> 2 -> 50 Mbit/s and a CPU load comes and goes; once adaptively, and once for every cut held still.
#
# As root: two network namespaces joined by a veth pair (tc tbf shapes the edge's end), edge and cloud in cgroups of
# their own, the edge held to a quarter of a core. Without root: loopback, the uplink limited inside the agent, and the
# edge sharing one core with other work. Everything is taken down again, however it ends.
#
#   bench/demo.sh [--quick] [--rootless]     --quick: only adaptive, edge-only and cloud-only
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$here/bench/rooms.sh"

quick=no rootless=no
for argument in "$@"; do
  case $argument in
    --quick) quick=yes ;;
    --rootless) rootless=yes ;;
    *) echo "demo: '$argument' is not an option; use --quick or --rootless" >&2; exit 64 ;;
  esac
done
[ "$(id -u)" = 0 ] || rootless=yes

prepare release agent drive compare burn
build=$here/build/release
out=$here/out/demo
mkdir -p "$out"

half_step=4                  # Seconds between two changes of the conditions.
seconds=$((8 * half_step))
rate=2                       # Requests per second.
edge_share=25                # Percent of one core.
model=alexnet

# --- What differs between the two ------------------------------------------------------------------------------------

# The prefixes are arrays and not functions, so that $! is the process that they start.
if [ "$rootless" = no ]; then
  make_rooms $((3 << 30)) "$edge_share"
  cloud_at=10.77.0.2:7070
  interface=(--interface "$tag-e")
  serve_limit=()
  shape() { "${at_edge[@]}" tc qdisc replace dev "$tag-e" root tbf rate "${1}mbit" burst "$2" latency 800ms; }
  how="two network namespaces, tc tbf, cgroups; the edge has $edge_share % of a core"
else
  taskset -c 0 "$build/bench/burn" 1 &  # The other work on the edge's core: a process that never sleeps.
  until_the_end $!
  cloud_at=127.0.0.1:17070
  interface=()
  at_edge=(env)
  beside_edge=(env)
  in_edge=(taskset -c 0)
  in_cloud=(taskset -c "$(($(nproc) > 1 ? 1 : 0))")
  serve_limit=(-c "$out/edge.toml")
  confine() { taskset -a -p -c 0 "$1" >/dev/null; }
  shape() { printf '[edge]\nuplink_limit = "%s Mbit/s"\n' "$1" >"$out/edge.toml"; kill -HUP "$edge"; }
  how="loopback, the uplink limited inside the agent; the edge shares one core with other work (no root: no namespaces, no cgroups)"
fi

load_on() {
  "${in_edge[@]}" "$build/bench/burn" 1 &
  load=$!
  until_the_end "$load"
}
load_off() { end "$load"; }

# --- The steps -------------------------------------------------------------------------------------------------------

steps="0 50 Mbit/s
1 50 Mbit/s, CPU load
2 10 Mbit/s, CPU load
3 10 Mbit/s
4 2 Mbit/s
5 2 Mbit/s, CPU load
6 50 Mbit/s, CPU load
7 50 Mbit/s"
awk -v t="$half_step" '{ $1 *= t; print }' <<<"$steps" >"$out/steps"

# change TO...: what changes at the beginning of each half step.
run_steps() {
  sleep "$half_step"; load_on
  sleep "$half_step"; shape 10 5kb
  sleep "$half_step"; load_off
  sleep "$half_step"; shape 2 5kb
  sleep "$half_step"; load_on
  sleep "$half_step"; shape 50 12500
  sleep "$half_step"; load_off
}

# serve NAME ARGUMENTS...: one run of the agent through all steps.
serve() {
  local name=$1 log=$out/$1.log edge driver
  shift
  printf '[edge]\nuplink_limit = "50 Mbit/s"\n' >"$out/edge.toml"
  # It loads at full speed and is then put in its place.
  "${at_edge[@]}" "$build/agent" --serve --model "$model=$out/$model.pt" --peer "$cloud_at" --http 127.0.0.1:18080 --threads 1 \
    --table "$model=$out/table.json" "${serve_limit[@]}" "$@" 2>"$log" &
  edge=$!
  until_the_end "$edge"
  wait_for "$log" "serving on" "$edge"
  confine "$edge"
  shape 50 12500
  sleep 2  # The agent sees the link, the first requests find it settled.
  "${beside_edge[@]}" "$build/bench/drive" --port 18080 --model "$model" --rate "$rate" --seconds "$seconds" --out "$out/$name.csv" --title "$name" &
  driver=$!
  until_the_end "$driver"
  run_steps
  wait "$driver"
  end "$edge"
}

started=$SECONDS
say "Tideline on this machine alone: $how"
rm -f "$out"/*.csv "$out"/*.log "$out"/samples.jsonl
"$build/agent" --zoo "$model" --out "$out/$model.pt"
"$build/agent" --inspect --model "$model=$out/$model.pt" --threads 1

say "Profile: every useful cut at 50, 10 and 2 Mbit/s, with the edge's CPU idle and loaded"
# Each tail runs alone: what runs with others differs by rounding, and drive compares bit for bit.
"${in_cloud[@]}" env TIDELINE_CLOUD_MAX_BATCH=1 "$build/agent" --cloud --model "$model=$out/$model.pt" --listen "$cloud_at" --threads 1 2>"$out/cloud.log" &
until_the_end $!
wait_for "$out/cloud.log" "listening on" $!
"${in_edge[@]}" "$build/agent" --profile --model "$model=$out/$model.pt" --peer "$cloud_at" --grid quick --repetitions 3 --threads 1 \
  --samples "$out/samples.jsonl" --table "$out/table.json" "${interface[@]}"
profiled=$((SECONDS - started))

say "Serve: $rate requests per second through the same steps, $seconds s each; moving the cut, then every cut held still"
mapfile -t cuts < <(grep -o '"cut": [0-9]*' "$out/table.json" | awk '{print $2}' | sort -nu)
edge_only=${cuts[-1]}
[ "$quick" = no ] || cuts=(0 "$edge_only")
serve adaptive
for cut in "${cuts[@]}"; do
  case $cut in
    0) name=cloud-only ;;
    "$edge_only") name=edge-only ;;
    *) name=cut-$cut ;;
  esac
  serve "$name" --policy static --cut "$cut"
done

say "What came of it ($how; $rate requests per second)"
csvs=("$out/adaptive.csv" "$out/edge-only.csv" "$out/cloud-only.csv")
for file in "$out"/cut-*.csv; do [ ! -e "$file" ] || csvs+=("$file"); done
"$build/bench/compare" "$out/steps" "${csvs[@]}" | tee "$out/result.txt"
printf '\nprofiled in %d s, all in %d s; %s has the table, the journal and a CSV per run\n' "$profiled" $((SECONDS - started)) "${out#"$here"/}"
