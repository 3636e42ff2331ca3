# What was rendered, judged object by object, and by the schemas of Kubernetes, KEDA and the Prometheus operator.

ln -sfn "$tools/node_modules" "$work/node_modules"
cp facts.mjs schemas.mjs "$work/"
for script in facts schemas; do
  if ! node "$work/$script.mjs" "$work/rendered" >"$work/judged" 2>"$work/output"; then
    fail "$script.mjs ran to its end" "$work/output"
  fi
  tee -a "$work/results" <"$work/judged"
done
