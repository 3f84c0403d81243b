#!/usr/bin/env bash
# Makes the secrets of compose.cluster.yml in docker/secrets, with random passwords. What is there stays.
set -euo pipefail
folder="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)/secrets"

# Compose mounts the files as they are, and the containers' users are not the owner: the files are readable, and the folder is closed.
mkdir -p "$folder"
chmod 700 "$folder"
umask 022

random_password() { od -An -N 24 -t x1 /dev/urandom | tr -d ' \n'; }
make() { [[ -s "$folder/$1" ]] || printf '%s\n' "$2" >"$folder/$1"; }

make postgres-password "$(random_password)"
make grafana-password "$(random_password)"
make database "Host=postgres;Database=dia;Username=dia;Password=$(<"$folder/postgres-password")"
