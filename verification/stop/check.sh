#!/usr/bin/env bash
# Stops one of two servers behind nginx, which keeps its connections to them, while wrk sends requests through it: nothing may be
# cut. nginx repeats a request whose connection to a server ended, so its log is what tells; that a server which is gone refuses
# connections is right.
#   check.sh          without a drain; a minute
#   check.sh --all    with one of two seconds too
# The last line is "N passed, N failed"; exit code 1 if any failed.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../benchmarks/servers.sh"
need wrk nginx curl

port=${PORT:-18300}
passed=0 failed=0 drains=0
if [[ ${1-} == --all ]]; then drains="0 2"; fi

# start_nginx PORT SERVER SERVER
start_nginx() {
    mkdir -p "$scratch/nginx"
    : >"$scratch/nginx/error.log"
    cat >"$scratch/nginx/nginx.conf" <<NGINX
daemon off; pid $scratch/nginx/nginx.pid; error_log $scratch/nginx/error.log error; worker_processes 1;
events { worker_connections 2048; }
http {
    access_log off; keepalive_requests 1000000000;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    upstream ids { server 127.0.0.1:$2; server 127.0.0.1:$3; keepalive 512; keepalive_requests 1000000000; }
    server { listen 127.0.0.1:$1; location / { proxy_pass http://ids; proxy_http_version 1.1; proxy_set_header Connection ""; } }
}
NGINX
    start nginx nginx -p "$scratch/nginx" -c "$scratch/nginx/nginx.conf"
    wait_for nginx "http://127.0.0.1:$1/id"
}

# try PROGRAM CLIENTS DRAIN PATH
try() {
    local start=start_${1,,} report cut
    ((port += 10))
    "$start" staying "$port" Gateway__DrainSeconds="$3" WORKER_ID=1
    "$start" stopping $((port + 1)) Gateway__DrainSeconds="$3" WORKER_ID=2 SILO_PORT=$((port + 1002)) GATEWAY_PORT=$((port + 2002))
    wait_for staying "http://127.0.0.1:$port/health/ready"
    wait_for stopping "http://127.0.0.1:$((port + 1))/health/ready"
    start_nginx $((port + 2)) "$port" $((port + 1))
    wrk -t1 -c"$2" -d"$((4 + $3))s" -s "$root/benchmarks/http/report.lua" "http://127.0.0.1:$((port + 2))$4" >"$scratch/wrk" &
    local wrk=$!
    sleep 1.5
    stop stopping
    wait "$wrk"
    report=($(sed -n 's/^REPORT //p' "$scratch/wrk"))
    cut=$(grep -cv 'connect() failed (111' "$scratch/nginx/error.log")
    stop nginx
    stop staying
    if ((report[0] > 0 && report[2] == 0 && cut == 0)); then
        ((passed += 1))
        echo "ok   $1, $2 clients, drain $3 s, $4: ${report[0]} requests, 0 errors, 0 cut"
    else
        ((failed += 1))
        echo "FAIL $1, $2 clients, drain $3 s, $4: ${report[0]} requests, ${report[2]} errors, $cut cut"
        grep -v 'connect() failed (111' "$scratch/nginx/error.log" | head -3
    fi
}

build src/Gateway && build src/Silo || exit 1
for program in Gateway Silo; do
    for drain in $drains; do
        for clients in 8 256; do
            for path in /id /ids/1000; do try "$program" "$clients" "$drain" "$path"; done
        done
    done
done
echo "$passed passed, $failed failed"
((failed == 0))
