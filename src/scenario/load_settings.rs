//! Users, spawn rate, run time and stages: when and how many.
//!
//! Must not know precedence, which [`super::settings`] owns.

use std::time::Duration;

use crate::model::units::{format_duration, parse_duration, parse_rate};

use super::decode::stages::stages;
use super::decode::value::Fields;
use super::overrides::Overrides;
use super::plan::{Load, Stage};
use super::problems::Report;
use super::settings::{Row, Settings};

/// What the variables of a scenario are called after its name: `SMOKE_USERS`.
pub(super) const OWN_VARIABLES: [&str; 4] = ["USERS", "SPAWN_RATE", "RUNTIME", "RUN_TIME"];

/// Decides the load of the scenario whose variables begin with `prefix`.
pub(super) fn load(
    fields: &Fields<'_>,
    overrides: &Overrides,
    prefix: &str,
    settings: &mut Settings<'_>,
    report: &mut Report,
) -> Load {
    let own = |what: &str| format!("{prefix}_{what}");
    let names = OWN_VARIABLES.map(own);
    let row = |flag, variables, key| Row {
        flag,
        variables,
        at: fields.get(key),
    };
    let users_names = [names[0].as_str(), "LOCUST_USERS"];
    let rate_names = [names[1].as_str(), "LOCUST_SPAWN_RATE"];
    let time_names = [names[2].as_str(), names[3].as_str(), "LOCUST_RUN_TIME"];
    let users_row = row(overrides.users.as_ref(), &users_names[..], "users");
    let rate_row = row(overrides.spawn_rate.as_ref(), &rate_names[..], "spawn_rate");
    let time_row = row(overrides.run_time.as_ref(), &time_names[..], "run_time");
    warn_of_unknown(prefix, settings, report);
    let users = settings.decide(&users_row, parse_users, report);
    let rate = settings.decide(&rate_row, parse_spawn_rate, report);
    let time = settings.decide(&time_row, parse_run_time, report);
    if let Some(at) = fields.get("stages") {
        let stages = stages(&at, rate.as_ref().map(|(rate, _)| *rate), report);
        let rate = rate.as_ref().map(|(_, origin)| origin);
        let ignored: Vec<String> = [
            ("users", users.as_ref().map(|(_, origin)| origin)),
            // In the file it holds for the stages that say none themselves.
            ("spawn_rate", rate.filter(|origin| origin.starts_with('-'))),
            ("run_time", time.as_ref().map(|(_, origin)| origin)),
        ]
        .into_iter()
        .filter_map(|(key, origin)| Some(format!("`{key}` ({})", origin?)))
        .collect();
        if !ignored.is_empty() {
            report.warn_of_load(format!(
                "the scenario has stages, which say when and how many: ignored {}",
                ignored.join(", ")
            ));
        }
        settings.note("stages", shown_stages(&stages), report.origin(at.mark()));
        return Load::Stages(stages);
    }
    let or_default = |origin: Option<String>| origin.unwrap_or_else(|| "default".to_owned());
    let (users, origin) = users.unzip();
    let users = users.unwrap_or(1);
    settings.note("users", users.to_string(), or_default(origin));
    let (spawn_rate, origin) = rate.unzip();
    let spawn_rate = spawn_rate.unwrap_or(1.0);
    settings.note("spawn_rate", format!("{spawn_rate}/s"), or_default(origin));
    let (run_time, origin) = time.unzip();
    let run_time = run_time.filter(|time| !time.is_zero());
    let shown = run_time.map_or("until stopped".to_owned(), format_duration);
    settings.note("run_time", shown, or_default(origin));
    if run_time.is_none() {
        report.warn_of_load(
            "there is no run time: the run goes on until it is stopped (set run_time)",
        );
    }
    Load::Users {
        users,
        spawn_rate,
        run_time,
    }
}

/// Warns of variables of `.env` that begin with the scenario's name and set nothing. Those of
/// the process may belong to anybody.
fn warn_of_unknown(prefix: &str, settings: &Settings<'_>, report: &mut Report) {
    let Some(file) = &settings.environment().dotenv else {
        return;
    };
    for (name, (_, line)) in &file.variables {
        let own = name.strip_prefix(prefix).and_then(|n| n.strip_prefix('_'));
        let Some(rest) = own.filter(|rest| !OWN_VARIABLES.contains(rest)) else {
            continue;
        };
        let close = |known: &&str| strsim::damerau_levenshtein(known, &rest.to_uppercase());
        let near = OWN_VARIABLES
            .into_iter()
            .min_by_key(close)
            .unwrap_or("USERS");
        let place = match line {
            0 => file.path.display().to_string(),
            line => format!("{}:{line}", file.path.display()),
        };
        report.warn_of_load(format!(
            "{place}: {name} sets nothing; did you mean {prefix}_{near}?"
        ));
    }
}

fn parse_users(text: &str) -> Result<u32, String> {
    let wanted = |what: &str| format!("must be {what}, found {}", text.trim());
    match text.trim().parse::<i64>() {
        Ok(number) if number < 1 => Err(wanted("at least 1")),
        Ok(number) => u32::try_from(number).map_err(|_| wanted(&format!("at most {}", u32::MAX))),
        Err(_) => Err(wanted("a whole number of at least 1")),
    }
}

fn parse_spawn_rate(text: &str) -> Result<f64, String> {
    let text = text.trim();
    let not_above_zero = || format!("must be above 0, found {text}");
    if text.starts_with('-') {
        return Err(not_above_zero());
    }
    let rate = parse_rate(text).map_err(|error| error.to_string())?;
    if rate > 0.0 {
        Ok(rate)
    } else {
        Err(not_above_zero())
    }
}

fn parse_run_time(text: &str) -> Result<Duration, String> {
    parse_duration(text).map_err(|error| error.to_string())
}

fn shown_stages(stages: &[Stage]) -> String {
    let shown = |stage: &Stage| match stage {
        Stage::Hold { users, lasts, .. } => format!("{users} for {}", format_duration(*lasts)),
        Stage::Ramp { to, lasts } => format!("to {to} in {}", format_duration(*lasts)),
    };
    stages.iter().map(shown).collect::<Vec<_>>().join(", ")
}
