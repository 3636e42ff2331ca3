#!/usr/bin/env bash
# Runs the random worlds (tests/Leases.Tests/Worlds) over programs that break the lease protocol on purpose: the mutants of the
# fault runs, ../faults/mutants. In each the invariant that it breaks must be found violated.
#   ./check.sh          everything; the last line is "N passed, N failed"
#   ./check.sh NAME     one mutant
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)

# mutant | invariants of which one must be named
rows="\
fence-off               | Once|Reserved|Disjoint|Bounded
start-at-the-clock      | Disjoint|Once|Bounded
past-the-reservation    | Reserved|Bounded|Disjoint
line-below-issued       | Above|Bounded|Disjoint
next-anchor-alone       | Bounded
any-lock                | Disjoint
use-before-acknowledged | Reserved|Disjoint"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -rp "$root"/{Directory.*.props,global.json,.editorconfig,tests} "$work"
[[ ! -e $root/nuget.config ]] || cp "$root/nuget.config" "$work"

only=${1:-}
passed=0 failed=0
while IFS='|' read -r name wanted; do
    name=${name// /} wanted=${wanted// /}
    [[ -z $only || $only == "$name" ]] || continue
    rm -rf "$work/src"
    # With the time stamps, so that what no patch touches need not be built again; what the patch before touched has to be.
    cp -rp "$root/src" "$work"
    (cd "$work" && sed -n 's#^+++ b/##p' "$root"/verification/faults/mutants/*.patch | sort -u | xargs touch --no-create)
    if ! patch --directory "$work" --strip 1 --fuzz 0 --silent <"$root/verification/faults/mutants/$name.patch" ||
        ! dotnet build "$work/tests/Leases.Tests" -c Release -v quiet -tl:off -nologo -clp:NoSummary -p:TreatWarningsAsErrors=false \
            -p:RunAnalyzers=false >"$work/log" 2>&1; then
        cat "$work/log" 2>/dev/null >&2
        echo "FAIL $name: the mutant does not apply or does not build any more" >&2
        ((failed += 1))
        continue
    fi

    dotnet test "$work/artifacts/bin/Leases.Tests/release/IdGenerator.Leases.Tests.dll" --filter FullyQualifiedName~Worlds >"$work/log" 2>&1
    found=$(grep -oE "(Once|Reserved|Disjoint|Bounded|Above|Rising): [a-z0-9].*" "$work/log" | head -n 1)
    if grep -qE "^($wanted):" <<<"$found"; then
        echo "pass $name: $found"
        ((passed += 1))
    else
        echo "FAIL $name: wanted $wanted, found: ${found:-nothing}" >&2
        ((failed += 1))
    fi
done <<<"$rows"

echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
