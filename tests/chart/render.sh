# Lints and renders every set in ci/ with both Helms, with and without KEDA in the cluster, into $work/rendered.

keda=keda.sh/v1alpha1/ScaledObject
mkdir -p "$work/rendered"

# render HELM SET CLUSTER [ARGUMENT...]
render() {
  "$tools/helm$1" template ids "$chart" --namespace prod --values "$chart/ci/$2-values.yaml" "${@:4}" \
    >"$work/rendered/$2.$3.helm$1.yaml"
}

for file in "$chart"/ci/*-values.yaml; do
  set=$(basename "$file" -values.yaml)
  for helm in 3 4; do
    check "helm $helm lints $set" "$tools/helm$helm" lint --strict "$chart" --values "$file"
    check "helm $helm renders $set" render "$helm" "$set" plain
    check "helm $helm renders $set for a cluster with KEDA" render "$helm" "$set" keda --api-versions "$keda"
  done
  for cluster in plain keda; do
    check "both Helms render $set for a $cluster cluster alike" \
      diff "$work/rendered/$set.$cluster.helm3.yaml" "$work/rendered/$set.$cluster.helm4.yaml"
  done
done
