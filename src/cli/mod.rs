//! The command line: the only place that wires everything together.
//!
//! Owns the choice between the two parsers (sub-commands, and Locust's own command line), and
//! turns every outcome into an exit code. Nothing below knows that it exists.

mod approval;
mod args;
mod check;
mod conclusion;
mod demo;
mod execution;
mod exit;
mod github;
mod init;
mod list;
mod live;
mod locust;
mod locust_args;
mod locust_env;
mod logging;
mod once;
mod open_files;
mod plan;
mod preset;
mod report;
mod run;
mod schema;
mod screen;
mod signals;
mod spending;
mod steering;
mod task_ratio;
mod web;
mod web_runs;
mod web_settings;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{ArgMatches, CommandFactory, FromArgMatches};

use crate::files::{Disk, nearest_dotenv};
use crate::scenario::{Environment, list as scenarios};

use args::{Cli, Command};
use locust_args::LocustCli;
use screen::{say, show};

/// Runs the program with these arguments (the first is its own name).
#[must_use]
pub fn main(arguments: Vec<OsString>) -> ExitCode {
    let code = environment().map_or_else(
        |problem| {
            say(&format!("error: {problem}\n"));
            exit::USAGE
        },
        |environment| dispatch(arguments, &environment),
    );
    ExitCode::from(code)
}

/// The command line with its sub-commands, for whoever documents or checks it.
#[must_use]
pub fn command_line() -> clap::Command {
    Cli::command()
}

fn dispatch(arguments: Vec<OsString>, environment: &Environment) -> u8 {
    let result = if speaks_locust(&arguments) {
        parse::<LocustCli>(arguments, environment).map(|(cli, _)| locust::main(&cli, environment))
    } else {
        parse::<Cli>(arguments, environment).map(|(cli, _)| command(cli, environment))
    };
    match result {
        Ok(Ok(code)) => code,
        Ok(Err(error)) => {
            say(&format!("error: {error:#}\n"));
            exit::USAGE
        }
        Err(code) => code,
    }
}

/// Whether Locust's own command line was typed: under Locust's name, or with an option where a
/// sub-command would stand. Help and version belong to the top.
fn speaks_locust(arguments: &[OsString]) -> bool {
    let name = arguments.first().map(Path::new).and_then(Path::file_stem);
    if name.is_some_and(|name| name.eq_ignore_ascii_case("locust")) {
        return true;
    }
    let Some(first) = arguments.get(1).map(|first| first.to_string_lossy()) else {
        return false;
    };
    let top = ["-h", "--help", "-V", "--version"];
    first.starts_with('-') && !top.contains(&first.as_ref())
}

/// Parses what was typed, and what `LOCUST_*` variables add to it.
fn parse<P: CommandFactory + FromArgMatches>(
    mut arguments: Vec<OsString>,
    environment: &Environment,
) -> Result<(P, ArgMatches), u8> {
    let typed = P::command()
        .try_get_matches_from(&arguments)
        .map_err(|error| {
            let code = usage(&error);
            if error.kind() == ErrorKind::InvalidSubcommand {
                hint_at_run(&arguments, environment);
            }
            code
        })?;
    let innermost = typed.subcommand().map_or(&typed, |(_, matches)| matches);
    let added = locust_env::additions(innermost, environment).map_err(|problem| {
        say(&format!("error: {problem}\n"));
        exit::USAGE
    })?;
    // In front of positional arguments of any number, so that none is swallowed.
    let at = if typed.subcommand().is_some() { 2 } else { 1 };
    arguments.splice(at..at, added);
    let matches = P::command()
        .try_get_matches_from(&arguments)
        .map_err(|e| usage(&e))?;
    let parsed = P::from_arg_matches(&matches).map_err(|e| usage(&e))?;
    Ok((parsed, matches))
}

/// Tells whoever typed a scenario where a sub-command would stand how to run it.
fn hint_at_run(arguments: &[OsString], environment: &Environment) {
    let Some(first) = arguments.get(1).and_then(|first| first.to_str()) else {
        return;
    };
    let known = scenarios(&Disk::new("."), environment);
    if first.ends_with(".yaml") || known.iter().any(|scenario| scenario.name == first) {
        say(&format!("\nTo run that scenario: ragload run {first}\n"));
    }
}

/// Shows help, version or a usage error, and gives its exit code.
fn usage(error: &clap::Error) -> u8 {
    // A closed pipe behind --help is a normal end.
    let _ = error.print();
    if error.use_stderr() { exit::USAGE } else { 0 }
}

fn command(cli: Cli, environment: &Environment) -> anyhow::Result<u8> {
    match cli.command {
        Command::Run(args) => run::main(&args, environment),
        Command::Web(args) => web::main(&args, environment),
        Command::Check(args) => plan::check(&args, environment),
        Command::List => list::list(environment),
        Command::Once(args) => once::main(&args, environment),
        Command::Init { directory } => init::init(&directory),
        Command::Demo(args) => demo::serve(&args),
        Command::Report(args) => report::main(&args, environment),
        Command::Schema => Ok(schema::print()),
        Command::Preset { command } => Ok(preset::main(&command)),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "ragload", &mut script);
            show(&String::from_utf8_lossy(&script));
            Ok(0)
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the environment is read here, once"
)]
fn environment() -> Result<Environment, String> {
    let process: BTreeMap<String, String> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    let directory = std::env::current_dir().map_err(|error| {
        format!("the working directory cannot be used: {error}; change to one that exists")
    })?;
    let dotenv = nearest_dotenv(&directory).map_err(|error| error.to_string())?;
    Ok(Environment { process, dotenv })
}
