//! What was typed on the command line, and what differs between its two forms.
//!
//! Must not know how flags are parsed.

use std::time::Duration;

/// A value with the flag that gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given<T> {
    /// The value as typed.
    pub value: T,
    /// The flag as shown: `--users`.
    pub origin: String,
}

impl<T> Given<T> {
    /// A value given by this flag.
    pub fn new(value: T, origin: impl Into<String>) -> Self {
        Given {
            value,
            origin: origin.into(),
        }
    }
}

/// Only what was typed. Texts are parsed here, so that a bad one becomes a problem that names
/// its flag. The `LOCUST_*` variables are read from the environment, not from here; a value
/// whose origin names one (`LOCUST_USERS`) is ranked with the environment.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--host`.
    pub host: Option<Given<String>>,
    /// `--users`.
    pub users: Option<Given<String>>,
    /// `--spawn-rate`.
    pub spawn_rate: Option<Given<String>>,
    /// `--run-time`.
    pub run_time: Option<Given<String>>,
    /// `--stop-timeout`.
    pub stop_timeout: Option<Given<String>>,
    /// `--seed`.
    pub seed: Option<Given<String>>,
    /// `--tags`; an empty list filters nothing.
    pub tags: Option<Given<Vec<String>>>,
    /// `--exclude-tags`.
    pub exclude_tags: Option<Given<Vec<String>>>,
    /// The user classes named after the options.
    pub user_classes: Option<Given<Vec<String>>>,
    /// `--approve-host`, one entry each.
    pub approve_host: Vec<String>,
    /// `--wait-for`.
    pub wait_for: Option<Given<String>>,
    /// `--preflight`: a path, or `off`.
    pub preflight: Option<Given<String>>,
    /// `--reset-stats`.
    pub reset_stats: Option<Given<bool>>,
    /// `--equal-weights`.
    pub equal_weights: Option<Given<bool>>,
    /// `--set PATH=VALUE`, in order.
    pub set: Vec<String>,
}

/// What holds where nothing was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Defaults {
    /// How long running tasks may take to end.
    pub stop_timeout: Duration,
    /// The seed of this run, drawn by the caller.
    pub seed: u64,
    /// Whether a workload that others include, and that says nothing of users, is refused.
    pub wants_load: bool,
    /// Whether load is sent: if not, how much of it there would be is not worth a warning.
    pub sends_load: bool,
}

impl Defaults {
    /// Those of `ragload run`.
    #[must_use]
    pub fn of_run(seed: u64) -> Self {
        Defaults {
            stop_timeout: Duration::from_secs(30),
            seed,
            wants_load: true,
            sends_load: true,
        }
    }

    /// Those of Locust's command line.
    #[must_use]
    pub fn of_locust(seed: u64) -> Self {
        Defaults {
            stop_timeout: Duration::ZERO,
            seed,
            wants_load: false,
            sends_load: true,
        }
    }
    /// Those of `ragload once`.
    #[must_use]
    pub fn of_once(seed: u64) -> Self {
        Defaults {
            wants_load: false,
            sends_load: false,
            ..Defaults::of_run(seed)
        }
    }
}
