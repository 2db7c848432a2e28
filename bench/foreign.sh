#!/usr/bin/env bash
# TorchScript files as people have them: which are loaded, how many cuts they have, whether each is exact: README.md.
#
#   bench/foreign.sh [--quick] [--seconds N] [--print] [NAME...]
#
#   --quick       a few small files alone, within a minute or two
#   --seconds N   the most that one file may take; 120 when not given
#   --print       only print the table; otherwise it replaces its section of bench/RESULTS.md
#   NAME          of bench/foreign/networks.py; all when not given
#
# Leaves the files and what was said of them in out/foreign.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$here/bench/scaffold.sh"

command="bench/foreign.sh${*:+ $*}"
seconds=120
names=()
while [ $# -gt 0 ]; do
  case $1 in
    --quick) names=(--quick) ;;
    --seconds)
      [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || usage "$1 needs a whole number above 0"
      seconds=$2
      shift
      ;;
    --print) into=() ;;
    -*) usage "'$1' is not an option; use --quick, --seconds N or --print" ;;
    *) names+=("$1") ;;
  esac
  shift
done

out=$here/out/foreign
agent=${TIDELINE_AGENT:-$here/build/release/agent}
if [ -n "${TIDELINE_AGENT:-}" ]; then prepare --packages; else prepare release agent; fi
tideline_install python3 python3-torch python3-torchvision
rm -rf "$out"
mkdir -p "$out"
note_circumstances "$command"
say "making the files"
run "$python" "$here/bench/foreign/networks.py" "$out" "${names[@]}"
say "asking the agent of each"
run "$python" "$here/bench/foreign/ask.py" "$agent" "$out" "$seconds"
"$python" "$here/bench/foreign/report.py" "$out" "${into[@]}" "${circumstances[@]}"
