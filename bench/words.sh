#!/usr/bin/env bash
# How many of 12 sentences are understood in each precision: bench/words.sh [SEEDS [PRECISION]...]. A closed choice among the 12 by
# pocketsphinx, from Debian's packages pocketsphinx, pocketsphinx-en-us and sox.
set -euo pipefail
seeds="${1:-3}"
shift $(($# < 1 ? $# : 1))
(($# > 0)) || set -- fp32 int8 int4
english=/usr/share/pocketsphinx/model/en-us
for program in pocketsphinx_continuous sox; do
  command -v "$program" >/dev/null || { echo "$program is missing: apt-get install pocketsphinx pocketsphinx-en-us sox" >&2; exit 1; }
done
. "$(dirname "${BASH_SOURCE[0]}")/server.sh"

sentences=(
  "The rain stopped before the train came to the station."
  "Nobody had an umbrella, and nobody was in a hurry."
  "My brother keeps three white horses in the valley."
  "We will leave the house at seven in the morning."
  "She found a letter under the kitchen table."
  "The old bridge over the river is closed today."
  "Please bring me a glass of cold water."
  "He wrote his name on the wall with chalk."
  "There are many stars above the quiet sea tonight."
  "Our teacher reads a story every Friday."
  "The cat sleeps on the warm stone by the door."
  "They sold the boat to a man from the city."
)
words() { tr 'A-Z' 'a-z' <<<"$1" | tr -d '.,'; }
choices="$(for sentence in "${sentences[@]}"; do words "$sentence"; done | paste -sd'|' | sed 's/|/ | /g')"
printf '#JSGF V1.0;\ngrammar sentences;\npublic <sentence> = %s ;\n' "$choices" >"$work/grammar"

understand() { # the words of $work/out.wav
  sox "$work/out.wav" -r 16000 -c 1 -b 16 "$work/in.wav"
  pocketsphinx_continuous -infile "$work/in.wav" -jsgf "$work/grammar" -hmm "$english/en-us" -dict "$english/cmudict-en-us.dict" \
    2>/dev/null | tail -1
}

for precision in "$@"; do
  start_server --precision "$precision"
  understood=0
  for ((seed = 1; seed <= seeds; seed++)); do
    for sentence in "${sentences[@]}"; do
      curl -sf -o "$work/out.wav" "$address/generate" -d "{\"text\":\"$sentence\",\"voice_id\":\"bench\",\"seed\":$seed}"
      [[ "$(understand)" != "$(words "$sentence")" ]] || understood=$((understood + 1))
    done
  done
  echo "$precision: $understood of $((seeds * ${#sentences[@]})) understood"
  stop_server
done
