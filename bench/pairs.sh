#!/usr/bin/env bash
# Compares two builds or settings: BEFORE and AFTER are commands that start a server; both run side by side, idle between requests.
# bench/pairs.sh [PAIRS [WARM]] sends each the same request (text in, WAV out, over HTTP) in turn, WARM pairs (40) before those that count (30).
#   BEFORE="dotnet DIR/DiaOrleans.Server.dll serve --model DIR/dia-nano --precision fp32" AFTER="./run.sh serve --precision int8" bench/pairs.sh
set -euo pipefail
pairs="${1:-30}"
warm="${2:-40}"
: "${BEFORE:?BEFORE is the command of one server}" "${AFTER:?AFTER is the command of the other}"
. "$(dirname "${BASH_SOURCE[0]}")/server.sh"

outer="$work"
addresses=()
servers=()
trap '[[ ${#servers[@]} == 0 ]] || kill "${servers[@]}" || true; wait; rm -rf "$outer"' EXIT
for SERVE in "$BEFORE" "$AFTER"; do
  work="$outer/${#servers[@]}"
  mkdir "$work"
  start_server
  addresses+=("$address")
  servers+=("$server")
done

text="The rain stopped before the train came to the station. Nobody had an umbrella, and nobody was in a hurry to go home again."
for ((i = 1 - warm; i <= pairs; i++)); do
  for address in "${addresses[@]}"; do
    curl -sf -o /dev/null -w '%{time_total} ' "$address/generate" -d "{\"text\":\"$text\",\"voice_id\":\"bench\",\"seed\":$((i + warm))}"
  done
  echo
done | tail -n "$pairs" | awk '{ print $1, $2, $1 / $2 }' | sort -k3n |
  awk '{ first += $1; second += $2; ratio[NR] = $3 }
    END { printf "%d pairs: before %.1f ms, after %.1f ms (means); time before / after: median %.2f, %.2f to %.2f\n", NR, 1000 * first / NR,
      1000 * second / NR, ratio[int((NR + 1) / 2)], ratio[1], ratio[NR] }'
