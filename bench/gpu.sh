#!/usr/bin/env bash
# Checks and measures the engine on a machine with an NVIDIA GPU and without .NET.
#   bench/gpu.sh pack DIR   here: publishes the server and the tests for Linux x64 with their runtime into DIR, with models and vectors
#   DIR/gpu.sh [WHAT...]    there: WHAT is golden, steps, wide, codec or requests; all of them if left out
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"

pack() {
  local root out="$1" project
  root="$(cd "$here/.." && pwd -P)"
  mkdir -p "$out/tests" "$out/bench"
  out="$(cd "$out" && pwd -P)"
  for project in src/DiaOrleans.Server tests/DiaOrleans.Inference.Tests; do
    dotnet publish "$root/$project" -c Release -r linux-x64 --self-contained -p:DiaAccelerator=cuda -p:RunAnalyzers=false \
      "-p:ArtifactsPath=$root/artifacts/gpu/" -v quiet -nologo -o "$out/$(basename "$project")"
  done
  # Both programs have the same natives: one copy is enough.
  for library in libonnxruntime.so libonnxruntime_providers_cuda.so libonnxruntime_providers_shared.so libonnxruntime_providers_tensorrt.so; do
    rm -f "$out/DiaOrleans.Inference.Tests/$library"
    ln -s "../DiaOrleans.Server/$library" "$out/DiaOrleans.Inference.Tests/$library"
  done
  rm -f "$out/DiaOrleans.Server/libonnxruntime_providers_tensorrt.so" "$out/DiaOrleans.Inference.Tests/libonnxruntime_providers_tensorrt.so"
  rm -rf "$out/DiaOrleans.Server/models"
  cp -r "$root/models" "$root/DiaOrleans.sln" "$out/"
  cp -r "$root/tests/reference" "$out/tests/"
  cp -r "$root/bench/dia-1.6b-0626" "$out/bench/"
  cp "$root/bench/gpu.sh" "$out/gpu.sh"
  du -sh "$out"
}

# CUDA 13 and cuDNN 9 may lie in folders that the loader does not know, such as those of a Python environment.
find_libraries() {
  local name found
  for name in libcudart.so.13 libcublas.so.13 libcublasLt.so.13 libcurand.so.10 libcudnn.so.9; do
    found="$(find ${CUDA_FOLDERS:-/usr /opt /home /root} -name "$name" -print -quit 2>/dev/null || true)"
    [[ -z "$found" ]] && { echo "$name: not found" >&2; continue; }
    [[ ":${LD_LIBRARY_PATH:-}:" == *":$(dirname "$found"):"* ]] || LD_LIBRARY_PATH="$(dirname "$found")${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
  done
  export LD_LIBRARY_PATH
}

dia() { "$here/DiaOrleans.Server/DiaOrleans.Server" "$@"; }

golden() { "$here/DiaOrleans.Inference.Tests/DiaOrleans.Inference.Tests" -noColor -noLogo -trait Category=Gpu -showLiveOutput; }

# $1: a model and its options; then precisions, and batches with and without captured graphs.
steps() {
  local precision streams capture
  for precision in fp16 bf16; do
    for streams in 1 8 32 64; do
      for capture in "" --no-capture; do
        echo -n "$precision, $streams streams${capture:+, $capture}: "
        # shellcheck disable=SC2086
        dia bench decode $1 --device cuda --precision "$precision" --streams "$streams" $capture --json || true
      done
    done
  done
}

codec() {
  local precision
  for precision in fp32 fp16; do
    dia bench codec --model "$here/models/dia-nano" --device cuda --codec-precision "$precision" --json || true
  done
}

# Time to the first bytes of raw samples, and to the last, over HTTP.
requests() {
  local work server address="" i
  work="$(mktemp -d)"
  dia serve --host 127.0.0.1 --port 0 --data "$work/data" --model "$here/models/dia-nano" --device cuda >"$work/log" 2>&1 &
  server=$!
  until [[ -n "$address" ]] && curl -sf "$address/health" | grep -q '"model_loaded":true'; do
    sleep 0.2
    kill -0 "$server" || { cat "$work/log" >&2; return 1; }
    address="$(grep -oE 'http://127\.0\.0\.1:[0-9]+' "$work/log" | head -1 || true)"
  done
  curl -sf -o /dev/null "$address/voice_mappings" -d '{"voice_id":"bench"}'
  for i in 0 1 2 3 4 5; do
    curl -sf -o "$work/out.pcm" -w "request $i: first audio after %{time_starttransfer} s, all after %{time_total} s, %{size_download} bytes\n" \
      "$address/v1/audio/speech" -H 'content-type: application/json' -d "{\"model\":\"dia\",\"voice\":\"bench\",\"response_format\":\"pcm\",\"stream\":true,
      \"seed\":$i,\"input\":\"The rain stopped before the train came to the station. Nobody was in a hurry to go home again.\"}"
  done
  curl -s "$address/gpu/status"
  echo
  kill "$server"
  wait "$server" 2>/dev/null || true
  rm -rf "$work"
}

if [[ "${1:-}" == pack ]]; then
  pack "${2:?a folder to pack into}"
  exit 0
fi
export ORT_DISABLE_TELEMETRY=1
find_libraries
dia doctor || true
for what in ${@:-golden steps wide codec requests}; do
  echo "== $what"
  case "$what" in
    golden) golden ;;
    steps) steps "--model $here/models/dia-nano" ;;
    wide) steps "--model $here/bench/dia-1.6b-0626 --random-weights --steps 100" ;;
    codec) codec ;;
    requests) requests ;;
    *) echo "unknown: $what" >&2; exit 2 ;;
  esac || echo "$what failed"
done
