#!/usr/bin/env bash
# Mutation testing of the code that the promise rests on. See README.md.
#   ./run.sh               every file of the table below
#   ./run.sh NAME…         these files alone, such as SlotGenerator
# The last line is "N passed, N failed", a file each; exit code 1 if any failed, 2 if there is no verdict.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)

# project | its files that are mutated | the project of the tests, and those of them, that they are judged by
# Tests that start an API server are left out: they take many seconds, and that for each mutant. So are HostLock, HostRegistry and
# Boot, which the tests of processes judge: a mutant of theirs may write anywhere in /var/tmp, or take the name of another process.
projects="\
Abstractions     | IdRange SnowflakeId | Snowflake Snowflake
Snowflake        | SlotGenerator LogicalClock ClockAnchor StayingStep | Snowflake Snowflake
Leases           | WorkerLease WorkerLease.Acquire BootMark Watch FileLeaseStore FileLock DurableFile | Leases Leases
KubernetesLeases | KubernetesLeaseStore LeaseDocument | Kubernetes LeaseDocumentTests LeaseStoreRequestTests"

# Random worlds run again for each mutant: a few of them, and the same ones each time.
export PROPERTY_CASES=${PROPERTY_CASES:-50}

# Stryker gives up where `dotnet --info` takes more than four seconds, as it does on a busy machine.
export DOTNET_INFO_WAIT_TIME=${DOTNET_INFO_WAIT_TIME:-120000}

# In a copy, because Stryker leaves mutated assemblies where it has built them.
copy=$root/artifacts/mutation
mkdir -p "$copy"
rm -rf "$copy"/{src,tests,helm,reports}
# With the time stamps: what has not changed need not be built again.
cp -rp "$root"/{Directory.*.props,global.json,.config,src,tests,helm} "$copy"
(cd "$copy" && dotnet tool restore >/dev/null)

# mutate PROJECT TESTS FILE…: leaves a report in $copy/reports.
mutate() {
    local project=$1 tests=$2 filter= mutated=() word
    shift 2
    local judge=${tests%% *}
    tests=${tests#* }
    for word in $tests; do filter+="${filter:+|}FullyQualifiedName~$word"; done
    for word; do mutated+=(--mutate "**/$word.cs"); done
    (cd "$copy/tests/$judge.Tests" && dotnet stryker --config-file "$here/stryker-config.json" --project "$project.csproj" \
        --concurrency "$(nproc)" --test-case-filter "$filter" --output "$copy/reports/$project" "${mutated[@]}") \
        >"$copy/$project.log" 2>&1 || { echo "Stryker ended with exit code $?:" >&2; tail -n 40 "$copy/$project.log" >&2; return 1; }
}

SECONDS=0 reports=()
while IFS='|' read -r project files tests; do
    project=${project// /} tests=${tests# } chosen=()
    for file in $files; do
        if (($# == 0)) || [[ " $* " == *" $file "* ]]; then chosen+=("$file"); fi
    done
    ((${#chosen[@]})) || continue
    echo "== ${chosen[*]}"
    mutate "$project" "$tests" "${chosen[@]}" || exit 2
    reports+=("$copy/reports/$project/reports/mutation-report.json")
done <<<"$projects"
((${#reports[@]})) || { echo "No file of the table in $0 is called $*." >&2; exit 2; }

echo "$((SECONDS / 60)) min $((SECONDS % 60)) s"
dotnet run "$here/report.cs" -- "$here/survivors.txt" "${reports[@]}"
