//! What a run came to, and why.
//!
//! Pure. Owns the order in which reasons are considered; must not know exit codes.

use crate::event::{Ending, RunOutcome, StopReason, Verdict};
use crate::stats::Entry;
use crate::threshold::{Judgement, Level, Standing};

/// The verdict on a run that ended so, with these judgements, on these figures.
pub(super) fn verdict(
    ending: &Ending,
    judgements: &[Judgement],
    all: &Entry,
    exceptions: u64,
) -> Verdict {
    let (mut outcome, reason) = match ending {
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
        Ending::Budget(spent) => (RunOutcome::StoppedEarly, format!("stopped early: {spent}")),
        // What ended the run broke, whatever the figures became while users were ending.
        Ending::Threshold(broken) => (RunOutcome::ThresholdsBroken, broken.clone()),
        Ending::NoUsers => {
            let reason = "every user ended by itself: this was not the load that was asked for";
            (RunOutcome::NoData, reason.to_owned())
        }
        Ending::ThreadLost => {
            let reason = "a load thread died: this was not the load that was asked for";
            (RunOutcome::NoData, reason.to_owned())
        }
        Ending::Completed | Ending::Stopped(StopReason::Requested) => judged(judgements, all),
        Ending::Unfinished => {
            let (_, reason) = judged(judgements, all);
            (
                RunOutcome::Unfinished,
                format!("still running; so far: {reason}"),
            )
        }
    };
    if outcome == RunOutcome::Passed && exceptions > 0 && !weighs(judgements) {
        outcome = RunOutcome::RequestsFailed;
    }
    let reason = reason + &beside(all, exceptions);
    Verdict { outcome, reason }
}

fn judged(judgements: &[Judgement], all: &Entry) -> (RunOutcome, String) {
    if all.requests == 0 {
        return (
            RunOutcome::NoData,
            "no request was finished: there is nothing to judge".into(),
        );
    }
    if let Some(reason) = broken(judgements) {
        return (RunOutcome::ThresholdsBroken, reason);
    }
    let mut weighty = judgements.iter().filter(|j| j.level == Level::Fail);
    if weighs(judgements) && weighty.all(|j| j.standing == Standing::Pending) {
        let reason = "no threshold was judged: the run was over before their `after`";
        return (RunOutcome::NoData, reason.to_owned());
    }
    if weighs(judgements) {
        return (RunOutcome::Passed, met(judgements));
    }
    let warned = if judgements.is_empty() {
        String::new()
    } else {
        format!("; {}", met(judgements))
    };
    match all.failures {
        0 => (RunOutcome::Passed, format!("no request failed{warned}")),
        failures => (
            RunOutcome::RequestsFailed,
            format!(
                "{failures} of {} requests failed, and no threshold to judge them by{warned}",
                all.requests
            ),
        ),
    }
}

/// Whether any threshold can fail the run.
fn weighs(judgements: &[Judgement]) -> bool {
    judgements
        .iter()
        .any(|judgement| judgement.level == Level::Fail)
}

/// What does not decide, but must be known to whoever relies on the verdict.
fn beside(all: &Entry, exceptions: u64) -> String {
    let count = |count: u64, what: &str| match count {
        0 => String::new(),
        1 => format!("; 1 {what}"),
        count => format!("; {count} {what}s"),
    };
    let interrupted = match all.interrupted {
        0 => String::new(),
        count => format!("; {count} interrupted by the end of the run"),
    };
    count(exceptions, "exception") + &interrupted
}

/// The first broken threshold in full, and how many more there are; none when none is broken.
fn broken(judgements: &[Judgement]) -> Option<String> {
    let mut broken = judgements.iter().filter(|judgement| judgement.fails_run());
    let first = broken.next()?;
    Some(match broken.count() {
        0 => first.to_string(),
        1 => format!("{first}; 1 more threshold broken"),
        more => format!("{first}; {more} more thresholds broken"),
    })
}

/// How many thresholds are met, and what became of the others.
fn met(judgements: &[Judgement]) -> String {
    let count = |standing: Standing| judgements.iter().filter(|j| j.standing == standing).count();
    let of = judgements.len();
    let thresholds = if of == 1 { "threshold" } else { "thresholds" };
    let others = [
        (count(Standing::Failed), "broken that only warns"),
        (count(Standing::NoData), "without data that only warns"),
        (
            count(Standing::Pending),
            "not judged: the run was over before its `after`",
        ),
    ];
    let others: String = (others.into_iter())
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!(", {count} {what}"))
        .collect();
    format!(
        "{} of {of} {thresholds} met{others}",
        count(Standing::Passed)
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::threshold::Metric;

    fn judgement(standing: Standing, level: Level) -> Judgement {
        Judgement {
            expression: "p95 < 2s".to_owned(),
            on: Some("POST /query".to_owned()),
            over: Some(Duration::from_secs(30)),
            metric: Metric::Percentile(0.95),
            observed: (standing != Standing::NoData).then_some(3.4),
            limit: 2.0,
            standing,
            level,
            abort: false,
        }
    }

    fn verdict_on(judgements: &[Judgement], requests: u64, failures: u64) -> (RunOutcome, String) {
        let all = Entry {
            requests,
            failures,
            ..Entry::default()
        };
        let verdict = verdict(&Ending::Completed, judgements, &all, 0);
        (verdict.outcome, verdict.reason)
    }

    #[test]
    fn a_broken_threshold_fails_and_says_what_was_observed() {
        let broken = judgement(Standing::Failed, Level::Fail);
        let reason = "p95 < 2s on POST /query over 30s: observed 3.40s";
        let expected = (RunOutcome::ThresholdsBroken, reason.to_owned());
        assert_eq!(verdict_on(&[broken], 10, 0), expected);
        let no_data = judgement(Standing::NoData, Level::Fail);
        let reason = "p95 < 2s on POST /query over 30s: no data";
        let expected = (RunOutcome::ThresholdsBroken, reason.to_owned());
        assert_eq!(verdict_on(&[no_data], 10, 0), expected);
    }

    #[test]
    fn what_only_warns_or_was_not_judged_does_not_fail_but_is_told() {
        let judgements = [
            judgement(Standing::Passed, Level::Fail),
            judgement(Standing::Failed, Level::Warn),
            judgement(Standing::Pending, Level::Fail),
        ];
        let (outcome, reason) = verdict_on(&judgements, 10, 0);
        assert_eq!(outcome, RunOutcome::Passed);
        assert_eq!(
            reason,
            "1 of 3 thresholds met, 1 broken that only warns, \
             1 not judged: the run was over before its `after`"
        );
    }

    #[test]
    fn a_run_of_which_nothing_was_judged_does_not_pass() {
        let pending = [judgement(Standing::Pending, Level::Fail)];
        assert_eq!(verdict_on(&pending, 10, 0).0, RunOutcome::NoData);
        assert_eq!(verdict_on(&[], 0, 0).0, RunOutcome::NoData);
        assert_eq!(verdict_on(&[], 10, 0).0, RunOutcome::Passed);
        assert_eq!(verdict_on(&[], 10, 1).0, RunOutcome::RequestsFailed);
        let ended = verdict(&Ending::NoUsers, &[], &Entry::default(), 3);
        assert_eq!(ended.outcome, RunOutcome::NoData);
        assert!(ended.reason.ends_with("; 3 exceptions"), "{}", ended.reason);
    }
}
