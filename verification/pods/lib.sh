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
uid() { kube get pod "$1" -o 'jsonpath={.metadata.uid}' 2>/dev/null; }
ready() { [[ $(kube get pod "$1" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}' 2>/dev/null) == True ]]; }
restarts() { kube get pod "$1" -o 'jsonpath={.status.containerStatuses[0].restartCount}'; }
restarted() { [[ $(restarts "$1") -gt $2 ]]; }
succeeded() { [[ $(uid "$1") != "$2" ]] && ready "$1"; }
replaced() { local now; now=$(uid "$1"); [[ $now && $now != "$2" ]]; }
no_pods() { [[ -z $(kube get pods -l "$selector" -o name) ]]; }
all_ready() {
  [[ $(kube get pods -l "$selector" -o 'jsonpath={range .items[*]}{.status.conditions[?(@.type=="Ready")].status} {end}') == \
    $(printf 'True %.0s' $(seq "$replicas")) ]]
}

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
