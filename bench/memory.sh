#!/usr/bin/env bash
# What an edge takes of memory, without a budget and with one: as the kernel says in /proc/PID/status after it loaded and
# answered five requests, on one core; and a small network with large inputs, after one and after sixty of 24 MB, where python3
# has torch to write it. Replaces its section of bench/RESULTS.md.
#
#   bench/memory.sh [--print] [--memory SIZE] [NETWORK]      "128 MiB" and vgg16 when not given; --print only prints
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$here/tests/prepare.sh"

command="bench/memory.sh${*:+ $*}" budget="128 MiB" network=vgg16 into=$here/bench/RESULTS.md
while [ $# -gt 0 ]; do
  case $1 in
    --print) into= ;;
    --memory) budget=${2:?} && shift ;;
    -*) echo "memory: '$1' is not an option; use --print or --memory SIZE" >&2 && exit 64 ;;
    *) network=$1 ;;
  esac
  shift
done

prepare release agent
agent=$here/build/release/agent folder=$(mktemp -d) cloud= edge=
finish() {
  for child in $edge $cloud; do kill "$child" 2>/dev/null && wait "$child" || true; done
  rm -rf "$folder"
}
trap finish EXIT

# start LOG ARGUMENTS...: runs the agent until its log says where it listens; leaves its process and its port.
start() {
  local log=$folder/$1
  taskset -c 0 "$agent" "${@:2}" --model "$network=$folder/$network.pt" --threads 1 2>"$log" &
  process=$!
  until port=$(grep -oP '(listening on |serving on http://)\S*:\K\d+' "$log"); do
    kill -0 "$process" 2>/dev/null || { cat "$log" >&2; exit 69; }
    sleep 0.1
  done
}

# measure NAME REQUESTS ARGUMENTS...: a row of the table.
measure() {
  start edge --serve --http 127.0.0.1:0 "${@:3}"
  edge=$process
  /usr/bin/python3 "$here/bench/ask.py" "http://127.0.0.1:$port/v2/models/$network" "$2"
  awk -v row="| $1" '/^(RssAnon|RssFile|VmHWM):/ { row = row sprintf(" | %.0f", $2 / 1024) } END { print row " |" }' \
    <(grep -h -e RssAnon -e RssFile -e VmHWM "/proc/$edge/status" | sort)
  kill "$edge" && wait "$edge" || true
  edge=
}

"$agent" --zoo "$network" --out "$folder/$network.pt"
start cloud --cloud --listen 127.0.0.1:0
cloud=$process cloud_port=$port
{
  printf '* `%s`, %s, commit %s\n\n' "$command" "$(date -u +%F)" "$(git -C "$here" describe --always --dirty)"
  printf '| %s, one core | RssAnon, MiB | RssFile, MiB | VmHWM, MiB |\n| --- | --: | --: | --: |\n' "$network"
  measure "all of it" 5 --peer "127.0.0.1:$cloud_port"
  measure "\`--memory \"$budget\"\`" 5 --peer "127.0.0.1:$cloud_port" --memory "$budget"
  network=large
  if /usr/bin/python3 "$here/bench/large_network.py" "$folder/large.pt"; then
    for requests in 1 60; do
      measure "a small network, after $requests of 24 MB" "$requests" --input 'fp32[1,3,1080,1920]'
    done
  fi
} >"$folder/table"
cat "$folder/table"
[ -z "$into" ] || /usr/bin/python3 "$here/bench/results.py" "$into" memory <"$folder/table"
