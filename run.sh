#!/usr/bin/env bash
# Builds and starts the service: ./run.sh, then curl localhost:8080/id
# Settings are environment variables (docs/configuration.md): PORT (8080), WORKER_ID, DATA_DIR, …
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"

command -v dotnet >/dev/null || { echo "The .NET 10 SDK is needed: https://dotnet.microsoft.com/download" >&2; exit 1; }

[[ -e artifacts/bin/Silo/release/IdGenerator.Silo.dll ]] || echo "Building, which takes a minute or two the first time." >&2
dotnet build src/Silo -c Release -v quiet -tl:off -nologo -clp:ErrorsOnly

if [[ -z ${WORKER_ID-} && ${LEASE_STORE:-file} != kubernetes ]]; then
    export WORKER_ID=0
    echo "WORKER_ID is not set: using 0." >&2
fi
exec dotnet artifacts/bin/Silo/release/IdGenerator.Silo.dll
