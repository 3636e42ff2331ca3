#!/usr/bin/env bash
# What one process gets through the client library from one, two and three silos beside each other on this machine: single IDs, arrays of
# 100,000 and a stream, each by one task. No ID may be there twice.
#
# ROUNDS (5), SECONDS_PER_ROUND (3), SILOS ("1 2 3"), TASKS (1), BASE (18501) the first port.
set -uo pipefail
. "$(dirname "$0")/servers.sh"
need curl

rounds=${ROUNDS:-5} seconds=${SECONDS_PER_ROUND:-3} tasks=${TASKS:-1} base=${BASE:-18501}
build src/Silo || exit 1
build benchmarks/ClientThroughput || exit 1
machine
started=0
for silos in ${SILOS:-1 2 3}; do
    for (( ; started < silos; started++)); do
        start_silo "worker-$started" $((base + started)) WORKER_ID="$started" PRIMARY_SILO_PORT=$((base + 1000)) MALLOC_ARENA_MAX=2
        wait_for "worker-$started" "http://127.0.0.1:$((base + started))/health/ready"
    done
    gateways=()
    for ((n = 0; n < silos; n++)); do gateways+=("127.0.0.1:$((base + n + 2000))"); done
    for ((round = 0; round < rounds; round++)); do
        for kind in single array stream; do
            dotnet "$(dll ClientThroughput)" "$kind" "$tasks" "$seconds" "${gateways[@]}" >"$scratch/out" || { cat "$scratch/out"; exit 1; }
            echo "$silos silos: $(cat "$scratch/out")" >&2
            sed -E 's/ .*//; s/,//g' "$scratch/out" >>"$scratch/$silos-$kind"
        done
    done
    for kind in single array stream; do echo "$silos silos, $kind: $(median <"$scratch/$silos-$kind") IDs/s"; done
done
