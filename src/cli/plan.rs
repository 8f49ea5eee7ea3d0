//! From typed options to a plan, or to every problem on stderr.
//!
//! Must not run anything.

use crate::files::Disk;
use crate::scenario::{self, Defaults, Environment, Given, Overrides, Plan};

use super::args::{AimArgs, CheckArgs, LoadArgs, OurArgs, RunArgs, TagArgs, WebArgs};
use super::demo::OwnDemo;
use super::once::OnceArgs;
use super::screen::{say, show};
use super::{check, exit};

/// `ragload check`.
pub(super) fn check(args: &CheckArgs, environment: &Environment) -> anyhow::Result<u8> {
    let demo = demo_if(&args.ours.aim)?;
    let overrides = overrides(&args.load, &args.tags, &args.ours, demo.as_ref());
    let defaults = Defaults::of_run(seed());
    Ok(
        match resolve(&args.scenario, environment, &overrides, defaults) {
            Ok(plan) => {
                show(&check::describe(&plan));
                0
            }
            Err(code) => code,
        },
    )
}

/// The demo service, when it is asked for.
pub(super) fn demo_if(aim: &AimArgs) -> anyhow::Result<Option<OwnDemo>> {
    aim.demo.then(OwnDemo::start).transpose()
}

/// What was typed for `run`.
pub(super) fn overrides_of_run(args: &RunArgs, demo: Option<&OwnDemo>) -> Overrides {
    overrides(&args.load, &args.tags, &args.ours, demo)
}

/// What was typed for `web`.
pub(super) fn overrides_of_web(args: &WebArgs, demo: Option<&OwnDemo>) -> Overrides {
    overrides(&args.load, &args.tags, &args.ours, demo)
}

/// What was typed for `once`.
pub(super) fn overrides_of_once(args: &OnceArgs, demo: Option<&OwnDemo>) -> Overrides {
    tagged(&args.tags, aimed(args.host.as_ref(), &args.aim, demo))
}

fn overrides(load: &LoadArgs, tags: &TagArgs, ours: &OurArgs, demo: Option<&OwnDemo>) -> Overrides {
    tagged(tags, common(load, ours, demo))
}

fn tagged(tags: &TagArgs, others: Overrides) -> Overrides {
    let filled = |list: &Vec<String>| Some(list.clone()).filter(|list| !list.is_empty());
    Overrides {
        tags: filled(&tags.tags).map(|list| Given::new(list, "--tags")),
        exclude_tags: filled(&tags.exclude_tags).map(|list| Given::new(list, "--exclude-tags")),
        ..others
    }
}

/// What both command lines share.
pub(super) fn common(load: &LoadArgs, ours: &OurArgs, demo: Option<&OwnDemo>) -> Overrides {
    let switch = |on: bool, flag: &str| on.then(|| Given::new(true, flag));
    Overrides {
        users: given(load.users.as_ref(), "--users"),
        spawn_rate: given(load.spawn_rate.as_ref(), "--spawn-rate"),
        run_time: given(load.run_time.as_ref(), "--run-time"),
        stop_timeout: given(load.stop_timeout.as_ref(), "--stop-timeout"),
        reset_stats: switch(load.reset_stats, "--reset-stats"),
        equal_weights: switch(load.equal_weights, "--equal-weights"),
        wait_for: given(ours.wait_for.as_ref(), "--wait-for"),
        ..aimed(load.host.as_ref(), &ours.aim, demo)
    }
}

/// Where requests go, and what is changed about them.
fn aimed(host: Option<&String>, aim: &AimArgs, demo: Option<&OwnDemo>) -> Overrides {
    Overrides {
        host: demo.map_or_else(
            || given(host, "--host"),
            |demo| Some(Given::new(demo.url(), "--demo")),
        ),
        seed: given(aim.seed.as_ref(), "--seed"),
        approve_host: aim.approve_host.clone(),
        set: settings(aim),
        ..Overrides::default()
    }
}

fn given(value: Option<&String>, flag: &str) -> Option<Given<String>> {
    value.map(|value| Given::new(value.clone(), flag))
}

/// The values of the scenario that flags change.
fn settings(aim: &AimArgs) -> Vec<String> {
    let insecure = aim.insecure.then(|| "insecure=true".to_owned());
    insecure
        .into_iter()
        .chain(aim.set.iter().cloned())
        .collect()
}

/// The plan; or the exit code, every problem said.
pub(super) fn resolve(
    scenario: &str,
    environment: &Environment,
    overrides: &Overrides,
    defaults: Defaults,
) -> Result<Plan, u8> {
    scenario::load(scenario, &Disk::new("."), environment, overrides, defaults).map_err(
        |problems| {
            say(&format!("{problems}\n"));
            exit::USAGE
        },
    )
}

/// A seed for this run, when none was given: shown, so that the run can be repeated. Small enough
/// to be typed.
pub(super) fn seed() -> u64 {
    u64::from(uuid::Uuid::new_v4().as_fields().0)
}
