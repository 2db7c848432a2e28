#!/usr/bin/env bash
# Makes the Debian package in a clean root, and walks a user's way through it in another.
#
#   tests/package.sh [--release NAME] [--arch NAME] [--folder FOLDER] [--build | --walk DEB]
#
#   --release   bookworm (Debian 12) or trixie (13); bookworm when not given
#   --arch      amd64 or arm64; this machine's when not given. For another one it is built by a cross compiler, and the walk is
#               by qemu-user-static, in a user namespace; that needs Linux 6.7
#   --folder    where roots, packages and ccache are kept, about 4 GB for each; /var/tmp/tideline-package when not given
#   --build     makes the package only
#   --walk      walks through this package only
#
# Needs root, the Debian packages debootstrap, lintian and iproute2, and Debian's archive. It takes about ten minutes on two
# cores, a second run five, because ccache and the root that it builds in are kept. Leaves in FOLDER/RELEASE-ARCH the package, and a log of
# each part. What it mounts and starts is in namespaces of its own, which end with it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
native=$(dpkg --print-architecture)
release=bookworm arch=$native folder=/var/tmp/tideline-package deb='' walks=yes

say() { printf 'package: %s\n' "$*" >&2; }
fail() {
  say "$2"
  exit "$1"
}

while [ "$#" -gt 0 ]; do
  case $1 in
    -h | --help)
      sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
      exit 0
      ;;
    --build) walks=no ;;
    --release | --arch | --folder | --walk)
      [ "$#" -gt 1 ] || fail 64 "$1 needs a value; see --help"
      case $1 in
        --release) release=$2 ;;
        --arch) arch=$2 ;;
        --folder) folder=$2 ;;
        --walk) deb=$(readlink -f "$2") ;;
      esac
      shift
      ;;
    *) fail 64 "'$1' is not an option; see --help" ;;
  esac
  shift
done
[ "$(id -u)" = 0 ] || fail 77 "run as root: it needs chroot and mounts"
for tool in debootstrap lintian ip; do
  command -v "$tool" >/dev/null || fail 69 "$tool is missing; install Debian's debootstrap, lintian and iproute2"
done
place=$folder/$release-$arch
mkdir -p "$place"
source "$here/tests/package/roots.sh"

build() {
  local crossed=() packages=(build-essential ccache)
  make_root build "$native"
  rm -rf "$place/build/root/src"
  mkdir -p "$place/build/root/src/tideline"
  (cd "$here" && git ls-files -z --cached --others --exclude-standard | tar -c --null -T - --ignore-failed-read) |
    tar -x -C "$place/build/root/src/tideline"
  if [ "$arch" != "$native" ]; then
    crossed=(-a"$arch" -Pcross)
    packages+=("crossbuild-essential-$arch")
    inside build dpkg --add-architecture "$arch"
  fi
  say "installing what the package is built with; see $place/build-dep.log"
  inside build sh -ec 'dpkg --configure -a; apt-get -q update; apt-get -q install -y --no-install-recommends '"${packages[*]}"'
    apt-get -q build-dep -y --no-install-recommends '"${crossed[*]}"' /root/src/tideline' >"$place/build-dep.log" 2>&1 ||
    fail 69 "the packages it is built with could not be installed; see $place/build-dep.log"
  say "building; see $place/build.log"
  inside build sh -c 'cd /root/src/tideline && nice dpkg-buildpackage -b -us -uc '"${crossed[*]}" >"$place/build.log" 2>&1 ||
    fail 70 "the package was not built; see $place/build.log"
  rm -f "$place"/*.deb
  cp "$place"/build/root/src/*.deb "$place/"
  rm -rf "$place/build/root/src"
}

# with_version VERSION FILE: the same package with another version.
with_version() {
  dpkg-deb -R "$deb" "$place/other"
  sed -i "s/^Version: .*/Version: $1/" "$place/other/DEBIAN/control"
  dpkg-deb --root-owner-group -Zgzip -z1 -b "$place/other" "$2" >/dev/null
  rm -rf "$place/other"
}

# walk: each part in the same root; those that need no archive have no network but their own.
walk() {
  local part alone other
  rm -rf --one-file-system "${place:?}/walk"
  make_root pristine "$arch"
  cp -a --reflink=auto "$place/pristine" "$place/walk"
  mkdir "$place/walk/root/walk"
  cp "$deb" "$here"/tests/package/walk.sh "$here"/tests/package/complete.zsh "$place/walk/root/walk/"
  with_version 99 "$place/walk/root/walk/next.deb"
  for other in "$folder/trixie-$arch"/tideline_*.deb; do
    if [ "$release" = bookworm ] && [ -e "$other" ]; then cp "$other" "$place/walk/root/walk/newer.deb"; fi
  done
  if [ "$arch" = amd64 ] && other=$(command -v qemu-x86_64-static); then cp "$other" "$place/walk/root/walk/qemu"; fi
  inside walk sh -c 'apt-get -q update &&
    apt-get -q install -y --no-install-recommends ca-certificates curl man-db bash-completion zsh fish' \
    >"$place/walk-prepare.log" 2>&1 || fail 69 "the tools of the walk could not be installed; see $place/walk-prepare.log"
  for part in install answer shells processor services fetch demo purge; do
    if [ "$part" = demo ] && [ "$arch" != "$native" ]; then
      echo "not run by emulation: the demo, whose profile is one of times"
      continue
    fi
    alone=(--alone)
    case $part in install | fetch | purge) alone=() ;; esac
    inside walk "${alone[@]}" bash /root/walk/walk.sh "$part" 2>&1 | tee "$place/walk-$part.log" || failed=1
  done
  rm -rf --one-file-system "${place:?}/walk"
}

began=$SECONDS
if [ -z "$deb" ]; then
  build
  deb=$(ls "$place"/tideline_*.deb)
  say "built in $((SECONDS - began)) s: $deb, $(stat -c %s "$deb") bytes"
fi
lintian --fail-on error --info --display-level ">=warning" "$deb" || fail 65 "lintian has errors; see above"
failed=0
if [ "$walks" = yes ]; then walk; fi
[ "$failed" = 0 ] || fail 1 "the walk failed; see above"
say "all done in $((SECONDS - began)) s"
