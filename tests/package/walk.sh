#!/usr/bin/env bash
# A user's way through the package, inside the root that tests/package.sh made: walk.sh PART, for each part below.
# Prints what the user types and sees; ends with 1 if anything is not as it should be.
set -uo pipefail
here=$(dirname "$(readlink -f "$0")")
deb=$(ls "$here"/tideline_*.deb)
failed=0 typed=0 began=$EPOCHREALTIME
models=/var/lib/private/tideline  # What the units of systemd name /var/lib/tideline.

seconds() { awk -v now="$EPOCHREALTIME" -v begin="$1" 'BEGIN {printf "%.1f", now - begin}'; }

# type_in COMMAND: what the user types; counted.
type_in() {
  printf '\n$ %s\n' "$1"
  typed=$((typed + 1))
  eval "$1"
}

# expect WHAT COMMAND: says whether the command succeeds.
expect() {
  if eval "$2" >/root/expect.log 2>&1; then
    printf 'ok    %s\n' "$1"
  else
    printf 'WRONG %s; it said:\n' "$1"
    sed 's/^/      /' /root/expect.log
    failed=1
  fi
}

# says CODE SENTENCE COMMAND: the command ends with that code, and with one line that has the sentence.
says() {
  local told code
  told=$(eval "$3" 2>&1)
  code=$?
  printf '\n$ %s\n%s\n' "$3" "$told"
  expect "it ends with $1 and says: $2" "[ $code = $1 ] && [[ \$told == *\"$2\"* ]] && [ \$(wc -l <<<\"\$told\") = 1 ]"
}

# A request that carries numbers from 0 to 0.783 as the image of a digit.
request() {
  printf '{"inputs":[{"name":"%s","datatype":"FP32","shape":[1,1,28,28],"data":[%s]}]}' "$1" \
    "$(seq -s, 0 0.001 0.783)"
}

ask() { request x | curl -sS --fail-with-body --retry 60 --retry-connrefused --retry-delay 1 localhost:8080/v2/models/lenet/infer -d @-; }

installed() { dpkg-query -W -f='${Package}\n' | sort; }

part_install() {
  installed >"$here/packages"
  find / -xdev -not -path "$here/*" | sort >"$here/before"
  cd /root || exit 1
  type_in "apt-get -q install -y $deb >/root/install.log 2>&1 || tail /root/install.log"
  grep -E 'newly installed|Need to get|disk space' /root/install.log
  type_in 'agent --version' || failed=1
  echo "$(seconds "$began") s, $typed commands"
}

part_answer() {
  cd /root || exit 1
  type_in 'agent --zoo lenet --out lenet.pt'
  type_in 'agent --inspect --model lenet.pt --verify' || failed=1
  type_in 'agent --cloud --model lenet.pt >cloud.log 2>&1 &'
  cloud=$!
  type_in 'agent --serve --model lenet.pt --peer 127.0.0.1:7070 --cut 2 >edge.log 2>&1 &'
  edge=$!
  type_in ask || failed=1
  echo
  echo "$(seconds "$began") s to the first answer, $typed commands"
  for _ in $(seq 100); do
    ask | grep -q '"placement":"split"' && break
    sleep 0.1
  done
  expect 'head and tail answered together' 'ask | grep -q "\"placement\":\"split\""'
  type_in "kill $edge $cloud; wait $edge $cloud"
  expect 'both drained' 'grep -q draining edge.log'
  type_in 'agent --serve --model lenet.pt >alone.log 2>&1 &'
  edge=$!
  for _ in $(seq 60); do
    if grep -q 'serving on' alone.log; then break; fi
    sleep 1
  done
  type_in "kill $edge; wait $edge; cat alone.log"
  expect 'an edge alone says how to get a cloud' 'grep -q "start agent --cloud with the same model, and give --peer" alone.log'
  expect 'and how to get a table' 'grep -q "measure one with --profile, and give --table" alone.log'
  says 66 'no such file' 'agent --serve --model net.pt'
}

