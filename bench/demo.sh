#!/usr/bin/env bash
# Runs the demo on this machine alone: bench/demo.sh [--quick] [--rootless] [--network NAME]. See demo/README.md.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$here/tests/prepare.sh"
tideline_install python3
exec "$here/bench/run" demo "$@"
