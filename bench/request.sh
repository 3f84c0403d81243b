#!/usr/bin/env bash
# Times whole requests (text in, WAV out, over HTTP) against a server of its own: bench/request.sh [REQUESTS [OPTION OF SERVE]...].
# SERVE is the command that starts the server, instead of ./run.sh serve.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
requests="${1:-12}"
shift $(($# < 1 ? $# : 1))
work="$(mktemp -d)"
trap 'kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT

${SERVE:-"$root/run.sh" serve} --host 127.0.0.1 --port 0 --data "$work/data" "$@" >"$work/log" 2>&1 &
server=$!
address=""
until [[ -n "$address" ]] && curl -sf "$address/health" | grep -q '"model_loaded":true'; do
  sleep 0.2
  kill -0 "$server" || { cat "$work/log" >&2; exit 1; }
  address="$(grep -oE 'http://127\.0\.0\.1:[0-9]+' "$work/log" | head -1 || true)"
done

curl -sf -o /dev/null "$address/voice_mappings" -d '{"voice_id":"bench"}'
text="The rain stopped before the train came to the station. Nobody had an umbrella, and nobody was in a hurry to go home again."
for ((i = 0; i <= requests; i++)); do
  seconds="$(curl -sf -o "$work/out.wav" -w '%{time_total}' "$address/generate" -d "{\"text\":\"$text\",\"voice_id\":\"bench\",\"seed\":$i}")"
  # The first request warms up. 16-bit mono at 44100 Hz behind 44 bytes of header.
  ((i == 0)) || awk -v bytes="$(stat -c %s "$work/out.wav")" -v seconds="$seconds" 'BEGIN { print (bytes - 44) / 88200 / seconds }'
done | sort -n | awk '{ x[NR] = $1 } END { printf "%d requests, real time: median %.1f x, slowest %.1f x, fastest %.1f x\n", NR, x[int((NR + 1) / 2)], x[1], x[NR] }'
awk '/VmHWM/ { printf "server peak memory: %.0f MiB\n", $2 / 1024 }' "/proc/$server/status"
