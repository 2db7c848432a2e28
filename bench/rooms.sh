# The two machines that an edge and a cloud run on, made of this one, and taken down again; to be sourced, as root.
# Needs $here, the root of the tree.
#
# Two network namespaces joined by a veth pair; a core for each side; a memory cgroup for each, so that the memory load of
# one does not take what the other's is measured by; and for the edge, where asked, a quota of its core.
source "$here/bench/scaffold.sh"

# end PID: ends one process and waits for it.
end() {
  kill "$1" 2>/dev/null || return 0
  for _ in $(seq 100); do kill -0 "$1" 2>/dev/null || break; sleep 0.1; done
  kill -9 "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}

# until_the_end PID: however the script ends, this process ends before what it runs in is taken down.
until_the_end() { clean_up+=("end $1"); }

# make_group SIDE BYTES [PERCENT]: cgroups, SIDE_groups, that may hold so much memory and use so much of one core, in
# slices of 10 ms.
make_group() {
  local groups=() period=10000 quota=$((${3:-0} * 100))
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    make_folder "/sys/fs/cgroup/$tag-$1"
    echo "$2" >"$folder/memory.max"
    [ "$quota" = 0 ] || echo "$quota $period" >"$folder/cpu.max"
  else
    make_folder "/sys/fs/cgroup/memory/$tag-$1"
    echo "$2" >"$folder/memory.limit_in_bytes"
    if [ "$quota" != 0 ]; then
      make_folder "/sys/fs/cgroup/cpu/$tag-$1"
      echo "$period" >"$folder/cpu.cfs_period_us"
      echo "$quota" >"$folder/cpu.cfs_quota_us"
    fi
  fi
  eval "$1_groups=(\"\${groups[@]}\")"
}

make_folder() {
  folder=$1
  mkdir "$folder"
  clean_up+=("rmdir $folder")
  groups+=("$folder")
}

# make_rooms BYTES [EDGE_PERCENT]: prefixes of what is to run there. At the edge is on its link and its core only; in the
# edge also within its groups. Not by `ip netns exec`, which hides the control groups behind a /sys of its own. The
# prefixes are arrays and not functions, so that $! is the process that they start.
make_rooms() {
  local join='for group in $0; do echo $$ >"$group/cgroup.procs" || exit 73; done; exec "$@"'
  make_namespaces
  make_group edge "$1" "${2:-0}"
  make_group cloud "$1"
  other_core=$(($(nproc) > 1 ? 1 : 0))
  at_edge=(taskset -c 0 nsenter --net="/run/netns/$tag-edge")
  beside_edge=(taskset -c "$other_core" nsenter --net="/run/netns/$tag-edge")  # On its link, but not on its core.
  in_edge=(sh -c "$join" "${edge_groups[*]}" "${at_edge[@]}")
  in_cloud=(sh -c "$join" "${cloud_groups[*]}" taskset -c "$other_core" nsenter --net="/run/netns/$tag-cloud")
  export TIDELINE_TLS_INSECURE=true  # The link has addresses, but does not leave this machine.
}

# confine PID: puts a process that began at the edge into the edge's groups.
confine() {
  local group
  for group in "${edge_groups[@]}"; do echo "$1" >"$group/cgroup.procs"; done
}

# wait_for FILE TEXT PID: until the log of that process says so.
wait_for() {
  for _ in $(seq 600); do
    grep -q "$2" "$1" 2>/dev/null && return 0
    kill -0 "$3" 2>/dev/null || break
    sleep 0.1
  done
  echo "$(basename "$0" .sh): waited in vain for '$2' in $1:" >&2
  tail -n 5 "$1" >&2
  return 70
}
