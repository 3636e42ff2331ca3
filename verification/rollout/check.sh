#!/usr/bin/env bash
# Plays a rollout and what else operators do to a release, on the cluster that KUBECONFIG names, under load, with every ID compared.
#   check.sh [STEP…]     test restart upgrade rollback scale drain force kill outage reinstall; all of them without a name. install is always first
# README.md says what each does and needs. The last line is "N passed, N failed, N skipped"; exit code 1 if any failed.
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")"
NAMESPACE=${NAMESPACE:-rollout}
source ../pods/lib.sh
source clients.sh
trap 'kube delete pod clients --wait=false >/dev/null 2>&1; helm uninstall "$release" --namespace "$namespace" >/dev/null 2>&1
  kubectl delete namespace "$namespace" --wait=false >/dev/null 2>&1; rm -rf "$work"' EXIT
asked=0 failed=0

# deploy ARGUMENT…: helm upgrade --install, which changes what the arguments say and nothing else.
deploy() {
  helm upgrade --install "$release" "${CHART:-../../helm/id-generator}" --namespace "$namespace" ${HELM_ARGS-} \
    --set autoscaling.enabled=false "$@" >"$work/output" 2>&1 || { cat "$work/output"; return 1; }
}
complete() { kube rollout status "statefulset/$name" --timeout 1s >/dev/null 2>&1 && all_ready; }
rolled_out() { within 400 "all pods are replaced and ready" complete; }

step_install() {
  within 120 "the namespace is made" kubectl create namespace "$namespace" >/dev/null 2>&1
  kubectl label namespace "$namespace" pod-security.kubernetes.io/enforce=restricted >/dev/null
  since
  must "the chart is installed" deploy --set replicaCount=3
  within 300 "three pods are ready" all_ready
}
step_test() {
  must "helm test ends well" eval 'helm test "$release" --namespace "$namespace" >"$work/output" 2>&1'
}
step_restart() {
  kube rollout restart "statefulset/$name" >/dev/null
  rolled_out
}
step_upgrade() {
  must "the chart is upgraded" deploy --set replicaCount=3 --set podAnnotations.rehearsed=yes
  rolled_out
}
step_rollback() {
  must "the release is rolled back" eval 'helm rollback "$release" --namespace "$namespace" >/dev/null'
  rolled_out
}
step_scale() {
  must "the release is scaled up" deploy --set replicaCount=10
  replicas=10
  within 300 "ten pods are ready" all_ready
  took "scale, to 10"
  since
  must "the release is scaled down" deploy --set replicaCount=3
  replicas=3
  within 300 "three pods are left" all_ready
}
step_drain() {
  local node old
  (($(kubectl get nodes -o name | wc -l) > 1)) || { skip "drain: the cluster has one node"; return; }
  node=$(kube get pod "$name-0" -o 'jsonpath={.spec.nodeName}')
  old=$(uid "$name-0")
  must "the node is drained" eval 'kubectl drain "$node" --ignore-daemonsets --pod-selector="$selector" --timeout 300s >"$work/output" 2>&1'
  within 300 "$name-0 is ready on another node" succeeded "$name-0" "$old"
  kubectl uncordon "$node" >/dev/null
}
step_force() {
  local old
  old=$(uid "$name-1")
  kube delete pod "$name-1" --force --grace-period=0 >/dev/null 2>&1
  within 150 "a successor is ready" succeeded "$name-1" "$old"
}
step_kill() {
  [[ ${KILL-} ]] || { skip "kill: KILL is not set"; return; }
  local count
  count=$(restarts "$name-2")
  $KILL "$(uid "$name-2")"
  within 60 "the container is started again" restarted "$name-2" "$count"
  within 90 "$name-2 is ready" ready "$name-2"
}
step_outage() {
  [[ ${STOP_API-} && ${START_API-} ]] || { skip "outage: STOP_API and START_API are not set"; return; }
  $STOP_API
  sleep 20 # After 40 s without a sign of life Kubernetes itself takes the pods of a node out of their Service.
  $START_API
  within 120 "the API server is back" kubectl get --raw /readyz >/dev/null
  within 60 "all pods are ready" all_ready
}
step_reinstall() {
  helm uninstall "$release" --namespace "$namespace" >/dev/null
  within 120 "all pods are gone" no_pods
  must "all Leases are given back" all_free
  took "reinstall, until all is gone"
  since
  must "the chart is installed again" deploy --set replicaCount=3
  within 300 "three pods are ready" all_ready
}

# count STEP: what the clients have met since the last step. Those that a step may cost are in README.md.
count() {
  local now bad
  sleep 2 # For requests that are still under way.
  read_clients
  now=$(requests) bad=$(failures | wc -l)
  printf '%s\t%s\t%s\n' "$1" $((now - asked)) $((bad - failed)) >>"$work/counted"
  echo "$1: $((now - asked)) requests, $((bad - failed)) failed"
  if ((bad > failed)); then failures | tail -n $((bad - failed)) | sort | uniq -c | sort -rn | head -n 3; fi
  case $1 in test | restart | upgrade | rollback | scale | drain | outage) must "no request fails in $1" [ "$bad" = "$failed" ] ;; esac
  asked=$now failed=$bad
}

scenario=install
step_install && took || exit 2
start_clients
read_clients
for scenario in ${*:-test restart upgrade rollback scale drain force kill outage reinstall}; do
  [[ $scenario == install ]] && continue
  echo "--- $scenario"
  skipped=$(grep -c ^skip "$work/results")
  since
  "step_$scenario"
  ((skipped == $(grep -c ^skip "$work/results"))) || continue
  took
  count "$scenario"
done
must "each request that did not fail has brought an ID" [ "$(ids | wc -l)" -ge $((asked - failed)) ]
must "no two IDs are equal" [ "$(equal_ids)" = 0 ]

echo
echo "| step | seconds | requests | failed |"
echo "|---|---|---|---|"
while IFS=$'\t' read -r step time; do
  echo "| $step | $time | $(awk -F'\t' -v s="$step" '$1 == s { print $2 " | " $3; found = 1 } END { if (!found) print " | " }' "$work/counted") |"
done <"$work/times"
echo
echo "$(requests) requests, $(equal_ids) equal IDs"
echo "$(grep -c ^pass "$work/results") passed, $(grep -c ^FAIL "$work/results") failed, $(grep -c ^skip "$work/results") skipped"
! grep -q ^FAIL "$work/results"
