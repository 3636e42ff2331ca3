#!/usr/bin/env bash
# One answer from several workers: GET /ids/4096000?workers=K over silos beside each other on this machine. Is each body whole and
# strictly rising, how long does it take, as bytes and as JSON, how much memory does it need at the gateway and elsewhere, how long does
# GET /id take at each worker meanwhile, and what is there when one of four workers is killed or paused in the middle?
#
# ROUNDS (5) timed bulks, SILOS (4), SECONDS_PER_ROUND (4) of GET /id, BASE (18401) the first port.
set -uo pipefail
. "$(dirname "$0")/../servers.sh"
need wrk curl

rounds=${ROUNDS:-5} silos=${SILOS:-4} seconds=${SECONDS_PER_ROUND:-4} base=${BASE:-18401}
count=4096000
binary=application/octet-stream

url() { echo "http://127.0.0.1:$((base + $1))"; }

# start_worker NUMBER: a silo of the cluster; worker 0 keeps the membership.
start_worker() {
    start_silo "worker-$1" $((base + $1)) WORKER_ID="$1" PRIMARY_SILO_PORT=$((base + 1000)) MALLOC_ARENA_MAX=2
}

# body ACCEPT WORKERS: the answer of worker 0 in a file; its time in seconds.
body() { curl -s -o "$scratch/body" -H "Accept: $1" -w '%{time_total}\n' "$(url 0)/ids/$count?workers=$2"; }

# check ACCEPT: how many IDs the body has, from how many workers, and how many are not above the one before.
check() {
    case $1 in
        "$binary") od -An -v -t u8 -w8 "$scratch/body" ;;
        *) tr -d '{}[]"' <"$scratch/body" | sed 's/^ids://' | tr ',' '\n' ;;
    esac | awk '{ id = $1 "" }
        # IDs are beyond what awk counts exactly, so they are compared as text: longer is larger.
        NR > 1 && (length(id) < length(last) || length(id) == length(last) && id <= last) { wrong++ }
        { last = id }
        END { printf "%d %d\n", NR, wrong }'
}

# The workers of the IDs in a binary body: bits 12 to 21, of which the second and third byte have all.
workers_in_body() {
    od -An -v -t u1 -w8 "$scratch/body" | awk '{ n[int($2 / 16) + ($3 % 64) * 16]++ } END { for (w in n) printf "%d: %d  ", w, n[w] }'
}

# timed ACCEPT WORKERS: the median of the rounds, each body checked.
timed() {
    local round found
    for ((round = 0; round < rounds; round++)); do
        body "$1" "$2" >>"$scratch/times"
        found=$(check "$1")
        [[ $found == "$count 0" ]] || { echo "a wrong body: $found" >&2; exit 1; }
    done
    echo "workers=$2, $1: $(median <"$scratch/times") s (all: $(xargs <"$scratch/times")); each body is whole and rising"
    rm "$scratch/times"
}

peaks() { local n; for ((n = 0; n < silos; n++)); do memory VmHWM "${pid_of[worker-$n]}"; done | xargs; }

# singles WORKER: p99 of GET /id in ms, of 8 connections with a pause of 2 ms each.
singles() {
    wrk -t1 -c8 -d"${seconds}s" --latency -s "$root/benchmarks/http/paced.lua" "$(url "$1")/id" |
        awk '/^REPORT/ { printf "%.2f (p50 %.2f)\n", $6 / 1e3, $5 / 1e3 }'
}

# broken NAME COMMAND…: the answer of all workers while something is done to one of them.
broken() {
    local name=$1 time found
    shift
    body "$binary" all >"$scratch/time" &
    local request=$!
    sleep 0.1
    "$@"
    wait "$request"
    time=$(cat "$scratch/time")
    found=$(check "$binary")
    echo "worker 3 $name after 0.1 s: $time s, $found of $count 0 (IDs, not above the one before): $(workers_in_body)"
}

build src/Silo || exit 1
machine
for ((n = 0; n < silos; n++)); do
    start_worker "$n"
    wait_for "worker-$n" "$(url "$n")/health/ready"
done
# Until each silo knows all others: an answer has IDs of all of them.
for ((try = 0; try < 100; try++)); do
    curl -s -o "$scratch/body" -H "Accept: $binary" "$(url 0)/ids/100000?workers=all"
    [[ $(workers_in_body | grep -o ':' | wc -l) == "$silos" ]] && break
    sleep 0.2
done

rest=$(peaks)
# A bulk of its own at each, so that what follows shows what bulks of others add.
for ((n = 0; n < silos; n++)); do curl -s -o /dev/null -H "Accept: $binary" "$(url "$n")/ids/$count"; done
own=$(peaks)
body "$binary" "$silos" >/dev/null
first=$(peaks)
for workers in 1 2 "$silos"; do timed "$binary" "$workers"; done
echo "peak memory of each silo, KiB: at rest $rest, after a bulk of its own $own, after one of all $first, after the others $(peaks)"
timed application/json 2
timed application/json "$silos"

while curl -s -o /dev/null -H "Accept: $binary" "$(url 0)/ids/$count?workers=all"; do :; done &
bulks=$!
for ((n = 0; n < silos; n++)); do
    for ((round = 0; round < rounds; round++)); do singles "$n"; done >"$scratch/singles"
    echo "/id at worker $n while bulks over all run, p99 in ms: $(median <"$scratch/singles") (all: $(xargs <"$scratch/singles"))"
done
kill "$bulks" $(pgrep -P "$bulks")
wait "$bulks" 2>/dev/null

last=$((silos - 1))
broken paused kill -STOP "${pid_of[worker-$last]}"
kill -CONT "${pid_of[worker-$last]}"
sleep 2
broken killed kill -KILL "${pid_of[worker-$last]}"
unset "pid_of[worker-$last]"
curl -s "$(url 0)/metrics" | grep -E '^id_generator_ids_(dropped|given)'
