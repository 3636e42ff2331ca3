#!/usr/bin/env bash
# Runs the commands of the documents as a reader would, in a copy of the repository, and looks whether they answer what the documents
# say (digits may differ). Checks that links lead somewhere, that the programs shown are those in samples/, and that the pictures of
# docs/performance.md are of its figures.
#   check.sh          NO_BUILD=1 takes the programs that are there; a minute
# Needs python3, node, jq and curl. Commands for a cluster run against a real API server without nodes: they need KUBEBUILDER_ASSETS,
# npm and unzip (tests/tools/chart-tools.sh), and are skipped by name without them. A command that does not run here stands in the list
# below, with the reason and with what is checked instead.
# The last line is "N passed, N failed", or "N passed, N failed, N skipped".
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../benchmarks/servers.sh"
need curl jq python3 node
here=$root/tests/documentation

# Pictures that another change brings.

cat >"$scratch/list" <<'LIST'
$ ./run.sh
because it serves until it is stopped: it was started before, and answers all commands below
instead curl -sf localhost:8080/health/ready

$ docker run --publish 8080:8080 --env WORKER_ID=1 --volume ids:/data ghcr.io/id-generator/id-generator:1.0.0
because it needs Docker and a release
instead grep -q '^EXPOSE 8080' Dockerfile && grep -q 'DATA_DIR=/data' Dockerfile && grep -qF 'tags: ${{ env.IMAGE }}:${{ env.VERSION }}' .github/workflows/release.yaml && grep -qF 'ghcr.io/id-generator/id-generator' helm/id-generator/values.yaml

$ helm install ids https://github.com/id-generator/id-generator/releases/download/v1.0.0/id-generator-1.0.0.tgz --namespace ids --create-namespace
because it needs a release
instead grep -qx 'version: 1.0.0' helm/id-generator/Chart.yaml && grep -qF 'helm package helm/id-generator' .github/workflows/release.yaml && grep -qF 'gh release create' .github/workflows/release.yaml

$ go run samples/http/go/ids.go
because it needs Go, Debian's golang-go; it was run with 1.19
instead ! command -v go >/dev/null || go run samples/http/go/ids.go

$ java samples/http/java/Ids.java
because it needs a JDK, Debian's default-jdk-headless; it was run with 17
instead ! command -v javac >/dev/null || java samples/http/java/Ids.java

$ dotnet build IdGenerator.sln -c Release
because it takes a minute
instead grep -q '^dotnet build IdGenerator.sln -c Release' test.sh

$ ./test.sh
because it takes minutes
instead bash -n test.sh

$ FULL=1 ./test.sh
because it takes forty minutes, and runs this script
instead grep -q '^FULL=1 exec ./test.sh' .ci/run

$ COUNTS=1 ROUNDS=3 SECONDS_PER_ROUND=2 ONLY='stock ours' benchmarks/http/compare.sh
because it measures, and needs wrk and a quiet machine
instead bash -n benchmarks/http/compare.sh && for name in COUNTS ROUNDS SECONDS_PER_ROUND ONLY; do grep -q "^#.*\b$name\b" benchmarks/http/compare.sh || exit 1; done

$ verification/faults/run.sh --seed 7 --seconds 30 --only Crash,TwinOfPaused
because verification/faults/check.sh runs faults, for a minute
instead grep -q 'verification/faults/check.sh' test.sh && grep -q '\bTwinOfPaused,' verification/faults/Scheduling/FaultKind.cs && grep -q '\bCrash,' verification/faults/Scheduling/FaultKind.cs

$ dotnet restore IdGenerator.sln
because it asks the package sources
instead grep -q '^dotnet restore IdGenerator.sln --locked-mode' .ci/run

$ dotnet restore src/Gateway -p:RuntimeIdentifier=linux-x64
because it asks the package sources
instead ls src/Gateway/packages.linux-x64.lock.json

$ dotnet restore src/Gateway -p:RuntimeIdentifier=linux-arm64
because it asks the package sources
instead ls src/Gateway/packages.linux-arm64.lock.json

$ dotnet restore tests/openapi
because it asks the package sources
instead ls tests/openapi/packages.lock.json

