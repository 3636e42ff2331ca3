#!/usr/bin/env bash
# eng/audit.sh over what NuGet has answered: with a vulnerable package, with none, from a source without data. The last line
# is "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")"
passed=0 failed=0

# expect NAME ANSWER EXIT-CODE TEXT
expect() {
    local output code
    output=$(../../eng/audit.sh "$PWD/$2" 2>&1)
    code=$?
    if [[ $code == "$3" && $output == *"$4"* ]]; then
        echo "pass  $1"
        ((passed += 1))
    else
        printf 'FAIL  %s: exit code %s\n%s\n' "$1" "$code" "$output"
        ((failed += 1))
    fi
}

expect "A vulnerable package fails, and is named" vulnerable.txt 1 "Package 'Newtonsoft.Json' 13.0.4 has a known high severity vulnerability"
expect "A source without data is no verdict" no-data.txt 0 "Packages were not audited"
expect "Packages without a finding pass" clean.txt 0 "No package has a known vulnerability."

echo "$passed passed, $failed failed"
((failed == 0))
