#!/usr/bin/env bash
# The main job on this machine alone: bench/demo.sh [--quick] [--rootless]; demo/README.md says what it shows.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$here/tests/prepare.sh"
tideline_install python3
exec "$here/bench/run" demo "$@"
