#!/usr/bin/env bash
# Tests the dashboard in Chromium: run.sh AGENT FOLDER. Ends with 77, and says why, if it cannot: then it is skipped.
#
# npm puts playwright-core into FOLDER, and the screenshots of the last run lie there. TIDELINE_NETWORK names a network
# of the zoo to show in place of lenet.
set -euo pipefail
agent=$1 folder=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
web=$here/../../../../runtime/http/web

skip() {
  echo "skipped: $*" >&2
  exit 77
}
chromium=$(command -v chromium || command -v chromium-browser || true)
[ -n "$chromium" ] || skip "there is no Chromium; install it with: apt-get install chromium"
command -v node >/dev/null && command -v npm >/dev/null || skip "there is no npm; install it with: apt-get install nodejs npm"

mkdir -p "$folder/screenshots"
cp "$web/package.json" "$folder/package.json.new"
if ! cmp -s "$folder/package.json.new" "$folder/package.json" || [ ! -d "$folder/node_modules/playwright-core" ]; then
  cp "$web/package.json" "$web/package-lock.json" "$folder"
  (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1) ||
    skip "npm could not fetch playwright-core: $(tail -n 1 "$folder/npm.log")"
fi
cp "$here"/*.mjs "$folder"
cd "$folder"
TIDELINE_AGENT=$agent CHROMIUM=$chromium exec node --test --test-concurrency=1 dashboard_test.mjs
