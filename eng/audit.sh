#!/usr/bin/env bash
# Looks every package up, those of packages included, in the vulnerability data of the package sources. Ends with 1 where one
# is known to be vulnerable; where there is no data it says so, and ends with 0.
#   audit.sh          asks NuGet
#   audit.sh FILE     judges an answer that NuGet gave before
# https://learn.microsoft.com/nuget/concepts/auditing-packages has the codes.
set -euo pipefail
cd "$(dirname "$0")/.."

# NuGet says nothing of a package source without vulnerability data, but of an audit source without it (NU1905). So the sources
# that are configured here are made both.
ask() {
    local config adds
    adds=$(dotnet nuget list source --format short | sed -nE 's/^E[A-Z]* (.*)/<add key="\1" value="\1" \/>/p')
    config=$(mktemp --suffix .config)
    trap 'rm -f "$config"' RETURN
    printf '<configuration><%s><clear />%s</%s><%s><clear />%s</%s></configuration>' \
        packageSources "$adds" packageSources auditSources "$adds" auditSources >"$config"
    dotnet restore IdGenerator.sln --force --configfile "$config" -tl:off \
        -p:NuGetAudit=true -p:NuGetAuditMode=all -p:NuGetAuditLevel=low 2>&1
}

if (($#)); then answer=$(<"$1"); else answer=$(ask) || { echo "$answer" >&2; exit 1; }; fi

findings=$(grep -oE "NU190[1-4]: .*" <<<"$answer" | sed 's/ \[.*//' | sort -u || true)
if [[ $findings ]]; then
    echo "$findings" >&2
    exit 1
elif grep -E "NU190[05]: " <<<"$answer" >/dev/null; then
    echo "Packages were not audited: the source has no vulnerability data, or does not answer." >&2
else
    echo "No package has a known vulnerability."
fi
