//! Wait times: `constant: 1s`, `between: [1s, 3s]`, `pacing: 2s`, `throughput: 0.5/s`.
//!
//! Must not know who waits.

use std::time::Duration;

use crate::load::WaitTime;

use super::super::problems::Report;
use super::value::{At, Keys};

const KINDS: &[&str] = &["constant", "between", "pacing", "throughput"];
pub(super) const KEYS: Keys = Keys {
    known: KINDS,
    later: &[],
};
const WANTED: &str = "one of constant: 1s, between: [1s, 3s], pacing: 2s, throughput: 0.5/s";

/// A wait time; a plain duration is a constant one.
pub(super) fn wait_time(at: &At<'_>, report: &mut Report) -> Option<WaitTime> {
    if at.as_scalar().is_some() {
        return at.duration(report).map(WaitTime::Constant);
    }
    let fields = at.fields(&KEYS, report, WANTED)?;
    let [kind] = fields.present(KINDS)[..] else {
        let found = fields.present(KINDS);
        if found.is_empty() {
            at.problem(report, format!("must be {WANTED}"));
        } else {
            at.problem(
                report,
                format!("must be {WANTED}; found {}", found.join(" and ")),
            );
        }
        return None;
    };
    let value = fields.get(kind)?;
    match kind {
        "constant" => value.duration(report).map(WaitTime::Constant),
        "between" => between(&value, report),
        "pacing" => value.duration(report).map(WaitTime::Pacing),
        _ => throughput(&value, report),
    }
}

/// The wait of a step, in which nothing can be paced.
pub(super) fn wait_step(at: &At<'_>, report: &mut Report) -> Option<WaitTime> {
    let wait = wait_time(at, report)?;
    if matches!(wait, WaitTime::Pacing(_)) {
        let message = "must be constant or between: pacing and throughput belong to the class's \
                       wait_time";
        at.problem(report, message);
        return None;
    }
    Some(wait)
}

fn between(at: &At<'_>, report: &mut Report) -> Option<WaitTime> {
    let items = at.list(report, "two durations: [1s, 3s]");
    let [from, to] = &items[..] else {
        if at.as_list().is_some() {
            let count = items.len();
            at.problem(
                report,
                format!("must be two durations: [1s, 3s], found {count}"),
            );
        }
        return None;
    };
    let (from, to) = (from.duration(report), to.duration(report));
    let (from, to) = (from?, to?);
    if from > to {
        at.problem(report, "must have the shorter duration first: [1s, 3s]");
        return None;
    }
    Some(WaitTime::Between(from, to))
}

fn throughput(at: &At<'_>, report: &mut Report) -> Option<WaitTime> {
    let rate = at.rate(report)?;
    // A year between two tasks is beyond any run, and longer ones overflow a duration.
    if Duration::try_from_secs_f64(1.0 / rate).is_ok_and(|pace| pace.as_secs() < 1 << 25) {
        return Some(WaitTime::throughput(rate));
    }
    at.wrong(report, "at least one task a year");
    None
}