part_shells() {
  expect 'man shows agent(1)' 'man agent | grep -q -- "--peer HOST:PORT"'
  expect 'man shows tideline.toml(5)' 'man tideline.toml | grep -q TIDELINE_EDGE_PATIENCE'
  expect 'man shows tideline-demo(1)' 'man tideline-demo | grep -q -- --quick'
  man agent 2>/dev/null | sed -n 1,16p
  # shellcheck disable=SC2016
  expect 'bash offers the flags of a mode' 'bash -c "source /usr/share/bash-completion/bash_completion; _completion_loader agent;
    COMP_WORDS=(agent --serve --pol) COMP_CWORD=2; _agent; [ \"\${COMPREPLY[*]}\" = --policy ]"'
  expect 'fish offers the flags of a mode' '[ "$(fish -c "complete -C \"agent --serve --pol\"" | cut -f1)" = --policy ]'
  expect 'fish offers words' '[ "$(fish -c "complete -C \"agent --serve --policy ad\"" | cut -f1)" = adaptive ]'
  expect 'zsh reads the completions' 'zsh -f -c "autoload -U compinit && compinit -u -d /root/dump && [ \$_comps[agent] = _agent ] &&
    autoload +X _agent"'
  zsh -f "$here/complete.zsh" >/root/zsh.log 2>&1
  expect 'zsh completes a flag and its word' 'grep -q -- "--policy=adaptive" /root/zsh.log'
}

part_processor() {
  [ -e "$here/qemu" ] || return
  cd /root || exit 1
  local inspect='/usr/bin/agent --inspect --model lenet.pt --verify'
  expect 'a processor with SSE4.1 and nothing later is enough' "$here/qemu -cpu Penryn $inspect"
  says 70 'lacks SSE4.1' "$here/qemu -cpu qemu64 $inspect"
  # OpenBLAS takes this one for an Opteron. XNNPACK does not need it.
  local blas="$here/qemu -cpu qemu64,+ssse3,+sse4.1 $inspect --kernels libtorch"
  says 70 'lacks an instruction that a library uses' "$blas"
  expect 'the remedy helps' "OPENBLAS_CORETYPE=Prescott $blas"
}

part_services() {
  cd /root || exit 1
  expect 'examples are configuration files' 'dpkg-query -W -f="\${Conffiles}" tideline | grep -q /etc/tideline/cloud.toml'
  expect 'no service is enabled' '! find /etc/systemd -name "tideline*" | grep .'
  expect 'the units are installed' 'find /lib/systemd/system /usr/lib/systemd/system -name "tideline-*.service" | grep -c . | grep -q "[36]"'
  says 66 '/var/lib/tideline/alexnet.pt: no such file' 'agent --serve --config /etc/tideline/edge.toml'
  mkdir -p "$models" && cp lenet.pt "$models/"
  ln -sfn "$models" /var/lib/tideline
  sed -i 's/^alexnet = .*/lenet = "\/var\/lib\/tideline\/lenet.pt"/' /etc/tideline/edge.toml
  says 78 'ca.pem' 'agent --serve --config /etc/tideline/edge.toml'
  sed -i -e 's/^peer = /#peer = /' -e 's/^\(ca\|cert\|key\) = /#\1 = /' /etc/tideline/edge.toml
  agent --serve --config /etc/tideline/edge.toml >edge.log 2>&1 &
  local edge=$!
  expect 'the edited config serves' ask
  type_in "apt-get -q install -y $here/next.deb >/root/upgrade.log 2>&1 || tail -n 5 /root/upgrade.log"
  expect 'it is the next version' '[ "$(dpkg-query -W -f="\${Version}" tideline)" = 99 ]'
  expect 'the running agent answers after the upgrade' ask
  expect 'the edited config is kept' 'grep -q "^lenet = " /etc/tideline/edge.toml'
  type_in "apt-get -q install -y --allow-downgrades $deb >/root/downgrade.log 2>&1 || tail -n 5 /root/downgrade.log"
  expect 'it is the version before' '[ "$(dpkg-query -W -f="\${Version}" tideline)" != 99 ]'
  expect 'the running agent answers after the downgrade' ask
  kill "$edge"
  wait "$edge"
  expect 'it drained' 'grep -q draining edge.log'
  if [ -e "$here/newer.deb" ]; then
    type_in "apt-get -q install -y $here/newer.deb 2>&1 | grep -A4 'unmet dep'"
    expect 'a package for a newer glibc is refused' '! apt-get -q install -y $here/newer.deb && agent --version'
  fi
}

# What the demo asks for; marked so that autoremove takes it away again.
part_fetch() {
  expect 'the packages of the demo are there' \
    'apt-get -q install -y --mark-auto --no-install-recommends util-linux python3 python3-torch python3-numpy python3-pil'
}

part_demo() {
  cd /root || exit 1
  type_in 'tideline-demo --quick --rootless --network alexnet 2>demo.log'
  expect 'the demo ends well' "[ $? = 0 ] || ! tail -n 20 demo.log"
  expect 'it keeps its files in the cache of the user' '[ -e .cache/tideline/out/demo-quick/data.json ]'
}

part_purge() {
  type_in 'apt-get -q purge -y tideline >/root/purge.log 2>&1 || tail -n 5 /root/purge.log'
  expect 'models are kept' "[ -e $models/lenet.pt ]"
  expect 'the program is gone' '! command -v agent'
  expect 'the configuration is gone' '[ ! -e /etc/tideline ]'
  type_in 'apt-get -q autoremove --purge -y >/root/autoremove.log 2>&1'
  expect 'nothing of Tideline is left but models and the cache of the demo' '! find / -xdev -iname "*tideline*" -not -path "$here*" \
    -not -path "/root/*" -not -path "/var/cache/*" -not -path "/var/lib/*/tideline*" -not -path /var/lib/tideline | grep .'
  echo "packages that remain: $(installed | comm -13 "$here/packages" - | paste -sd ' ')"
  echo 'files that remain and that no package owns, without logs and caches:'
  find / -xdev -not -path "$here/*" | sort | comm -13 "$here/before" - | grep -Fxv -f <(cat /var/lib/dpkg/info/*.list) |
    grep -Ev '^/(root|tmp|run|usr/lib/python3|etc/alternatives|var/(log|cache|lib/(apt|dpkg|systemd)))(/|$)'
}

"part_$1"
exit "$failed"
