#!/usr/bin/env bash
# Plays a hostile client to a gateway that it starts, and prints a line for each thing that is checked.
#   check.sh [--seed N] [--seconds N]              the same requests again; requests for so long
#   check.sh --seed N --case N                     one connection of them
#   check.sh --only assaults                       only what takes down an unbounded service, all of it
#   check.sh --only probes                         of that, what has this in its name
#   check.sh --url http://ADDRESS:PORT             a service that runs already: what needs its process is left out, and assaults
#   check.sh --url http://ADDRESS:PORT --only assaults   of these those on HTTP
# The last line is "N passed, N failed"; exit code 1 if any failed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# A connection is a file descriptor.
ulimit -n "$(ulimit -Hn)"
build=$(dotnet build "$here" -c Release -v quiet -tl:off -nologo) || { echo "$build" >&2; exit 1; }
exec "$here/../../artifacts/bin/Hostile/release/IdGenerator.Hostile" "$@"
