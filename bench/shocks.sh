#!/usr/bin/env bash
# What sudden changes cost an edge that serves, and what its agent costs by itself, on this machine alone: README.md.
#
#   bench/shocks.sh [--quick] [--print] [PART...]
#
#   --quick   everything once and briefly, about two minutes: to try the script; prints only
#   --print   only print the section; otherwise it replaces its own in bench/RESULTS.md
#   PART      profile, steps, outages or cost; all of them when not given. What is left out is taken from the run before
#
# As root: edge and cloud are real processes in network namespaces and cgroups of their own, on a core each, the edge
# with a quarter of its core. Everything is taken down again, however it ends.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$here/bench/rooms.sh"

command="bench/shocks.sh${*:+ $*}"
edge_share=25                # Percent of its core: with more, AlexNet is soonest done on the edge alone.
room=$((3 << 30))
quick=() parts=()
out=$here/out/shocks

for argument in "$@"; do
  case $argument in
    --quick) quick=(--quick) into=() out=$here/out/shocks-quick ;;
    --print) into=() ;;
    profile | steps | outages | cost) parts+=("$argument") ;;
    *) usage "'$argument' is neither an option nor a part; use --quick, --print, profile, steps, outages or cost" ;;
  esac
done
[ "${#parts[@]}" -gt 0 ] || parts=(profile steps outages cost)
[ "$(id -u)" = 0 ] || { echo "shocks: run as root: it needs network namespaces, tc and cgroups" >&2; exit 77; }

prepare release agent burn decision
build=$here/build/release
scripts=$here/bench/shocks
mkdir -p "$out"

wants() { [[ " ${parts[*]} " == *" $1 "* ]]; }

# empty DIR: kills what is still in a cgroup of ours, and waits until it is gone.
empty() {
  local pid
  for _ in $(seq 100); do
    [ -n "$(cat "$1/cgroup.procs")" ] || return 0
    while read -r pid; do kill -9 "$pid" 2>/dev/null || true; done <"$1/cgroup.procs"
    sleep 0.05
  done
}

# The cgroup that limits the cloud's CPU; the edge's is there already.
make_cloud_cpu() {
  local groups=()
  cloud_cpu=${cloud_groups[-1]}
  [ ! -e /sys/fs/cgroup/cgroup.controllers ] || return 0
  make_folder "/sys/fs/cgroup/cpu/$tag-cloud"
  cloud_cpu=$folder
}

# launcher NAME PREFIX...: a program $out/NAME that runs its arguments so.
launcher() {
  local name=$1
  shift
  { printf '#!/bin/sh\nexec'; printf ' %q' "$@"; printf ' "$@"\n'; } >"$out/$name"
  chmod +x "$out/$name"
}

profile() {
  local loads='"0 %", "50 %", "100 %"' repetitions=5 cloud
  [ "${#quick[@]}" = 0 ] || { loads='"0 %"'; repetitions=2; }
  say "Profile: three bandwidths, the edge's CPU loaded to $loads"
  printf 'uplink = ["50 Mbit/s", "10 Mbit/s", "2 Mbit/s"]\nedge_cpu = [%s]\n' "$loads" >"$out/grid.toml"
  rm -f "$out/samples.jsonl"
  "$out/cloud" 2>"$out/cloud.log" &
  cloud=$!
  wait_for "$out/cloud.log" "listening on" "$cloud"
  run "$out/in_edge" "$build/agent" --profile --model "alexnet=$out/alexnet.pt" --peer 10.77.0.2:7070 --grid "$out/grid.toml" \
    --method separable --codecs fp32,int8 --repetitions "$repetitions" --samples "$out/samples.jsonl" \
    --table "alexnet=$out/table.json" --interface "$tag-e" --threads 1 >"$out/profile.txt" 2>"$out/profile.log" ||
    { tail -n 5 "$out/profile.log" >&2; return 70; }
  end "$cloud"
}

note_circumstances "$command"
make_rooms "$room" "$edge_share"
make_cloud_cpu
for group in "${edge_groups[@]}" "${cloud_groups[@]}" "$cloud_cpu"; do clean_up+=("empty $group"); done
launcher at_edge "${at_edge[@]}"
launcher in_edge "${in_edge[@]}"
# Each tail runs alone: what runs with others differs by rounding, and every answer is compared bit for bit.
launcher cloud sh -c 'echo $$ >"$0/cgroup.procs"; TIDELINE_CLOUD_MAX_BATCH=1 exec "$@"' "$cloud_cpu" "${in_cloud[@]}" \
  "$build/agent" --cloud --model "alexnet=$out/alexnet.pt" --listen 10.77.0.2:7070 --threads 1
export SHOCKS_TAG=$tag SHOCKS_OUT=$out SHOCKS_BUILD=$build SHOCKS_EDGE_GROUPS="${edge_groups[*]}" SHOCKS_CLOUD_CPU=$cloud_cpu

for network in alexnet lenet; do "$build/agent" --zoo "$network" --out "$out/$network.pt" 2>/dev/null; done
run "${at_edge[@]}" "$python" "$scripts/world.py"
if wants profile; then profile; fi
for part in steps outages cost; do
  if wants "$part"; then
    say "Shocks: $part"
    run "${at_edge[@]}" "$python" "$scripts/$part.py" "${quick[@]}"
  fi
done
"$python" "$scripts/report.py" "$out" "${into[@]}" "${circumstances[@]}"
