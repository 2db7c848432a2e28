#!/bin/sh
# tests/start_arm64.sh COMMAND...: runs it where programs for arm64 start by qemu. Needs to be root of a user and a mount namespace
# of its own, and Linux 6.7. Nothing of that is left when the namespace ends.
set -eu
mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
zeros='\x00\x00\x00\x00\x00\x00\x00\x00\x00' ones='\xff\xff\xff\xff\xff\xff\xff\xff'
printf '%s' ":arm64:M::\\x7fELF\\x02\\x01\\x01$zeros\\x02\\x00\\xb7\\x00:\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00$ones\\xfe\\xff\\xff\\xff:$(command -v qemu-aarch64-static):F" \
  >/proc/sys/fs/binfmt_misc/register
exec "$@"
