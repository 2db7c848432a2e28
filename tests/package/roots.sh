# Roots of Debian in the folder $place, and commands in them. package.sh sources it; it needs $release, $arch, $native, say and fail.
# shellcheck shell=bash disable=SC2154

# make_root NAME ARCH: a root with a minimal Debian, made anew unless it is whole.
make_root() {
  local foreign=() name major minor
  if [ -e "$place/$1/made" ]; then return; fi
  rm -rf --one-file-system "${place:?}/$1"
  say "making a root of $release, $2; see $place/debootstrap.log"
  if [ "$2" != "$native" ]; then foreign=(--foreign); fi
  debootstrap "${foreign[@]}" --variant=minbase --arch="$2" "$release" "$place/$1" >"$place/debootstrap.log" 2>&1 ||
    fail 69 "debootstrap failed; see $place/debootstrap.log"
  touch "$place/$1/made"
  if [ "$2" = "$native" ]; then return; fi
  # A user namespace may not make devices. As in a container of LXC, debootstrap takes those that are there.
  while read -r name major minor; do
    if [ ! -e "$place/$1/dev/$name" ]; then mknod -m 666 "$place/$1/dev/$name" c "$major" "$minor"; fi
  done <<<$'null 1 3\nzero 1 5\nfull 1 7\nrandom 1 8\nurandom 1 9\ntty 5 0\nconsole 5 1\nptmx 5 2'
  inside "$1" --bare env container=lxc /debootstrap/debootstrap --second-stage >>"$place/debootstrap.log" 2>&1 ||
    { rm "$place/$1/made" && fail 69 "debootstrap failed by qemu; see $place/debootstrap.log"; }
}

# What runs in the namespaces, before the root is entered.
entering='
read -r <"$1"
root=$2 bare=$3 starter=$4
shift 4
mount --make-rprivate /
ip link set lo up 2>/dev/null || true
if [ "$bare" = no ]; then
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  mount --rbind /sys "$root/sys"
  cat /etc/resolv.conf >"$root/etc/resolv.conf"
fi
exec $starter env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
  DEB_BUILD_OPTIONS="$DEB_BUILD_OPTIONS" CCACHE_DIR=/root/ccache chroot "$root" "$@"'

# inside NAME [--alone | --bare] COMMAND...: runs a command in a root, with mounts and processes that end with it.
#   --alone   without a network but its own
#   --bare    the same, and with no mounts
inside() (
  root=$place/$1 apart=(--mount --pid --fork --kill-child) bare=no starter=''
  shift
  case $1 in
    --alone | --bare)
      apart+=(--net)
      if [ "$1" = --bare ]; then bare=yes; fi
      shift
      ;;
  esac
  # Only in a user namespace the kernel lets start_arm64.sh start programs by qemu.
  if [ "$arch" != "$native" ]; then starter=$here/tests/start_arm64.sh apart+=(--user); fi
  export DEB_BUILD_OPTIONS=${DEB_BUILD_OPTIONS:-}
  go=$(mktemp -u) && mkfifo "$go"
  unshare "${apart[@]}" bash -euc "$entering" inside "$go" "$root" "$bare" "$starter" "$@" </dev/null &
  pid=$!
  trap 'rm -f "$go"; kill -KILL "$pid" 2>/dev/null || true' EXIT # It ignores other signals.
  if [ -n "$starter" ]; then map_users "$pid"; fi
  echo go >"$go"
  wait "$pid"
)

# map_users PID: gives a process that makes its user namespace the users and groups of here.
map_users() {
  until [ "$(readlink "/proc/$1/ns/user")" != "$(readlink /proc/self/ns/user)" ]; do sleep 0.05; done
  printf '0 0 65536\n' >"/proc/$1/uid_map"
  printf '0 0 65536\n' >"/proc/$1/gid_map"
}
