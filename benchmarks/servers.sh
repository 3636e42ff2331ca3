# Sourced by the scripts here: builds, starts and stops servers, and asks the kernel what they have used.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
scratch=$(mktemp -d)
declare -A pid_of=()

# Ends what was started here, by process ID, and nothing else.
stop_servers() {
    ((${#pid_of[@]})) && kill "${pid_of[@]}" 2>/dev/null
    wait 2>/dev/null
    rm -rf "$scratch" /var/tmp/id-generator.*."bench-$$-"*
}
trap stop_servers EXIT
trap 'exit 130' INT TERM

need() {
    local tool
    for tool; do
        command -v "$tool" >/dev/null || { echo "$tool is needed: apt install wrk nginx-light curl jq procps iproute2" >&2; exit 1; }
    done
}

# dll PROJECT: where the release build of a project is.
dll() { echo "$root/artifacts/bin/$1/release/IdGenerator.$1.dll"; }

# build DIRECTORY: NO_BUILD=1 takes what is there.
build() { [[ ${NO_BUILD-} ]] || dotnet build "$root/$1" -c Release -v quiet -tl:off -nologo >&2; }

# start NAME COMMAND…: in a directory of its own, which is also where it keeps its lease, and in an ID space of its own.
start() {
    local name=$1
    shift
    mkdir -p "$scratch/$name"
    (cd "$scratch/$name" && DATA_DIR=$scratch/$name ID_SPACE=bench-$$-$name exec env "$@" >"$scratch/$name.log" 2>&1) &
    pid_of[$name]=$!
}

# start_gateway NAME PORT [VARIABLE=VALUE…]
start_gateway() { start "$1" WORKER_ID=1 PORT="$2" "${@:3}" dotnet "$(dll Gateway)"; }

# start_silo NAME PORT [VARIABLE=VALUE…]
start_silo() {
    start "$1" WORKER_ID=2 PORT="$2" SILO_PORT=$(($2 + 1000)) GATEWAY_PORT=$(($2 + 2000)) "${@:3}" dotnet "$(dll Silo)"
}

stop() {
    kill "${pid_of[$1]}"
    wait "${pid_of[$1]}" 2>/dev/null
    unset "pid_of[$1]"
}

# wait_for NAME URL
wait_for() {
    local try
    for ((try = 0; try < 600; try++)); do
        curl -sf -o /dev/null "$2" && return
        sleep 0.05
    done
    echo "$1 does not answer at $2:" >&2
    cat "$scratch/$1.log" >&2 2>/dev/null
    exit 1
}

# listeners URL: the processes of this machine that listen at the URL's port; nothing for another machine's.
listeners() {
    local port
    port=$(sed -E 's#^https?://[^/:]*:?([0-9]*).*#\1#' <<<"$1")
    ss -Hltnp "sport = :${port:-80}" | grep -oE 'pid=[0-9]+' | cut -d= -f2 | sort -u
}

# cpu_ticks PID…: user and system time of the processes, in clock ticks.
cpu_ticks() {
    local pid sum=0 fields
    for pid; do
        read -r fields <"/proc/$pid/stat"
        fields=(${fields##*) })
        ((sum += fields[11] + fields[12]))
    done
    echo "$sum"
}

# memory FIELD PID…: VmHWM (the peak) or VmRSS (now) of the processes, in KiB.
memory() {
    local field=$1 pid sum=0
    shift
    for pid; do ((sum += $(awk -v field="$field:" '$1 == field { print $2 }' "/proc/$pid/status"))); done
    echo "$sum"
}

# median: of the numbers on standard input.
median() { sort -g | awk '{ a[NR] = $1 } END { print NR % 2 ? a[(NR + 1) / 2] : (a[NR / 2] + a[NR / 2 + 1]) / 2 }'; }

# machine: what the figures below it are of.
machine() {
    echo "$(date -u +%F), $(grep -m1 '^model name' /proc/cpuinfo | cut -d: -f2- | xargs), $(nproc) cores," \
        "$(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo), Linux $(uname -r | cut -d- -f1)," \
        ".NET $(dotnet --list-runtimes | awk '/AspNetCore/ { v = $2 } END { print v }'), load $(cut -d' ' -f1 /proc/loadavg)"
}
