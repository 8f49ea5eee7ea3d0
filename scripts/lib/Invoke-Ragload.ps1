<#
.SYNOPSIS
Runs one of ragload's scenarios; shared by the run_*.ps1 scripts beside this folder.

.DESCRIPTION
Finds the ragload binary, runs it in the project's root (so that .env, scenarios and results are the project's, whatever
the current directory) and ends with its exit code. ragload itself reads .env.

Works under Windows PowerShell 5.1 and PowerShell 7 on Windows, Linux and macOS. Keep this file ASCII.

.PARAMETER Scenario
The scenario's name, as ragload knows it: smoke, load, stress, spike, soak.

.PARAMETER Command
What ragload is to do with it: run, or web.

.PARAMETER BaseUrl
The address of the service under test; empty leaves it to .env, the environment and the scenario.

.PARAMETER Arguments
Further arguments for ragload.
#>
[CmdletBinding(PositionalBinding = $false)]
param(
    [Parameter(Mandatory = $true)]
    [string] $Scenario,

    [string] $Command = 'run',

    [string] $BaseUrl,

    [string[]] $Arguments
)

# The first ragload of: $env:RAGLOAD_BIN, the project's root, its release build, PATH. Nothing when there is none.
function Find-Ragload {
    param([string] $Root)

    if ($env:RAGLOAD_BIN) {
        return $env:RAGLOAD_BIN
    }
    # $IsWindows does not exist in Windows PowerShell 5.1; the separator tells the same everywhere.
    $fileName = 'ragload'
    if ([System.IO.Path]::DirectorySeparatorChar -eq '\') {
        $fileName = 'ragload.exe'
    }
    $releaseFolder = Join-Path (Join-Path $Root 'target') 'release'
    foreach ($folder in @($Root, $releaseFolder)) {
        $candidate = Join-Path $folder $fileName
        if (Test-Path -LiteralPath $candidate -PathType Leaf) {
            return $candidate
        }
    }
    $onPath = Get-Command -Name $fileName -CommandType Application -ErrorAction SilentlyContinue |
        Select-Object -First 1
    if ($onPath) {
        return $onPath.Path
    }
}

# Before 7.3, PowerShell hands quotes and empty arguments to programs unescaped, so that they are lost on the way.
function ConvertTo-NativeArgument {
    param([string] $Value)

    $version = $PSVersionTable.PSVersion
    if ($version.Major -gt 7 -or ($version.Major -eq 7 -and $version.Minor -ge 3)) {
        return $Value
    }
    if ($Value -eq '') {
        return '""'
    }
    $escaped = $Value -replace '(\\*)"', '$1$1\"'
    if ($escaped -match '\s') {
        $escaped = $escaped -replace '(\\+)$', '$1$1'
    }
    return $escaped
}

$root = Split-Path -Parent (Split-Path -Parent $PSScriptRoot)
$ragload = Find-Ragload -Root $root
if (-not $ragload) {
    [Console]::Error.WriteLine("ragload was not found in $root, in its target/release or on PATH: " +
        "build it with 'cargo build --release', or set RAGLOAD_BIN to the program")
    exit 2
}

$commandLine = @($Command, $Scenario)
if ($BaseUrl) {
    $commandLine += @('--host', $BaseUrl)
}
foreach ($argument in $Arguments) {
    $commandLine += ConvertTo-NativeArgument -Value $argument
}

# A run that fails is told by its exit code, and progress on stderr is no error, whatever the caller prefers.
$ErrorActionPreference = 'Continue'
$PSNativeCommandUseErrorActionPreference = $false

$workingFolder = (Get-Location).Path
if (Test-Path -LiteralPath (Join-Path $root 'scenarios') -PathType Container) {
    $workingFolder = $root
}
Push-Location -LiteralPath $workingFolder
try {
    & $ragload @commandLine
    exit $LASTEXITCODE
} catch {
    [Console]::Error.WriteLine("ragload could not be started as ${ragload}: $_")
    exit 2
} finally {
    Pop-Location
}
