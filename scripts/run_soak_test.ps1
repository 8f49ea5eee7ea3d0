<#
.SYNOPSIS
Soak test: does the service leak over hours?

.DESCRIPTION
50 users for 4 hours.
Runs "ragload run soak" in the project's root and ends with its exit code: 0 passed, 99 thresholds broken, 1 requests
failed, 2 wrong usage, 3 target refused. Values come from the arguments, the environment, .env, then scenarios/soak.yaml.

.PARAMETER BaseUrl
The address of the service under test. Written -HOST, or -H.

.PARAMETER Arguments
Everything else is handed to "ragload run" as written ("ragload run --help" lists it). Mind: quote a value that contains
a comma, write --exclude-tags instead of -E (which PowerShell takes for a parameter of its own), and know that relative
paths count from the project's root.

.EXAMPLE
./scripts/run_soak_test.ps1 -HOST http://localhost:8000

.EXAMPLE
./scripts/run_soak_test.ps1 -HOST https://staging.example.com -t 8h --csv-full-history
#>
[CmdletBinding(PositionalBinding = $false)]
param(
    # Not named Host: $Host is PowerShell's own and cannot be written.
    [Alias('Host', 'H')]
    [string] $BaseUrl,

    [Parameter(ValueFromRemainingArguments = $true)]
    [string[]] $Arguments
)

& (Join-Path (Join-Path $PSScriptRoot 'lib') 'Invoke-Ragload.ps1') -Scenario 'soak' -BaseUrl $BaseUrl -Arguments $Arguments
exit $LASTEXITCODE
