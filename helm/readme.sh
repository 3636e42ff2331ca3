#!/usr/bin/env bash
# Prints the chart's README, whose table is made from values.yaml: the comment above a key describes it.
# Fails on a value without one.
#   helm/readme.sh > helm/id-generator/README.md
set -euo pipefail
cd "$(dirname "$0")/id-generator"

cat <<'TEXT'
# id-generator

Snowflake IDs over HTTP, never the same one twice. Each pod is one worker ID, its StatefulSet ordinal.

```console
$ helm install ids helm/id-generator --namespace ids --create-namespace
```

Scaling, upgrades and several clusters: `docs/kubernetes.md`. Moving over from the service that this one replaces: `docs/moving-over.md`.
Sets of values that are tested: `ci/`.

| value | default | meaning |
|---|---|---|
TEXT

awk '
  /^ *(#|$)/ { if (/#/) { sub(/^ *# ?/, ""); said = said (said ? " " : "") $0 } else said = ""; next }
  {
    indent = match($0, /[^ ]/) - 1
    # What is below a described key is its default.
    if (below != "" && indent > below) next
    below = ""
    key = $0; sub(/^ */, "", key); value = key
    sub(/:.*/, "", key); sub(/^[^:]*: */, "", value); if (value == key ":") value = ""
    depth = indent / 2; path[depth] = key
    name = path[0]; for (i = 1; i <= depth; i++) name = name "." path[i]
    if (said != "") { printf "| `%s` | %s | %s |\n", name, value == "" ? "see values.yaml" : "`" value "`", said; below = indent }
    else if (value != "") { print name " has no description" > "/dev/stderr"; failed = 1 }
    said = ""
  }
  END { exit failed }' values.yaml

cat <<'TEXT'

Left out, with the reason:

- `lifecycle` hooks: the service drains by itself, and a preStop hook would only delay that.
- Service types but ClusterIP for the headless Service: it names pods, and a load balancer cannot.
- `loadBalancerIP`: deprecated in Kubernetes; load balancers read annotations for it.
- Persistent volumes: timestamps are kept in Leases.
- Vertical scaling objects: `extraObjects` takes one, with its own API version.

On OpenShift, whose security context constraints choose the user, set `podSecurityContext.runAsUser` and `runAsGroup` to null.
TEXT
