#!/usr/bin/env bash
# Times requests one after another and the same requests at once (text in, WAV out, over HTTP) against a server of its own:
# bench/together.sh [REQUESTS [ROUNDS [OPTION OF SERVE]...]]. SERVE is the command that starts the server, instead of ./run.sh serve.
set -euo pipefail
requests="${1:-16}"
rounds="${2:-3}"
shift $(($# < 2 ? $# : 2))
. "$(dirname "${BASH_SOURCE[0]}")/server.sh"

start_server "$@"
text="The rain stopped before the train came to the station. Nobody had an umbrella, and nobody was in a hurry to go home again."
for ((i = 1; i <= requests; i++)); do
  echo "{\"text\":\"$text\",\"voice_id\":\"bench\",\"seed\":$i}" >"$work/$i.json"
  ((i == 1)) || echo next
  printf '%s\n' "url = $address/generate" "data = @$work/$i.json" "output = $work/$i.wav" 'write-out = "%{size_download} %{time_total}\n"' fail
done >"$work/requests"

# One process makes all requests: a client takes its time from the server's cores.
speak() { curl -s "$@" -K "$work/requests" >"$work/lines"; }
sums() { sha256sum "$work"/[1-9]*.wav | cut -d' ' -f1; }
now() { echo "$(date +%s.%N) $(awk '{ print ($14 + $15) / 100 }' "/proc/$server/stat")"; } # time, and CPU seconds of the server
summary() { # NAME START CPU END CPU: of the lines of bytes and seconds. 16-bit mono at 44100 Hz behind 44 bytes of header.
  sort -k2n "$work/lines" | awk -v name="$1" -v took="$(awk "BEGIN { print $4 - $2 }")" -v cpu="$(awk "BEGIN { print $5 - $3 }")" '
    { audio += ($1 - 44) / 88200; time[NR] = $2 }
    END { printf "%s %.2f %.2f %.2f %.2f %.3f\n", name, audio, took, cpu, audio / took, time[int(NR * 0.9 + 0.5)] / took }'
}

# The first round is not counted: the runtime compiles much of the program in it.
for ((round = 0; round <= rounds; round++)); do
  start="$(now)"
  speak
  one="$(summary one $start $(now))"
  sums >"$work/sums"
  start="$(now)"
  speak -Z --parallel-immediate --parallel-max "$requests" 2>/dev/null
  all="$(summary all $start $(now))"
  sums | cmp - "$work/sums" || { echo "the bytes differ" >&2; exit 1; }
  ((round == 0)) || printf '%s\n' "$one" "$all"
done | tee "$work/rounds" | awk '{ printf "%s: %.1f s of audio in %.2f s and %.2f s of CPU, %.1f times real time%s\n",
  $1 == "one" ? "one after another" : "at once", $2, $3, $4, $5,
  $1 == "one" ? "" : sprintf("; 90th percentile of latency %.2f of the whole time", $6); fflush() }'
awk '{ if ($1 == "one") before = $5; else ratio[++n] = $5 / before }
  END { for (i = 1; i <= n; i++) printf "%s%.2f", i == 1 ? "ratio: " : ", ", ratio[i]; print "" }' "$work/rounds"
print_peak_memory
