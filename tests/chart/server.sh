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

define_operators
kubectl create namespace prod >/dev/null
kubectl create namespace monitoring >/dev/null
# Admission refuses a pod whose runtime class is not there.
kubectl create -f - >/dev/null <<<'{"apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", "metadata": {"name": "gvisor"}, "handler": "runsc"}'

here=$work/chart
# This server has IPv4 alone, and the schemas have judged the fields of the other family.
lacks=(--set service.ipFamilyPolicy=null --set service.ipFamilies=null)
cp -r "$chart" "$here"
is_old_server && lacks+=(--set autoscaling.metrics=null)
suit_server "$here"

for file in "$chart"/ci/*-values.yaml; do
  set=$(basename "$file" -values.yaml)
  for api in "" "--api-versions=$keda"; do
    "$tools/helm3" template ids "$here" --namespace prod --values "$file" "${lacks[@]}" $api >"$work/objects.yaml"
    check "the API server takes $set${api:+ with KEDA}" \
      kubectl create --dry-run=server --validate=strict --filename "$work/objects.yaml"
  done
done

source lifecycle.sh
