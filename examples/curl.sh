#!/bin/sh
# Asks an agent by curl: sh examples/curl.sh [URL] [MODEL]
set -eu
url=${1:-http://127.0.0.1:8080}
model=${2:-lenet}
ask() { curl --silent --show-error --fail-with-body --max-time 30 "$@" && echo; }

ask "$url/v2/health/ready"
ask "$url/v2/models/$model"

# A grey image of 28 x 28 points. The metadata above say name and shape of a model's input.
points=$(yes 0.5 | head -n 784 | paste -s -d ,)
body='{"inputs":[{"name":"x","datatype":"FP32","shape":[1,1,28,28],"data":['$points']}]}'
ask "$url/v2/models/$model/infer" --data "$body"

# The same in gzip, with the trace that it belongs to. The agent logs its id (http.access_log).
printf %s "$body" | gzip | ask "$url/v2/models/$model/infer" --compressed --header 'Content-Encoding: gzip' \
  --header 'traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' --data-binary @-

# Where the network is cut now, and why.
ask "$url/api/status"
