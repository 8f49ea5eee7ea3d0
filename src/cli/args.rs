//! The command line as typed: sub-commands and their options.
//!
//! Owns names, short forms and help texts. Must not decide anything: what was typed is handed on.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueHint};

use super::demo::DemoArgs;
use super::once::OnceArgs;
use super::report::ReportArgs;
use super::web_settings::WebUiArgs;

/// Load testing for RAG and LLM HTTP services, compatible with Locust.
#[derive(Debug, Parser)]
#[command(
    name = "ragload",
    version,
    about,
    long_about = "Load testing for RAG and LLM HTTP services, compatible with Locust.\n\n\
        Runs a scenario (smoke, load, stress, spike, soak, or a YAML file of your own) against a \
        service, writes Locust's CSV files and an HTML report, and says pass or fail by exit code.",
    after_help = "Start here:\n  \
        ragload run smoke --demo -t 30s    a smoke test against an embedded RAG service\n  \
        ragload run smoke -H http://localhost:8000\n\n\
        Locust's own command line works too: ragload -f scenario.yaml --headless -u 100 -r 10 -t 10m",
    subcommand_required = true,
    arg_required_else_help = true,
    max_term_width = 100
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

/// The sub-commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run a scenario: files in results/, a verdict, an exit code
    Run(Box<RunArgs>),
    /// Serve the web UI on http://127.0.0.1:8089, and Locust's web API
    Web(Box<WebArgs>),
    /// List the scenarios found, built in or in ./scenarios
    List,
    /// Show the resolved plan and where each value came from, or every problem; sends nothing
    Check(Box<CheckArgs>),
    /// Send each request of a scenario once and show it all: how to debug a scenario
    Once(Box<OnceArgs>),
    /// Write .env.example, scenarios/ and scripts/ to start from; never overwrites
    Init {
        /// Where to; created when missing
        #[arg(value_name = "DIR", default_value = ".", value_hint = ValueHint::DirPath)]
        directory: PathBuf,
    },
    /// Serve an embedded RAG service to test against, with faults to switch on
    Demo(Box<DemoArgs>),
    /// Write the report of an earlier run again, from its run record
    Report(ReportArgs),
    /// Show what a preset for a common service sets
    Preset {
        #[command(subcommand)]
        command: PresetCommand,
    },
    /// Print the JSON Schema of scenario files, for editors
    Schema,
    /// Print a completion script for your shell
    Completions {
        /// bash, elvish, fish, powershell or zsh
        shell: clap_complete::Shell,
    },
}

/// `ragload preset`.
#[derive(Debug, Subcommand)]
pub(super) enum PresetCommand {
    /// List the presets
    List,
    /// Print the keys of one, as YAML
    Show {
        /// openai-chat, rag-sse, ollama, … as `ragload preset list` lists them
        name: String,
    },
}

/// `ragload run`.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES, mut_arg("headless", |arg| arg.hide(true)))]
pub(super) struct RunArgs {
    /// smoke, load, stress, spike, soak, any scenarios/NAME.yaml, or a path
    #[arg(value_name = "SCENARIO", value_hint = ValueHint::FilePath)]
    pub(super) scenario: String,
    #[command(flatten)]
    pub(super) load: LoadArgs,
    #[command(flatten)]
    pub(super) tags: TagArgs,
    #[command(flatten)]
    pub(super) ours: OurArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
    #[command(flatten)]
    pub(super) shown: ShownArgs,
    /// Show the resolved plan and send nothing (as `ragload check`)
    #[arg(long, help_heading = "ragload only")]
    pub(super) dry_run: bool,
    /// No live view on a terminal, only a line of progress
    #[arg(long, help_heading = "Output")]
    pub(super) no_tui: bool,
    #[command(flatten)]
    pub(super) skip: SkipArgs,
}

