//! What a run came to, in a word and a sentence: the first thing a summary or report says.
//!
//! Must not know where it is shown.

use crate::event::{RunOutcome, RunRecord};
use crate::threshold::{Judgement, Level, Standing};

/// How a verdict is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// All is well.
    Good,
    /// Not judged to the end.
    Open,
    /// Something is wrong.
    Bad,
}

/// The verdict as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headline {
    /// In one word.
    pub word: &'static str,
    /// How it is to be taken.
    pub tone: Tone,
    /// Why, in a sentence without full stop.
    pub reason: String,
}

/// The verdict of a run.
#[must_use]
pub fn headline(record: &RunRecord) -> Headline {
    let (word, tone) = match record.verdict.outcome {
        RunOutcome::Passed => ("PASSED", Tone::Good),
        RunOutcome::ThresholdsBroken | RunOutcome::NoData | RunOutcome::RequestsFailed => {
            ("FAILED", Tone::Bad)
        }
        RunOutcome::StoppedEarly => ("STOPPED", Tone::Bad),
        RunOutcome::Interrupted => ("INTERRUPTED", Tone::Open),
        RunOutcome::Terminated => ("TERMINATED", Tone::Open),
        RunOutcome::Unfinished => ("RUNNING", Tone::Open),
    };
    Headline {
        word,
        tone,
        reason: record.verdict.reason.clone(),
    }
}

/// How a threshold stands, in a word.
#[must_use]
pub fn standing(judgement: &Judgement) -> (&'static str, Tone) {
    match (judgement.standing, judgement.level) {
        (Standing::Passed, _) => ("met", Tone::Good),
        (Standing::Failed, Level::Fail) => ("broken", Tone::Bad),
        (Standing::Failed, Level::Warn) => ("broken (warning)", Tone::Open),
        (Standing::NoData, Level::Fail) => ("no data", Tone::Bad),
        (Standing::NoData, Level::Warn) => ("no data (warning)", Tone::Open),
        (Standing::Pending, _) => ("not judged", Tone::Open),
    }
}
