#!/usr/bin/env bash
# From the start of the process to the first ID (disk cache warm, new data directory), and resident memory at rest, 5 s later;
# beside a minimal API that answers a constant. "published" is the gateway as a program of its own, without what it does not use.
# ROUNDS (5)
set -uo pipefail
. "$(dirname "$0")/servers.sh"
need curl

rounds=${ROUNDS:-5}

# Asks without starting a process each time, so as not to take the processor from what is measured.
first_id() {
    local status
    while :; do
        if exec 3<>"/dev/tcp/127.0.0.1/$1"; then
            printf 'GET /id HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n' >&3
            read -r _ status _ <&3
            exec 3>&-
            [[ $status == 200 ]] && return
        fi
        sleep 0.005
    done 2>/dev/null
}

# start_stock NAME PORT
start_stock() { start "$1" ASPNETCORE_URLS="http://127.0.0.1:$2" dotnet "$(dll Baseline)"; }

# measure LABEL START: of start_stock, start_gateway, …
measure() {
    local round begin port
    for ((round = 0; round < rounds; round++)); do
        port=$((18300 + round))
        begin=$EPOCHREALTIME
        "$2" "$1-$round" "$port"
        first_id "$port"
        awk -v a="$begin" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.3f\n", b - a }' >>"$scratch/$1.seconds"
        sleep 5
        memory VmRSS "${pid_of[$1-$round]}" | awk '{ printf "%.1f\n", $1 / 1024 }' >>"$scratch/$1.memory"
        stop "$1-$round"
    done
    echo "$1: first ID after $(median <"$scratch/$1.seconds") s, at rest $(median <"$scratch/$1.memory") MiB" \
        "(all: $(xargs <"$scratch/$1.seconds") s; $(xargs <"$scratch/$1.memory") MiB)"
}

# start_published NAME PORT
start_published() { start "$1" WORKER_ID=1 PORT="$2" "$scratch/published/IdGenerator.Gateway"; }

publish() {
    dotnet publish "$root/src/Gateway" -c Release -r linux-x64 \
        -o "$scratch/published" -p:ArtifactsPath="$scratch/artifacts" -v quiet -tl:off -nologo >&2
}

build benchmarks/Baseline && build src/Gateway && build src/Silo || exit 1
machine
echo "medians of $rounds starts"
measure stock start_stock
measure in-process start_gateway
if publish; then measure published start_published; fi
measure silo start_silo
