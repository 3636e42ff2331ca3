#!/usr/bin/env bash
# Prints a directory with the programs spectral and redocly, which judge OpenAPI documents; fetches them the first time,
# into a cache outside the repository.
set -euo pipefail

packages=(@stoplight/spectral-cli@6.16.3 @redocly/cli@2.77.0)

for tool in node npm; do
  type -P "$tool" >/dev/null || { echo "$tool is not installed" >&2; exit 1; }
done

# Another list of packages is another directory: nothing is ever updated in place.
version=$(printf '%s\n' "${packages[@]}" | sha256sum | cut -c1-12)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/id-generator-tools
directory=$cache/openapi-$version
if [[ ! -d $directory ]]; then
  mkdir -p "$cache"
  new=$(mktemp -d "$cache/new.XXXXXX")
  trap 'rm -rf "$new"' EXIT
  cd "$new"
  echo '{"private": true}' >package.json
  npm install --silent --engine-strict --no-audit --no-fund --ignore-scripts "${packages[@]}" >&2 ||
    { echo "npm does not install ${packages[*]} for Node $(node --version)" >&2; exit 1; }
  # Whoever else fetched them meanwhile has the same.
  mv -T "$new" "$directory" 2>/dev/null || [[ -d $directory ]]
fi
echo "$directory/node_modules/.bin"
