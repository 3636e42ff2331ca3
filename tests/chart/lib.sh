# Counting, for the scripts beside this file. A result is a line in $work/results: pass, FAIL or skip, a tab, and what.

pass() { printf 'pass\t%s\n' "$1" | tee -a "$work/results"; }
fail() { printf 'FAIL\t%s\n' "$1" | tee -a "$work/results"; [[ ! -s ${2-} ]] || sed 's/^/        /' "$2" | head -40; }
skip() { printf 'skip\t%s\n' "$1" | tee -a "$work/results"; }

# check NAME COMMAND...: passes if the command succeeds; shows what it printed if not.
check() {
  local name=$1
  shift
  if "$@" >"$work/output" 2>&1; then pass "$name"; else fail "$name" "$work/output"; fi
}

# refused NAME PATTERN COMMAND...: passes if the command fails and says so.
refused() {
  local name=$1 pattern=$2
  shift 2
  if "$@" >"$work/output" 2>&1; then
    echo "it was accepted" >"$work/output"
    fail "$name" "$work/output"
  elif grep -Eq -- "$pattern" "$work/output"; then
    pass "$name"
  else
    fail "$name" "$work/output"
  fi
}

# count RESULT: how many of them.
count() { grep -c "^$1" "$work/results" || true; }
