//! `retry`: after which answers a request is sent once more.
//!
//! Must not know how long is waited, beyond the longest.

use std::time::Duration;

use crate::request::Retry;
use crate::request::expect::StatusRange;

use super::super::problems::Report;
use super::expect::status;
use super::value::{At, Keys};

pub(super) const KEYS: Keys = Keys {
    known: &["attempts", "on", "longest"],
    later: &[],
};

/// The statuses by which a service asks to come again later: too many requests, unavailable, and
/// overloaded as Anthropic says it.
const LATER: [u16; 3] = [429, 503, 529];
/// How often a request is sent where nobody says.
const ATTEMPTS: u32 = 3;
/// The longest wait where nobody says.
const LONGEST: Duration = Duration::from_secs(30);

/// `3`, or a map of its keys.
pub(super) fn retry(at: &At<'_>, report: &mut Report) -> Option<Retry> {
    let mut retry = Retry {
        attempts: ATTEMPTS,
        on: LATER.map(|from| StatusRange { from, to: from }).to_vec(),
        longest: LONGEST,
    };
    if at.as_scalar().is_some() {
        retry.attempts = at.count(report, 1)?;
        return Some(retry);
    }
    let wanted = "a number of attempts such as 3, or a map such as { attempts: 3, on: [429, 503], \
                  longest: 30s }";
    let fields = at.fields(&KEYS, report, wanted)?;
    if let Some(at) = fields.get("attempts") {
        retry.attempts = at.count(report, 1)?;
    }
    if let Some(at) = fields.get("on") {
        let listed = at.one_or_many();
        if listed.is_empty() {
            at.wrong(report, "a status such as 429, or a list of them");
        }
        retry.on = (listed.iter())
            .filter_map(|at| status(at, report))
            .collect();
    }
    if let Some(at) = fields.get("longest") {
        retry.longest = at.duration(report)?;
    }
    Some(retry)
}
