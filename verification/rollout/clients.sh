# Clients in the cluster: a pod with four of them, two of which keep their connections. The log of each has every ID, and a line status=… for each
# request, with what curl says where it failed.

client() {
  cat <<YAML
    - name: client-$1
      image: ${CURL_IMAGE:-docker.io/curlimages/curl:8.11.1}
      command: ["curl", "--silent", "--max-time", "10", "--rate", "20/s", "--header", "Accept: text/plain", "--header", "Connection: $2",
        "--write-out", "status=%{http_code} %{errormsg}\n", "http://$name-lb:8080/id?[1-1000000]"]
      securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
      resources: {requests: {cpu: 10m, memory: 16Mi}, limits: {memory: 64Mi}}
YAML
}

start_clients() {
  {
    cat <<YAML
apiVersion: v1
kind: Pod
metadata: {name: clients}
spec:
  terminationGracePeriodSeconds: 1
  automountServiceAccountToken: false
  securityContext: {runAsNonRoot: true, runAsUser: 65532, seccompProfile: {type: RuntimeDefault}}
  containers:
YAML
    client 0 keep-alive
    client 1 keep-alive
    client 2 close
    client 3 close
  } | kube apply --filename - >/dev/null
  within 120 "the clients run" ready clients
}

# What they have said until now: $work/client.N. The kubelet cuts off a log of 10 MiB, which is two hours of requests. Where the API server does
# not answer, what was read before stays.
read_clients() {
  local client
  for client in 0 1 2 3; do
    kube logs clients --container "client-$client" >"$work/new" 2>/dev/null && mv "$work/new" "$work/client.$client"
  done
}
requests() { cat "$work"/client.* | grep -c status=; }
failures() { cat "$work"/client.* | grep status= | grep -v 'status=200 $'; }
ids() { grep -ohE '[0-9]{15,}' "$work"/client.*; }
equal_ids() { ids | sort | uniq -d | wc -l; }
