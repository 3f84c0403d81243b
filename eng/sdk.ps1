# Read by run.ps1 and test.ps1: finds the .NET 10 SDK and builds. Works in Windows PowerShell 5.1 and in PowerShell 7.

# Switches off usage data, and a certificate in the user's home. The server also does this itself, however it is started.
function Disable-UsageData {
  $env:ORT_DISABLE_TELEMETRY = '1'
  $env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
  $env:TESTINGPLATFORM_TELEMETRY_OPTOUT = '1'
  $env:DOTNET_NOLOGO = '1'
  $env:DOTNET_GENERATE_ASPNET_CERTIFICATE = 'false'
  $env:DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE = '1'
}

# Ends the script with a message.
function Stop-Script([string] $Message, [int] $Code = 1) {
  [Console]::Error.WriteLine($Message)
  exit $Code
}

# Ends the script unless the dotnet on the path has a .NET 10 SDK.
function Assert-Sdk {
  $found = @()
  if (Get-Command dotnet -ErrorAction SilentlyContinue) { $found = @(& dotnet --list-sdks | ForEach-Object { ($_ -split ' ')[0] }) }
  if (@($found | Where-Object { $_ -like '10.*' }).Count -gt 0) { return }
  $names = 'none'
  if ($found.Count -gt 0) { $names = $found -join ' ' }
  Stop-Script ("DiaOrleans needs the .NET 10 SDK, and found $names.`n" +
    "  Windows:     winget install Microsoft.DotNet.SDK.10`n" +
    '  any system:  https://dot.net/download')
}

# The value of the build property DiaAccelerator. The natives for CUDA are for Linux.
function Get-Accelerator {
  if ($env:DiaAccelerator) { return $env:DiaAccelerator }
  return 'cpu'
}

# Properties of a build without analysers and documents, in half the time. Its outputs are apart, because an analysed build must not take
# what was never analysed for current.
function Get-QuickBuild {
  return @("-p:ArtifactsPath=$Root/artifacts/quick/", '-p:RunAnalyzers=false', '-p:EnforceCodeStyleInBuild=false',
    '-p:GenerateDocumentationFile=false')
}

# True if no input is newer than the file $Stamp.
function Test-Current([string] $Stamp, [string[]] $Inputs) {
  if (-not (Test-Path -LiteralPath $Stamp)) { return $false }
  $built = (Get-Item -Force -LiteralPath $Stamp).LastWriteTimeUtc
  foreach ($path in $Inputs) {
    $files = Get-ChildItem -LiteralPath $path -Recurse -File -Force
    if ($files | Where-Object { $_.LastWriteTimeUtc -gt $built } | Select-Object -First 1) { return $false }
  }
  return $true
}

# Says a step and how long it took last time, which artifacts/.took-NAME keeps, and runs dotnet, whose output goes into the build's log.
function Invoke-Step([string] $Name, [string] $What, [string[]] $Arguments) {
  $took = Join-Path $Root "artifacts/.took-$Name"
  $log = Join-Path $Root 'artifacts/build.log'
  $last = ''
  if (Test-Path -LiteralPath $took) { $last = " ($((Get-Content -LiteralPath $took -TotalCount 1).Trim()) s last time)" }
  [Console]::Error.WriteLine("  $What$last ...")
  $watch = [Diagnostics.Stopwatch]::StartNew()
  & dotnet @Arguments | Out-File -Append -Encoding utf8 -LiteralPath $log
  if ($LASTEXITCODE -ne 0) {
    Get-Content -LiteralPath $log | ForEach-Object { [Console]::Error.WriteLine($_) }
    Stop-Script 'the build failed; the whole log is in artifacts/build.log'
  }
  [int] $watch.Elapsed.TotalSeconds | Out-File -Encoding ascii -LiteralPath $took
}

# Builds a project or the solution in Release unless no input is newer than its last build and the accelerator is the same.
function Invoke-Build([string] $Target, [string] $Name, [string[]] $Properties, [string[]] $Inputs) {
  $artifacts = Join-Path $Root 'artifacts'
  $stamp = Join-Path $artifacts ".built-$Name"
  $chosen = Join-Path $artifacts '.accelerator'
  $accelerator = Get-Accelerator
  New-Item -ItemType Directory -Force -Path $artifacts | Out-Null
  # All builds share one output folder, so the file is an input of each of them.
  if (-not (Test-Path -LiteralPath $chosen) -or (Get-Content -LiteralPath $chosen -TotalCount 1).Trim() -ne $accelerator) {
    $accelerator | Out-File -Encoding ascii -LiteralPath $chosen
  }
  $common = @('Directory.Build.props', 'Directory.Build.targets', 'Directory.Packages.props', 'global.json', 'eng')
  $all = @($common + 'artifacts/.accelerator' + $Inputs | ForEach-Object { Join-Path $Root $_ })
  if (Test-Current $stamp $all) { return }
  Set-Content -LiteralPath (Join-Path $artifacts 'build.log') -Value ''
  [Console]::Error.WriteLine("building with ONNX Runtime for $accelerator, which takes a minute or two the first time:")
  $set = @("-p:DiaAccelerator=$accelerator") + $Properties
  $path = Join-Path $Root $Target
  Invoke-Step "$Name-restore" '1 of 2: packages' (@('restore', $path) + $set + @('-v', 'quiet'))
  Invoke-Step "$Name-build" '2 of 2: programs' (@('build', $path, '--no-restore', '-c', 'Release') + $set + @('-v', 'quiet', '-nologo'))
  Set-Content -LiteralPath $stamp -Value ''
}
