# What measuring scripts share; to be sourced. Needs $here, the root of the tree.
#
# However the script ends, what `run` started is ended and the commands in clean_up are run, last to first.
source "$here/tests/prepare.sh"

python=/usr/bin/python3          # Debian's, which finds Debian's torch.
onnx_runtime=1.30.0
no_onnx=                         # Why ONNX Runtime is not here; set by fetch_onnx_runtime.
tag=tl$$                         # Begins the names of what is made on this machine.
clean_up=()
child=
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$here/bench

say() { printf '\n== %s\n' "$*" >&2; }
usage() { echo "$(basename "$0" .sh): $*" >&2; exit 64; }

# read_options ARGUMENT...: --rounds N sets rounds; --print keeps the report out of RESULTS.md, by an empty `into`.
into=(--into "$here/bench/RESULTS.md")
read_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      --rounds)
        [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || usage "$1 needs a whole number above 0"
        rounds=$2
        shift
        ;;
      --print) into=() ;;
      *) usage "'$1' is not an option; use --rounds N or --print" ;;
    esac
    shift
  done
}

finish() {
  local status=$? i
  trap - EXIT
  trap '' INT TERM  # Who is impatient must not end what takes everything down.
  if [ -n "$child" ]; then
    kill "$child" 2>/dev/null || true
    wait "$child" 2>/dev/null || true
  fi
  for ((i = ${#clean_up[@]} - 1; i >= 0; i--)); do eval "${clean_up[i]}" 2>/dev/null || true; done
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# run COMMAND...: waits for it in such a way that a signal ends both.
run() {
  local status=0
  "$@" &
  child=$!
  wait "$child" || status=$?
  child=
  return "$status"
}

# Two machines: the namespaces $tag-edge (10.77.0.1 on $tag-e) and $tag-cloud (10.77.0.2 on $tag-c), joined.
make_namespaces() {
  local side
  [ "$(id -u)" = 0 ] || return 1
  for side in edge cloud; do
    clean_up+=("ip netns del $tag-$side")
    ip netns add "$tag-$side" || return 1
  done
  ip link add "$tag-e" netns "$tag-edge" type veth peer name "$tag-c" netns "$tag-cloud" || return 1
  ip -n "$tag-edge" addr add 10.77.0.1/24 dev "$tag-e"
  ip -n "$tag-cloud" addr add 10.77.0.2/24 dev "$tag-c"
  for side in edge cloud; do ip -n "$tag-$side" link set lo up; done
  ip -n "$tag-edge" link set "$tag-e" up
  ip -n "$tag-cloud" link set "$tag-c" up
}

# Takes ONNX Runtime's package for Node, without the scripts that it would like to run; or says why not.
fetch_onnx_runtime() {
  local peers=$here/build/peers
  export NODE_PATH=$peers/node_modules
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    tideline_install nodejs npm || { no_onnx="there is no node and npm here"; return 0; }
  fi
  if [ "$(node -p 'require("onnxruntime-node/package.json").version' 2>/dev/null)" != "$onnx_runtime" ]; then
    mkdir -p "$peers"
    run npm install --prefix "$peers" --ignore-scripts --no-audit --no-fund "onnxruntime-node@$onnx_runtime" >&2 ||
      { no_onnx="npm could not install onnxruntime-node $onnx_runtime"; return 0; }
  fi
  node -e 'require("onnxruntime-node")' >&2 || no_onnx="onnxruntime-node $onnx_runtime does not load on this machine"
}

# What a report says of its run; call it before the machine is busy with it.
note_circumstances() {
  circumstances=(--command "$1" --commit "$(git -C "$here" describe --always --dirty 2>/dev/null || echo unknown)"
    --load "$(cut -d ' ' -f 1 /proc/loadavg)")
}