const EXIT_CODES: &str = "\
Exit codes (the first that applies):
  2    wrong usage, scenario or environment: nothing was sent
  3    refused: the target or its cost is not approved, or it did not answer the pre-flight check
  130  interrupted by Ctrl+C; 143 by SIGTERM: results are written first
  4    stopped by stop_if
  99   thresholds broken, or no data to judge
  1    requests failed, and no threshold was there to judge them
  5    passed, but an output could not be written whole
  0    passed";

/// `ragload web`.
#[derive(Debug, Args)]
#[command(mut_args(|arg| match arg.get_id().as_str() {
    // Of a terminal that shows the run.
    "headless" | "only_summary" | "print_stats" | "json" => arg.hide(true),
    _ => arg,
}))]
pub(super) struct WebArgs {
    /// The scenario to begin with: smoke, load, …, any scenarios/NAME.yaml, or a path
    /// [default: smoke]
    #[arg(value_name = "SCENARIO", value_hint = ValueHint::FilePath)]
    pub(super) scenario: Option<String>,
    #[command(flatten)]
    pub(super) ui: WebUiArgs,
    #[command(flatten)]
    pub(super) load: LoadArgs,
    #[command(flatten)]
    pub(super) tags: TagArgs,
    #[command(flatten)]
    pub(super) ours: OurArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
    #[command(flatten)]
    pub(super) skip: SkipArgs,
}

/// `ragload check`.
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// smoke, load, stress, spike, soak, any scenarios/NAME.yaml, or a path
    #[arg(value_name = "SCENARIO", value_hint = ValueHint::FilePath)]
    pub(super) scenario: String,
    #[command(flatten)]
    pub(super) load: LoadArgs,
    #[command(flatten)]
    pub(super) tags: TagArgs,
    #[command(flatten)]
    pub(super) ours: OurArgs,
}

/// What is run against whom; Locust's names.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Load")]
pub(super) struct LoadArgs {
    /// Host to load test: http://localhost:8000
    #[arg(short = 'H', long, value_name = "URL", value_hint = ValueHint::Url)]
    pub(super) host: Option<String>,
    /// Peak number of users
    #[arg(short, long, value_name = "N", allow_negative_numbers = true)]
    pub(super) users: Option<String>,
    /// Users to spawn per second
    #[arg(short = 'r', long, value_name = "N", allow_negative_numbers = true)]
    pub(super) spawn_rate: Option<String>,
    /// Stop after this time: 300s, 20m, 1h30m
    #[arg(short = 't', long, value_name = "TIME")]
    pub(super) run_time: Option<String>,
    /// How long running tasks may take to end when the run is over: 30s
    #[arg(short, long, value_name = "TIME")]
    pub(super) stop_timeout: Option<String>,
    /// Clear the statistics once all users are spawned
    #[arg(long)]
    pub(super) reset_stats: bool,
    /// Give all user classes and all tasks the same weight
    #[arg(long)]
    pub(super) equal_weights: bool,
}

/// Tags as comma-separated lists.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Load")]
pub(super) struct TagArgs {
    /// Only tasks with one of these tags; comma separated
    #[arg(short = 'T', long, value_name = "TAG", value_delimiter = ',')]
    pub(super) tags: Vec<String>,
    /// No tasks with any of these tags; comma separated
    #[arg(short = 'E', long, value_name = "TAG", value_delimiter = ',')]
    pub(super) exclude_tags: Vec<String>,
}

/// What is shown instead of a run.
#[derive(Debug, Default, Args)]
pub(super) struct ShownArgs {
    /// Print the user classes and exit
    #[arg(short, long)]
    pub(super) list: bool,
    /// Print the task ratios and exit
    #[arg(long)]
    pub(super) show_task_ratio: bool,
    /// Print the task ratios as JSON and exit
    #[arg(long)]
    pub(super) show_task_ratio_json: bool,
}

impl ShownArgs {
    /// Whether anything is to be shown.
    pub(super) fn any(&self) -> bool {
        self.list || self.show_task_ratio || self.show_task_ratio_json
    }
}

