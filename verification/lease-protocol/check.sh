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

twins='-DPODS=2 -DHOSTS=1 -DBOOTS=1 -DSTARTS=3 -DTIME=5 -DMONO=2 -DWRITES=3 -DRESERVE=3'
nodes='-DPODS=2 -DHOSTS=2 -DBOOTS=1 -DSTARTS=2 -DTIME=5 -DMONO=1 -DWRITES=4 -DRESERVE=2'
twins_reboot='-DPODS=2 -DHOSTS=1 -DBOOTS=2 -DSTARTS=3 -DTIME=5 -DMONO=1 -DWRITES=3 -DRESERVE=2'
reboot='-DPODS=1 -DHOSTS=1 -DBOOTS=2 -DSTARTS=3 -DTIME=6 -DMONO=2 -DWRITES=5 -DRESERVE=3'
slack='-DPODS=1 -DHOSTS=1 -DBOOTS=1 -DSTARTS=2 -DTIME=6 -DMONO=2 -DWRITES=5 -DRESERVE=3 -DSLACK=1'
copies='-DCOPY=1 -DPODS=2 -DHOSTS=1 -DBOOTS=1 -DSTARTS=2 -DTIME=5 -DMONO=0 -DWRITES=3 -DRESERVE=2'

# Smaller, for runs that are found in less than the above.
twins_2=${twins/STARTS=3/STARTS=2} twins_2=${twins_2/WRITES=3/WRITES=2}
nodes_2=${nodes/WRITES=4/WRITES=2}
reboot_4=${reboot/WRITES=5/WRITES=4}
copies_1=${copies/STARTS=2/STARTS=1}

# name | what is expected: holds, reachable, or the invariants of which each, checked alone, has to be found violated | bounds
rows="\
twins on one node     | holds                         | $twins
two nodes             | holds                         | $nodes
twins and a reboot    | holds                         | $twins_reboot
restarts and a reboot | holds                         | $reboot
restarts, slack       | holds                         | $slack
copies                | holds                         | $copies
AFTER_RELEASE         | reachable                     | $nodes
AFTER_TAKE_OVER       | reachable                     | $nodes_2
PAUSED_HOLDER         | reachable                     | $nodes_2
LOST_ACK              | reachable                     | $nodes
LATE_WRITE            | reachable                     | $nodes
AFTER_EARLY_START     | reachable                     | $reboot_4
AFTER_REBOOT          | reachable                     | $reboot_4
STEP_ADOPTED          | reachable                     | $reboot_4
MARK_FALLS            | reachable                     | $reboot_4
FAR_BACK              | reachable                     | $reboot_4
GLITCH_PUT_RIGHT      | reachable                     | $reboot_4
STEP_FOLLOWED         | reachable                     | $reboot_4
BOTH_COPIES_ISSUE     | reachable                     | $copies_1
COPY_SURVIVES         | reachable                     | $copies_1
BLIND_WRITE           | Once Disjoint                 | $nodes
START_AT_WALL_CLOCK   | Once Disjoint                 | $nodes
TRUST_RENEW_TIME      | Disjoint                      | $nodes_2
RELEASE_BEFORE_CLOSE  | Once Disjoint                 | $nodes
USE_BEFORE_ACK        | Once Reserved Disjoint        | $nodes_2
ASSUME_LANDED         | Once Reserved                 | $nodes_2
TWIN_STARTS_EARLY     | Once Disjoint                 | $twins_2
IGNORE_BOOT_ID        | Once Disjoint                 | $reboot_4
ADOPT_UNRECORDED      | Once Disjoint Bounded         | $reboot_4
ANCHOR_FALLS          | Once Disjoint Bounded         | $reboot_4
LINE_BELOW_ISSUED     | Once Disjoint Bounded Above   | $reboot_4
RAISED_PAST_MARK      | Once Bounded                  | $slack
NO_FENCE              | Once Disjoint Bounded         | $reboot_4
RESERVE_FALLS         | Rising                        | $reboot_4
ASSUME_OURS           | Once Alone                    | $copies_1
LOST_COPY_RESTARTS    | Disjoint                      | $copies"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# build NAME EXPECTED BOUNDS [compiler options]: a checker of that row, ./pan, for one expectation of the row
build() {
    switches=$3
    case $2 in
        holds) ;;
        reachable) switches="-DWITNESS=$1 $3" ;;
        *) switches="-DMUTANT=$1 -DONLY=${2^^} $3" ;;
    esac
    cp "$here/lease.pml" .
    # shellcheck disable=SC2086
    spin -a $switches lease.pml >/dev/null
    # No partial order reduction: every step touches shared state. An exact search, with every state kept as it is.
    local optimize=-O0          # searches that end at the first error take less time than the optimizer
    [[ $2 == holds ]] && optimize=-O1           # -O2 takes half a minute to compile, and gains nothing
    gcc "$optimize" -w -DSAFETY -DNOREDUCE -DMEMLIM=4000 "${@:4}" -o pan pan.c
}

