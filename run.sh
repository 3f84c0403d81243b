#!/usr/bin/env bash
# Starts the DiaOrleans server, building it first where needed. All arguments are passed on: ./run.sh --help
set -euo pipefail
root="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd -P)"
. "$root/eng/sdk.sh"
find_sdk
build_once "$root/src/DiaOrleans.Server/DiaOrleans.Server.csproj" server "$root/src" "$root/silo-config"
output="$root/artifacts/bin/DiaOrleans.Server/release"
check_libraries "$output"
exec dotnet "$output/DiaOrleans.Server.dll" "$@"
