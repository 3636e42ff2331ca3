# The chart on a real API server: a dry run of every set, then install, switch, upgrade and uninstall with both Helms.

source ../tools/control-plane.sh

if [[ -z ${KUBEBUILDER_ASSETS-} ]]; then
  skip "chart on an API server: KUBEBUILDER_ASSETS is not set"
  return
fi
started=()
trap 'stop_control_plane; rm -rf "$work"' EXIT
memory=$work/control-plane
[[ -d /dev/shm ]] && memory=$(mktemp -d /dev/shm/chart-check.XXXXXX) && trap 'stop_control_plane; rm -rf "$work" "$memory"' EXIT
if ! start_control_plane "$memory" >"$work/output" 2>&1; then
  fail "the API server starts" "$work/output"
  return
fi
export KUBECONFIG=$memory/kubeconfig
kubectl() { "$tools/kubectl" "$@"; }

# Kinds of the operators, without their schemas: schemas.mjs has judged those.
definition() {
  cat <<EOF
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: $3.$1, annotations: {api-approved.kubernetes.io: "unapproved, for a test"}}
spec:
  group: $1
  scope: Namespaced
  names: {kind: $4, plural: $3, singular: $(tr '[:upper:]' '[:lower:]' <<<"$4")}
  versions:
    - name: $2
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
---
EOF
}
{
  definition keda.sh v1alpha1 scaledobjects ScaledObject
  definition monitoring.coreos.com v1 servicemonitors ServiceMonitor
  definition monitoring.coreos.com v1 prometheusrules PrometheusRule
  definition monitoring.coreos.com v1 podmonitors PodMonitor
  definition gateway.networking.k8s.io v1 httproutes HTTPRoute
} | kubectl create -f - >/dev/null
kubectl wait --for condition=established crd --all >/dev/null
kubectl create namespace prod >/dev/null
kubectl create namespace monitoring >/dev/null
# Admission refuses a pod whose runtime class is not there.
kubectl create -f - >/dev/null <<<'{"apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", "metadata": {"name": "gvisor"}, "handler": "runsc"}'

# The API server of the test tools may be older than the chart's floor. It then gets the same objects under the names
# that they had, without the fields that came later; both have been judged by the newer schemas.
here=$work/chart
# This server has IPv4 alone, and the schemas have judged the fields of the other family.
lacks=(--set service.ipFamilyPolicy=null --set service.ipFamilies=null)
cp -r "$chart" "$here"
if ! kubectl get --raw /apis/autoscaling/v2 >/dev/null 2>&1; then
  lacks+=(--set autoscaling.metrics=null)
  sed -i '/^kubeVersion/d' "$here/Chart.yaml"
  sed -i 's#autoscaling/v2$#autoscaling/v2beta2#; s#policy/v1$#policy/v1beta1#
    /unhealthyPodEvictionPolicy/d; /with int $size.first/,/end }}/d; /with .Values.minReadySeconds/,/end }}/d; s/"loadBalancerClass" //' \
    "$here"/templates/*.yaml
fi

for file in "$chart"/ci/*-values.yaml; do
  set=$(basename "$file" -values.yaml)
  for api in "" "--api-versions=$keda"; do
    "$tools/helm3" template ids "$here" --namespace prod --values "$file" "${lacks[@]}" $api >"$work/objects.yaml"
    check "the API server takes $set${api:+ with KEDA}" \
      kubectl create --dry-run=server --validate=strict --filename "$work/objects.yaml"
  done
done

source lifecycle.sh
