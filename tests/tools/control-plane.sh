# A real API server on etcd, on this machine's loopback and on free ports, stopped when the script ends.
# No controllers and no nodes: objects are stored, defaulted, validated and authorized, and nothing acts on them.

free_port() { node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'; }

private_key() {
  node -p 'require("crypto").generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" })'
}

# start_control_plane DIRECTORY: leaves $DIRECTORY/kubeconfig, and in $DIRECTORY/pod what the kubelet mounts into a pod, of an administrator; sets
# $control_plane_port. The caller has started=(), and KUBEBUILDER_ASSETS in its environment.
start_control_plane() {
  local directory=$1 client peer secure attempt
  client=$(free_port) peer=$(free_port) secure=$(free_port)
  mkdir -p "$directory"
  private_key >"$directory/accounts.key"
  echo "secret,admin,admin,system:masters" >"$directory/tokens"
  "$KUBEBUILDER_ASSETS/etcd" --data-dir="$directory/etcd" --unsafe-no-fsync \
    --listen-client-urls="http://127.0.0.1:$client" --advertise-client-urls="http://127.0.0.1:$client" \
    --listen-peer-urls="http://127.0.0.1:$peer" >"$directory/etcd.log" 2>&1 &
  started+=($!)
  "$KUBEBUILDER_ASSETS/kube-apiserver" --etcd-servers="http://127.0.0.1:$client" \
    --bind-address=127.0.0.1 --secure-port="$secure" --cert-dir="$directory" --endpoint-reconciler-type=none \
    --token-auth-file="$directory/tokens" --authorization-mode=RBAC --service-cluster-ip-range=10.0.0.0/24 \
    --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$directory/accounts.key" \
    --service-account-signing-key-file="$directory/accounts.key" \
    --disable-admission-plugins=ServiceAccount >"$directory/apiserver.log" 2>&1 &
  started+=($!)
  cat >"$directory/kubeconfig" <<EOF
apiVersion: v1
kind: Config
clusters: [{name: test, cluster: {server: "https://127.0.0.1:$secure", insecure-skip-tls-verify: true}}]
users: [{name: admin, user: {token: secret}}]
contexts: [{name: test, context: {cluster: test, user: admin}}]
current-context: test
EOF
  control_plane_port=$secure
  mkdir -p "$directory/pod"
  echo -n secret >"$directory/pod/token"
  echo -n default >"$directory/pod/namespace"
  for attempt in {1..300}; do
    # The server makes its certificate itself, which is then its own authority.
    curl -sf -o /dev/null --cacert "$directory/apiserver.crt" -H 'Authorization: Bearer secret' "https://127.0.0.1:$secure/readyz" 2>/dev/null &&
      cp "$directory/apiserver.crt" "$directory/pod/ca.crt" && return
    kill -0 "${started[-1]}" 2>/dev/null || break
    sleep 0.1
  done
  tail -5 "$directory/apiserver.log"
  return 1
}

stop_control_plane() {
  ((${#started[@]})) || return 0
  kill "${started[@]}" 2>/dev/null
  wait "${started[@]}" 2>/dev/null
}

# definition GROUP VERSION PLURAL KIND: of a kind without a schema.
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

# Kinds of the operators, without their schemas: schemas.mjs has judged those.
define_operators() {
  {
    definition keda.sh v1alpha1 scaledobjects ScaledObject
    definition monitoring.coreos.com v1 servicemonitors ServiceMonitor
    definition monitoring.coreos.com v1 prometheusrules PrometheusRule
    definition monitoring.coreos.com v1 podmonitors PodMonitor
    definition gateway.networking.k8s.io v1 httproutes HTTPRoute
  } | kubectl create -f - >/dev/null
  kubectl wait --for condition=established crd --all >/dev/null
}

is_old_server() { ! kubectl get --raw /apis/autoscaling/v2 >/dev/null 2>&1; }

# The API server of the test tools may be older than the chart's floor. It then gets the same objects under the names
# that they had, without the fields that came later; both have been judged by the newer schemas.
# suit_server CHART
suit_server() {
  is_old_server || return 0
  sed -i '/^kubeVersion/d' "$1/Chart.yaml"
  sed -i 's#autoscaling/v2$#autoscaling/v2beta2#; s#policy/v1$#policy/v1beta1#
    /unhealthyPodEvictionPolicy/d; /with int $size.first/,/end }}/d; /with .Values.minReadySeconds/,/end }}/d; s/"loadBalancerClass" //' \
    "$1"/templates/*.yaml
}
