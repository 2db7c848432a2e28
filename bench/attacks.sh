#!/usr/bin/env bash
# Attacks on real agents on loopback, with an honest client of an honest edge beside each: what becomes of its requests
# before, during and after, and what memory edge and cloud take. README.md says which attacks.
#
#   bench/attacks.sh [--quick] [--seconds S] [--print] [NETWORK]      lenet when not given
#
#   --seconds S   each of the three phases; 8 when not given, 2 with --quick
#   --print       only print the table, as --quick does; otherwise it replaces its section of bench/RESULTS.md
#
# Every attack is bounded in time and count, and everything is ended by its process id. Wants a quiet machine.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$here/bench/scaffold.sh"

command="bench/attacks.sh${*:+ $*}" seconds=8 network=lenet
while [ $# -gt 0 ]; do
  case $1 in
    --quick) seconds=2 into=() ;;
    --seconds)
      [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || usage "$1 needs a whole number above 0"
      seconds=$2
      shift
      ;;
    --print) into=() ;;
    -*) usage "'$1' is not an option; use --quick, --seconds S or --print" ;;
    *) network=$1 ;;
  esac
  shift
done

preset=${TIDELINE_PRESET:-release}
note_circumstances "$command"
prepare "$preset" agent key_updates
build=$here/build/$preset
folder=$(mktemp -d)
clean_up+=("rm -rf '$folder'")
ulimit -n "$(ulimit -Hn)"

"$build/agent" --zoo "$network" --out "$folder/net.pt" 2>/dev/null
"$build/agent" --make-certs "$folder/certs" >/dev/null
"$build/agent" --make-certs "$folder/certs" >/dev/null  # The attacker's: edge-2.
PYTHONPATH=$here/bench:$here/bench/attacks run "$python" "$here/bench/attacks/measure.py" "${circumstances[@]}" "${into[@]}" \
  --agent "$build/agent" --key-updates "$build/bench/key_updates" --network "$network" --file "$folder/net.pt" \
  --certs "$folder/certs" --folder "$folder" --cut 1 --seconds "$seconds"
