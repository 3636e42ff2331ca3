#!/usr/bin/env bash
# The one-minute run, and the same run of programs whose fence is broken on purpose (mutants/): the first must be clean, in
# each of the others repeated or disordered IDs must be found.
#   ./check.sh          everything; the last line is "N passed, N failed"
#   ./check.sh NAME     one row: clean, or the name of a mutant
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
export ARTIFACTS=${ARTIFACTS:-$root/artifacts}

# name | finding that is wanted | options of run.sh
# The second is the first half of the first run. The kinds of the others are those by which a broken fence of that sort shows.
rows="\
clean                | none       | --seed 7 --seconds 60 --silos 0
fence-off            | duplicates | --seed 7 --seconds 30 --silos 0
start-at-the-clock   | either     | --seed 7 --seconds 30 --silos 0 --only ClockRestart,Crash
past-the-reservation | duplicates | --seed 7 --seconds 20 --silos 0 --only TwinOfCutOff,TwinOfUnlinked
line-below-issued    | duplicates | --seed 7 --seconds 60 --silos 0 --only FarBackCrash
any-lock             | duplicates | --seed 7 --seconds 45 --silos 0 --only LockFileRemoved"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# mutant NAME: builds the gateway with mutants/NAME.patch, and sets $program to it.
mutant() {
    local source=$work/source
    rm -rf "$source"
    mkdir "$source"
    # With the time stamps, so that what no patch touches need not be built again; what the patch before touched has to be.
    cp -rp "$root"/{Directory.*.props,global.json,src} "$source"
    [[ ! -e $root/nuget.config ]] || cp "$root/nuget.config" "$source"
    (cd "$source" && sed -n 's#^+++ b/##p' "$here"/mutants/*.patch | sort -u | xargs touch --no-create)
    patch --directory "$source" --strip 1 --fuzz 0 --silent <"$here/mutants/$1.patch" ||
        { echo "$1: the mutant does not apply any more" >&2; return 1; }
    dotnet build "$source/src/Gateway" -c Release -v quiet -tl:off -nologo -clp:NoSummary -p:TreatWarningsAsErrors=false \
        -p:RunAnalyzers=false -p:ArtifactsPath="$work/artifacts" >"$work/build.log" 2>&1 || { cat "$work/build.log" >&2; return 1; }
    program=$work/artifacts/bin/Gateway/release/IdGenerator.Gateway.dll
}

found() {   # WHAT: in the report
    local duplicates='^duplicates +[1-9]' order='^order violations +([1-9]|0 within a client, [1-9])'
    case $1 in
        none) return 0 ;;
        duplicates) grep -qE "$duplicates" "$work/report" ;;
        either) grep -qE "$duplicates|$order" "$work/report" ;;
    esac
}

only=${1:-}
passed=0 failed=0
while IFS='|' read -r name wanted options; do
    name=${name%"${name##*[! ]}"} wanted=${wanted// /}
    [[ -z $only || $only == "$name" ]] || continue
    echo "== $name"
    program=() status=0 expected=0
    # shellcheck disable=SC2086
    set -- $options
    if [[ $wanted != none ]]; then
        expected=1
        if ! mutant "$name"; then ((failed += 1)); continue; fi
        set -- "$@" --program "$program"
    fi

    rm -rf "$work/run"
    "$here/run.sh" "$@" --work "$work/run" >"$work/report" || status=$?
    cat "$work/report"
    if ((status == expected)) && found "$wanted"; then
        ((passed += 1))
    else
        echo "$name: exit code $status, expected $expected and as finding: $wanted" >&2
        tail -n 200 "$work/run/events.log" >&2
        ((failed += 1))
    fi
done <<<"$rows"

echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