/// What Locust has no option for.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "ragload only")]
pub(super) struct OurArgs {
    #[command(flatten)]
    pub(super) aim: AimArgs,
    /// Run against an API that is paid for though the scenario has no budget
    #[arg(long)]
    pub(super) approve_cost: bool,
    /// Wait this long for the target to come up before giving up
    #[arg(long, value_name = "TIME")]
    pub(super) wait_for: Option<String>,
    /// Threads to make load with [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,
}

/// Where requests go, and what is changed about them.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "ragload only")]
pub(super) struct AimArgs {
    /// Start the embedded RAG service on a free port and aim at it
    #[arg(long, conflicts_with = "host")]
    pub(super) demo: bool,
    /// Approve this host for load; may be repeated
    #[arg(long, value_name = "HOST")]
    pub(super) approve_host: Vec<String>,
    /// Accept any certificate of the target
    #[arg(long)]
    pub(super) insecure: bool,
    /// Seed of all randomness, to repeat a run
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<String>,
    /// Change one value of the scenario: --set user_classes[0].wait_time.constant=0s
    #[arg(long, value_name = "PATH=VALUE")]
    pub(super) set: Vec<String>,
}

/// Where results go; Locust's names.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Output")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "one per switch of Locust's command line"
)]
pub(super) struct OutputArgs {
    /// Folder for results
    #[arg(long, value_name = "DIR", default_value = "results", value_hint = ValueHint::DirPath)]
    pub(super) results_dir: PathBuf,
    #[command(flatten)]
    pub(super) files: FileArgs,
    /// A row per endpoint and second in the history CSV, not only Aggregated
    #[arg(long)]
    pub(super) csv_full_history: bool,
    /// Print the final statistics as JSON on stdout
    #[arg(long)]
    pub(super) json: bool,
    /// No web UI: `run` never has one
    #[arg(long)]
    pub(super) headless: bool,
    /// No live progress, only the summary at the end
    #[arg(long)]
    pub(super) only_summary: bool,
    /// Print the tables while running, every two seconds
    #[arg(long)]
    pub(super) print_stats: bool,
    /// Exit code when requests failed and no threshold judged them [default: 1]
    #[arg(long, value_name = "CODE")]
    pub(super) exit_code_on_error: Option<u8>,
    /// DEBUG, INFO, WARNING, ERROR or CRITICAL [default: INFO]
    #[arg(short = 'L', long, value_name = "LEVEL")]
    pub(super) loglevel: Option<String>,
    /// Write log lines to this file instead of stderr
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) logfile: Option<PathBuf>,
}

/// Files that can be made from what is left of a run; Locust's names.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct FileArgs {
    /// Prefix of the four CSV files
    #[arg(long, value_name = "PREFIX")]
    pub(super) csv: Option<PathBuf>,
    /// HTML report file; {u} {r} {t} stand for users, spawn rate and run time
    #[arg(long, value_name = "FILE")]
    pub(super) html: Option<String>,
    /// Write the final statistics as JSON to FILE.json
    #[arg(long, value_name = "FILE")]
    pub(super) json_file: Option<PathBuf>,
    /// Write the verdict as JUnit XML: a test case per threshold and per endpoint
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) junit: Option<PathBuf>,
    /// Write the summary as Markdown (also appended to $GITHUB_STEP_SUMMARY when that is set)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) markdown: Option<PathBuf>,
}

/// Files that are written unless somebody says no.
#[derive(Clone, Copy, Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct SkipArgs {
    /// Do not write the CSV files
    #[arg(long, conflicts_with = "csv")]
    pub(super) no_csv: bool,
    /// Do not write the HTML report
    #[arg(long, conflicts_with = "html")]
    pub(super) no_html: bool,
}

/// Where the demo service listens.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct ListenArgs {
    /// Address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub(super) bind: IpAddr,
    /// Port to listen on; 0 takes a free one
    #[arg(short, long, value_name = "PORT", default_value_t = 8000)]
    pub(super) port: u16,
}
