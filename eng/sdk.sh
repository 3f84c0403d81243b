# shellcheck shell=bash disable=SC2154
# Sourced by run.sh and test.sh: finds the .NET 10 SDK and the system libraries, or names what is missing and its packages; builds.

# Switches off usage data, and a certificate in the user's home. The server also does this itself, however it is started.
silence_tools() {
  export ORT_DISABLE_TELEMETRY=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1
  export DOTNET_NOLOGO=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE=1
}

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

# Reads the whole list: with grep -q, ldconfig may end with an error because nobody reads its output any more, which pipefail reports.
icu_is_there() {
  local libraries
  libraries="$(PATH="$PATH:/usr/sbin:/sbin" ldconfig -p 2>/dev/null || true)"
  [[ "$libraries" == *libicuuc.so* ]] || compgen -G '/usr/lib*/libicuuc.so*' >/dev/null
}

# The SDK aborts without ICU unless it is told to run without it. The server and its tests never use ICU.
allow_missing_icu() {
  [[ "$(uname -s)" == Linux && -z "${DOTNET_SYSTEM_GLOBALIZATION_INVARIANT:-}" ]] || return 0
  ! icu_is_there || return 0
  export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
  echo "libicu is missing: the .NET SDK writes its messages in English. The server does not use it." >&2
}

# Takes the first dotnet with a .NET 10 SDK, because an older one on PATH must not hide another.
find_sdk() {
  local candidate sdks found=""
  for candidate in "$(command -v dotnet || true)" "${DOTNET_ROOT:-}/dotnet" "$HOME/.dotnet/dotnet"; do
    [[ -x "$candidate" ]] || continue
    sdks="$("$candidate" --list-sdks | cut -d' ' -f1 | tr '\n' ' ')"
    if [[ " $sdks" == *" 10."* ]]; then
      [[ "$(command -v dotnet)" == "$candidate" ]] || export DOTNET_ROOT="${candidate%/dotnet}" PATH="${candidate%/dotnet}:$PATH"
      return 0
    fi
    found+="$sdks"
  done
  sdk_missing "${found% }"
}

# Fails if a library is missing that ONNX Runtime's native library, in the output folder $1, needs.
check_libraries() {
  local architecture library missing
  case "$(uname -m)" in
    aarch64 | arm64) architecture=arm64 ;;
    *) architecture=x64 ;;
  esac
  library="$1/runtimes/linux-$architecture/native/libonnxruntime.so"
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

has_nvidia_driver() {
  command -v nvidia-smi >/dev/null || [[ -e /proc/driver/nvidia/version ]]
}

# The value of the build property DiaAccelerator: that of the environment, else cuda on Linux x64 with an NVIDIA driver, else cpu.
accelerator() {
  if [[ -n "${DiaAccelerator:-}" ]]; then
    echo "$DiaAccelerator"
  elif [[ "$(uname -s)" == Linux && "$(uname -m)" == x86_64 ]] && has_nvidia_driver; then
    echo cuda
  else
    echo cpu
  fi
}

# Says $2 and how long it took last time, which artifacts/.took-$1 keeps, and runs the rest, whose output goes into the build's log.
step() {
  local took="$root/artifacts/.took-$1" what="$2" last="" start=$SECONDS
  shift 2
  [[ ! -f "$took" ]] || last=" ($(<"$took") s last time)"
  echo "  $what$last ..." >&2
  if ! "$@" >>"$root/artifacts/build.log" 2>&1; then
    cat "$root/artifacts/build.log" >&2
    echo "the build failed; the whole log is in artifacts/build.log" >&2
    exit 1
  fi
  echo "$((SECONDS - start))" >"$took"
}

# True if no input is newer than the file $1. Inputs are the files and folders behind it, and what every build reads.
is_current() {
  [[ -f "$1" ]] && [[ -z "$(find "$root"/Directory.* "$root/global.json" "$root/eng" "$root/artifacts/.accelerator" "${@:2}" \
    -newer "$1" -type f -print -quit)" ]]
}

# Builds $1 (a project or the solution) in Release unless no input is newer than its last build and the accelerator is the same. $2 names
# the build. If $3 is quick, it is made without analysers and documents, in half the time, and apart, because an analysed build must not
# take what was never analysed for current. The inputs are behind them.
build_once() {
  local target="$1" name="$2" stamp="$root/artifacts/.built-$2" properties chosen="$root/artifacts/.accelerator"
  properties=("-p:DiaAccelerator=$(accelerator)")
  [[ "$3" != quick ]] || properties+=("-p:ArtifactsPath=$root/artifacts/quick/" -p:RunAnalyzers=false
    -p:EnforceCodeStyleInBuild=false -p:GenerateDocumentationFile=false)
  shift 3
  # All builds share one output folder, so the file is an input of each of them.
  if [[ ! -f "$chosen" || "$(<"$chosen")" != "$(accelerator)" ]]; then
    mkdir -p "$root/artifacts"
    accelerator >"$chosen"
  fi
  ! is_current "$stamp" "$@" || return 0
  : >"$root/artifacts/build.log"
  echo "building with ONNX Runtime for $(accelerator), which takes a minute or two the first time:" >&2
  step "$name-restore" "1 of 2: packages" dotnet restore "$target" "${properties[@]}" -v quiet
  step "$name-build" "2 of 2: programs" dotnet build "$target" --no-restore -c Release "${properties[@]}" -v quiet -nologo
  touch "$stamp"
}
