#!/usr/bin/env bash
# Plays what happens to pods, on a real cluster, and prints how long each took: medians of $RUNS (3), from the event to Ready.
#   check.sh [SCENARIO…]     killed deleted forced lost early uninstall configmap assaulted; without a name all but the last two
# README.md says what it needs. The last line is "N passed, N failed"; exit code 1 if any failed.
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")"
source lib.sh
source load.sh
trap 'stop_load 2>/dev/null; stop_watching; rm -rf "$work"' EXIT

# Another pod each time: the kubelet waits before it starts a container again that has ended twice.
killed() {
  local pod=$name-$(((run - 1) % replicas)) count
  count=$(restarts "$pod")
  since && kill -9 $(processes "$(uid "$pod")" | tail -1)
  within 60 "the container is started again" restarted "$pod" "$count"
  within 90 "$pod is ready" ready "$pod" && took
}

deleted() {
  local pod=$name-1 old process
  old=$(uid $pod) process=$(processes "$(uid $pod)" | tail -1)
  start_load
  since && kube delete pod $pod --wait=false
  within 60 "its process ends" has_ended "$process" && took "deleted: process ended"
  within 120 "a successor is ready" succeeded $pod "$old" && took
  stop_load
}

forced() {
  local pod=$name-1 old
  old=$(uid $pod)
  since && kube delete pod $pod --force --grace-period=0 2>/dev/null
  end_processes "$old"
  within 150 "a successor is ready" succeeded $pod "$old" && took
}

# The last worker is on a node whose kubelet stops: its process lives on, and the other pods reach it.
lost() {
  local pod=$name-$((replicas - 1)) old
  kubectl cordon "$KEPT_NODE" && kube delete pod $pod && sleep 1
  within 150 "$pod is ready on $LOST_NODE" ready $pod
  kubectl uncordon "$KEPT_NODE" && kubectl cordon "$LOST_NODE"
  old=$(uid $pod)
  $STOP_KUBELET
  since && kube delete pod $pod --force --grace-period=0 2>/dev/null
  within 180 "a successor is ready beside the old process" succeeded $pod "$old" && took
  within 90 "the old process ends by itself" ended "$old"
  end_processes "$old"
  $START_KUBELET
  kubectl uncordon "$LOST_NODE"
}

# A container is told to stop some tenths of a second after its start: it must end within 5 s, and not hold its Lease. The signal comes
# from here, because the way from kubectl over the kubelet takes some tenths of its own; the pod is deleted, so that it is not started again.
early() {
  local pod=$name-1 old delay first end
  old=$(uid $pod)
  kube delete pod $pod --wait=false
  for delay in ${DELAYS:-0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1}; do
    within 90 "there is a next $pod" replaced $pod "$old"
    old=$(uid $pod)
    # Without a pause between two looks, because tenths of a second count.
    for ((end = SECONDS + 90; SECONDS < end; )); do first=$(processes "$old" | head -1) && [[ $first ]] && break; done
    [[ $first ]] || { fail "$pod starts"; return; }
    sleep $delay
    since && kill -TERM "$first"
    within 90 "$pod, stopped $delay s after its start, ends" has_ended "$first" && took "early at $delay s"
    kube delete pod $pod --wait=false >/dev/null
    must "$pod, stopped $delay s after its start, took at most 5 s" no_longer_than 5
    must "$pod, stopped $delay s after its start, does not hold its Lease" free_of 1 "$old"
  done
  within 120 "$pod is ready" ready $pod
}

uninstall() {
  local worker process all=()
  for ((worker = 0; worker < replicas; worker++)); do all+=("$(processes "$(uid "$name-$worker")" | tail -1)"); done
  since && helm uninstall "$release" --namespace "$namespace"
  for process in "${all[@]}"; do within 60 "its process ends" has_ended "$process"; done
  took "uninstall: processes ended"
  within 120 "all pods are gone" no_pods && took "uninstall: pods gone"
  must "all Leases are given back" all_free
  within 10 "Leases and membership are left, nothing else" only_state_is_left
  since && install
  within 150 "all pods are ready" all_ready && took "uninstall: ready again"
}

# Somebody deletes the membership while clients are served; then a pod starts.
configmap() {
  local pod=$name-1 old before
  before=$(kube get pods -l "$selector" -o 'jsonpath={range .items[*]}{.status.containerStatuses[0].restartCount} {end}')
  old=$(uid $pod)
  start_load
  since && kube delete configmap "$release-membership"
  within 40 "the table names every silo again" whole && took "configmap: whole"
  kube delete pod $pod --wait=false && within 120 "a successor is ready" succeeded $pod "$old"
  within 30 "the table names every silo again" whole
  stop_load
  must "no silo has ended but that one" test "$before" = \
    "$(kube get pods -l "$selector" -o 'jsonpath={range .items[*]}{.status.containerStatuses[0].restartCount} {end}')"
}

# Hostile clients at a pod that may use 256Mi, as users of the replaced chart have set it; the other pods are of that size too.
assaulted() {
  local pod=$name-1 address process before line only
  install --set resources.limits.memory=256Mi >/dev/null
  kube rollout status "statefulset/$name" --timeout 300s >/dev/null
  within 150 "all pods are ready" all_ready
  address=$(kube get pod $pod -o 'jsonpath={.status.podIP}')
  process=$(processes "$(uid $pod)" | tail -1)
  before=$(restarts $pod)
  for only in "" "--only assaults"; do
    while read -r line; do
      case $line in
        ok\ *) pass "$line" ;;
        FAIL\ *) fail "$line" ;;
      esac
      echo "$line"
    done < <(../hostile/check.sh --url "http://$address:8080" $only)
    echo "memory of the container, at most: $(peak "$process") MiB"
  done
  must "the process that was assaulted runs" test "$(restarts $pod)" = "$before" -a -e "/proc/$process"
  install >/dev/null
  kube rollout status "statefulset/$name" --timeout 300s >/dev/null
}

install >/dev/null || exit 2
# A chart that has changed since the last time replaces the pods first.
kube rollout status "statefulset/$name" --timeout 300s >/dev/null
watch_pods
within 150 "all pods are ready" all_ready
stop_watching
for scenario in ${*:-killed deleted forced early uninstall lost}; do
  [[ $scenario != lost || ${STOP_KUBELET-} ]] || { echo "skip lost: STOP_KUBELET is not set"; continue; }
  for ((run = 1; run <= RUNS; run++)); do
    echo "--- $scenario, $run of $RUNS"
    watch_pods
    $scenario
    within 150 "all pods are ready" all_ready
    stop_watching
  done
done
must "no two IDs are equal" no_duplicates
report
