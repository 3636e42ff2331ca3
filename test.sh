#!/usr/bin/env bash
# Builds everything and runs the tests. The last line is "N passed, N failed", or "N passed, N failed, N skipped".
#   ./test.sh          the tests of the parts, in three minutes
#   FULL=1 ./test.sh   those of whole processes and clusters too, the compiler's analyzers, and every check below
# Tests against a real Kubernetes API server run where KUBEBUILDER_ASSETS names a directory with etcd and kube-apiserver
# (https://book.kubebuilder.io/reference/envtest.html); elsewhere they are skipped, by name.
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")"

passed=0 failed=0 skipped=0 failures=""

# One compiler process for all builds below: with one for each project they take twice as long. It ends with this script.
export UseSharedCompilation=true SharedCompilationId=id-generator-$$
clean() {
    pgrep -f "pipename:$SharedCompilationId\$" | xargs -r kill
    [[ -z ${model-} ]] || { kill -- "-$model" 2>/dev/null; rm -rf "$beside"; }
}
trap clean EXIT
trap 'exit 130' INT TERM

# Adds up closing lines: "Failed: 1, Passed: 2, Skipped: 3" (dotnet test), "2 passed, 1 failed, 3 skipped" (scripts).
count() {
    local number='[[:space:]]*([0-9]+)'
    if [[ $1 =~ Failed:$number,.*Passed:$number,.*Skipped:$number ]]; then
        ((failed += BASH_REMATCH[1], passed += BASH_REMATCH[2], skipped += BASH_REMATCH[3])) || true
    elif [[ $1 =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed(,\ ([0-9]+)\ skipped)?$ ]]; then
        ((passed += BASH_REMATCH[1], failed += BASH_REMATCH[2], skipped += ${BASH_REMATCH[4]:-0})) || true
    else
        return 1
    fi
}

# run NAME COMMAND…: runs a suite; one that ends badly without counting a failure is a failure itself.
run() {
    local name=$1 output status before=$failed closing began=$SECONDS
    shift
    echo "== $name"
    output=$("$@" 2>&1)
    status=$?
    closing=$(grep -E 'Failed:.*Passed:.*Skipped:|^[0-9]+ passed, [0-9]+ failed' <<<"$output" | tail -n 1)
    grep -vE '^(pass[[:space:]]|Test run for|A total of|VSTest version|Starting test execution|\[xUnit.net .*\[SKIP\]|$)' <<<"$output"
    if ! count "$closing" || ((status != 0 && failed == before)); then
        echo "$name ended with exit code $status" >&2
        ((failed += 1))
    fi
    echo "$((SECONDS - began)) s"
    if ((failed > before)); then
        failures+="== $name, again"$'\n'$(grep -E -A 15 '^[[:space:]]*(Failed|FAIL|not ok|error)\b' <<<"$output" | head -n 60 || tail -n 20 <<<"$output")$'\n'
    fi
}

# The model of the protocol takes four minutes of both processors and no other thing's time: it has what the tests of processes and clusters leave,
# which wait most of the time.
begin_model() {
    beside=$(mktemp -d)
    set -m # A process group of its own, to be ended with this script.
    (
        nice -n 19 verification/lease-protocol/check.sh >"$beside/output" 2>&1
        echo $? >"$beside/status"
    ) &
    model=$!
    set +m
}
end_model() {
    tail --pid="$model" -f /dev/null
    cat "$beside/output"
    return "$(cat "$beside/status")"
}

test_project() { dotnet test "artifacts/bin/$1/release/IdGenerator.$1.dll" --logger 'console;verbosity=minimal'; }

began=$SECONDS
dotnet build IdGenerator.sln -c Release -v quiet -tl:off -nologo -clp:NoSummary "-p:RunAnalyzers=$([[ ${FULL-} ]] && echo true || echo false)" || { echo "0 passed, 1 failed"; exit 1; }
echo "== built in $((SECONDS - began)) s"

[[ ${KUBEBUILDER_ASSETS-} ]] || echo "KUBEBUILDER_ASSETS is not set: tests against a real API server are skipped."

[[ -z ${FULL-} ]] || begin_model

# These start processes, of the service or a Prometheus: hundreds of them take minutes.
of_processes=" Cluster.Tests Gateway.Tests Observability.Tests Postgres.Tests Silo.Tests SiloCluster.Tests "
for project in $(cd tests && echo *.Tests); do
    [[ ${FULL-} || $of_processes != *" $project "* ]] || continue
    run "$project" test_project "$project"
done

run "audit" tests/audit/check.sh

if [[ ${FULL-} ]]; then
    run "lease protocol" end_model
    run "worlds" verification/worlds/check.sh
    run "chart" tests/chart/check.sh
    run "published gateway" tests/published/check.sh
    run "packages" tests/package/check.sh
    run "openapi" env NO_BUILD=1 tests/openapi/check.sh
    run "page" env NO_BUILD=1 tests/page/check.sh
    run "documentation" env NO_BUILD=1 tests/documentation/check.sh
    run "stop" env NO_BUILD=1 verification/stop/check.sh
    run "hostile clients" verification/hostile/check.sh
    if [[ ${KUBEBUILDER_ASSETS-} ]]; then
        run "faults" verification/faults/check.sh
    else
        echo "faults: skipped, KUBEBUILDER_ASSETS is not set"
        ((skipped += 1))
    fi
else
    echo "FULL=1 ./test.sh also runs the tests of whole processes and clusters ($(xargs <<<"$of_processes")) and the compiler's analyzers, and checks the model of the lease protocol (needs spin and gcc), the random worlds on mutants, the chart (needs npm), the"
    echo "published gateway (needs gcc), the packages (needs unzip and python3), clients made from the OpenAPI document (needs jq and npm), the status page in a browser (needs chromium and node), the commands of the documents (needs python3, node and jq), a stop under load (needs wrk and nginx), and the service under faults (needs an API server, libfaketime and iproute2) and under hostile clients."
fi

# Once more at the end, where who looks at a long log looks first.
printf '%s' "$failures"
if ((skipped > 0)); then echo "$passed passed, $failed failed, $skipped skipped"; else echo "$passed passed, $failed failed"; fi
((failed == 0))
