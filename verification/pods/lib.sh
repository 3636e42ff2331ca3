# How check.sh looks at a cluster, measures, and counts. A result is a line in $work/results: pass, FAIL or skip, a tab, and what.

release=${RELEASE:-ids} namespace=${NAMESPACE:-ids} replicas=${REPLICAS:-3} RUNS=${RUNS:-3}
name=$release-id-generator selector=app.kubernetes.io/instance=$release,app.kubernetes.io/name=id-generator
work=$(mktemp -d)
touch "$work/results" "$work/times" "$work/failures"

kube() { kubectl --namespace "$namespace" "$@"; }
# install [HELM ARGUMENT…]: as INSTALL says (eval), else with Helm, from this checkout
install() {
  if [[ ${INSTALL-} ]]; then eval "$INSTALL $*"; return; fi
  helm upgrade --install "$release" ../../helm/id-generator --namespace "$namespace" --create-namespace \
    --set autoscaling.enabled=false --set replicaCount="$replicas" "$@"
}

# --- results and times
pass() { printf 'pass\t%s\n' "$1" >>"$work/results"; }
fail() { printf 'FAIL\t%s\n' "$1" | tee -a "$work/results"; }
skip() { printf 'skip\t%s\n' "$1" | tee -a "$work/results"; }
must() { if "${@:2}"; then pass "$1"; else fail "$1"; fi; }
since() { began=$(date +%s.%N); }
seconds() { awk -v a="$began" -v b="$(date +%s.%N)" 'BEGIN { printf "%.1f", b - a }'; }
# took [WHAT]: the time since the event, of the scenario that plays or of a part of it
took() { last=$(seconds); printf '%s\t%s\n' "${1:-$scenario}" "$last" | tee -a "$work/times"; }
no_longer_than() { awk -v a="$last" -v b="$1" 'BEGIN { exit !(a <= b) }'; }
# within SECONDS WHAT COMMAND…: tries until the command succeeds
within() {
  local end=$(($(date +%s) + $1)) what=$2
  shift 2
  until "$@"; do
    [[ $(date +%s) -lt $end ]] || { fail "$what"; return 1; }
    sleep 0.1
  done
  pass "$what"
}
report() {
  echo
  echo "| event | seconds, median | of |"
  echo "|---|---|---|"
  cut -f1 "$work/times" | awk '!seen[$0]++' | while read -r what; do
    awk -F'\t' -v w="$what" '$1 == w { print $2 }' "$work/times" | sort -n |
      awk -v w="$what" '{ t[NR] = $1; all = all (NR > 1 ? ", " : "") $1 } END { print "| " w " | " t[int((NR + 1) / 2)] " | " all " |" }'
  done
  echo
  echo "$(grep -c ^pass "$work/results") passed, $(grep -c ^FAIL "$work/results") failed"
  ! grep -q ^FAIL "$work/results"
}

# --- pods
# One kubectl watches the pods and writes a line for each change: name, UID, restarts, Ready. A kubectl for each look takes processor time
# that the pods on the same machine lack.
watch_pods() {
  : >"$work/pods"
  kubectl --namespace "$namespace" get pods -l "$selector" --watch -o \
    'jsonpath={.metadata.name} {.metadata.uid} {.status.containerStatuses[0].restartCount} {.status.conditions[?(@.type=="Ready")].status}{"\n"}' \
    >"$work/pods" 2>/dev/null &
  watching=$!
}
stop_watching() { [[ ! ${watching-} ]] || { kill "$watching"; wait "$watching"; watching=; } 2>/dev/null; }
# seen POD: its last line
seen() { awk -v pod="$1" '$1 == pod { line = $0 } END { print line }' "$work/pods"; }
ready() { [[ $(seen "$1") == *' True' ]]; }
restarted() { local count; read -r _ _ count _ < <(seen "$1"); [[ ${count:-0} -gt $2 ]]; }
replaced() { local now; read -r _ now _ < <(seen "$1"); [[ $now && $now != "$2" ]]; }
succeeded() { replaced "$1" "$2" && ready "$1"; }
# Asks once more, because the last line of a pod that is gone may call it ready.
all_ready() {
  local worker
  for ((worker = 0; worker < replicas; worker++)); do ready "$name-$worker" || return; done
  [[ $(kube get pods -l "$selector" -o 'jsonpath={range .items[*]}{.status.conditions[?(@.type=="Ready")].status} {end}') == \
    $(printf 'True %.0s' $(seq "$replicas")) ]]
}
uid() { kube get pod "$1" -o 'jsonpath={.metadata.uid}' 2>/dev/null; }
restarts() { kube get pod "$1" -o 'jsonpath={.status.containerStatuses[0].restartCount}'; }
# Where there is none any more, `wait` says so and fails.
no_pods() { kube wait --for=delete pod -l "$selector" --timeout=5s >/dev/null 2>&1; [[ -z $(kube get pods -l "$selector" -o name) ]]; }

# --- their processes, which run on this machine: that of the program is the last one, as tini is before it
processes() { { grep -lzsx "POD_UID=$1" /proc/[0-9]*/environ || true; } | cut -d/ -f3 | sort -n; }
has_ended() { ! kill -0 "$1" 2>/dev/null; }
ended() { [[ -z $(processes "$1") ]]; }
end_processes() { kill -9 $(processes "$1") 2>/dev/null; true; }
# The most memory that the control group of a process has held, in MiB, the kernel's buffers and cached files included.
peak() {
  local file group
  group=$(sed -n 's/^[0-9]*:\(memory\)\{0,1\}:\(.*\)/\2/p' "/proc/$1/cgroup" | tail -1)
  for file in "/sys/fs/cgroup/memory$group/memory.max_usage_in_bytes" "/sys/fs/cgroup$group/memory.peak"; do
    [[ ! -e $file ]] || { echo $(($(cat "$file") >> 20)); return; }
  done
  echo unknown
}

# --- what pods keep in the cluster
holder() { kube get lease "$release-worker-$1" -o 'jsonpath={.metadata.annotations.id-generator/holder-uid}' 2>/dev/null; }
free_of() { [[ $(holder "$1") != "$2" ]]; }
all_free() { [[ -z $(kube get leases -l id-generator/release="$release" -o 'jsonpath={.items[*].spec.holderIdentity}') ]]; }
only_state_is_left() {
  ! kube get all,serviceaccount,role,rolebinding,pdb,networkpolicy,hpa,lease,configmap,secret -o name 2>/dev/null |
    grep -e "$release" | grep -qv -e "^lease.coordination.k8s.io/$release-worker-" -e "^configmap/$release-membership"
}
whole() {
  local table worker
  table=$(kube get configmap "$release-membership" -o json 2>/dev/null) || return
  for ((worker = 0; worker < replicas; worker++)); do
    grep -q "$(kube get pod "$name-$worker" -o 'jsonpath={.status.podIP}')" <<<"$table" || return
  done
}
