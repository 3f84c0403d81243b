#!/usr/bin/env bash
# Starts the DiaOrleans server and builds it first if needed. --no-install installs no audio libraries; all other arguments are passed on:
# ./run.sh --help
set -euo pipefail
root="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd -P)"
. "$root/eng/sdk.sh"
. "$root/eng/natives.sh"

install=yes
arguments=()
for argument; do
  if [[ "$argument" == --no-install ]]; then install=no; else arguments+=("$argument"); fi
done

silence_tools
allow_missing_icu
find_sdk
build_once "$root/src/DiaOrleans.Server/DiaOrleans.Server.csproj" server quick "$root/src" "$root/silo-config"
output="$root/artifacts/quick/bin/DiaOrleans.Server/release"
check_libraries "$output"
find_natives "$install"
exec dotnet "$output/DiaOrleans.Server.dll" ${arguments[@]+"${arguments[@]}"}
