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
  # A user namespace may not make devices.
  while read -r name major minor; do
    if [ ! -e "$place/$1/dev/$name" ]; then mknod -m 666 "$place/$1/dev/$name" c "$major" "$minor"; fi
  done <<<$'null 1 3\nzero 1 5\nfull 1 7\nrandom 1 8\nurandom 1 9\ntty 5 0\nconsole 5 1\nptmx 5 2'
  inside "$1" --bare /debootstrap/debootstrap --second-stage >>"$place/debootstrap.log" 2>&1 ||
    { rm "$place/$1/made" && fail 69 "debootstrap failed by qemu; see $place/debootstrap.log"; }
}

# What runs in the namespaces, before the root is entered.
entering='
root=$1 bare=$2 starter=$3
shift 3
mount --make-rprivate /
ip link set lo up || true
if [ "$bare" = no ]; then
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  cat /etc/resolv.conf >"$root/etc/resolv.conf"
fi
exec $starter env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
  DEB_BUILD_OPTIONS="$DEB_BUILD_OPTIONS" CCACHE_DIR=/root/ccache chroot "$root" "$@"'

# inside NAME [--alone | --bare] COMMAND...: runs a command in a root, with mounts and processes that end with it.
#   --alone   without a network but its own
#   --bare    the same, and with no mounts
inside() {
  local root=$place/$1 apart=(--mount --pid --fork --kill-child) bare=no starter=''
  if [ "$arch" != "$native" ]; then starter=$here/tests/start_arm64.sh; fi
  shift
  case $1 in
    --alone | --bare)
      apart+=(--net)
      if [ "$1" = --bare ]; then bare=yes; fi
      shift
      ;;
  esac
  export DEB_BUILD_OPTIONS=${DEB_BUILD_OPTIONS:-}
  set -- unshare "${apart[@]}" bash -euc "$entering" inside "$root" "$bare" "$starter" "$@"
  if [ -z "$starter" ]; then "$@" </dev/null; else in_user_namespace "$@" </dev/null; fi
}

# in_user_namespace COMMAND...: with the same users and groups as here. In one, the kernel lets start_arm64.sh start programs by qemu.
in_user_namespace() {
  local pid go code=0
  go=$(mktemp -u) && mkfifo "$go"
  # shellcheck disable=SC2016
  unshare --user bash -c 'read -r <"$1" && shift && exec "$@"' bash "$go" "$@" &
  pid=$!
  until [ "$(readlink "/proc/$pid/ns/user")" != "$(readlink /proc/self/ns/user)" ]; do sleep 0.05; done
  printf '0 0 65536\n' >"/proc/$pid/uid_map"
  printf '0 0 65536\n' >"/proc/$pid/gid_map"
  echo go >"$go"
  rm "$go"
  wait "$pid" || code=$?
  return "$code"
}
