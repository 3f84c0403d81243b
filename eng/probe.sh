#!/usr/bin/env bash
# Asks the configured NuGet feeds once which optional packages they have, and keeps the answer in eng/packages.local.props until feeds or pins change.
set -euo pipefail
eng="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"
answer="$eng/packages.local.props"
list="$eng/optional-packages.txt"

# The feeds are part of the key only as a hash: their addresses may carry passwords.
key="$({ cat "$list" "$eng/probe.sh"; dotnet nuget list source --format Short 2>/dev/null || true; } | sha256sum | cut -d' ' -f1)"
if [[ -f "$answer" ]] && grep -q "key=$key" "$answer"; then exit 0; fi

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
references=""
while read -r id version _; do
  [[ -z "$id" || "$id" == \#* ]] && continue
  references+="<PackageReference Include=\"$id\" Version=\"[$version]\" />"
done <"$list"
cat >"$work/probe.csproj" <<P
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework><ManagePackageVersionsCentrally>false</ManagePackageVersionsCentrally></PropertyGroup>
  <ItemGroup>$references</ItemGroup>
</Project>
P
# A NuGet.config of the repository counts for the repository's own packages, so it counts here.
for config in "$eng"/../[Nn]u[Gg]et.[Cc]onfig; do [[ -f "$config" ]] && cp "$config" "$work/"; done
timeout 90 dotnet restore "$work/probe.csproj" >"$work/log" 2>&1 && status=0 || status=$?

if ((status != 0)) && ! grep -qE 'NU110[123]' "$work/log"; then
  echo "optional packages: the NuGet feeds gave no answer; building without NAudio, Whisper.net and CUDA this time, asking again next time" >&2
  key=none
fi

{
  echo "<Project>"
  echo "  <!-- Written by eng/probe.sh; delete it to ask the feeds again. key=$key -->"
  echo "  <PropertyGroup>"
  while read -r id version property purpose; do
    [[ -z "$id" || "$id" == \#* ]] && continue
    if [[ "$key" == none ]] || grep -qE "NU110[123].*[ '\"]${id//./\\.}(\.? |['\"])" "$work/log"; then
      found=false
      [[ "$key" == none ]] || echo "optional packages: $id $version is NOT on the configured feeds: built without $purpose" >&2
    else
      found=true
      echo "optional packages: $id $version found" >&2
    fi
    echo "    <$property>$found</$property>"
  done <"$list"
  echo "  </PropertyGroup>"
  echo "</Project>"
} >"$work/answer"
mv "$work/answer" "$answer"
