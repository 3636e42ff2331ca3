#!/usr/bin/env bash
# Packs the packages into a folder that is a feed, and builds an empty console program and an empty web service from the packed files alone, outside
# of this repository. Both take IDs from a silo on this host; the web service takes them in a "pod" too, from a silo that it finds through a real API
# server (KUBEBUILDER_ASSETS names a directory with etcd and kube-apiserver), and a third program through a real PostgreSQL, where Debian's package
# of it is installed. A fourth makes its IDs itself, with the lease in each of the three stores. Prints what they drag in.
# The last line is "N passed, N failed", or "N passed, N failed, N skipped".
#   FEED=DIRECTORY   takes packages that were packed already, instead of packing
# Run ./test.sh first, which builds the silo.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=$(mktemp -d)
version=1.0.0-check.$$
passed=0 failed=0 skipped=0 started=()
packages="IdGenerator.Abstractions IdGenerator.Client IdGenerator.Client.Kubernetes IdGenerator.Client.PostgreSql IdGenerator.InProcess"

clean() {
    local i
    # What was started last ends first: a silo gives its worker ID back to a database that is still there.
    for ((i = ${#started[@]} - 1; i >= 0; i--)); do kill "${started[i]}" && wait "${started[i]}"; done 2>/dev/null
    [[ -d ${database-} ]] && rm -rf "$database"
    for package in $packages; do rm -rf "${NUGET_PACKAGES:-$HOME/.nuget/packages}/${package,,}/$version"; done
    rm -rf "$scratch" /var/tmp/id-generator.*."package-$$"*
}
trap clean EXIT
trap 'exit 130' INT TERM

# check NAME COMMAND…
check() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1); then
        ((passed += 1))
        echo "pass  $name"
    else
        ((failed += 1))
        echo "FAIL  $name"
        sed 's/^/      /' <<<"$output" | tail -n 20
    fi
}

skip() {
    ((skipped += 1))
    echo "skip  $1"
}

finish() {
    echo "$passed passed, $failed failed$(((skipped > 0)) && echo ", $skipped skipped")"
    exit $((failed > 0))
}

source "$root/tests/tools/control-plane.sh"

feed=${FEED:-$scratch/feed}
pack() {
    local project
    for project in Abstractions Client ClientKubernetes ClientPostgres InProcess; do
        dotnet pack "$root/src/$project" -c Release -o "$feed" -p:Version="$version" -p:ContinuousIntegrationBuild=true -v quiet -tl:off -nologo \
            -p:ArtifactsPath="$scratch/artifacts" || return 1
    done
}
if [[ ${FEED-} ]]; then
    version=$(basename "$(ls "$feed"/IdGenerator.Client.[0-9]*.nupkg | head -n 1)" .nupkg)
    version=${version#IdGenerator.Client.}
else
    check "packs without a warning" pack
    ((failed == 0)) || finish
fi

nuspec() { unzip -p "$feed/$1.$version.nupkg" "$1.nuspec"; }
says() { grep -q "$2" <<<"$(nuspec "$1")" || { echo "no $2 in:"; nuspec "$1"; return 1; }; }
says_not() { ! grep -iE "$2" <<<"$(nuspec "$1")"; }
# The list is taken whole before it is searched: grep ends at the first hit, and an unzip that still writes then would count as a failure.
holds() { local list; list=$(unzip -l "$feed/$1.$version.$2") && grep -q " $3\$" <<<"$list" || { echo "$list"; return 1; }; }
for package in $packages; do
    check "$package has a licence" says "$package" '<license type="expression">Apache-2.0</license>'
    check "$package has a description of its own" says "$package" '<description>IIdGenerator'
    check "$package says of which commit it is" says "$package" 'repository type="git" url="https://github.com/[^"]*" .*commit="[0-9a-f]\{40\}"'
    check "$package has a readme" holds "$package" nupkg README.md
    check "$package has documentation for the editor" holds "$package" nupkg "lib/net10.0/$package.xml"
    check "$package has symbols" holds "$package" snupkg "lib/net10.0/$package.pdb"
done
check "IdGenerator.Abstractions has no dependency" says_not IdGenerator.Abstractions '<dependency '
check "IdGenerator.Client needs no ASP.NET and no client of an API server" says_not IdGenerator.Client 'frameworkReference|YamlDotNet|Kubernetes'
for part in Membership KubernetesMembership KubernetesLeases Kubernetes Leases Snowflake; do
    check "IdGenerator.Client.Kubernetes brings its own $part" holds IdGenerator.Client.Kubernetes nupkg "lib/net10.0/IdGenerator.$part.dll"
done

for part in Membership PostgresMembership PostgresLeases Leases Snowflake; do
    check "IdGenerator.Client.PostgreSql brings its own $part" holds IdGenerator.Client.PostgreSql nupkg "lib/net10.0/IdGenerator.$part.dll"
done
check "IdGenerator.Client.PostgreSql depends on Npgsql" says IdGenerator.Client.PostgreSql '<dependency id="Npgsql"'
check "IdGenerator.Client.PostgreSql needs no ASP.NET and nothing of Kubernetes" says_not IdGenerator.Client.PostgreSql 'frameworkReference|YamlDotNet|Kubernetes'
for part in PostgresLeases KubernetesLeases Kubernetes Leases Snowflake; do
    check "IdGenerator.InProcess brings its own $part" holds IdGenerator.InProcess nupkg "lib/net10.0/IdGenerator.$part.dll"
done
check "IdGenerator.InProcess needs neither ASP.NET nor Orleans nor the client" says_not IdGenerator.InProcess 'frameworkReference|Microsoft.Orleans|IdGenerator.Client'

# project NAME SDK PACKAGE [REFERENCE]: an empty project that knows the feed. Nothing of this repository's settings reaches it.
project() {
    mkdir -p "$scratch/$1"
    cat >"$scratch/$1/$1.csproj" <<XML
<Project Sdk="$2">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <Nullable>enable</Nullable>
    <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="$3" Version="$version" />
    ${4-}
  </ItemGroup>
</Project>
XML
    cat >"$scratch/$1/nuget.config" <<XML
<configuration><packageSources><add key="packed" value="$feed" /></packageSources></configuration>
XML
}

project console Microsoft.NET.Sdk IdGenerator.Client
cat >"$scratch/console/Program.cs" <<'CS'
using IdGenerator;
using Microsoft.Extensions.DependencyInjection;

await using var services = new ServiceCollection().AddIdGeneratorClient(options => options.Gateways.Add(args[0])).BuildServiceProvider();
var ids = services.GetRequiredService<IIdGenerator>();
foreach (var id in await ids.NextAsync(3)) Console.WriteLine($"{id} {new SnowflakeId(id).CreatedAt:O}");
CS

project web Microsoft.NET.Sdk.Web IdGenerator.Client.Kubernetes
cat >"$scratch/web/Program.cs" <<'CS'
using IdGenerator;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddIdGeneratorKubernetesClient(builder.Configuration.GetSection("IdGenerator"));
builder.Services.AddHealthChecks().AddIdGeneratorClient();
var app = builder.Build();
app.MapHealthChecks("/health");
app.MapGet("/", async (IIdGenerator ids) => $"{await ids.NextAsync()}");
app.Run();
CS

project postgres Microsoft.NET.Sdk IdGenerator.Client.PostgreSql
cat >"$scratch/postgres/Program.cs" <<'CS'
using IdGenerator;
using Microsoft.Extensions.DependencyInjection;

await using var services = new ServiceCollection()
    .AddIdGeneratorPostgresClient(database => database.ConnectionString = args[0], client => client.ClusterId = args[1])
    .BuildServiceProvider();
var ids = services.GetRequiredService<IIdGenerator>();
foreach (var id in await ids.NextAsync(3)) Console.WriteLine($"{id} {new SnowflakeId(id).CreatedAt:O}");
CS

project inprocess Microsoft.NET.Sdk IdGenerator.InProcess '<PackageReference Include="Microsoft.Extensions.Hosting" Version="10.0.5" />'
cat >"$scratch/inprocess/Program.cs" <<'CS'
using IdGenerator;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = Host.CreateApplicationBuilder();
builder.Services.AddIdGenerator(builder.Configuration.GetSection("IdGenerator"));
using var host = builder.Build();
await host.StartAsync();
foreach (var id in await host.Services.GetRequiredService<IIdGenerator>().NextAsync(3)) Console.WriteLine($"{id} {new SnowflakeId(id).CreatedAt:O}");
await host.StopAsync();
CS

build() { dotnet build "$scratch/$1" -c Release -o "$scratch/$1/out" -v quiet -tl:off -nologo; }
check "a console program builds from the packed files" build console
check "a web service builds from the packed files" build web
check "a console program with PostgreSQL builds from the packed files" build postgres
check "a console program that makes its IDs itself builds from the packed files" build inprocess
no_aspnet() { ! grep AspNetCore.App "$scratch/console/out/console.runtimeconfig.json"; }
check "the console program runs without ASP.NET" no_aspnet
((failed == 0)) || finish

# start_silo GATEWAY_PORT VARIABLE=VALUE…: a silo on this host; returns when it has joined its cluster.
start_silo() {
    local http try gateway=$1
    shift
    http=$(free_port)
    env "$@" ID_SPACE="package-$$" PORT="$http" SILO_PORT="$(free_port)" GATEWAY_PORT="$gateway" \
        dotnet "$root/artifacts/bin/Silo/release/IdGenerator.Silo.dll" >"$scratch/silo-$gateway.log" 2>&1 &
    started+=($!)
    for ((try = 0; try < 300; try++)); do
        curl -sf "127.0.0.1:$http/metrics" | grep '^id_generator_silo_joined{} 1$' >/dev/null && return
        sleep 0.1
    done
    cat "$scratch/silo-$gateway.log"
    return 1
}

gateway=$(free_port)
start_silo "$gateway" WORKER_ID=5 LEASE_STORE=memory

# fetch NAME ARGUMENT…: the program prints three IDs, all different.
fetch() {
    local name=$1
    shift
    dotnet "$scratch/$name/out/$name.dll" "$@" >"$scratch/ids" || return 1
    cat "$scratch/ids"
    (($(cut -d' ' -f1 "$scratch/ids" | grep -E '^[0-9]{18}$' | sort -u | wc -l) == 3))
}
# fetch_web VARIABLE=VALUE…: the web service answers with an ID.
fetch_web() {
    local port pid try id status=1
    port=$(free_port)
    env "$@" ASPNETCORE_URLS="http://127.0.0.1:$port" dotnet "$scratch/web/out/web.dll" >"$scratch/web.log" 2>&1 &
    pid=$!
    for ((try = 0; try < 300; try++)); do
        [[ $(curl -s "127.0.0.1:$port/health") == Healthy ]] && break
        sleep 0.1
    done
    id=$(curl -s "127.0.0.1:$port/")
    echo "$id"
    [[ $id =~ ^[0-9]{18}$ ]] && status=0
    kill "$pid"
    wait "$pid" 2>/dev/null
    return $status
}
check "the console program takes IDs from a silo on this host" fetch console "localhost:$gateway"
check "the web service takes IDs from a silo on this host" fetch_web IdGenerator__Gateways__0="localhost:$gateway"

# PostgreSQL refuses to run as root; Debian's package brings the user postgres.
as_user=()
((EUID == 0)) && as_user=(setpriv --reuid=postgres --regid=postgres --init-groups)
programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
start_postgres() {
    local try
    database=$("${as_user[@]}" mktemp -d -p "${TMPDIR:-/tmp}") || return 1
    port=$(free_port)
    (cd / && "${as_user[@]}" "$programs/initdb" -D "$database/data" -U postgres --auth=trust --no-sync --no-instructions) >"$scratch/initdb.log" 2>&1 || return 1
    (cd / && exec "${as_user[@]}" "$programs/postgres" -D "$database/data" -p "$port" -k "$database" -c listen_addresses=127.0.0.1) >"$scratch/postgres.log" 2>&1 &
    started+=($!)
    for ((try = 0; try < 300; try++)); do
        "$programs/pg_isready" -q -h 127.0.0.1 -p "$port" && return
        sleep 0.1
    done
    cat "$scratch/postgres.log"
    return 1
}
if [[ $programs ]]; then
    start_postgres || cat "$scratch/initdb.log"
    connection="Host=127.0.0.1;Port=$port;Database=postgres;Username=postgres"
    start_silo "$(free_port)" WORKER_ID=6 LEASE_STORE=postgres Postgres__ConnectionString="$connection"
    check "the console program with PostgreSQL finds its silo through the membership table" fetch postgres "$connection" "package-$$"
else
    skip "the console program with PostgreSQL finds its silo through the membership table: PostgreSQL is not installed"
fi

# fetch_inprocess SETTING=VALUE…: the program prints three IDs of worker 1, all different, and ends well.
fetch_inprocess() {
    local out
    out=$(env "${@/#/IdGenerator__}" XDG_STATE_HOME="$scratch/state" IdGenerator__WorkerId=1 IdGenerator__IdSpace="package-$$" \
        dotnet "$scratch/inprocess/out/inprocess.dll") || { echo "$out"; return 1; }
    echo "$out"
    (($(grep -oE '^[0-9]{18} ' <<<"$out" | sort -u | wc -l) == 3))
}
check "the console program makes IDs itself" fetch_inprocess Store=File
check "its lease is in a file" test -s "$scratch/state/id-generator/worker-1.json"
check "the console program makes IDs itself again, under the worker ID that it has given back" fetch_inprocess Store=File
if [[ $programs ]]; then
    check "the console program makes IDs itself, with its lease in PostgreSQL" fetch_inprocess Store=Postgres Postgres__ConnectionString="$connection"
else
    skip "the console program makes IDs itself, with its lease in PostgreSQL: PostgreSQL is not installed"
fi

if [[ ${KUBEBUILDER_ASSETS-} ]]; then
    start_control_plane "$scratch/cluster"
    # A pod of this cluster, as far as programs see.
    export KUBERNETES_SERVICE_HOST=127.0.0.1 KUBERNETES_SERVICE_PORT=$control_plane_port KUBERNETES_SERVICE_ACCOUNT_DIRECTORY=$scratch/cluster/pod
    start_silo "$(free_port)" WORKER_ID=7 LEASE_STORE=kubernetes CLUSTERING=kubernetes RELEASE_NAME=ids POD_IP=127.0.0.1
    check "the web service finds its silo through an API server" fetch_web IdGenerator__ClusterId=ids
    check "the console program makes IDs itself, with its lease in Kubernetes" fetch_inprocess Store=Kubernetes
    check "its lease is an object of the cluster" curl -sf --cacert "$scratch/cluster/pod/ca.crt" -H 'Authorization: Bearer secret' \
        "https://127.0.0.1:$control_plane_port/apis/coordination.k8s.io/v1/namespaces/default/leases/package-$$-worker-1"
    unset KUBERNETES_SERVICE_HOST
else
    skip "the web service finds its silo through an API server: KUBEBUILDER_ASSETS is not set"
    skip "the console program makes IDs itself, with its lease in Kubernetes: KUBEBUILDER_ASSETS is not set"
fi

for name in console web postgres inprocess; do
    echo "$name: $(grep -c . "$scratch/$name/Program.cs") lines, $(grep -cE 'AddIdGenerator' "$scratch/$name/Program.cs") of them for set-up;" \
        "$(ls "$scratch/$name/out"/*.dll | wc -l) assemblies, $(du -cb "$scratch/$name/out"/*.dll | tail -n 1 | cut -f1 | awk '{ printf "%.1f", $1 / 1048576 }') MiB"
done
for package in $packages; do echo "$package: $(($(stat -c %s "$feed/$package.$version.nupkg") / 1024)) KiB"; done
finish
