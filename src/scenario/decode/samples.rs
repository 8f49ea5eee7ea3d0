//! `samples`: which share of the answers is kept for judging, and where.
//!
//! Must not know what is kept of an answer.

use std::path::{Component, Path, PathBuf};

use super::super::plan::{Samples, UserClass};
use super::super::problems::Report;
use super::answers::share;
use super::objectives::requests;
use super::value::{At, Keys};

pub(super) const KEYS: Keys = Keys {
    known: &["rate", "file"],
    later: &[],
};
/// The file where none is named.
const FILE: &str = "answers.jsonl";
const WANTED: &str = "a map such as { rate: 1%, file: answers.jsonl }";

/// Reads which answers are kept; some request must declare its answer. With the rate as written.
pub(in super::super) fn samples(
    at: &At<'_>,
    classes: &[UserClass],
    report: &mut Report,
) -> Option<(Samples, String)> {
    let fields = at.fields(&KEYS, report, WANTED)?;
    if requests(classes).all(|request| request.response.is_none()) {
        let message = "has nothing to keep: no request declares its answer; give it `response` \
                       or `preset`";
        at.problem(report, message);
    }
    let file = match fields.get("file") {
        Some(at) => file(&at, report),
        None => Some(PathBuf::from(FILE)),
    };
    let Some(at) = fields.get("rate") else {
        if !fields.refused {
            at.problem(report, format!("has no `rate`; write {WANTED}"));
        }
        return None;
    };
    let rate = share(&at, report)?;
    if rate <= 0.0 {
        at.problem(report, "must be above 0; leave `samples` out to keep none");
        return None;
    }
    let shown = at.text(report)?.trim().to_owned();
    Some((Samples { rate, file: file? }, shown))
}

/// A name without folders: the file stands beside the run's other results, and its ending is none
/// of theirs.
fn file(at: &At<'_>, report: &mut Report) -> Option<PathBuf> {
    let text = at.shown_text(report)?;
    let path = Path::new(&text);
    let mut parts = path.components();
    let is_name = matches!(
        (parts.next(), parts.next()),
        (Some(Component::Normal(_)), None)
    );
    let is_lines = path.extension().is_some_and(|ending| ending == "jsonl");
    if is_name && is_lines && !text.contains(['\\', ':']) {
        return Some(path.to_owned());
    }
    let message = "must be a file name that ends in .jsonl, such as answers.jsonl, without a \
                   folder: it stands beside the run's other results";
    at.problem(report, format!("{message}, found {text:?}"));
    None
}
