# Install, switch of the autoscaler, upgrade and uninstall, as docs/kubernetes.md describes them.

replicas() { kubectl get statefulset ids-id-generator --namespace "$1" --output 'jsonpath={.spec.replicas}'; }
# has NAMESPACE REPLICAS OBJECT...: there are these objects, and so many replicas.
has() {
  [[ $(replicas "$1") == "$2" ]] || { echo "replicas: $(replicas "$1"), expected $2"; return 1; }
  kubectl get --namespace "$1" "${@:3}"
}
has_not() { ! kubectl get --namespace "$1" "$2"; }
left() {
  kubectl get all,role,rolebinding,serviceaccount,hpa,scaledobject,pdb,networkpolicy,lease,configmap --namespace "$1" \
    --selector app.kubernetes.io/instance=ids --output name
  kubectl get lease,configmap --namespace "$1" --selector id-generator/release=ids --output name
}
only_its_own_state_is_left() { diff <(left "$1" | sort) <(printf '%s\n' configmap/ids-membership lease.coordination.k8s.io/ids-worker-0); }
rights_are_left() {
  diff <(left "$1" | grep -v -e configmap -e lease | sort) <(printf '%s\n' role.rbac.authorization.k8s.io/ids-id-generator \
    rolebinding.rbac.authorization.k8s.io/ids-id-generator serviceaccount/ids-id-generator)
}
# What the last pod does: it reads who holds Leases, makes the service account the owner of the other two, and deletes it. The rest is the
# garbage collector's, which this server lacks.
the_last_pod_ends() {
  local as=(--namespace "$1" --as "system:serviceaccount:$1:ids-id-generator") name=ids-id-generator
  ! kubectl get statefulset $name "${as[@]}" 2>/dev/null && kubectl get role $name "${as[@]}" && kubectl get lease ids-worker-0 "${as[@]}" &&
    may "$1" patch roles/$name && may "$1" patch rolebindings/$name && may_not "$1" patch roles/other &&
    kubectl delete serviceaccount $name --wait=false "${as[@]}" && kubectl delete role,rolebinding $name --namespace "$1"
}

hpa=horizontalpodautoscaler/ids-id-generator
so=scaledobject/ids-id-generator

# may NAMESPACE VERB OBJECT: the pods may do so.
may() {
  [[ $(kubectl auth can-i "$2" "$3" --namespace "$1" --as "system:serviceaccount:$1:ids-id-generator" 2>/dev/null) == yes ]]
}
may_not() { ! may "$@"; }
rights() {
  check "helm $2: pods read and renew the Lease of a worker ID" may "$1" update leases/ids-worker-9
  check "helm $2: pods change the membership" may "$1" update configmaps/ids-membership
  check "helm $2: pods say when silos were last alive" may "$1" patch configmaps/ids-membership-alive
  check "helm $2: pods list the Leases" may "$1" list leases
  check "helm $2: pods make Leases and the membership" may "$1" create leases
  check "helm $2: pods do not touch the Lease of somebody else" may_not "$1" update leases/kube-scheduler
  check "helm $2: pods do not read other ConfigMaps" may_not "$1" get configmaps/kube-root-ca.crt
}

# What the service itself makes; the chart never sees it.
service_state() {
  kubectl create --namespace "$1" --filename - <<'EOF'
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: ids-worker-0, labels: {id-generator/release: ids}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: ids-membership, labels: {id-generator/release: ids}}
EOF
}

