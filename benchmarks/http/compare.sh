#!/usr/bin/env bash
# Compares servers that give out IDs, interleaved in one run, and prints the medians of all rounds: a table for each number of
# IDs that a request asks for.
#
#   compare.sh                        ours as programs, over other paths, stock ASP.NET Core, nginx, and the floor (floor.c)
#   compare.sh NAME=URL NAME=URL …    servers that run already; the first is what the others are compared with
#
# In a URL, {count} stands for the number of IDs; one without a path has ours (/id, /ids/10); with a path it is asked for that alone.
#
# COUNTS ("1 10 100 1000"), ROUNDS (5), SECONDS_PER_ROUND (4), CONNECTIONS (64), WARMUP (5 seconds each),
# NEW (1: each request on a connection of its own), ONLY (names to start, of the usual ones).
set -uo pipefail
. "$(dirname "$0")/../servers.sh"
need wrk ss curl

counts=${COUNTS:-1 10 100 1000} rounds=${ROUNDS:-5} seconds=${SECONDS_PER_ROUND:-4} connections=${CONNECTIONS:-64} warmup=${WARMUP:-5}
close=(${NEW:+-H "Connection: close"})
names=()
declare -A url_of=() pids_of=()

add() { names+=("$1") url_of[$1]=$2; }

wanted() { [[ -z ${ONLY-} || " $ONLY " == *" $1 "* ]]; }

# url NAME COUNT
url() {
    local url=${url_of[$1]} path=/ids/$2
    (($2 == 1)) && path=/id
    case $url in
        *'{bytes}'*) echo "${url//'{bytes}'/$(($2 == 1 ? 27 : 9 + 21 * $2))}" ;;
        *'{count}'*) echo "${url//'{count}'/$2}" ;;
        *://*/*) echo "$url" ;;
        *) echo "$url$path" ;;
    esac
}

start_nginx() {
    need nginx
    mkdir -p "$scratch/nginx"
    cat >"$scratch/nginx/nginx.conf" <<NGINX
daemon off; pid $scratch/nginx/nginx.pid; error_log stderr; worker_processes auto;
events { worker_connections 1024; }
http {
    access_log off; keepalive_requests 1000000000; default_type application/json;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    server { listen $1 reuseport; location / { return 200 '{"id":"378432687628619776"}'; } }
}
NGINX
    start nginx nginx -p "$scratch/nginx" -c "$scratch/nginx/nginx.conf"
}

start_floor() {
    need gcc
    gcc -O2 -pthread "$root/benchmarks/http/floor.c" -o "$scratch/floor-program" && start floor "$scratch/floor-program" "$1"
}

start_usual() {
    local port=${PORT:-18100} host=http://127.0.0.1
    build benchmarks/Baseline && build src/Gateway && build src/Silo || exit 1
    start stock ASPNETCORE_URLS="$host:$port" dotnet "$(dll Baseline)"
    add stock "$host:$port"
    if wanted stock-lean; then add stock-lean "$host:$port/lean"; fi
    if wanted ours; then start_gateway ours $((port + 1)); add ours "$host:$((port + 1))"; fi
    if wanted ours-kestrel; then
        start_gateway ours-kestrel $((port + 2)) Gateway__FastPath=off
        add ours-kestrel "$host:$((port + 2))"
    fi
    if wanted ours-grain; then start_silo ours-grain $((port + 3)); add ours-grain "$host:$((port + 3))"; fi
    if wanted nginx; then start_nginx $((port + 4)); add nginx "$host:$((port + 4))/id"; fi
    if wanted floor; then start_floor $((port + 5)); add floor "$host:$((port + 5))/{bytes}"; fi
    # tests/published/check.sh makes it.
    if wanted published && [[ -x $root/artifacts/published/IdGenerator.Gateway ]]; then
        start published WORKER_ID=1 PORT=$((port + 6)) "$root/artifacts/published/IdGenerator.Gateway"
        add published "$host:$((port + 6))"
    fi
}

# load NAME COUNT SECONDS: requests, microseconds, errors, p50, p99, p99.9.
load() {
    wrk -t1 -c"$connections" -d"$3s" --latency "${close[@]}" -s "$root/benchmarks/http/report.lua" "$(url "$1" "$2")" |
        sed -n 's/^REPORT //p'
}

# round NAME COUNT: a line of requests/s, p50, p99, p99.9 (microseconds), CPU microseconds a request, errors.
round() {
    local pids=${pids_of[$1]} before after report
    before=$(cpu_ticks $pids)
    report=$(load "$1" "$2" "$seconds")
    after=$(cpu_ticks $pids)
    awk -v ticks=$((after - before)) -v hz="$(getconf CLK_TCK)" \
        '{ printf "%.0f %d %d %d %.3f %d\n", $1 / $2 * 1e6, $4, $5, $6, ticks / hz * 1e6 / $1, $3 }' <<<"$report" >>"$scratch/$1.rounds"
}

column() { cut -d' ' -f"$2" "$scratch/$1.rounds" | median; }

# ratio NAME COLUMN: to the first server in the same round: what disturbs the machine for a while disturbs both.
ratio() {
    paste -d' ' <(cut -d' ' -f"$2" "$scratch/$1.rounds") <(cut -d' ' -f"$2" "$scratch/${names[0]}.rounds") |
        awk '$1 > 0 && $2 > 0 { print $1 / $2 }' | median
}

# table COUNT
table() {
    echo
    printf '%-14s %10s %6s %8s %6s %8s %6s %9s %8s %6s %9s %6s\n' \
        "$1 ID$( (($1 == 1)) || echo s)" requests/s x p50_ms x p99_ms x p99.9_ms cpu_us x peak_MiB errors
    for name in "${names[@]}"; do
        echo "$name $(column "$name" 1) $(ratio "$name" 1) $(column "$name" 2) $(ratio "$name" 2) $(column "$name" 3) $(ratio "$name" 3)" \
            "$(column "$name" 4) $(column "$name" 5) $(ratio "$name" 5) $(memory VmHWM ${pids_of[$name]})" \
            "$(awk '{ n += $6 } END { print n }' "$scratch/$name.rounds")"
    done | awk '{
        cpu = $9 > 0 ? sprintf("%.2f", $9) : "-"
        factor = $9 > 0 ? sprintf("%.2f", $10) : "-"
        peak = $11 > 0 ? sprintf("%.0f", $11 / 1024) : "-"
        printf "%-14s %10.0f %6.2f %8.3f %6.2f %8.3f %6.2f %9.3f %8s %6s %9s %6d\n",
            $1, $2, $3, $4 / 1000, $5, $6 / 1000, $7, $8 / 1000, cpu, factor, peak, $12
    }'
}

if (($#)); then
    for pair; do add "${pair%%=*}" "${pair#*=}"; done
else
    start_usual
fi

for name in "${names[@]}"; do
    wait_for "$name" "$(url "$name" 1)"
    pids_of[$name]=$(listeners "$(url "$name" 1)")
done
machine
echo "wrk -t1 -c$connections${NEW:+, a connection for each request}, medians of $rounds interleaved rounds of $seconds s;" \
    "x: median of the ratios to ${names[0]} in the same round"
for count in $counts; do
    for name in "${names[@]}"; do
        : >"$scratch/$name.rounds"
        load "$name" "$count" "$warmup" >/dev/null
    done
    for ((round = 0; round < rounds; round++)); do
        for name in "${names[@]}"; do round "$name" "$count"; done
    done
    table "$count"
done
