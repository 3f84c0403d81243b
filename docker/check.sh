#!/usr/bin/env bash
# Builds the images with buildah and asks each for speech, on a read-only root file system. It needs root, Linux, buildah and curl.
#
#   docker/check.sh [cpu] [cuda] [-- ARGUMENTS OF buildah bud]
#
# Buildah's own variables have their effect: BUILDAH_ISOLATION=chroot, and CONTAINERS_STORAGE_CONF for a storage driver that works here.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
work="$(mktemp -d)"
container="" server=""

names=()
while [[ $# -gt 0 && "$1" != -- ]]; do names+=("$1"); shift; done
[[ $# -eq 0 ]] || shift
build_arguments=("$@")
[[ ${#names[@]} -gt 0 ]] || names=(cpu cuda)

fail() {
  echo "$1" >&2
  [[ ! -f "$work/log" ]] || tail -n 20 "$work/log" >&2
  exit 1
}

clean() {
  [[ -z "$server" ]] || pkill -f "^dotnet /app/DiaOrleans.Server.dll --host 127.0.0.1 --port $port\$" || kill "$server" || true
  [[ -z "$container" ]] || buildah rm "$container" >/dev/null || true
  rm -rf "$work"
}
trap clean EXIT

free_port() {
  local port
  while port=$((20000 + RANDOM)); (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo "$port"
}

# Starts the container's entry point with its root file system mounted read-only, in the background.
start() {
  local files entry
  files="$(buildah mount "$container")"
  entry="$(buildah inspect --format '{{range .OCIv1.Config.Entrypoint}}{{.}} {{end}}' "$container")"
  # Buildah makes the places of its own mounts, which it could not do later.
  install -D /dev/null "$files/run/.containerenv"
  touch "$files/etc/hosts" "$files/etc/resolv.conf"
  # shellcheck disable=SC2016
  unshare --mount bash -c '
    mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit
    exec buildah run "$2" -- bash -c "touch /tmp/written 2>/dev/null && exit; id -u; $3; echo ended with \$?"
  ' - "$files" "$container" "$entry --host 127.0.0.1 --port $port" >"$work/log" 2>&1 &
  server=$!
}

wait_until_healthy() {
  local _
  for _ in $(seq 60); do
    kill -0 "$server" 2>/dev/null || fail "the container ended"
    ! DIA_PORT="$port" "$root/docker/health.sh" 2>/dev/null || return 0
    sleep 1
  done
  fail "/health did not answer with 200"
}

ask() { curl --silent --show-error --fail --max-time 120 "http://127.0.0.1:$port$1" "${@:2}"; }

speak() {
  ask /generate -o "$work/$2" -d "{\"text\": \"[S1] Where is my hat?\", \"voice_id\": \"anna\", \"seed\": 42, \"response_format\": \"$1\"}" ||
    fail "no $1"
  [[ "$(stat -c %s "$work/$2")" -gt 5000 ]] || fail "$1 is too short"
}

check() {
  local image="diaorleans" file="docker/Dockerfile" format
  [[ "$1" == cpu ]] || { image="diaorleans-$1" file="docker/Dockerfile.$1"; }
  buildah bud --format docker --build-arg "REVISION=$(git -C "$root" rev-parse HEAD)" ${build_arguments[@]+"${build_arguments[@]}"} \
    -f "$root/$file" -t "$image" "$root"
  container="$(buildah from --pull=never "localhost/$image")"
  port="$(free_port)"
  start
  wait_until_healthy
  [[ "$(head -n 1 "$work/log")" == 1654 ]] || fail "it does not run as user 1654"
  ask /voice_mappings -o "$work/voice" -d '{"voice_id": "anna"}' || fail "no voice"
  for format in wav mp3 opus flac aac; do speak "$format" "$format"; done
  speak wav again
  cmp "$work/wav" "$work/again" || fail "the same seed gives other bytes"
  [[ "$1" == cpu ]] || command -v nvidia-smi >/dev/null || grep -q 'CPU' "$work/log" || fail "no warning that there is no GPU"
  stop
  grep ' warn: ' "$work/log" || true
  report_sizes "$image"
  buildah rm "$container" >/dev/null
  container=""
  echo "$image: speaks as user 1654 on a read-only root file system, and ends when it is told to"
}

# Tells the server to stop. Buildah itself fails at the end, because it cannot remove the places of its mounts.
stop() {
  pkill -TERM -f "^dotnet /app/DiaOrleans.Server.dll --host 127.0.0.1 --port $port\$" || fail "the server has no process"
  wait "$server" || true
  server=""
  grep -q '^ended with 0$' "$work/log" || fail "it did not end with 0"
}

report_sizes() {
  local files
  files="$(buildah mount "$container")"
  echo "$1: $(du -sm "$files/app" | cut -f1) MB in /app, of which $(du -cm "$files"/app/DiaOrleans.* "$files/app/models" | tail -n 1 | cut -f1) MB" \
    "change with a release; $(buildah images --format '{{.Size}}' "localhost/$1") with its base"
}

for name in "${names[@]}"; do check "$name"; done