lifecycle() {
  local helm=$1 ns=helm$1
  h() { "$tools/helm$helm" "$@" --namespace "$ns"; }
  check "helm $helm installs" h install ids "$here" --create-namespace --set serviceMonitor.enabled=true --set autoscaling.keda.enabled=false
  check "helm $helm: installed with an HPA, replicas left to it" has "$ns" 1 "$hpa" servicemonitor/ids-id-generator
  rights "$ns" "$helm"
  check "helm $helm: the service's own objects" service_state "$ns"
  kubectl scale statefulset ids-id-generator --namespace "$ns" --replicas 4 >/dev/null

  check "helm $helm switches from HPA to KEDA" h upgrade ids "$here" --set serviceMonitor.enabled=true
  check "helm $helm: KEDA instead of the HPA, replicas as they were" has "$ns" 4 "$so"
  check "helm $helm: the HPA is gone" has_not "$ns" "$hpa"
  check "helm $helm switches from KEDA to HPA" h upgrade ids "$here" --set autoscaling.keda.enabled=false
  check "helm $helm: the HPA instead of KEDA, replicas as they were" has "$ns" 4 "$hpa"
  check "helm $helm: the ScaledObject is gone" has_not "$ns" "$so"

  refused "helm $helm refuses a second release with the same worker IDs" "StatefulSet ids-id-generator in namespace $ns has the worker IDs 0 to 9" \
    h install more "$here" --set autoscaling.keda.enabled=false
  refused "helm $helm refuses an upgrade after which the Leases would have other names" 'Set identityOverride to "ids"' \
    h upgrade ids "$here" --reuse-values --set identityOverride=other
  check "helm $helm takes it in an ID space of its own" h install more "$here" --set idSpace=more
  check "helm $helm warns of one where it is told to warn" \
    grep -q 'equal IDs are possible: StatefulSet' <(h install third "$here" --set ordinals.conflicts=warn)
  h uninstall more >/dev/null 2>&1; h uninstall third >/dev/null 2>&1
  refused "helm $helm refuses one in another namespace that shares the ID space" "StatefulSet ids-id-generator in namespace $ns has the worker IDs 0 to 9" \
    "$tools/helm$helm" install ids "$here" --namespace "beside$helm" --create-namespace --set "ordinals.sharedWith={$ns}"

  check "helm $helm upgrades the image" h upgrade ids "$here" --reuse-values --set image.tag=1.2.3
  check "helm $helm: the new image, replicas as they were" \
    grep -q "id-generator:1.2.3 4" <(kubectl get statefulset ids-id-generator --namespace "$ns" \
      --output 'jsonpath={.spec.template.spec.containers[0].image} {.spec.replicas}')
  [[ $helm == 3 ]] || owned_by_an_autoscaler "$ns"
  check "helm $helm turns the autoscaler off" h upgrade ids "$here" --reuse-values --set autoscaling.enabled=false --set replicaCount=6
  check "helm $helm: the fixed size" has "$ns" 6 statefulset/ids-id-generator
  check "helm $helm turns the autoscaler on" h upgrade ids "$here" --reuse-values --set autoscaling.enabled=true
  check "helm $helm: that resets the size, as docs/kubernetes.md warns" has "$ns" 1 "$hpa"

  check "helm $helm uninstalls" h uninstall ids
  check "helm $helm: pods can still give their Leases back" may "$ns" update leases/ids-worker-9
  check "helm $helm: what lets them is left to the last pod" rights_are_left "$ns"
  check "helm $helm: the last pod may remove it" the_last_pod_ends "$ns"
  check "helm $helm: Leases and membership survive, nothing else" only_its_own_state_is_left "$ns"
  check "helm $helm installs again" h install ids "$here"
  check "helm $helm: over the same Leases" has "$ns" 1 lease/ids-worker-0
}

# Helm 4 applies on the server, where a field has an owner. On servers of today it is the autoscaler's as soon as it has scaled.
owned_by_an_autoscaler() {
  kubectl patch statefulset ids-id-generator --namespace "$1" --type merge --field-manager autoscaler --patch '{"spec":{"replicas":5}}' >/dev/null
  refused "helm 4 says whose the size is" 'conflict with "autoscaler".*: .spec.replicas' \
    h upgrade ids "$here" --reuse-values --set autoscaling.enabled=false --set replicaCount=7
  check "helm 4 takes the size over where it is told to" h upgrade ids "$here" --reuse-values --set autoscaling.enabled=false --set replicaCount=7 --force-conflicts
  check "helm 4: the fixed size" has "$1" 7 statefulset/ids-id-generator
}

# From the replaced chart: same names and labels, but a field that no StatefulSet may change.
migration() {
  local helm=$1 ns=migration$1
  h() { "$tools/helm$helm" "$@" --namespace "$ns"; }
  fixed=(--set autoscaling.enabled=false --set replicaCount=3)
  check "helm $helm: a release of the replaced chart" h install ids replaced-chart --create-namespace
  refused "helm $helm cannot upgrade its StatefulSet in place" 'Forbidden: updates to statefulset' h upgrade ids "$here" "${fixed[@]}"
  check "helm $helm: the StatefulSet is taken off its pods" \
    kubectl delete statefulset ids-id-generator --namespace "$ns" --cascade=orphan --wait=false
  # What the garbage collector does when it has taken the owner off the pods.
  kubectl patch statefulset ids-id-generator --namespace "$ns" --type merge --patch '{"metadata":{"finalizers":null}}' >/dev/null
  check "helm $helm upgrades the replaced chart's release" h upgrade ids "$here" "${fixed[@]}"
  check "helm $helm: the new StatefulSet has the old size" has "$ns" 3 service/ids-id-generator service/ids-id-generator-lb
}

for helm in 3 4; do
  lifecycle "$helm"
  migration "$helm"
done
check "helm 4 upgrades what helm 3 installed" "$tools/helm4" upgrade ids "$here" --namespace helm3 --reuse-values --set image.tag=1.2.4
