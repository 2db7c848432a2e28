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
source "$here/tests/prepare.sh"
source "$here/bench/profile/rooms.sh"

command="bench/shocks.sh${*:+ $*}"
edge_share=25                # Percent of its core: with more, AlexNet is soonest done on the edge alone.
room=$((3 << 30))
quick=() parts=() into=(--into "$here/bench/RESULTS.md")
out=$here/out/shocks

usage() { echo "shocks: $*" >&2; exit 64; }

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
python=/usr/bin/python3
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$here/bench
mkdir -p "$out"
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say() { printf '\n== %s\n' "$*" >&2; }
wants() { [[ " ${parts[*]} " == *" $1 "* ]]; }

# run COMMAND...: waits for it in such a way that a signal ends both.
run() {
  "$@" &
  processes+=($!)
  wait $!
}

# empty DIR: kills what is still in a cgroup of ours, and waits until it is gone.
empty() {
  local pid
  for _ in $(seq 100); do
    [ -s "$1/cgroup.procs" ] || return 0
    while read -r pid; do kill -9 "$pid" 2>/dev/null || true; done <"$1/cgroup.procs"
    sleep 0.05
  done
}

# make_cpu_group SIDE: a cgroup whose CPU time can be limited; World does it.
make_cpu_group() {
  local dir=/sys/fs/cgroup/cpu/$tag-$1 memory=$1_group
  clean_up+=("empty ${!memory}")
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    dir=${!memory}
  else
    mkdir "$dir"
    clean_up+=("rmdir $dir" "empty $dir")
  fi
  printf -v "$1_cpu" %s "$dir"
}

# launcher NAME SIDE: a program $out/NAME that runs its arguments on that side, the CPU limit only if SIDE has one.
launcher() {
  local -n prefix=in_$2
  { echo '#!/bin/sh'; printf '%s || exit 73\n' "$3"; printf 'exec'; printf ' %q' "${prefix[@]}"; echo ' "$@"'; } >"$out/$1"
  chmod +x "$out/$1"
}

profile() {
  local loads='"0 %", "50 %", "100 %"' repetitions=5
  [ "${#quick[@]}" = 0 ] || { loads='"0 %"'; repetitions=2; }
  say "Profile: three bandwidths, the edge's CPU at $loads"
  printf 'uplink = ["50 Mbit/s", "10 Mbit/s", "2 Mbit/s"]\nedge_cpu = [%s]\n' "$loads" >"$out/grid.toml"
  rm -f "$out/samples.jsonl"
  "$out/cloud" 2>"$out/cloud.log" &
  processes+=($!)
  local cloud=$!
  wait_for "$out/cloud.log" "listening on" "$cloud"
  run "$out/in_edge" "$build/agent" --profile --model "alexnet=$out/alexnet.pt" --peer 10.77.0.2:7070 --grid "$out/grid.toml" \
    --method separable --codecs fp32,int8 --repetitions "$repetitions" --samples "$out/samples.jsonl" --table "alexnet=$out/table.json" \
    --interface "$tag-e" --threads 1 >"$out/profile.txt" 2>"$out/profile.log" || { tail -n 5 "$out/profile.log" >&2; return 70; }
  end "$cloud"
}

load=$(cut -d ' ' -f 1 /proc/loadavg)
commit=$(git -C "$here" describe --always --dirty 2>/dev/null || echo unknown)
make_rooms "$room"
for side in edge cloud; do make_cpu_group "$side"; done
launcher in_edge edge "echo \$\$ >$edge_cpu/cgroup.procs"
launcher at_edge edge :
launcher in_cloud cloud "echo \$\$ >$cloud_cpu/cgroup.procs"
# Each tail runs alone: what runs with others differs by rounding, and every answer is compared bit for bit.
printf '#!/bin/sh\nTIDELINE_CLOUD_MAX_BATCH=1 exec %q %q --cloud --model %q --listen 10.77.0.2:7070 --threads 1\n' \
  "$out/in_cloud" "$build/agent" "alexnet=$out/alexnet.pt" >"$out/cloud"
chmod +x "$out/cloud"
export SHOCKS_TAG=$tag SHOCKS_OUT=$out SHOCKS_BUILD=$build SHOCKS_EDGE_CPU=$edge_cpu SHOCKS_CLOUD_CPU=$cloud_cpu
export SHOCKS_EDGE_SHARE=$edge_share

for network in alexnet lenet; do "$build/agent" --zoo "$network" --out "$out/$network.pt" 2>/dev/null; done
client=(taskset -c 0 nsenter --net="/run/netns/$tag-edge" "$python")
run "${client[@]}" "$here/bench/shocks/world.py"  # The edge's share of its core, and that the dark is dark.
if wants profile; then profile; fi
for part in steps outages cost; do
  if wants "$part"; then
    say "Shocks: $part"
    run "${client[@]}" "$here/bench/shocks/$part.py" "${quick[@]}"
  fi
done
"$python" "$here/bench/shocks/report.py" "$out" "${into[@]}" --command "$command" --commit "$commit" --load "$load"
