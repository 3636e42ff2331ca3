# What people who install charts have met: parents with two aliases, build versions, values of older charts, older clusters.

# shows PATTERN COMMAND...: passes if the command succeeds and prints the pattern; shows_not if it does not print it.
shows() { "${@:2}" >"$work/case" 2>&1 && grep -Eq -- "$1" "$work/case" || { tail -20 "$work/case"; return 1; }; }
shows_not() { "${@:2}" >"$work/case" 2>&1 && ! grep -Eq -- "$1" "$work/case" || { tail -20 "$work/case"; return 1; }; }

# Helm renders an upgrade with --reuse-values as if the old values were the chart's own: whatever is new has no value at all.
for file in older-values/*.yaml; do
  old=$work/old-$(basename "$file" .yaml)
  cp -r "$chart" "$old" && cp "$file" "$old/values.yaml"
  for helm in 3 4; do
    for cluster in apps/v1 "$keda"; do
      check "helm $helm renders $(basename "$file") of an older chart ($cluster)" shows 'kind: Role$' \
        "$tools/helm$helm" template ids "$old" --api-versions "$cluster"
    done
  done
done

# Each value set to null leaves nothing that is null, or is refused in a sentence.
null_is_harmless() {
  "$tools/helm3" template ids "$chart" --set "$1=null" >"$work/case" 2>&1 || { grep -q "execution error" "$work/case" || { cat "$work/case"; return 1; }; return 0; }
  ! grep -nE ': *(null|<nil>)?$|<no value>' "$work/case" | grep -E 'null|nil|no value'
}
for key in $(grep -oE '^[a-zA-Z]+' "$chart/values.yaml"); do
  check "$key: null is harmless" null_is_harmless "$key"
done

parent=$work/parent
mkdir -p "$parent/charts"
cat >"$parent/Chart.yaml" <<EOF
apiVersion: v2
name: shop
version: 0.1.0
dependencies:
  - {name: id-generator, version: "*", alias: orders, condition: orders.enabled}
  - {name: id-generator, version: "*", alias: users, condition: users.enabled}
EOF
cp -r "$chart" "$parent/charts/id-generator"
for helm in 3 4; do
  both=("$tools/helm$helm" template shop "$parent" --set orders.enabled=true --set users.enabled=true --set global.imageRegistry=registry.internal:5000)
  check "helm $helm: two aliases in one parent have Leases of their own" shows 'shop-orders-worker-0' "${both[@]}"
  check "helm $helm: no alias shares the other's Leases" shows_not '[[ ]shop-worker-0' "${both[@]}"
  check "helm $helm: the parent's registry replaces that of the repository" shows 'image: registry.internal:5000/id-generator/id-generator:' "${both[@]}"
  check "helm $helm: a parent leaves one alias out" shows_not 'shop-users' "${both[@]}" --set users.enabled=false
  check "helm $helm: packaged with a build version" "$tools/helm$helm" package "$chart" --app-version 1.4.0+3f2a91c \
    --version "1.4.0+$(printf 'b%.0s' {1..70})" --destination "$work/packages$helm"
  check "helm $helm: its labels and its image tag are valid" shows_not '(version|chart): .*[+]|image: .*[+]|"[^"]{64,}"$' \
    "$tools/helm$helm" template ids "$work/packages$helm"/*.tgz --show-only templates/statefulset.yaml
done

for minor in {23..35}; do
  check "rendered for Kubernetes 1.$minor" shows 'kind: StatefulSet' "$tools/helm4" template ids "$chart" --kube-version "1.$minor.0"
done
check "before 1.27 no field that came with it" shows_not 'unhealthyPodEvictionPolicy|ordinals:' "$tools/helm3" template ids "$chart" --kube-version 1.26.0

alerts_select_their_release() {
  "$tools/helm3" template ids "$chart" --namespace prod --set prometheusRule.enabled=true --show-only templates/prometheusrule.yaml \
    >"$work/rule.yaml" && node --input-type=module -e '
      import { parse, stringify } from "'"$tools"'/node_modules/yaml/dist/index.js";
      import { readFileSync, writeFileSync } from "node:fs";
      writeFileSync(process.argv[2], stringify(parse(readFileSync(process.argv[1], "utf8")).spec));' "$work/rule.yaml" "$work/rules.yaml" &&
    promtool check rules "$work/rules.yaml"
}
if type -P promtool >/dev/null; then check "promtool takes the alerts of a release" alerts_select_their_release; else skip "alerts of a release: no promtool"; fi

# The chart names the version of the programs in Directory.Build.props, and the images are built with the version of their tag.
check "chart and programs have one version" test \
  "$(sed -n 's/^appVersion: //p' "$chart/Chart.yaml")" = "$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' "$root/Directory.Build.props")"
builds_with_its_version() { grep -q -- '-p:Version="$VERSION"' "$1" && ! grep -E 'ARG VERSION=.+|@sha256' "$1"; }
for file in Dockerfile src/Gateway/Dockerfile; do
  check "$file gives the program the version of its tag" builds_with_its_version "$root/$file"
done
