#!/usr/bin/env bash
# Checks the model of the lease protocol (lease.pml), its witnesses and its mutants, and prints a table.
#   ./check.sh          everything; exit code 1 if a row does not come out as it should
#   ./check.sh NAME     one row
#   ./check.sh -t NAME  the run that shows a witness or a mutant, told step by step (it takes up to a minute or two)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for tool in spin gcc; do
    if ! command -v "$tool" >/dev/null; then
        echo "$tool is missing. Debian and Ubuntu: apt-get install spin gcc. Elsewhere: https://spinroot.com" >&2
        exit 2
    fi
done

twins='-DPODS=2 -DHOSTS=1 -DBOOTS=1 -DSTARTS=3 -DTIME=6 -DMONO=2 -DWRITES=4 -DRESERVE=3'
nodes='-DPODS=2 -DHOSTS=2 -DBOOTS=1 -DSTARTS=3 -DTIME=6 -DMONO=1 -DWRITES=4 -DRESERVE=2'
twins_reboot='-DPODS=2 -DHOSTS=1 -DBOOTS=2 -DSTARTS=3 -DTIME=6 -DMONO=1 -DWRITES=3 -DRESERVE=3'
reboot='-DPODS=1 -DHOSTS=1 -DBOOTS=2 -DSTARTS=3 -DTIME=7 -DMONO=3 -DWRITES=5 -DRESERVE=3'

# name | what is expected | bounds
rows="\
twins on one node     | holds     | $twins
two nodes             | holds     | $nodes
twins and a reboot    | holds     | $twins_reboot
restarts and a reboot | holds     | $reboot
AFTER_RELEASE         | reachable | $nodes
AFTER_TAKE_OVER       | reachable | $nodes
PAUSED_HOLDER         | reachable | $nodes
LOST_ACK              | reachable | $nodes
LATE_WRITE            | reachable | $nodes
AFTER_EARLY_START     | reachable | $reboot
AFTER_REBOOT          | reachable | $reboot
STEP_ADOPTED          | reachable | $reboot
BLIND_WRITE           | caught    | $nodes
START_AT_WALL_CLOCK   | caught    | $nodes
TRUST_RENEW_TIME      | caught    | $nodes
RELEASE_BEFORE_CLOSE  | caught    | $nodes
USE_BEFORE_ACK        | caught    | $nodes
ASSUME_LANDED         | caught    | $nodes
TWIN_STARTS_EARLY     | caught    | $twins
IGNORE_BOOT_ID        | caught    | $reboot
ADOPT_UNRECORDED      | caught    | $reboot
ANCHOR_FALLS          | caught    | $reboot"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/lease.pml" "$work"
cd "$work"

# build NAME EXPECTED BOUNDS [compiler options]: a checker of that row in $work/pan
build() {
    local switch=()
    case $2 in
        reachable) switch=("-DWITNESS=$1") ;;
        caught) switch=("-DMUTANT=$1") ;;
    esac
    # shellcheck disable=SC2086
    spin -a "${switch[@]}" $3 lease.pml >/dev/null
    # No partial order reduction: every step touches shared state. An exact search, with every state kept as it is.
    local optimize=-O0          # searches that end at the first error take less time than the optimizer
    [[ $2 == holds ]] && optimize=-O2
    gcc "$optimize" -w -DSAFETY -DNOREDUCE -DMEMLIM=4000 "${@:4}" -o pan pan.c
}

result() {      # of the output of a checker
    if grep -q 'assertion violated  *!(issued)' "$1"; then echo caught
    elif grep -q 'assertion violated' "$1"; then echo reachable
    elif grep -q 'errors: 0' "$1" && ! grep -Eq 'not completed|max search depth too small|out of memory' "$1"; then echo holds
    else echo unfinished
    fi
}

tell=
if [[ ${1:-} == -t ]]; then tell=yes; shift; fi
only=${1:-}
passed=0 failed=0 found=

line='%-21s | %-11s | %-10s | %10s | %6s | %7s\n'
# shellcheck disable=SC2059
[[ $tell ]] || printf "$line" name expectation result states depth seconds
while IFS='|' read -r name expected bounds; do
    name=${name%"${name##*[! ]}"} expected=${expected// /}
    [[ -z $only || $only == "$name" ]] || continue
    found=yes
    if [[ $tell ]]; then
        if [[ $expected == holds ]]; then echo "$name: has no such run" >&2; exit 2; fi
        build "$name" "$expected" "$bounds" -O2 -DREACH
        ./pan -i -m2000 >out 2>&1 || true
        switch=MUTANT
        [[ $expected == reachable ]] && switch=WITNESS
        # shellcheck disable=SC2086
        spin -t -T -D$switch="$name" $bounds lease.pml 2>/dev/null | sed '/^spin: trail ends/,$d'
        continue
    fi
    build "$name" "$expected" "$bounds"
    ./pan -m20000 -w24 >out 2>&1 || true
    result=$(result out)
    states=$(awk '/states, stored/ { printf "%d", $1 }' out)
    depth=$(sed -n 's/.*depth reached \([0-9]*\).*/\1/p' out)
    seconds=$(sed -n 's/.*elapsed time \([^ ]*\) seconds.*/\1/p' out)
    # shellcheck disable=SC2059
    printf "$line" "$name" "$expected" "$result" "$states" "$depth" "$seconds"
    if [[ $result == "$expected" ]]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
done <<<"$rows"

if [[ ! $found ]]; then echo "no row is called $only" >&2; exit 2; fi
[[ $tell ]] && exit 0
echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
