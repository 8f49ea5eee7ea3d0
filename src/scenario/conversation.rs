//! What was decided of a conversation: how many turns it has, what is asked in each, what lies
//! between them.
//!
//! Must not know YAML, nor how a conversation is held.

use serde_json::Value;

use crate::load::WaitTime;
use crate::request::{DataSet, Scope, Template};

use super::plan::Step;

/// At most so many rows are looked at for the length of their lists.
const LOOKED_AT: usize = 1000;

/// A task whose steps are gone through once for each turn, what was said before at hand.
#[derive(Clone, Debug)]
pub struct Conversation {
    /// How many turns there are at most: no turn follows one without an answer, nor the last
    /// question of a list.
    pub turns: Turns,
    /// What is asked in a turn; where it gives a list, in all of them.
    pub ask: Template,
    /// What is said before anything is asked.
    pub system: Option<Template>,
    /// The time between two turns; `Pacing` does not occur here.
    pub pause: WaitTime,
    /// How many of the task's steps belong to a turn. A task with more of them has steps of its
    /// own for each turn, one turn behind the other.
    pub steps_per_turn: usize,
}

/// How many turns a conversation has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turns {
    /// As many as its list has questions.
    Listed,
    /// Drawn for each conversation; the first at least 1, the second not below it.
    Between(u32, u32),
}

impl Turns {
    /// As many as there can be.
    #[must_use]
    pub fn most(self) -> u32 {
        match self {
            Turns::Listed => u32::MAX,
            Turns::Between(_, most) => most,
        }
    }
}

impl Conversation {
    /// The steps of turn number `turn` (from 1), out of all `steps` of its task.
    #[must_use]
    pub fn steps_of<'s>(&self, steps: &'s [Step], turn: u32) -> &'s [Step] {
        let before = turn.saturating_sub(1) as usize * self.steps_per_turn;
        let own = steps.get(before..before + self.steps_per_turn);
        // Where turns have no steps of their own, all have those of the first.
        own.unwrap_or(steps)
    }

    /// How many turns there are, on average, if each question is answered.
    pub(super) fn average_turns(&self, data: &[DataSet]) -> f64 {
        let drawn = match self.turns {
            Turns::Between(least, most) => f64::from(least).midpoint(f64::from(most)),
            Turns::Listed => f64::INFINITY,
        };
        let lengths = self.lists(data).unwrap_or_default();
        let rows = lengths.into_iter().map(|length| {
            let listed = length.and_then(|length| u32::try_from(length).ok());
            listed.map_or(drawn, |length| drawn.min(f64::from(length)))
        });
        let (count, sum) = rows.fold((0.0, 0.0), |(count, sum), turns| (count + 1.0, sum + turns));
        let average: f64 = if count > 0.0 { sum / count } else { drawn };
        // Nobody knows what an answer will list: one question at least.
        if average.is_finite() { average } else { 1.0 }
    }

    /// How many questions each row of the data lists; none for a row whose question is no list.
    /// None altogether where what is asked depends on more than one row.
    pub(super) fn lists(&self, data: &[DataSet]) -> Option<Vec<Option<usize>>> {
        let names = self.ask.names();
        let name = names.first().filter(|_| names.len() == 1)?;
        let set = data.iter().find(|set| set.name == *name)?;
        let length = |row: &Value| {
            let mut scope = Scope::empty();
            scope.variables.insert(set.name.clone(), row.clone());
            let asked = self.ask.value(&mut scope).ok()?;
            asked.as_array().map(Vec::len)
        };
        Some(set.rows.iter().take(LOOKED_AT).map(length).collect())
    }
}
