//! What a run came to, in a word and a sentence: the first thing a summary or report says.
//!
//! Must not know where it is shown.

use crate::event::{RunOutcome, RunRecord};
use crate::threshold::{Judgement, Level, Standing};

use super::figures::observed;

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
    };
    let reason = match record.verdict.outcome {
        RunOutcome::Passed => thresholds_met(&record.judgements),
        RunOutcome::ThresholdsBroken => thresholds_broken(&record.judgements),
        RunOutcome::NoData
        | RunOutcome::RequestsFailed
        | RunOutcome::StoppedEarly
        | RunOutcome::Interrupted
        | RunOutcome::Terminated => None,
    };
    Headline {
        word,
        tone,
        reason: reason.unwrap_or_else(|| record.verdict.reason.clone()),
    }
}

fn thresholds_met(judgements: &[Judgement]) -> Option<String> {
    let passed = |judgement: &&Judgement| judgement.standing == Standing::Passed;
    let met = judgements.iter().filter(passed).count();
    (!judgements.is_empty()).then(|| {
        let of = judgements.len();
        let thresholds = if of == 1 { "threshold" } else { "thresholds" };
        format!("{met} of {of} {thresholds} met")
    })
}

/// The first broken one in full, and how many more there are.
fn thresholds_broken(judgements: &[Judgement]) -> Option<String> {
    let mut broken = judgements.iter().filter(|judgement| judgement.fails_run());
    let first = broken.next()?;
    let shown = format!("{}: observed {}", condition(first), observed(first));
    Some(match broken.count() {
        0 => shown,
        1 => format!("{shown}, and 1 more threshold broken"),
        more => format!("{shown}, and {more} more thresholds broken"),
    })
}

/// A threshold's condition with where and over what it is judged.
#[must_use]
pub fn condition(judgement: &Judgement) -> String {
    let mut text = judgement.expression.clone();
    // The expression may already carry what the long form spells out.
    if let Some(on) = &judgement.on
        && !text.contains(on.as_str())
    {
        text = format!("{text} on {on}");
    }
    if let Some(over) = judgement.over
        && !text.contains(" over ")
    {
        text = format!("{text} over {}", crate::model::units::format_duration(over));
    }
    text
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
