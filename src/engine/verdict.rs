//! What a run came to, and why.
//!
//! Pure. Owns the order in which reasons are considered; must not know exit codes.

use crate::event::{Ending, RunOutcome, StopReason, Verdict};
use crate::stats::Entry;
use crate::threshold::{Judgement, Standing};

/// The verdict on a run that ended so, with these judgements, on these figures.
pub(super) fn verdict(
    ending: &Ending,
    judgements: &[Judgement],
    all: &Entry,
    exceptions: u64,
) -> Verdict {
    let (outcome, reason) = match ending {
        Ending::Stopped(StopReason::Interrupt) => (
            RunOutcome::Interrupted,
            "interrupted before its end".to_owned(),
        ),
        Ending::Stopped(StopReason::Terminate) => (
            RunOutcome::Terminated,
            "terminated before its end".to_owned(),
        ),
        Ending::StopIf(condition) => (
            RunOutcome::StoppedEarly,
            format!("stopped early: {condition}"),
        ),
        Ending::Completed
        | Ending::NoUsers
        | Ending::Threshold(_)
        | Ending::Stopped(StopReason::Requested) => judged(judgements, all, exceptions),
    };
    Verdict { outcome, reason }
}

fn judged(judgements: &[Judgement], all: &Entry, exceptions: u64) -> (RunOutcome, String) {
    if all.requests == 0 {
        return (
            RunOutcome::NoData,
            "no request was finished: there is nothing to judge".into(),
        );
    }
    let broken: Vec<&Judgement> = judgements.iter().filter(|j| j.fails_run()).collect();
    if !broken.is_empty() {
        return (
            RunOutcome::ThresholdsBroken,
            broken_reason(&broken, judgements.len()),
        );
    }
    let failing = judgements
        .iter()
        .filter(|j| j.level == crate::threshold::Level::Fail)
        .count();
    if failing > 0 {
        let met = if failing == 1 {
            "its threshold is met"
        } else {
            "all thresholds are met"
        };
        return (
            RunOutcome::Passed,
            format!("{met} ({failing} of {failing})"),
        );
    }
    match (all.failures, exceptions) {
        (0, 0) => (RunOutcome::Passed, "no request failed".to_owned()),
        (0, _) => (
            RunOutcome::RequestsFailed,
            format!("{exceptions} exceptions in tasks, and no threshold to judge them by"),
        ),
        (failures, _) => (
            RunOutcome::RequestsFailed,
            format!(
                "{failures} of {} requests failed, and no threshold to judge them by",
                all.requests
            ),
        ),
    }
}

fn broken_reason(broken: &[&Judgement], of: usize) -> String {
    let names: Vec<String> = (broken.iter())
        .map(|judgement| {
            let on = judgement
                .on
                .as_ref()
                .map_or_else(String::new, |on| format!(" on {on}"));
            let what = match judgement.standing {
                Standing::NoData => " (no data)",
                Standing::Passed | Standing::Failed | Standing::Pending => "",
            };
            format!("{}{on}{what}", judgement.expression)
        })
        .collect();
    format!(
        "{} of {of} thresholds broken: {}",
        broken.len(),
        names.join("; ")
    )
}
