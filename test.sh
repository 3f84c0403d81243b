#!/usr/bin/env bash
# Builds everything and runs the tests. The last line sums them up: N passed, N failed, N skipped.
set -euo pipefail
root="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd -P)"

usage() {
  cat <<U
usage: ./test.sh [options] [-- runner options]
  --project NAME   build and run only this test project: Audio, Inference, Grains, Server or Cluster. It is built without analysers, into
                   artifacts/quick, and installs nothing
  --reference DIR  run only the tests on golden vectors, with those in DIR (same layout as tests/reference)
  --cuda           also run the tests on stand-ins for CUDA's libraries (Linux x64, gcc; 245 MB of packages the first time)
  --cluster        also run the long tests of clusters, which kill and stop silos for minutes
  --full-size      also run the tests at the published 1.6B size (8 GB of memory, 7 GB of disk)
  --no-install     install no system packages; the tests that lack one are skipped
  -- OPTIONS       handed to every test program, for example: -- -class '*ResamplerTests'
U
}

options=()
install=yes
cuda=no
project=""
projects=(Audio Inference Grains Server Cluster)
while (($#)); do
  case "$1" in
    --reference)
      [[ -n "${2:-}" && -d "$2" ]] || { echo "--reference needs a folder" >&2; exit 2; }
      DIA_REFERENCE="$(cd "$2" && pwd -P)"
      export DIA_REFERENCE
      options+=(-trait Category=Reference)
      projects=(Inference)
      shift 2
      ;;
    --project)
      [[ -d "$root/tests/DiaOrleans.${2:-}.Tests" ]] || { echo "--project needs Audio, Inference, Grains, Server or Cluster" >&2; exit 2; }
      project="$2"
      projects=("$2")
      install=no
      shift 2
      ;;
    --cuda) cuda=yes; shift ;;
    --cluster) export DIA_CLUSTER_TESTS=1; shift ;;
    --full-size) export DIA_FULL_SIZE=1; shift ;;
    --no-install) install=no; shift ;;
    -h | --help) usage; exit 0 ;;
    --) shift; options+=("$@"); break ;;
    *) usage >&2; exit 2 ;;
  esac
done

. "$root/eng/sdk.sh"
. "$root/eng/natives.sh"
silence_tools
allow_missing_icu
find_sdk
[[ -n "$project" ]] || find_natives "$install"
[[ "$cuda" == no ]] || test_programs+="$cuda_test_programs"
find_test_programs "$install"
inputs=("$root/src" "$root/tests" "$root/silo-config" "$root/DiaOrleans.sln")
if [[ -n "$project" ]]; then
  bin="$root/artifacts/quick/bin"
  build_once "$root/tests/DiaOrleans.$project.Tests" "quick-$project" quick "${inputs[@]}"
else
  bin="$root/artifacts/bin"
  build_once "$root/DiaOrleans.sln" tests full "${inputs[@]}"
fi
check_libraries "$bin/DiaOrleans.${projects[0]}.Tests/release"

programs=()
for name in "${projects[@]}"; do programs+=("$bin/DiaOrleans.$name.Tests/release/DiaOrleans.$name.Tests.dll"); done
if [[ "$cuda" == yes && "$(uname -sm)" == "Linux x86_64" ]]; then
  # A build has one set of natives: these tests need those for CUDA, the others take the machine's. The first build has run the analysers.
  echo "building the tests on stand-ins for CUDA's libraries ..." >&2
  dotnet build "$root/tests/DiaOrleans.Cuda.Tests" -c Release -p:DiaAccelerator=cuda "-p:ArtifactsPath=$root/artifacts/cuda/" \
    -p:RunAnalyzers=false -v quiet -nologo >"$root/artifacts/build-cuda.log" 2>&1 || { cat "$root/artifacts/build-cuda.log" >&2; exit 1; }
  programs+=("$root/artifacts/cuda/bin/DiaOrleans.Cuda.Tests/release/DiaOrleans.Cuda.Tests.dll")
fi

passed=0 failed=0 skipped=0
summary='s/.*Total: ([0-9]+), Errors: ([0-9]+), Failed: ([0-9]+), Skipped: ([0-9]+).*/\1 \2 \3 \4/p'
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
for program in "${programs[@]}"; do
  status=0
  dotnet "$program" -noColor -noLogo ${options[@]+"${options[@]}"} 2>&1 | tee "$log" || status=$?
  read -r total errors fails skips < <(sed -nE "$summary" "$log" | tail -1) || true
  if [[ -z "${total:-}" ]]; then
    # A program that died has no summary; a filter may leave one nothing to run.
    if ((status != 0)); then failed=$((failed + 1)); echo "$(basename "$program") ended with status $status and no summary"; fi
    continue
  fi
  passed=$((passed + total - fails - skips)) failed=$((failed + fails + errors)) skipped=$((skipped + skips))
  if ((status != 0 && fails + errors == 0)); then failed=$((failed + 1)); fi
  total=""
done

if ((passed + failed == 0)); then
  echo "no test ran"
  failed=1
fi
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
