#!/usr/bin/env pwsh
# Builds and runs the tests, on Windows. The last line sums them up: N passed, N failed, N skipped.
#   ./test.ps1                                      all tests
#   ./test.ps1 --project Grains -class '*X'         one test project, built without analysers into artifacts/quick; options of the runner
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$Root = $PSScriptRoot
. (Join-Path $Root 'eng/sdk.ps1')

$projects = @('Audio', 'Inference', 'Grains', 'Server', 'Cluster')
$options = @($args | Where-Object { $_ -ne '--no-install' -and $_ -ne '--' })
$quick = $options.Count -gt 0 -and $options[0] -eq '--project'
if ($quick) {
  if ($options.Count -lt 2 -or $projects -notcontains $options[1]) { Stop-Script "--project needs one of: $($projects -join ', ')" 2 }
  $projects = @($options[1])
  $options = @($options | Select-Object -Skip 2)
}

Disable-UsageData
Assert-Sdk
$bin = Join-Path $Root 'artifacts/bin'
$inputs = @('src', 'tests', 'silo-config', 'DiaOrleans.sln')
if ($quick) {
  $bin = Join-Path $Root 'artifacts/quick/bin'
  Invoke-Build "tests/DiaOrleans.$($projects[0]).Tests" "quick-$($projects[0])" (Get-QuickBuild) $inputs
}
else {
  Invoke-Build 'DiaOrleans.sln' 'tests' @() $inputs
}

$passed = 0
$failed = 0
$skipped = 0
foreach ($project in $projects) {
  $summary = $null
  & dotnet (Join-Path $bin "DiaOrleans.$project.Tests/release/DiaOrleans.$project.Tests.dll") -noColor -noLogo @options | ForEach-Object {
    Write-Output $_
    if ($_ -match 'Total: (\d+), Errors: (\d+), Failed: (\d+), Skipped: (\d+)') { $summary = $Matches.Clone() }
  }
  $status = $LASTEXITCODE
  if ($null -eq $summary) {
    # A program that died has no summary; a filter may leave one nothing to run.
    if ($status -ne 0) {
      $failed++
      Write-Output "DiaOrleans.$project.Tests ended with status $status and no summary"
    }
    continue
  }
  $bad = [int] $summary[2] + [int] $summary[3]
  $passed += [int] $summary[1] - [int] $summary[3] - [int] $summary[4]
  $failed += $bad
  $skipped += [int] $summary[4]
  if ($status -ne 0 -and $bad -eq 0) { $failed++ }
}

if ($passed + $failed -eq 0) {
  Write-Output 'no test ran'
  $failed = 1
}
Write-Output "$passed passed, $failed failed, $skipped skipped"
exit [int] ($failed -ne 0)
