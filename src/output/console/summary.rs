//! The summary that closes a run: the verdict first, then what it rests on.
//!
//! Must not know streams; the tables are in `summary_tables`.

use std::path::PathBuf;
use std::time::Duration;

use crate::event::{Ending, RunRecord, Severity};
use crate::model::units::{format_count, format_duration};
use crate::output::limits;
use crate::output::verdict::{Tone, headline, standing};

use super::answer_tables;
use super::style::{Style, tame};
use super::summary_tables::{self, Table};

/// The whole summary for a terminal of `width` columns, ending in a line break.
#[must_use]
pub fn render(record: &RunRecord, files: &[PathBuf], width: usize, style: Style) -> String {
    let sections = [
        verdict(record, style),
        thresholds(record, style),
        circumstances(record),
        summary_tables::requests(record, width, style),
        summary_tables::percentiles(record, width, style),
        answer_tables::answers(record, width, style),
        answer_tables::stages(record, width, style),
        rate_limits(record),
        summary_tables::failures(record, width, style),
        summary_tables::exceptions(record, width, style),
        notices(record, style),
        listed(files, style),
    ];
    let sections: Vec<String> = (sections.into_iter())
        .filter(|section| !section.is_empty())
        .collect();
    sections.join("\n")
}

/// The verdict on a line of its own.
#[must_use]
pub fn verdict(record: &RunRecord, style: Style) -> String {
    let headline = headline(record);
    let word = style.strong(headline.tone, headline.word);
    let about = format!(
        "{} against {}: {}",
        record.scenario, record.host, headline.reason
    );
    format!("{word}  {}\n", style.spelt(&tame(&about)))
}

fn thresholds(record: &RunRecord, style: Style) -> String {
    if record.judgements.is_empty() {
        return String::new();
    }
    let mut table = Table::new(
        ["", "Threshold", "Observed", "Limit", "Result"],
        &[0, 1, 4],
        1,
    );
    for judgement in &record.judgements {
        let (word, tone) = standing(judgement);
        table.push([
            style.mark(tone),
            tame(&judgement.condition()),
            judgement.shown_observed(),
            judgement.shown_limit(),
            word.to_owned(),
        ]);
    }
    table.render(usize::MAX, &[], style)
}

/// How many, how long, how it ended, and what is neither ok nor failed.
fn circumstances(record: &RunRecord) -> String {
    let all = &record.aggregated.row;
    let lasted = format_duration(Duration::from_secs(record.duration.as_secs()));
    let mut parts = vec![counted(all.failures, "failure")];
    if all.rate_limited > 0 {
        let limited = format_count(all.rate_limited);
        parts.push(format!("{limited} rate limited (429)"));
    }
    if all.retries > 0 {
        parts.push(format!(
            "{} sent again as retries",
            format_count(all.retries)
        ));
    }
    if all.interrupted > 0 {
        let interrupted = format_count(all.interrupted);
        parts.push(format!(
            "{interrupted} interrupted by the end of the run (neither ok nor failed)"
        ));
    }
    let ended = match &record.ending {
        Ending::Completed => String::new(),
        Ending::Stopped(_) => "; stopped on request".to_owned(),
        Ending::StopIf(condition) | Ending::Budget(condition) | Ending::Threshold(condition) => {
            format!("; ended early by {}", tame(condition))
        }
        Ending::NoUsers => "; ended because no user was left".to_owned(),
        Ending::ThreadLost => "; ended because a load thread died".to_owned(),
        Ending::Unfinished => "; still running".to_owned(),
    };
    format!(
        "{} by up to {} in {lasted}: {}{ended}\n",
        counted(all.requests, "request"),
        counted(u64::from(record.peak_users), "user"),
        parts.join(", "),
    )
}

/// How near the run came to the service's own limits; nothing where it told of none.
fn rate_limits(record: &RunRecord) -> String {
    let told = record.aggregated.row.rate_limits.as_ref();
    told.map_or_else(String::new, |told| format!("{}\n", limits::sentence(told)))
}

fn counted(count: u64, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {what}{plural}", format_count(count))
}

/// Warnings and errors; the normal course of things was told while it happened.
fn notices(record: &RunRecord, style: Style) -> String {
    (record.notices.iter())
        .filter(|notice| notice.severity > Severity::Info)
        .map(|notice| {
            let (word, tone) = match notice.severity {
                Severity::Error => ("error", Tone::Bad),
                Severity::Info | Severity::Warning => ("warning", Tone::Open),
            };
            let text = style.spelt(&tame(&notice.text));
            format!("{}: {text}\n", style.toned(tone, word))
        })
        .collect()
}

fn listed(files: &[PathBuf], style: Style) -> String {
    if files.is_empty() {
        return String::new();
    }
    let files = files.iter().map(|file| file.display().to_string());
    let files: String = files
        .map(|file| format!("  {}\n", style.faint(&file)))
        .collect();
    format!("{}\n{files}", style.heading("Files"))
}