result() {      # of the output of a checker: holds, reachable, or the name of the invariant that is violated
    local violated
    violated=$(sed -nE 's/.*assertion violated \(*(Once|Reserved|Disjoint|Bounded|Above|Rising|Alone)\|\|.*/\1/p' "$1")
    if [[ $violated ]]; then echo "$violated"
    elif grep -q 'assertion violated' "$1"; then echo reachable
    elif grep -q 'errors: 0' "$1" && ! grep -Eq 'not completed|max search depth too small|out of memory' "$1"; then echo holds
    else echo unfinished
    fi
}

# check NAME EXPECTED BOUNDS: prints the line of the table; fails where the result is not the expected one
check() {
    mkdir "$work/$BASHPID"
    cd "$work/$BASHPID"
    build "$@"
    local seconds result states depth
    seconds=$(TIMEFORMAT=%U; { time ./pan -m20000 -w24 >out 2>&1 || true; } 2>&1)   # of the processor
    result=$(result out)
    states=$(awk '/states, stored/ { printf "%d", $1 }' out)
    depth=$(sed -n 's/.*depth reached \([0-9]*\).*/\1/p' out)
    # shellcheck disable=SC2059
    printf "$line" "$1" "$2" "$result" "$states" "$depth" "$seconds"
    rm -r "$work/$BASHPID"
    [[ $result == "$2" ]]
}

# tell NAME EXPECTED BOUNDS: prints the run that leads there
tell() {
    cd "$work"
    build "$@" -O2 -DREACH
    ./pan -i -m2000 >out 2>&1 || true
    # shellcheck disable=SC2086
    spin -t -T $switches lease.pml 2>/dev/null | sed '/^spin: trail ends/,$d'
}

tell=
if [[ ${1:-} == -t ]]; then tell=yes; shift; fi
only=${1:-}
passed=0 failed=0 found= running=0

# One more has ended.
reap() {
    if wait -n; then ((passed += 1)); else ((failed += 1)); fi
    ((running -= 1)) || true
}

line='%-21s | %-11s | %-10s | %10s | %6s | %7s\n'
# shellcheck disable=SC2059
[[ $tell ]] || printf "$line" name expectation result states depth seconds
while IFS='|' read -r name expectations bounds; do
    name=${name%"${name##*[! ]}"}
    [[ -z $only || $only == "$name" ]] || continue
    found=yes
    for expected in $expectations; do
        if [[ $tell ]]; then
            if [[ $expected == holds ]]; then echo "$name: has no such run" >&2; exit 2; fi
            tell "$name" "$expected" "$bounds"
            break
        fi

        # A row that holds needs up to 3 GB, so it has the machine to itself.
        most=$([[ $expected == holds ]] && echo 1 || nproc)
        while ((running >= most)); do reap; done
        check "$name" "$expected" "$bounds" &
        ((running += 1))
    done
done <<<"$rows"

while ((running > 0)); do reap; done
if [[ ! $found ]]; then echo "no row is called $only" >&2; exit 2; fi
[[ $tell ]] && exit 0
echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
