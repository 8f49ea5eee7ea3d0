//! `turns`: how long a conversation is.
//!
//! Must not know what is asked in it.

use super::super::conversation::Turns;
use super::super::problems::Report;
use super::value::{At, Keys};

pub(super) const KEYS: Keys = Keys {
    known: &["between"],
    later: &[],
};
/// A prompt grows with each turn: more than these are a slip of the finger.
const MOST_TURNS: u32 = 1000;

/// `3` or `{ between: [2, 5] }`.
pub(super) fn turns_of(at: &At<'_>, report: &mut Report) -> Option<Turns> {
    if at.as_scalar().is_some() {
        let turns = number_of_turns(at, report)?;
        return Some(Turns::Between(turns, turns));
    }
    let wanted = "a number of turns, or { between: [2, 5] }";
    let fields = at.fields(&KEYS, report, wanted)?;
    let Some(between) = fields.get("between") else {
        if !fields.refused {
            at.problem(report, format!("must be {wanted}"));
        }
        return None;
    };
    let items = between.list(report, "two numbers: [2, 5]");
    let [from, to] = &items[..] else {
        if between.as_list().is_some() {
            let message = format!("must be two numbers: [2, 5], found {}", items.len());
            between.problem(report, message);
        }
        return None;
    };
    let (from, to) = (number_of_turns(from, report), number_of_turns(to, report));
    let (from, to) = (from?, to?);
    if from > to {
        between.problem(report, "must have the smaller number first: [2, 5]");
        return None;
    }
    Some(Turns::Between(from, to))
}

fn number_of_turns(at: &At<'_>, report: &mut Report) -> Option<u32> {
    let turns = at.count(report, 1)?;
    if turns > MOST_TURNS {
        at.wrong(report, &format!("at most {MOST_TURNS}"));
        return None;
    }
    Some(turns)
}
