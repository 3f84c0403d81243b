#!/usr/bin/env bash
# Times whole requests (text in, WAV out, over HTTP) against a server of its own: bench/request.sh [REQUESTS [OPTION OF SERVE]...].
# SERVE is the command that starts the server, instead of ./run.sh serve.
set -euo pipefail
requests="${1:-12}"
shift $(($# < 1 ? $# : 1))
. "$(dirname "${BASH_SOURCE[0]}")/server.sh"

start_server "$@"
text="The rain stopped before the train came to the station. Nobody had an umbrella, and nobody was in a hurry to go home again."
for ((i = 0; i <= requests; i++)); do
  seconds="$(curl -sf -o "$work/out.wav" -w '%{time_total}' "$address/generate" -d "{\"text\":\"$text\",\"voice_id\":\"bench\",\"seed\":$i}")"
  # The first request warms up. 16-bit mono at 44100 Hz behind 44 bytes of header.
  ((i == 0)) || awk -v bytes="$(stat -c %s "$work/out.wav")" -v seconds="$seconds" 'BEGIN { print (bytes - 44) / 88200 / seconds }'
done | sort -n | awk '{ x[NR] = $1 } END { printf "%d requests, real time: median %.1f x, slowest %.1f x, fastest %.1f x\n", NR, x[int((NR + 1) / 2)], x[1], x[NR] }'
print_peak_memory
