#!/usr/bin/env bash
# Clients while one of three silos is paused, cut off, killed, restarted or drained: README.md. The last line is "N passed, N failed".
#   check.sh [--seconds N] [--only NAME]
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if [[ ! ${NO_BUILD-} ]]; then
    build=$(dotnet build "$here" -c Release -v quiet -tl:off -nologo) || { echo "$build" >&2; exit 1; }
fi
exec "$here/../../artifacts/bin/ClientFaults/release/IdGenerator.ClientFaults" "$@"
