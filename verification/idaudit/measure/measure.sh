#!/bin/bash
# Audits 100 million IDs of four workers, in each format, in order and shuffled, and prints time and peak memory.
# Needs 5 GB in TMPDIR, and Debian's package "time". Usage: measure.sh [IDs a worker]
set -euo pipefail
cd "$(dirname "$0")"
count=${1:-25000000}
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT

for project in ../Idaudit.csproj make-ids.cs; do
    dotnet build --nologo -v quiet -clp:"ErrorsOnly;NoSummary" -c Release "$project" -p:ArtifactsPath="$directory/artifacts/" -o "$directory/bin"
done

echo "$(nproc) processors, $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2-), .NET $(dotnet --version), $(date -I)"
for case in binary "binary shuffled" text "text shuffled" json "json shuffled"; do
    read -r format order <<< "$case"
    "$directory/bin/IdGenerator.make-ids.cs" "$directory" "$format" 4 "$count" ${order:+"$order"}
    /usr/bin/time -f "$case: %e s, %M KiB at most, %U s user, %S s system" \
        "$directory/bin/idaudit" --format "$format" ${order:+--any-order} "$directory"/worker-*."$format" > /dev/null
    rm "$directory"/worker-*
done
