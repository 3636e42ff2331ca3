# What was rendered, judged object by object, and by the schemas of Kubernetes, KEDA and the Prometheus operator; and whether all values were.

ln -sfn "$tools/node_modules" "$work/node_modules"
cp facts.mjs schemas.mjs coverage.mjs "$work/"

# judge SCRIPT DIRECTORY
judge() {
  if ! node "$work/$1.mjs" "$2" >"$work/judged" 2>"$work/output"; then
    fail "$1.mjs ran to its end" "$work/output"
  fi
  tee -a "$work/results" <"$work/judged"
}

judge facts "$work/rendered"
judge schemas "$work/rendered"
judge coverage "$chart"
