//! The one map from what happened to an exit code.
//!
//! Must not know how it came about.

use crate::event::RunOutcome;

/// Wrong usage, scenario or environment: nothing was sent.
pub(super) const USAGE: u8 = 2;
/// The target is not approved, or did not answer the pre-flight check.
pub(super) const REFUSED: u8 = 3;
/// A request failed, and nothing else was there to judge by.
pub(super) const FAILED: u8 = 1;
/// Passed, but an output could not be written whole.
pub(super) const OUTPUT_BROKEN: u8 = 5;

/// The exit code of a run, by the table in the README: the first that applies, from the top.
///
/// `on_failed_requests` is the code for failed requests without thresholds (Locust's
/// `--exit-code-on-error`, 1 by default).
pub(super) fn of_run(outcome: RunOutcome, on_failed_requests: u8, outputs_whole: bool) -> u8 {
    match outcome {
        // A run that is not over has no code yet: whoever leaves it interrupts it.
        RunOutcome::Interrupted | RunOutcome::Unfinished => 130,
        RunOutcome::Terminated => 143,
        RunOutcome::StoppedEarly => 4,
        RunOutcome::ThresholdsBroken | RunOutcome::NoData => 99,
        RunOutcome::RequestsFailed if on_failed_requests != 0 => on_failed_requests,
        RunOutcome::RequestsFailed | RunOutcome::Passed if outputs_whole => 0,
        RunOutcome::RequestsFailed | RunOutcome::Passed => OUTPUT_BROKEN,
    }
}

/// Locust's own rule, for its command line: any failed request or exception gives
/// `on_error`, whatever ended the run; thresholds still count where a scenario has them.
pub(super) fn of_locust_run(
    outcome: RunOutcome,
    failures_or_exceptions: bool,
    on_error: u8,
    outputs_whole: bool,
) -> u8 {
    match outcome {
        RunOutcome::ThresholdsBroken => 99,
        RunOutcome::StoppedEarly => 4,
        _ if failures_or_exceptions && on_error != 0 => on_error,
        RunOutcome::Passed
        | RunOutcome::NoData
        | RunOutcome::RequestsFailed
        | RunOutcome::Interrupted
        | RunOutcome::Terminated
        | RunOutcome::Unfinished => {
            if outputs_whole {
                0
            } else {
                OUTPUT_BROKEN
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_row_of_the_table_that_applies_wins() {
        assert_eq!(of_run(RunOutcome::Passed, 1, true), 0);
        assert_eq!(of_run(RunOutcome::Passed, 1, false), 5);
        assert_eq!(of_run(RunOutcome::RequestsFailed, 1, false), 1);
        assert_eq!(of_run(RunOutcome::RequestsFailed, 0, true), 0);
        assert_eq!(of_run(RunOutcome::ThresholdsBroken, 1, false), 99);
        assert_eq!(of_run(RunOutcome::NoData, 1, true), 99);
        assert_eq!(of_run(RunOutcome::StoppedEarly, 1, true), 4);
        assert_eq!(of_run(RunOutcome::Interrupted, 1, false), 130);
        assert_eq!(of_run(RunOutcome::Terminated, 1, true), 143);
    }

    #[test]
    fn locusts_command_line_keeps_locusts_codes() {
        assert_eq!(of_locust_run(RunOutcome::Interrupted, false, 1, true), 0);
        assert_eq!(of_locust_run(RunOutcome::RequestsFailed, true, 7, true), 7);
        assert_eq!(of_locust_run(RunOutcome::NoData, false, 1, true), 0);
    }
}
