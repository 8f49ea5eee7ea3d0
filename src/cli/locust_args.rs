//! Locust's own command line, without a sub-command.
//!
//! Owns Locust's names where they differ from `ragload run`'s. Must not decide anything.

use std::path::PathBuf;

use clap::Parser;

use super::args::{LoadArgs, OurArgs, OutputArgs, ShownArgs};
use super::web_settings::WebUiArgs;

/// Locust's command line.
#[derive(Debug, Parser)]
#[command(
    name = "ragload",
    version,
    infer_long_args = true,
    about = "Locust's command line: ragload -f scenario.yaml [--headless] -u 100 -r 10 -t 10m",
    override_usage = "ragload [OPTIONS] [USER_CLASS]...",
    max_term_width = 100
)]
pub(super) struct LocustCli {
    /// User classes to run; all when none is named
    #[arg(value_name = "USER_CLASS")]
    pub(super) user_classes: Vec<String>,
    /// The scenario: a YAML file, or the name of one
    #[arg(short = 'f', long, value_name = "FILE")]
    pub(super) locustfile: Option<String>,
    #[command(flatten)]
    pub(super) load: LoadArgs,
    /// Only tasks with one of these tags
    #[arg(short = 'T', long, value_name = "TAG", num_args = 0.., value_delimiter = ',')]
    pub(super) tags: Option<Vec<String>>,
    /// No tasks with any of these tags
    #[arg(short = 'E', long, value_name = "TAG", num_args = 0.., value_delimiter = ',')]
    pub(super) exclude_tags: Option<Vec<String>>,
    #[command(flatten)]
    pub(super) ours: OurArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
    #[command(flatten)]
    pub(super) ui: WebUiArgs,
    #[command(flatten)]
    pub(super) shown: ShownArgs,
    /// No log lines and no tables
    #[arg(long)]
    pub(super) skip_log_setup: bool,
    /// A label for the run; accepted and ignored
    #[arg(long, value_name = "LABEL", hide = true)]
    pub(super) profile: Option<String>,
    #[command(flatten)]
    pub(super) later: LaterArgs,
}

/// Options of Locust that a later version serves: known, so that the message can say so.
#[derive(Debug, Default, clap::Args)]
pub(super) struct LaterArgs {
    #[arg(long, hide = true)]
    master: bool,
    #[arg(long, hide = true)]
    worker: bool,
    #[arg(long, hide = true, value_name = "N")]
    processes: Option<i64>,
    #[arg(long, hide = true, value_name = "N")]
    expect_workers: Option<u32>,
    #[arg(long, hide = true, value_name = "HOST")]
    master_host: Option<String>,
    #[arg(long, hide = true, value_name = "PORT")]
    master_port: Option<u16>,
    #[arg(long, hide = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[arg(long, hide = true, value_name = "FILE")]
    tls_cert: Option<PathBuf>,
    #[arg(long, hide = true, value_name = "FILE")]
    tls_key: Option<PathBuf>,
    #[arg(long, hide = true)]
    web_login: bool,
}

impl LaterArgs {
    /// The option that was given and is not served yet, with what to do instead.
    pub(super) fn given(&self) -> Option<(&'static str, &'static str)> {
        const THREADS: &str = "one process uses every core by itself (see --threads)";
        let all = [
            (self.master, "--master", THREADS),
            (self.worker, "--worker", THREADS),
            (self.processes.is_some(), "--processes", THREADS),
            (self.expect_workers.is_some(), "--expect-workers", THREADS),
            (self.master_host.is_some(), "--master-host", THREADS),
            (self.master_port.is_some(), "--master-port", THREADS),
            (
                self.tls_cert.is_some() || self.tls_key.is_some(),
                "--tls-cert",
                "put a proxy that speaks HTTPS in front of the web UI",
            ),
            (
                self.web_login,
                "--web-login",
                "ask for --web-auth USER:PASSWORD, or for --web-token TOKEN",
            ),
            (
                self.config.is_some(),
                "--config",
                "give the options as flags or LOCUST_* variables",
            ),
        ];
        all.into_iter()
            .find(|(given, ..)| *given)
            .map(|(_, option, instead)| (option, instead))
    }
}
