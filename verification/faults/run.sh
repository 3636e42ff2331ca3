#!/usr/bin/env bash
# A fault run: real processes, a real API server, load, faults, and the auditor at the end. See README.md.
#   ./run.sh [--seed N] [--seconds N | --minutes N] [--workers N] [--silos N] [--rate IDS-A-SECOND]
#            [--store kubernetes|postgres] [--only KIND,KIND…] [--program PATH] [--silo-program PATH] [--work DIRECTORY] [--verbose yes]
# Exit code: 0 clean, 1 violations, 2 no verdict.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
configuration=${CONFIGURATION:-Release}

missing() { echo "No fault run: $*" >&2; exit 2; }
[[ " $* " == *" --store postgres "* ]] || [[ ${KUBEBUILDER_ASSETS-} && -x $KUBEBUILDER_ASSETS/kube-apiserver && -x $KUBEBUILDER_ASSETS/etcd ]] ||
    missing "KUBEBUILDER_ASSETS does not name a directory with etcd and kube-apiserver."
compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' >/dev/null || missing "libfaketime is not installed (Debian: apt-get install libfaketime)."
command -v ip >/dev/null || missing "iproute2 is not installed (Debian: apt-get install iproute2)."

# Namespaces, which take with them whatever is left when the run ends, however it ends.
isolate=(unshare --net --mount --pid --fork --kill-child --mount-proc)
((EUID == 0)) || isolate+=(--user --map-root-user)
"${isolate[@]}" true 2>/dev/null || missing "this machine does not let us make namespaces (unshare: $("${isolate[@]}" true 2>&1))"

# A control group for memory limits, where we may make one; it belongs to no namespace.
make_cgroup() {
    local parent
    for parent in /sys/fs/cgroup/memory /sys/fs/cgroup; do
        FAULTS_CGROUP=$parent/faults-$$
        mkdir "$FAULTS_CGROUP" 2>/dev/null || continue
        [[ ! -e $FAULTS_CGROUP/cgroup.subtree_control ]] || echo +memory 2>/dev/null >"$FAULTS_CGROUP/cgroup.subtree_control" || true
        mkdir "$FAULTS_CGROUP/probe"
        if [[ -e $FAULTS_CGROUP/probe/memory.max || -e $FAULTS_CGROUP/probe/memory.limit_in_bytes ]]; then return; fi
        rmdir "$FAULTS_CGROUP/probe" "$FAULTS_CGROUP"
    done
    FAULTS_CGROUP=
}
FAULTS_CGROUP=
make_cgroup 2>/dev/null
export FAULTS_CGROUP

work=
for ((i = 1; i < $#; i++)); do [[ ${!i} != --work ]] || { next=$((i + 1)); work=${!next}; }; done
own_work=
if [[ ! $work ]]; then
    own_work=yes
    work=$(mktemp -d)
    set -- "$@" --work "$work"
fi

status=2
finish() {
    [[ ! $FAULTS_CGROUP ]] || find "$FAULTS_CGROUP" -depth -type d -exec rmdir {} + 2>/dev/null || true
    if [[ $own_work ]]; then
        if ((status == 0)); then rm -rf "$work"; else echo "Streams and logs are in $work" >&2; fi
    fi
}
trap finish EXIT

artifacts=${ARTIFACTS:-$root/artifacts}
output=$(dotnet build "$here/Faults.csproj" -c "$configuration" -v quiet -tl:off -nologo -p:ArtifactsPath="$artifacts" 2>&1) ||
    missing "the build failed."$'\n'"$output"

status=0
"${isolate[@]}" dotnet "$artifacts/bin/Faults/${configuration,,}/IdGenerator.Faults.dll" "$@" || status=$?
((status <= 2)) || status=2
exit "$status"
