#!/usr/bin/env bash
# Judges the document that the gateway serves at /openapi/v1.json as its users do: two linters with their default rules read it,
# two generators make clients of it, and each route is called through both, where each answer must be one that is declared.
#   check.sh          a minute; NO_BUILD=1 takes the gateway that is there
# The linters need npm, and are skipped by name without it. The last line is "N passed, N failed", or "N passed, N failed, N skipped".
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../benchmarks/servers.sh"
need curl jq

here=$root/tests/openapi
port=${PORT:-18900}
document=$scratch/openapi.json
generated=$root/artifacts/openapi
results=$scratch/results
# The programs that judge should tell nobody that they ran.
export KIOTA_OFFLINE_ENABLED=true KIOTA_CLI_TELEMETRY_OPTOUT=true REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true

# check NAME COMMAND…: ok if the command succeeds; shows what it printed if not.
check() {
    local name=$1
    shift
    if "$@" >"$scratch/output" 2>&1; then echo "ok   $name"; else echo "FAIL $name"; tail -n 40 "$scratch/output"; false; fi
}

spectral() {
    echo 'extends: ["spectral:oas"]' >"$scratch/spectral.yaml"
    "$linters/spectral" lint --fail-severity=hint --ruleset "$scratch/spectral.yaml" "$document"
}

# It ends with 0 in spite of warnings.
redocly() {
    (cd "$scratch" && "$linters/redocly" lint --extends=recommended --format=json "$document") >"$scratch/redocly.json"
    jq -c '.problems[] | [.severity, .ruleId, .message, .location[0].pointer]' "$scratch/redocly.json" &&
        jq -e '.totals | .errors + .warnings == 0' "$scratch/redocly.json" >/dev/null
}

nswag() {
    (cd "$here" && dotnet nswag openapi2csclient /input:"$document" /output:"$generated/nswag/Client.cs" \
        /namespace:IdGenerator.OpenApi.Nswag /classname:Client /jsonlibrary:SystemTextJson)
}

kiota() {
    (cd "$here" && dotnet kiota generate --language CSharp --openapi "$document" --output "$generated/kiota" \
        --namespace-name IdGenerator.OpenApi.Kiota --class-name Client --exclude-backward-compatible)
}

compile() { dotnet build "$here" -c Release -p:RestoreLockedMode=true -v quiet -tl:off -nologo -clp:NoSummary; }

# Generators take a number without a format for one of 32 bits, and no linter minds.
widths() { jq -e '[.. | objects | select(.type == "integer" and .format == null)] == []' "$document"; }

judge() {
    check "each integer has its width" widths
    if linters=$("$root/tests/tools/openapi-linters.sh" 2>"$scratch/output"); then
        check "spectral has nothing to say" spectral
        check "redocly has nothing to say" redocly
    else
        echo "skip spectral: $(tail -n 1 "$scratch/output")"
        echo "skip redocly: $(tail -n 1 "$scratch/output")"
    fi

    (cd "$here" && dotnet tool restore >"$scratch/output") || { echo "FAIL the generators: $(tail -n 1 "$scratch/output")"; return; }
    rm -rf "$generated"
    check "NSwag makes a client" nswag && check "Kiota makes a client" kiota && check "both compile" compile || return
    dotnet "$(dll OpenApi)" "http://127.0.0.1:$port" "http://127.0.0.1:$((port + 1))" || echo "FAIL the calls ended with exit code $?"
}

# What the worker left says that it has issued IDs of the next hour: so this gateway waits for its clock.
mkdir "$scratch/refusing"
jq -n '(now * 1000 | floor) as $now | {revision: 1, record: {holder: null, generation: 1, reservedUntil: ($now - 1705065354064 + 3600000),
    layout: "1705065354064/41-10-12", acquiredAt: ($now / 1000 | floor | todate), renewedAt: ($now / 1000 | floor | todate), durationSeconds: 60}}' \
    >"$scratch/refusing/worker-1.json"

build src/Gateway || exit 1
start_gateway serving "$port" Gateway__MaxBulkRequests=1
start_gateway refusing $((port + 1))
wait_for serving "http://127.0.0.1:$port/health/ready"
wait_for refusing "http://127.0.0.1:$((port + 1))/health/live"
curl -sf "http://127.0.0.1:$port/openapi/v1.json" >"$document"

judge | tee "$results"
count() { grep -c "^$1 " "$results" || true; }
passed=$(count ok) failed=$(count FAIL) skipped=$(count skip)
echo "$passed passed, $failed failed$( ((skipped == 0)) || echo ", $skipped skipped")"
((failed == 0))
