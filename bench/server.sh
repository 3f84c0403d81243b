# shellcheck shell=bash
# Sourced by the other scripts. SERVE is the command that starts the server, instead of ./run.sh serve.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
work="$(mktemp -d)"
server=""
trap 'stop_server; rm -rf "$work"' EXIT

# Starts a server with the options and the data folder $work/data, waits until its model is loaded, sets $address and makes the voice bench.
start_server() {
  ${SERVE:-"$root/run.sh" serve} --host 127.0.0.1 --port 0 --data "$work/data" "$@" >"$work/log" 2>&1 &
  server=$!
  address=""
  until [[ -n "$address" ]] && curl -sf "$address/health" | grep -q '"model_loaded":true'; do
    sleep 0.2
    kill -0 "$server" || { cat "$work/log" >&2; exit 1; }
    address="$(grep -oE 'http://127\.0\.0\.1:[0-9]+' "$work/log" | head -1 || true)"
  done
  curl -sf -o /dev/null "$address/voice_mappings" -d '{"voice_id":"bench"}'
}

stop_server() {
  [[ -z "$server" ]] || kill "$server" 2>/dev/null || true
  wait 2>/dev/null || true
  server=""
  rm -rf "$work/data"
}

print_peak_memory() {
  awk '/VmHWM/ { printf "server peak memory: %.0f MiB\n", $2 / 1024 }' "/proc/$server/status"
}