$ WORKER_ID=1 ./run.sh &
because it takes the usual ports of the machine; tests/SiloCluster.Tests starts such clusters
instead grep -rq PRIMARY_SILO_PORT tests/SiloCluster.Tests tests/Silo.Tests tests/Testing

$ WORKER_ID=2 PORT=8081 SILO_PORT=11112 GATEWAY_PORT=30001 PRIMARY_SILO_PORT=11111 ./run.sh &
because likewise
instead grep -rq PRIMARY_SILO_PORT tests/SiloCluster.Tests tests/Silo.Tests tests/Testing

$ dotnet publish src/Gateway -c Release -r linux-x64 -o /opt/id-generator
because it takes a minute and writes to /opt; tests/published/check.sh publishes likewise and runs what comes of it
instead grep -q 'dotnet publish "$root/src/Gateway" -c Release -r' tests/published/check.sh && grep -q tests/published/check.sh test.sh

$ export LEASE_STORE=postgres Postgres__ConnectionString='Host=db;Database=ids;Username=ids;SSL Mode=VerifyFull'
because it needs a database; tests/Postgres.Tests starts processes with one
instead grep -rq 'Postgres__ConnectionString' tests/Postgres.Tests

$ WORKER_ID=0 ./run.sh
because it needs a database, likewise
instead grep -rq 'LEASE_STORE' tests/Postgres.Tests

$ dotnet artifacts/bin/Gateway/release/IdGenerator.Gateway.dll --schema | psql ids
because it needs a database
instead dotnet artifacts/bin/Gateway/release/IdGenerator.Gateway.dll --schema | grep 'TABLE IF NOT EXISTS id_generator_lease'

$ psql ids --command 'GRANT SELECT, INSERT, UPDATE ON id_generator_lease, id_generator_membership TO worker'
because it needs a database
instead grep -q 'GRANT SELECT, INSERT, UPDATE ON {Table}, id_generator_membership TO worker' tests/Postgres.Tests/PostgresLeaseStoreTests.cs

$ dotnet run --project samples/Orders
because it builds, and serves until it is stopped; tests/Silo.Tests/OrdersTests.cs runs it
instead grep -q Orders tests/Silo.Tests/OrdersTests.cs

$ curl -X POST localhost:5000/orders/tea
because it asks the service above
instead grep -q '/orders/' tests/Silo.Tests/OrdersTests.cs

$ kubectl rollout status statefulset/ids-id-generator --namespace ids
because it needs nodes; verification/pods/check.sh waits for real pods
instead grep -rq 'rollout status' verification/pods

$ helm test ids --namespace ids
because it needs nodes; it runs the program with --check, as is done here
instead dotnet artifacts/bin/Silo/release/IdGenerator.Silo.dll --check http://localhost:8080 && grep -q -- '--check' helm/id-generator/templates/tests/ids.yaml

$ helm install ids helm/id-generator --namespace ids --create-namespace --set autoscaling.maxReplicas=512
because a release of this name is there already, in one cluster; tests/chart/cases.sh has such ranges
instead ! command -v helm >/dev/null || helm template ids helm/id-generator --namespace ids --create-namespace --set autoscaling.maxReplicas=512

$ helm install ids helm/id-generator --namespace ids --create-namespace --set ordinals.start=512 --set autoscaling.maxReplicas=512
because likewise
instead ! command -v helm >/dev/null || helm template ids helm/id-generator --namespace ids --kube-version 1.31.0 --set ordinals.start=512 --set autoscaling.maxReplicas=512

$ kubectl create --namespace ids --filename leases.json
before kubectl delete lease ids-worker-0 --namespace ids

$ kubectl delete statefulset/ids-id-generator --namespace ids --cascade=orphan
because it waits for a controller; tests/chart/lifecycle.sh plays it with what the controller does
instead grep -q 'kubectl delete statefulset ids-id-generator .*--cascade=orphan' tests/chart/lifecycle.sh

$ helm upgrade ids helm/id-generator --namespace ids --set autoscaling.enabled=false --set replicaCount=3
because it follows the command above; tests/chart/lifecycle.sh plays it
instead grep -q 'fixed=(--set autoscaling.enabled=false --set replicaCount=3)' tests/chart/lifecycle.sh && grep -q 'upgrade ids "$here" "${fixed\[@\]}"' tests/chart/lifecycle.sh
LIST

