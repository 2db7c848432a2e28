#!/usr/bin/env bash
# One inference of AlexNet, divided after its first pooling: this engine by every codec, beside torch.distributed.rpc and
# ONNX Runtime over a socket, one thread on each side: README.md.
#
#   bench/split.sh [--rounds N] [--print]
#
#   --rounds N    turns of every program, of five inferences each; 12 when not given
#   --print       only print the table; otherwise it replaces its section of bench/RESULTS.md
#
# As root: two network namespaces, whose link tc tbf holds to 50 and to 10 Mbit/s. Without root there is only loopback.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$here/bench/scaffold.sh"

command="bench/split.sh${*:+ $*}"
rounds=12
read_options "$@"

out=$here/out/split
agent=$here/build/release/agent
export TIDELINE_TLS_INSECURE=true  # The link has addresses, but does not leave this machine; the peers have no TLS either.

# The cut whose tensor is what alexnet's first pooling gives.
cut_after_pool1() {
  "$agent" --inspect --model "alexnet=$out/alexnet.pt" --json |
    "$python" -c 'import json, sys; print(next(c["index"] for c in json.load(sys.stdin)["cuts"] if c["bytes"] == 186624))'
}

prepare release agent this_split
tideline_install "${tideline_bench_packages[@]}"
fetch_onnx_runtime
mkdir -p "$out"
rm -f "$out"/*
note_circumstances "$command"
run "$agent" --zoo alexnet --out "$out/alexnet.pt"
cut=$(cut_after_pool1)
run "$agent" --split --model "alexnet=$out/alexnet.pt" --cut "$cut" --out "$out"
bytes=$("$python" "$here/bench/split/halves.py" "$out")
where=()
if make_namespaces; then
  where=(--interface "$tag-e" --edge "$tag-edge" --cloud "$tag-cloud")
else
  echo "split: no network namespaces can be made here (root is needed): only loopback is measured" >&2
fi
run "$python" "$here/bench/split/measure.py" --programs "$here/build/release/bench" --folder "$out" --cut "$cut" \
  --rounds "$rounds" "${where[@]}"
"$python" "$here/bench/split/report.py" "$out" "${into[@]}" --bytes "$bytes" --no-onnx "$no_onnx" "${circumstances[@]}"
