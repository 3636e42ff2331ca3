#!/usr/bin/env bash
# A full bulk, GET /ids/4096000: is the body right, how long does it take, how much memory does the first one need, and how
# long does GET /id take while four of them run? For the gateway by itself, and for the silo where it can be built.
#
# ROUNDS (5) timed bulks, SECONDS_PER_ROUND (4) and CONNECTIONS (64) of the mixed load.
set -uo pipefail
. "$(dirname "$0")/../servers.sh"
need wrk curl

rounds=${ROUNDS:-5} seconds=${SECONDS_PER_ROUND:-4} connections=${CONNECTIONS:-64}
count=4096000

# check URL: says what is wrong with the body, if anything is.
check() {
    curl -sS -H 'Accept: text/plain' "$1/ids/$count" | awk -v want="$count" '
        # Longer is larger; of equal length text order is number order.
        NR > 1 && (length($0) < length(last) || length($0) == length(last) && $0 "" <= last "") { wrong++ }
        { last = $0 }
        END { printf "%d IDs, %d not above the one before\n", NR, wrong; exit NR != want || wrong > 0 }'
}

seconds_of() { curl -s -o /dev/null -w '%{time_total}\n' "$1/ids/$count"; }

bulk_forever() { while curl -s -o /dev/null "$1/ids/$count"; do :; done; }

# mixed URL: p50, p99 and p99.9 of GET /id in ms, while four bulks run.
mixed() {
    local bulks=() n
    for n in 1 2 3 4; do
        bulk_forever "$1" &
        bulks+=($!)
    done
    sleep 1
    wrk -t1 -c"$connections" -d"${seconds}s" --latency -s "$root/benchmarks/http/report.lua" "$1/id" |
        awk '/^REPORT/ { printf "%.2f %.2f %.2f %.0f\n", $5 / 1e3, $6 / 1e3, $7 / 1e3, $2 / $3 * 1e6 }'
    for n in "${bulks[@]}"; do kill "$n" $(pgrep -P "$n"); done 2>/dev/null
    wait "${bulks[@]}" 2>/dev/null
}

measure() {
    local name=$1 url=$2 pid before after times round
    pid=${pid_of[$name]}
    wait_for "$name" "$url/health/ready"
    curl -s -o /dev/null "$url/id"

    before=$(memory VmHWM "$pid")
    seconds_of "$url" >/dev/null
    after=$(memory VmHWM "$pid")
    echo "$name: peak memory $((before / 1024)) MiB at rest, $((after / 1024)) MiB after the first bulk: +$(((after - before) / 1024)) MiB"

    echo "$name: $(check "$url")" || exit 1
    times=$(for ((round = 0; round < rounds; round++)); do seconds_of "$url"; done)
    echo "$name: $(median <<<"$times") s for $count IDs (median of $rounds; all: $(xargs <<<"$times"))"
    for ((round = 0; round < rounds; round++)); do mixed "$url"; done >"$scratch/mixed"
    echo "$name: /id while four bulks run, ms: p50 $(cut -d' ' -f1 "$scratch/mixed" | median)," \
        "p99 $(cut -d' ' -f2 "$scratch/mixed" | median), p99.9 $(cut -d' ' -f3 "$scratch/mixed" | median)," \
        "at $(cut -d' ' -f4 "$scratch/mixed" | median) requests/s (all p99: $(cut -d' ' -f2 "$scratch/mixed" | xargs))"
    stop "$name"
}

build src/Gateway && build src/Silo || exit 1
machine
echo "curl for bulks, wrk -t1 -c$connections for /id; medians of $rounds rounds of $seconds s"
start_gateway in-process 18201
measure in-process http://127.0.0.1:18201
start_silo silo 18202
measure silo http://127.0.0.1:18202