if [[ ! ${NO_BUILD-} ]]; then
    build src/Silo && build src/Gateway && build tests/Snowflake.Tests || { echo "0 passed, 1 failed"; exit 1; }
fi

# The copy has what Git has, or would have, and the programs that are built. No program asks for 8080 in it.
copy=$scratch/copy
mkdir "$copy" "$scratch/bin"
(cd "$root" && git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents --no-dereference --target-directory="$copy" 2>/dev/null)
ln -s "$root/artifacts" "$copy/artifacts"

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
port=$(free_port)
grep -rlZ localhost:8080 "$copy/samples/http" | xargs -0 sed -i "s/localhost:8080/localhost:$port/"

# For ./run.sh, whose build was done by whoever started this script.
dotnet_program=$(command -v dotnet)
printf '#!/usr/bin/env bash\n[[ ${1-} == build ]] || exec "%s" "$@"\n' "$dotnet_program" >"$scratch/bin/dotnet"
chmod +x "$scratch/bin/dotnet"
export PATH=$scratch/bin:$PATH

start service PORT="$port" SILO_PORT="$(free_port)" GATEWAY_PORT="$(free_port)" "$copy/run.sh"

# A cluster, where there is what it takes.
cluster=no started=() memory=$scratch/cluster
if [[ ${KUBEBUILDER_ASSETS-} ]] && tools=$("$root/tests/tools/chart-tools.sh" 2>"$scratch/tools"); then
    . "$root/tests/tools/control-plane.sh"
    [[ -d /dev/shm ]] && memory=$(mktemp -d /dev/shm/documentation-check.XXXXXX)
    trap 'stop_control_plane; rm -rf "$memory"; stop_servers' EXIT
    ln -s "$tools/helm3" "$scratch/bin/helm"
    ln -s "$tools/kubectl" "$scratch/bin/kubectl"
    export HELM_CACHE_HOME=$scratch/helm HELM_CONFIG_HOME=$scratch/helm HELM_DATA_HOME=$scratch/helm KUBECONFIG=$memory/kubeconfig
    # What the pods of a release leave behind, and nothing else.
    cat >"$scratch/bin/start_afresh" <<'AFRESH'
#!/usr/bin/env bash
helm uninstall ids --namespace ids
kubectl get namespace ids || kubectl create namespace ids
kubectl apply --filename - <<'EOF'
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: ids-worker-0, namespace: ids, labels: {id-generator/release: ids}}
EOF
AFRESH
    chmod +x "$scratch/bin/start_afresh"
    if start_control_plane "$memory" >"$scratch/output" 2>&1; then
        cluster=yes
        define_operators
        suit_server "$copy/helm/id-generator"
    else
        cat "$scratch/output"
    fi
else
    echo "KUBEBUILDER_ASSETS is not set, or there is no Helm: commands for a cluster are skipped."
fi

wait_for "./run.sh" "http://localhost:$port/health/ready"
python3 "$here/documents.py" text "$root" >"$scratch/text" &
texts=$!
python3 "$here/documents.py" cluster "$root" "$copy" "$port" "$scratch/list" "$cluster" >"$scratch/of-cluster" &
of_cluster=$!
python3 "$here/documents.py" commands "$root" "$copy" "$port" "$scratch/list" "$cluster" >"$scratch/commands"
wait "$texts" "$of_cluster"

passed=0 failed=0 skipped=0
if "$root/benchmarks/plot.py" --check; then ((passed += 1)); else ((failed += 1)); fi
for part in text of-cluster commands; do
    head -n -1 "$scratch/$part"
    if [[ $(tail -n 1 "$scratch/$part") =~ ^([0-9]+)\ ([0-9]+)\ ([0-9]+)$ ]]; then
        ((passed += BASH_REMATCH[1], failed += BASH_REMATCH[2], skipped += BASH_REMATCH[3])) || true
    else
        tail -n 5 "$scratch/$part"
        ((failed += 1))
    fi
done
echo "$passed passed, $failed failed$( ((skipped == 0)) || echo ", $skipped skipped")"
((failed == 0))
