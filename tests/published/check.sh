#!/usr/bin/env bash
# Publishes the gateway as a program of its own, of machine code, and runs tests of processes against that very program.
#   check.sh           the HTTP contract and the status page: two minutes
#   check.sh --all     everything that starts a gateway, leases in Kubernetes too where KUBEBUILDER_ASSETS is set
# Run ./test.sh first, which builds the tests. The last line is "N passed, N failed".
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
out=$root/artifacts/published
passed=0 failed=0

case $(uname -m) in x86_64) machine=linux-x64 ;; aarch64) machine=linux-arm64 ;; *) machine=linux-$(uname -m) ;; esac

# A warning is an error here (Directory.Build.props): it says what would be missing from the program.
if ! dotnet publish "$root/src/Gateway" -c Release -r "$machine" -o "$out" -p:ArtifactsPath="$root/artifacts/aot" \
    -p:DebugType=none -p:GenerateDocumentationFile=false -v quiet -tl:off -nologo; then
    echo "0 passed, 1 failed"
    exit 1
fi

export GATEWAY_PROGRAM=$out/IdGenerator.Gateway
echo "$GATEWAY_PROGRAM: $(($(stat -c %s "$GATEWAY_PROGRAM") >> 20)) MiB"
projects=Gateway filter=(--filter "ContractTests|PageTests")
if [[ ${1-} == --all ]]; then projects="Gateway Observability ${KUBEBUILDER_ASSETS:+Cluster}" filter=(); fi
for project in $projects; do
    output=$(dotnet test "$root/artifacts/bin/$project.Tests/release/IdGenerator.$project.Tests.dll" "${filter[@]}" --logger 'console;verbosity=minimal' 2>&1)
    echo "$output"
    if [[ $output =~ Failed:[[:space:]]*([0-9]+),\ Passed:[[:space:]]*([0-9]+) ]]; then
        ((failed += BASH_REMATCH[1], passed += BASH_REMATCH[2])) || true
    else
        ((failed += 1))
    fi
done

echo "$passed passed, $failed failed"
((failed == 0))
