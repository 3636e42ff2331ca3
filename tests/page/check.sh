#!/usr/bin/env bash
# Opens the status page in a Chromium, as its users do: beside a gateway that issues IDs, is stopped and started again, beside one that
# cannot issue any, and beside two silos of one cluster; on a desk and on a phone, in light and in dark.
#   check.sh          half a minute; NO_BUILD=1 takes the programs that are there
#   SCREENSHOTS=DIR   pictures of it, there
# The last line is "N passed, N failed".
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../benchmarks/servers.sh"
need curl chromium node

here=$root/tests/page
port=${PORT:-18950}
results=$scratch/results

# What the worker left says that it has issued IDs of the next hour: so this gateway waits for its clock.
leave_record_of_the_next_hour() {
    mkdir "$scratch/refusing"
    node >"$scratch/refusing/worker-1.json" -e '
        const now = Date.now(), time = new Date(now).toISOString().replace(/\.\d+/, "");
        console.log(JSON.stringify({ revision: 1, record: { holder: null, generation: 1, reservedUntil: now - 1705065354064 + 3600000,
            layout: "1705065354064/41-10-12", acquiredAt: time, renewedAt: time, durationSeconds: 60 } }))'
}

start_serving() { start_gateway serving "$port"; }

# start_worker NUMBER: a silo of the cluster; worker 2 keeps the membership.
start_worker() { start_silo "worker-$1" $((port + $1)) WORKER_ID="$1" PRIMARY_SILO_PORT=$((port + 1002)); }

# The checks say "ok …", "FAIL …", or "do stop_serving" for what only this script can do, and wait until it is done.
stop_serving() { stop serving; }
start_serving_again() { start_serving && wait_for serving "http://127.0.0.1:$port/health/ready"; }

run_checks() {
    coproc checks { exec node "$here/checks.mjs" "$port" "$scratch/profile" 2>"$scratch/checks.log"; }
    pid_of[checks]=$checks_PID
    local line answers=${checks[1]} pid=$checks_PID
    while read -r line; do
        case $line in
            "do "*) ${line#do }; echo done >&"$answers" ;;
            *) echo "$line" | tee -a "$results" ;;
        esac
    done <&"${checks[0]}"
    unset 'pid_of[checks]'
    wait "$pid" || { echo "FAIL the checks ended with an error:" | tee -a "$results"; tail -n 20 "$scratch/checks.log"; }
}

build src/Gateway && build src/Silo || exit 1
leave_record_of_the_next_hour
start_serving
start_gateway refusing $((port + 1))
start_worker 2
start_worker 3
wait_for serving "http://127.0.0.1:$port/health/ready"
wait_for refusing "http://127.0.0.1:$((port + 1))/health/live"
run_checks

count() { grep -c "^$1 " "$results" || true; }
echo "$(count ok) passed, $(count FAIL) failed"
(($(count FAIL) == 0 && $(count ok) > 0))
