#!/usr/bin/env bash
# Asks the configured NuGet feeds which optional packages they have, and keeps the answer in eng/packages.local.props until feeds or pins change.
set -euo pipefail
eng="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"
# NuGet's configuration is looked for from the current folder upwards.
cd "$eng/.."
answer="$eng/packages.local.props"
list="$eng/optional-packages.txt"

# The files that name the feeds, the folders that are feeds, and the variables that NuGet reads.
feeds() {
  local folder="$PWD" file value
  local files=("$HOME/.nuget/NuGet/NuGet.Config" "$HOME/.config/NuGet/NuGet.Config" "$HOME"/.nuget/config/*.[Cc]onfig /etc/opt/NuGet/Config/*.[Cc]onfig)
  while :; do
    files+=("${folder%/}"/[Nn]u[Gg]et.[Cc]onfig)
    [[ -n "${folder%/}" ]] || break
    folder="$(dirname "$folder")"
  done
  for file in "${files[@]}"; do
    [[ -f "$file" ]] || continue
    echo "$file"
    cat "$file"
    while read -r value; do
      [[ "$value" != /* ]] && value="$(dirname "$file")/$value"
      [[ ! -d "$value" ]] || ls "$value"
    done < <(grep -oE 'value="[^"]+"' "$file" | cut -d'"' -f2)
  done
  env | grep -iE '^(NuGet|Restore)' | sort || true
}

# Feeds are part of the key only as a hash: their addresses may carry passwords.
key="$({ cat "$list" "$eng/probe.sh"; feeds; } | sha256sum | cut -d' ' -f1)"
if [[ -f "$answer" ]] && grep -q "key=$key" "$answer"; then exit 0; fi

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# No version lies in such a range, so nothing is downloaded and no cache helps: NuGet fails, and names the nearest version that a feed has.
references=""
while read -r id version _; do
  [[ -z "$id" || "$id" == \#* ]] && continue
  references+="<PackageReference Include=\"$id\" Version=\"($version,$version.1-0)\" />"
done <"$list"
cat >"$work/probe.csproj" <<P
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <ManagePackageVersionsCentrally>false</ManagePackageVersionsCentrally>
    <RestorePackagesPath>$work/packages</RestorePackagesPath>
  </PropertyGroup>
  <ItemGroup>$references</ItemGroup>
</Project>
P
# The configuration that holds for the repository's own packages holds here.
DOTNET_CLI_UI_LANGUAGE=en timeout 120 dotnet restore "$work/probe.csproj" --no-http-cache -tl:off "-p:RestoreRootConfigDirectory=$PWD" >"$work/log" 2>&1 || true

# Each package must have got its own word of missing; any other error means that a feed did not answer.
missing="$({ grep -oE "error NU110[012]: Unable to (find package|resolve) '?[^ ]+" "$work/log" || true; } | sort -u | wc -l)"
if ((missing != $(grep -cE '^[^#]' "$list"))) || grep 'error ' "$work/log" | grep -qvE 'error NU110[012]:'; then
  echo "optional packages: the NuGet feeds gave no answer; building without them this time, asking again next time" >&2
  key=none
fi

found() {
  awk -v id="$1" -v version="$2" '
    match($0, /Unable to find package [^ ]+/) { current = substr($0, RSTART + 23, RLENGTH - 23) }
    current == id && index($0, "Nearest version: " version " ]") { there = 1 }
    END { exit !there }' "$work/log"
}

{
  echo "<Project>"
  echo "  <!-- Written by eng/probe.sh; delete it to ask the feeds again. key=$key -->"
  echo "  <PropertyGroup>"
  while read -r id version property purpose; do
    [[ -z "$id" || "$id" == \#* ]] && continue
    if [[ "$key" == none ]]; then
      there=false
    elif found "$id" "$version"; then
      there=true
      echo "optional packages: $id $version found" >&2
    else
      there=false
      echo "optional packages: $id $version is NOT on the configured feeds: built without $purpose" >&2
    fi
    echo "    <$property>$there</$property>"
  done <"$list"
  echo "  </PropertyGroup>"
  echo "</Project>"
} >"$work/answer"
# The same answer to a new question is no reason to build again.
if [[ -f "$answer" ]] && diff <(grep -v 'key=' "$answer") <(grep -v 'key=' "$work/answer") >/dev/null; then touch -r "$answer" "$work/answer"; fi
mv "$work/answer" "$answer"
