#!/usr/bin/env bash
# Several clouds on this machine alone, and an edge under open-loop load through them, while one cloud is killed (kill -9)
# and another drained (SIGTERM): once through a list of peers, once through HAProxy where it is installed.
#
#   bench/clouds.sh [--rate R] [--seconds S] [--model NAME]
#
# Prints what came of it: requests, failed, wrong answers, where they were served, retries, latencies. Exits with 1 when
# a request failed or was answered wrongly. Everything is ended by its process id, however this ends.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build="$here/build/release"

rate=40 seconds=12 model=lenet
while [ $# -gt 0 ]; do
  case $1 in
    --rate) rate=$2; shift 2 ;;
    --seconds) seconds=$2; shift 2 ;;
    --model) model=$2; shift 2 ;;
    *) echo "clouds: '$1' is not an option; use --rate, --seconds or --model" >&2; exit 64 ;;
  esac
done
for program in "$build/agent" "$build/bench/drive"; do
  [ -x "$program" ] || { echo "clouds: $program is not built; run tests/run.sh or cmake --build --preset release" >&2; exit 69; }
done
haproxy=$(PATH=$PATH:/usr/sbin command -v haproxy || true)

out=$(mktemp -d)
pids=()
end() {
  for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  pids=()
}
trap 'end; rm -rf "$out"' EXIT
trap 'exit 130' INT TERM

# Starts in the background and waits until its log names the port; sets $pid and $port.
start() {
  local log=$1 words=$2
  shift 2
  "$@" 2>"$log" &
  pid=$!
  pids+=("$pid")
  for _ in $(seq 600); do
    port=$(sed -n "s|.*$words.*:\([0-9]*\)\$|\1|p" "$log" | head -1)
    [ -z "$port" ] || return 0
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  echo "clouds: $1 did not start:" >&2
  cat "$log" >&2
  exit 70
}

get() { python3 -c 'import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=5).read().decode())' "$1"; }

wait_linked() {
  for _ in $(seq 100); do
    get "http://127.0.0.1:$1/api/status" | python3 -c '
import json, sys
link = json.load(sys.stdin)["link"]
sys.exit(0 if all(p["up"] for p in link["peers"]) else 1)' && return 0
    sleep 0.1
  done
  echo "clouds: the edge does not reach its clouds" >&2
  exit 70
}

start_clouds() {
  cloud_pids=() cloud_ports=()
  for i in 1 2 3; do
    start "$out/cloud-$i.log" "cloud: listening on" "$build/agent" --cloud --model "$model=$out/$model.pt" \
      --listen 127.0.0.1:0 --threads 1
    cloud_pids+=("$pid")
    cloud_ports+=("$port")
  done
}

# Drives $1 while a cloud dies after a third of the time, and another drains after two thirds.
drive_through() {
  local how=$1 edge_port=$2
  "$build/bench/drive" --port "$edge_port" --model "$model" --rate "$rate" --seconds "$seconds" --out "$out/$how.csv" \
    --title "$how" >/dev/null 2>"$out/$how.log" &
  local driver=$!
  pids+=("$driver")
  sleep $((seconds / 3))
  kill -9 "${cloud_pids[0]}"
  sleep $((seconds / 3))
  kill -TERM "${cloud_pids[1]}"
  wait "$driver" || true
  get "http://127.0.0.1:$edge_port/api/status" >"$out/$how.json"
  python3 - "$how" "$out/$how.csv" "$out/$how.json" <<'PY'
import collections, csv, json, sys
how, samples, status = sys.argv[1:]
rows = list(csv.DictReader(line for line in open(samples) if not line.startswith("#")))
answered = [r for r in rows if r["status"] == "200"]
wrong = sum(r["wrong"] == "1" for r in rows)
times = sorted(float(r["latency_ms"]) for r in answered)
at = lambda share: times[int(share * (len(times) - 1))] if times else float("nan")
where = collections.Counter(r["placement"] for r in answered)
peers = json.load(open(status))["link"]["peers"]
retried = sum(p.get("retried", 0) for p in peers)
print(f"{how}: {len(rows)} requests, {len(rows) - len(answered)} failed, {wrong} wrong; "
      f"{where['split'] + where['cloud']} by clouds, {where['fallback']} fallbacks, {where['edge']} by the edge alone; "
      f"{retried} asked again of another cloud; p50 {at(.5):.1f} ms, p99 {at(.99):.1f} ms, most {at(1):.1f} ms")
for p in peers:
    print(f"  {p['peer']}: {'up' if p['up'] else 'down'}, came up {p['connects']} times, "
          f"{p.get('answered', 0)} answered, {p.get('failed', 0)} failed, {p.get('retried', 0)} retries")
sys.exit(0 if rows and len(answered) == len(rows) and wrong == 0 else 1)
PY
}

"$build/agent" --zoo "$model" --out "$out/$model.pt" 2>/dev/null
edge=("$build/agent" --serve --model "$model=$out/$model.pt" --http 127.0.0.1:0 --threads 1 --cut 2)
result=0

start_clouds
start "$out/edge.log" "serving on http://" "${edge[@]}" --peer "127.0.0.1:${cloud_ports[0]}" \
  --peer "127.0.0.1:${cloud_ports[1]}" --peer "127.0.0.1:${cloud_ports[2]}"
wait_linked "$port"
drive_through list-of-peers "$port" || result=1
end

if [ -z "$haproxy" ]; then
  echo "haproxy: skipped, it is not installed (Debian: haproxy)"
  exit $result
fi
start_clouds
front=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
sed -e "s|maxconn 20000|maxconn 100|" -e "s|bind :7070|bind 127.0.0.1:$front|" -e '/^frontend numbers/,$d' \
  -e "s|cloud-1.example:7070|127.0.0.1:${cloud_ports[0]}|" -e "s|cloud-2.example:7070|127.0.0.1:${cloud_ports[1]}|" \
  -e "s|cloud-3.example:7070|127.0.0.1:${cloud_ports[2]}|" "$here/configs/haproxy.cfg" >"$out/haproxy.cfg"
"$haproxy" -db -f "$out/haproxy.cfg" 2>"$out/haproxy.log" &
pids+=($!)
# One edge has one connection: by reconnecting it comes to every cloud in turn.
start "$out/edge.log" "serving on http://" "${edge[@]}" --peer "127.0.0.1:$front" --reconnect-after 500ms
wait_linked "$port"
drive_through haproxy "$port" || result=1
exit $result
