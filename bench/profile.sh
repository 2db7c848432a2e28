#!/usr/bin/env bash
# The profiler on this machine alone: how long a campaign takes, how well it predicts what it did not measure, whether a
# second one agrees, and whether it survives being killed and being divided: README.md.
#
#   bench/profile.sh [--quick] [--budget TIME] [--again] [--print]
#
#   --quick         lenet and a small grid, about two minutes: to try the script; prints only
#   --budget TIME   of a campaign; "9.5min" when not given
#   --again         measures nothing: builds the tables of the two campaigns anew, from what the last run measured
#   --print         only print the section; otherwise it replaces its own in bench/RESULTS.md
#
# As root: edge and cloud are real processes in network namespaces and cgroups of their own, on a core each; link, CPU
# and memory of both are really stressed. Everything is taken down again, however it ends.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$here/bench/rooms.sh"

command="bench/profile.sh${*:+ $*}"
model=alexnet grid=seed budget=9.5min kills=10 parts=81 drawn=4 room=$((3 << 30)) again=no

while [ $# -gt 0 ]; do
  case $1 in
    --quick) model=lenet grid=quick budget=20s parts=4 drawn=1 into=() ;;
    --budget) budget=${2:?a time, as 10min}; shift ;;
    --again) again=yes ;;
    --print) into=() ;;
    *) usage "'$1' is not an option; use --quick, --budget TIME, --again or --print" ;;
  esac
  shift
done
[ "$(id -u)" = 0 ] || { echo "profile: run as root: it needs network namespaces, tc and cgroups" >&2; exit 77; }

prepare release agent
agent=$here/build/release/agent
out=$here/out/profile
[ "$again" = yes ] || rm -rf "$out"
mkdir -p "$out"

# The conditions of what is killed and divided: each kind of stress once, so that every kind has to be undone.
small_grid() {
  cat >"$out/small.toml" <<-'TOML'
	uplink = ["50 Mbit/s", "10 Mbit/s"]
	edge_cpu = ["0 %", "50 %"]
	edge_memory = ["0 %", "50 %"]
	cloud_cpu = ["0 %", "50 %"]
	TOML
  [ "$model" != lenet ] || printf 'uplink = ["50 Mbit/s", "10 Mbit/s"]\nedge_cpu = ["0 %%", "50 %%"]\ncloud_cpu = ["0 %%", "50 %%"]\n' >"$out/small.toml"
}

# profile NAME GRID ARGUMENT...: the command of a campaign with journal NAME.jsonl and table NAME.json.
profile() {
  local name=$1 conditions=$2
  shift 2
  campaign=("${in_edge[@]}" "$agent" --profile --model "$model=$out/$model.pt" --peer 10.77.0.2:7070 --grid "$conditions"
    --samples "$out/$name.jsonl" --table "$model=$out/$name.json" --interface "$tag-e" --threads 1 "$@")
}

# measure NAME GRID ARGUMENT...: a whole campaign; its seconds are in NAME.seconds.
measure() {
  local from=$EPOCHREALTIME
  profile "$@"
  run "${campaign[@]}" >"$out/$1.txt" 2>"$out/$1.log" || { tail -n 5 "$out/$1.log" >&2; return 70; }
  awk -v a="$from" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }' >"$out/$1.seconds"
}

# build_again NAME GRID ARGUMENT...: the table of a campaign that is complete.
build_again() {
  profile "$@"
  run "${campaign[@]}" --resume >"$out/$1.txt" 2>"$out/$1.log" || { tail -n 5 "$out/$1.log" >&2; return 70; }
}

report() { "$python" "$here/bench/profile/report.py" "$out" "${into[@]}" "${circumstances[@]}"; }

# Kills the campaign at random moments of its first tenth, and goes on each time; then lets it finish.
kill_again_and_again() {
  local whole=$1 resume=() i pause
  profile killed "$out/small.toml" --method exhaustive --repetitions 3
  for ((i = 1; i <= kills; ++i)); do
    "${campaign[@]}" "${resume[@]}" >/dev/null 2>"$out/killed.log" &
    child=$!
    pause=$(awk -v whole="$whole" -v draw="$RANDOM" 'BEGIN { print 0.3 + whole / 8 * draw / 32768 }')
    sleep "$pause"
    kill -9 "$child" 2>/dev/null || { echo "profile: the campaign was done before kill $i" >&2; break; }
    wait "$child" 2>/dev/null || true
    child=
    [ ! -e "$out/killed.jsonl" ] || { cp "$out/killed.jsonl" "$out/killed.$i"; resume=(--resume); }
    wait_until_undone
  done
  echo $((i - 1)) >"$out/kills"
  run "${campaign[@]}" "${resume[@]}" >/dev/null 2>"$out/killed.log" || { tail -n 5 "$out/killed.log" >&2; return 70; }
}

# What there still is of the agent, of its load and of its shaper.
imposed() {
  ip netns exec "$tag-edge" tc qdisc show dev "$tag-e" | grep tbf
  cat "${edge_groups[0]}"/cgroup.procs "${edge_groups[0]}"/*/cgroup.procs 2>/dev/null
}

# The guard lifts what was imposed within moments of the agent's end; nothing else may be left.
wait_until_undone() {
  for _ in $(seq 100); do
    [ -n "$(imposed)" ] || return 0
    sleep 0.1
  done
  echo "profile: ten seconds after kill -9 something was still imposed" >&2
  return 70
}

small_grid
make_rooms "$room"
note_circumstances "$command"
"$agent" --zoo "$model" --out "$out/$model.pt"
# Each tail runs alone, as it does for the only edge that measures.
"${in_cloud[@]}" env TIDELINE_CLOUD_MAX_BATCH=1 "$agent" --cloud --model "$model=$out/$model.pt" --listen 10.77.0.2:7070 --threads 1 --allow-stress 2>"$out/cloud.log" &
until_the_end $!
wait_for "$out/cloud.log" "listening on" $!

say "Two campaigns, one after the other: grid $grid, separable, $budget"
for name in first second; do
  arguments=("$name" "$grid" --method separable --budget "$budget" --interval "3 %" --repetitions 40)
  if [ "$again" = no ]; then measure "${arguments[@]}"; else build_again "${arguments[@]}"; fi
done
"$agent" --show "$out/first.json" "$out/second.json" --json >"$out/difference.json"
if [ "$again" = yes ]; then
  report
  exit
fi

say "What the exhaustive campaign would take: $drawn of its $parts parts, drawn at random"
mapfile -t shards < <(shuf -i "1-$parts" -n "$drawn")
for shard in "${shards[@]}"; do measure "part$shard" "$grid" --method exhaustive --shard "$shard/$parts"; done
echo "$parts" >"$out/parts"

say "A small campaign whole, in four shards, and killed $kills times"
measure whole "$out/small.toml" --method exhaustive --repetitions 3
for shard in 1 2 3 4; do measure "shard$shard" "$out/small.toml" --method exhaustive --repetitions 3 --shard "$shard/4"; done
"$agent" --profile --model "$model=$out/$model.pt" --samples "$out/merged.jsonl" --table "$model=$out/merged.json" \
  --merge "$out"/shard[1-4].jsonl >"$out/merged.txt" 2>"$out/merged.log" || { tail -n 5 "$out/merged.log" >&2; exit 70; }
kill_again_and_again "$(cat "$out/whole.seconds")"

report
