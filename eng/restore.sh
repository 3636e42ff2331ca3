# Sourced by run.sh and test.sh.

# restore_or WHOLE EMBEDDED: restores WHOLE (a project or solution) and sets $restored to it; where Microsoft Orleans
# cannot be restored from the NuGet sources of this machine, says so and does the same with EMBEDDED, which needs none of it.
restore_or() {
    local output
    restored=$1
    output=$(dotnet restore "$1" -v quiet -tl:off 2>&1) && return
    if grep -q 'error NU110[0-9]: .*Microsoft\.Orleans' <<<"$output"; then
        echo "Microsoft Orleans cannot be restored here: going on without it, with $2." >&2
        restored=$2
        dotnet restore "$2" -v quiet -tl:off
    else
        echo "$output" >&2
        return 1
    fi
}
