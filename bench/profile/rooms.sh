# Sourced by profile.sh: the two machines that an edge and a cloud run on, made of this one, and taken down again.
#
# Two network namespaces joined by a veth pair; a core for each side; a memory cgroup for each, so that the memory load of
# one does not take what the other's is measured by.

tag=tl$$
clean_up=()   # Commands, run last to first.
processes=()

# end PID: ends one process and waits for it.
end() {
  kill "$1" 2>/dev/null || return 0
  for _ in $(seq 100); do kill -0 "$1" 2>/dev/null || break; sleep 0.1; done
  kill -9 "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}

finish() {
  local status=$? i
  trap - EXIT
  trap '' INT TERM  # Who is impatient must not end what takes everything down.
  for ((i = ${#processes[@]} - 1; i >= 0; i--)); do end "${processes[i]}"; done
  for ((i = ${#clean_up[@]} - 1; i >= 0; i--)); do eval "${clean_up[i]}" 2>/dev/null || true; done
  exit "$status"
}

make_namespaces() {
  local side
  for side in edge cloud; do
    ip netns add "$tag-$side"
    clean_up+=("ip netns del $tag-$side")
  done
  ip link add "$tag-e" netns "$tag-edge" type veth peer name "$tag-c" netns "$tag-cloud"
  ip -n "$tag-edge" addr add 10.77.0.1/24 dev "$tag-e"
  ip -n "$tag-cloud" addr add 10.77.0.2/24 dev "$tag-c"
  for side in edge cloud; do ip -n "$tag-$side" link set lo up; done
  ip -n "$tag-edge" link set "$tag-e" up
  ip -n "$tag-cloud" link set "$tag-c" up
}

# make_group SIDE BYTES: a cgroup that may hold so much memory.
make_group() {
  local dir
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    dir=/sys/fs/cgroup/$tag-$1
    mkdir "$dir"
    clean_up+=("rmdir $dir")
    echo "$2" >"$dir/memory.max"
  else
    dir=/sys/fs/cgroup/memory/$tag-$1
    mkdir "$dir"
    clean_up+=("rmdir $dir")
    echo "$2" >"$dir/memory.limit_in_bytes"
  fi
  printf -v "$1_group" %s "$dir"
}

# Not by `ip netns exec`, which hides the control groups behind a /sys of its own. The prefixes are arrays and not
# functions, so that $! is the process that they start.
make_rooms() {
  local join='echo $$ >"$0/cgroup.procs" || exit 73; exec "$@"'
  make_namespaces
  make_group edge "$1"
  make_group cloud "$1"
  in_edge=(sh -c "$join" "$edge_group" taskset -c 0 nsenter --net="/run/netns/$tag-edge")
  in_cloud=(sh -c "$join" "$cloud_group" taskset -c "$(($(nproc) > 1 ? 1 : 0))" nsenter --net="/run/netns/$tag-cloud")
  export TIDELINE_TLS_INSECURE=true  # The link has addresses, but does not leave this machine.
}

# wait_for FILE TEXT PID: until the log of that process says so.
wait_for() {
  for _ in $(seq 600); do
    grep -q "$2" "$1" 2>/dev/null && return 0
    kill -0 "$3" 2>/dev/null || break
    sleep 0.1
  done
  echo "profile: waited in vain for '$2' in $1:" >&2
  tail -n 5 "$1" >&2
  return 70
}
