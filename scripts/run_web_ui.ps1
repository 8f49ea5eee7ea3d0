<#
.SYNOPSIS
Web UI: start, watch and steer load tests in a browser.

.DESCRIPTION
Runs "ragload web smoke" in the project's root, which serves the web UI on http://127.0.0.1:8089 until Ctrl+C, and ends
with its exit code: that of the last run. Any scenario can be chosen on the page. Values come from the arguments, the
environment, .env, then the scenario's YAML.

.PARAMETER BaseUrl
The address of the service under test. Written -HOST, or -H.

.PARAMETER Arguments
Everything else is handed to "ragload web" as written ("ragload web --help" lists it). Mind: quote a value that contains
a comma, write --exclude-tags instead of -E and --web-port instead of -P (which PowerShell takes for parameters of its
own), and know that relative paths count from the project's root.

.EXAMPLE
./scripts/run_web_ui.ps1 -HOST http://localhost:8000

.EXAMPLE
./scripts/run_web_ui.ps1 --demo --web-port 9000
#>
[CmdletBinding(PositionalBinding = $false)]
param(
    # Not named Host: $Host is PowerShell's own and cannot be written.
    [Alias('Host', 'H')]
    [string] $BaseUrl,

    [Parameter(ValueFromRemainingArguments = $true)]
    [string[]] $Arguments
)

& (Join-Path (Join-Path $PSScriptRoot 'lib') 'Invoke-Ragload.ps1') -Command 'web' -Scenario 'smoke' -BaseUrl $BaseUrl -Arguments $Arguments
exit $LASTEXITCODE
