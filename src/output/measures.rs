//! What is measured beside response times as people read it: names and figures.
//!
//! Owns the names of the figures of answers, in files and on pages alike. Must not know how a
//! table is drawn.

use crate::stats::{Figures, Measure};

/// What is measured of answers, stages apart, by their names in files.
pub const OF_ANSWERS: [(&str, Measure); 17] = [
    ("TTFB", Measure::FirstByte),
    ("Time To First Event", Measure::FirstEvent),
    ("Time To Sources", Measure::Sources),
    ("TTFT", Measure::Ttft),
    ("TTFR", Measure::Ttfr),
    ("TPOT", Measure::Tpot),
    ("Inter-Chunk Gap", Measure::Gap),
    ("Longest Stall", Measure::Stall),
    ("Unaccounted", Measure::Unaccounted),
    ("Output Tokens/s Per User", Measure::TokenRate),
    ("Output Tokens Per Answer", Measure::OutputTokens),
    ("Answer Length", Measure::AnswerLength),
    ("Source Count", Measure::SourceCount),
    ("Cache Hit Time", Measure::HitTime),
    ("Cache Miss Time", Measure::MissTime),
    ("Cache Hit TTFT", Measure::HitTtft),
    ("Cache Miss TTFT", Measure::MissTtft),
];

/// The name in running text: `waiting`, `TTFT`, `Time to sources`, `Stage retrieval`.
#[must_use]
pub fn title(measure: &Measure) -> String {
    let of_answers = OF_ANSWERS.iter().find(|(_, known)| known == measure);
    match (of_answers, measure) {
        (Some((name, _)), _) => sentence(name),
        (None, Measure::Stage(name)) => format!("Stage {name}"),
        (None, phase) => phase.to_string(),
    }
}

/// Whether anything is known of what was measured: where no answer ever had a source, the service
/// tells of none.
#[must_use]
pub fn is_known(figures: &Figures) -> bool {
    figures.measure != Measure::SourceCount || figures.max > 0.0
}

/// `Time To Sources` as `Time to sources`: abbreviations stay as they are.
fn sentence(name: &str) -> String {
    let mut words = name.split(' ').map(|word| {
        let is_short = !word.chars().any(char::is_lowercase);
        if is_short {
            word.to_owned()
        } else {
            word.to_lowercase()
        }
    });
    let first = words.next().unwrap_or_default();
    let rest: String = words.map(|word| format!(" {word}")).collect();
    let mut letters = first.chars();
    let capital = letters.next().map(|letter| letter.to_ascii_uppercase());
    capital.into_iter().chain(letters).collect::<String>() + &rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_has_a_name_to_read() {
        for (measure, name) in [
            (Measure::Waiting, "waiting"),
            (Measure::FirstByte, "TTFB"),
            (Measure::Sources, "Time to sources"),
            (Measure::Gap, "Inter-chunk gap"),
            (Measure::HitTtft, "Cache hit TTFT"),
            (Measure::TokenRate, "Output tokens/s per user"),
            (Measure::Stage("re-rank".into()), "Stage re-rank"),
        ] {
            assert_eq!(title(&measure), name);
        }
        let phases = Measure::PHASES.len();
        assert_eq!(OF_ANSWERS.len() + phases, Measure::FIXED.len());
    }
}
