#!/usr/bin/env bash
# Builds the container of configs/container from a package, and starts it, by buildah, without a daemon or a registry.
#
#   tests/package/container.sh DEB ROOT
#
#   DEB    the package that tests/package.sh made
#   ROOT   a minimal Debian of the same release: FOLDER/RELEASE-ARCH/pristine of tests/package.sh
#
# Needs root and Debian's buildah, and Debian's archive. Takes some minutes. Removes its images.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
if [ "$#" != 2 ] || ! command -v buildah >/dev/null; then
  sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 64
fi
deb=$(readlink -f "$1") root=$(readlink -f "$2")
place=$(mktemp -d /var/tmp/tideline-container-XXXXXX)
export BUILDAH_ISOLATION=chroot TMPDIR=$place
# Its own storage: what other programs keep is not touched.
printf '[storage]\ndriver = "vfs"\ngraphroot = "%s"\nrunroot = "%s"\n' "$place/images" "$place/run" >"$place/storage.conf"
export CONTAINERS_STORAGE_CONF=$place/storage.conf
trap 'buildah rm --all >/dev/null; buildah rmi --all --force >/dev/null; rm -rf --one-file-system "$place"' EXIT

base=$(buildah from scratch)
tar -C "$root" --exclude=./proc/* --exclude=./dev/* --exclude=./var/cache/apt/archives/*.deb -cf "$place/base.tar" .
buildah add -q "$base" "$place/base.tar" / >/dev/null
rm "$place/base.tar"
buildah commit -q "$base" localhost/base >/dev/null
mkdir "$place/context"
cp "$here/configs/container/Containerfile" "$deb" "$place/context/"
buildah build --format docker --build-arg BASE=localhost/base --build-arg DEB="$(basename "$deb")" -t tideline:local \
  "$place/context" >"$place/build.log" 2>&1 || { tail "$place/build.log" >&2; exit 1; }
buildah images

# Where nothing else listens, the cloud is started as the user of the image, and its health check is asked.
cat >"$place/start.sh" <<'INSIDE'
set -euo pipefail
ip link set lo up
cloud=$(buildah from tideline:local)
user=$(buildah inspect --type image --format '{{.Docker.Config.User}}' tideline:local)
check=$(buildah inspect --type image --format '{{index .Docker.Config.Healthcheck.Test 3}}' tideline:local)
echo "user $user"
mkdir "$place/nets"
buildah run --user 0 -v "$place/nets:/models" "$cloud" -- agent --zoo lenet --out /models/lenet.pt
chmod -R a+rX "$place/nets"
buildah run --user "$user" -v "$place/nets:/models:ro" "$cloud" -- \
  agent --cloud --model /models/lenet.pt --http 127.0.0.1:8081 >"$place/cloud.log" 2>&1 &
for _ in $(seq 60); do
  healthy=no
  if buildah run --user "$user" "$cloud" -- bash -c "$check" 2>/dev/null; then healthy=yes; break; fi
  sleep 1
done
cat "$place/cloud.log"
echo "healthy: $healthy"
buildah run --user "$user" "$cloud" -- id
[ "$healthy" = yes ]
INSIDE
place=$place unshare --mount --net --pid --fork --kill-child bash -c 'mount -t proc proc /proc && exec bash "$place/start.sh"'
