# shellcheck shell=bash disable=SC2154
# Sourced by run.sh and test.sh: finds the .NET 10 SDK and the system libraries, or says which is missing and how to get it.

sdk_missing() {
  cat >&2 <<M
DiaOrleans needs the .NET 10 SDK, and found ${1:-none}.
  Debian, Ubuntu:  sudo apt-get install dotnet-sdk-10.0
  Fedora:          sudo dnf install dotnet-sdk-10.0
  macOS:           brew install dotnet-sdk
  any system:      https://dot.net/download
M
  exit 1
}

find_sdk() {
  local candidate
  for candidate in "${DOTNET_ROOT:-}" "$HOME/.dotnet"; do
    if ! command -v dotnet >/dev/null && [[ -n "$candidate" && -x "$candidate/dotnet" ]]; then
      export DOTNET_ROOT="$candidate" PATH="$candidate:$PATH"
    fi
  done
  command -v dotnet >/dev/null || sdk_missing
  dotnet --list-sdks | grep -q '^10\.' || sdk_missing "$(dotnet --list-sdks | cut -d' ' -f1 | tr '\n' ' ')"
  export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT="${DOTNET_CLI_TELEMETRY_OPTOUT:-1}"
}

# ONNX Runtime's native library names what it needs.
check_libraries() {
  local library="$1" missing
  [[ "$(uname -s)" == Linux && -f "$library" ]] || return 0
  command -v ldd >/dev/null || return 0
  missing="$(ldd "$library" 2>/dev/null | awk '/not found/ {print $1}' | sort -u | tr '\n' ' ')"
  [[ -z "$missing" ]] && return 0
  cat >&2 <<M
ONNX Runtime needs system libraries that are missing: $missing
  Debian, Ubuntu:  sudo apt-get install libstdc++6 libgcc-s1
  Fedora:          sudo dnf install libstdc++ libgcc
M
  exit 1
}

# Builds $1 (a project or the solution) in Release unless nothing is newer than the last build of it.
build_once() {
  local target="$1" stamp="$root/artifacts/.built-$2"
  shift 2
  if [[ -f "$stamp" ]] && [[ -z "$(find "$root/Directory.Build.props" "$root/Directory.Packages.props" "$root/global.json" "$root/eng" "$@" \
    -newer "$stamp" -type f -print -quit)" ]]; then
    return 0
  fi
  "$root/eng/probe.sh"
  local log="$root/artifacts/build.log"
  mkdir -p "$root/artifacts"
  echo "building (the first time this takes a minute or two) ..." >&2
  if ! dotnet build "$target" -c Release -v quiet -nologo >"$log" 2>&1; then
    cat "$log" >&2
    echo "the build failed; the whole log is in artifacts/build.log" >&2
    exit 1
  fi
  touch "$stamp"
}
