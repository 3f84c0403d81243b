#!/usr/bin/env pwsh
# Starts the DiaOrleans server, on Windows, and builds it first if needed. All arguments are passed on: ./run.ps1 --help
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$Root = $PSScriptRoot
. (Join-Path $Root 'eng/sdk.ps1')

Disable-UsageData
Assert-Sdk
Invoke-Build 'src/DiaOrleans.Server/DiaOrleans.Server.csproj' 'server' (Get-QuickBuild) @('src', 'silo-config')
# run.sh knows this option; here nothing is ever installed.
$passed = @($args | Where-Object { $_ -ne '--no-install' })
& dotnet (Join-Path $Root 'artifacts/quick/bin/DiaOrleans.Server/release/DiaOrleans.Server.dll') @passed
exit $LASTEXITCODE
