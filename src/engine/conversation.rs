//! The course of one conversation: how many turns it has, and what is asked next.
//!
//! Shared by the users of a run and by those who go through a plan once. What was said lies in the
//! user's scope and is gone with the other variables of the task. Must not know how requests are
//! sent, nor how long anybody waits.

use rand::RngExt;
use serde_json::Value;

use crate::request::{Scope, TemplateError, conversation};
use crate::scenario::plan::{Conversation, Response, Turns};

use super::declared::Declared;

/// A conversation that is being held.
pub(super) struct Talk<'p> {
    plan: &'p Conversation,
    /// The turn that is on, from 1; 0 before anything was asked.
    turn: u32,
    /// How many there are at most; none where a list says it that is not known yet.
    turns: Option<u32>,
    /// What is left to be asked where all was given at once, the next question last.
    listed: Option<Vec<Value>>,
}

impl<'p> Talk<'p> {
    /// Begins one. The number of its turns is drawn from the user's own randomness.
    pub(super) fn begin(plan: &'p Conversation, scope: &mut Scope) -> Self {
        let turns = match plan.turns {
            Turns::Between(least, most) if least == most => Some(least),
            Turns::Between(least, most) => Some(scope.random.random_range(least..=most)),
            Turns::Listed => None,
        };
        Talk::of(plan, turns, scope)
    }

    /// Begins one of as many turns as there can be.
    pub(super) fn begin_longest(plan: &'p Conversation, scope: &mut Scope) -> Self {
        let turns = match plan.turns {
            Turns::Between(_, most) => Some(most),
            Turns::Listed => None,
        };
        Talk::of(plan, turns, scope)
    }

    fn of(plan: &'p Conversation, turns: Option<u32>, scope: &mut Scope) -> Self {
        conversation::begin(scope);
        Talk {
            plan,
            turn: 0,
            turns,
            listed: None,
        }
    }

    /// Asks what is asked in the next turn.
    ///
    /// # Errors
    /// When the templates cannot be rendered, or give nothing that can be asked.
    pub(super) fn ask(&mut self, scope: &mut Scope) -> Result<(), TemplateError> {
        self.turn += 1;
        conversation::go_to(self.turn, scope);
        if let (1, Some(system)) = (self.turn, &self.plan.system) {
            let text = system.render(scope)?;
            conversation::instruct(&text, scope);
        }
        let asked = match &mut self.listed {
            Some(left) => left.pop().unwrap_or_default(),
            None => self.given(self.plan.ask.value(scope)?)?,
        };
        conversation::ask(&text_of(asked)?, scope);
        Ok(())
    }

    /// What is to be asked now. A list is asked from its first question to its last.
    fn given(&mut self, asked: Value) -> Result<Value, TemplateError> {
        let mut all = match asked {
            Value::Array(all) if self.turn == 1 => all,
            asked if self.turns.is_some() => return Ok(asked),
            _ => {
                return Err(TemplateError(
                    "`ask` must give a list of questions where there is no `turns`".to_owned(),
                ));
            }
        };
        let listed = u32::try_from(all.len()).unwrap_or(u32::MAX);
        self.turns = Some(self.turns.map_or(listed, |turns| turns.min(listed)));
        all.reverse();
        let first = all.pop();
        self.listed = Some(all);
        first.ok_or_else(|| TemplateError("`ask` gives a list without questions".to_owned()))
    }

    /// The turn that is on, from 1.
    pub(super) fn turn(&self) -> u32 {
        self.turn
    }

    /// Whether another turn follows: this one was answered, and is not the last.
    pub(super) fn goes_on(&self, scope: &Scope) -> bool {
        self.turns.is_some_and(|turns| self.turn < turns) && conversation::is_answered(scope)
    }

    /// Whether the next turn has data rows of its own: not where one row gave all the questions.
    pub(super) fn draws_rows(&self) -> bool {
        self.listed.is_none()
    }
}

/// Keeps what was answered to a question of a conversation, for the turns that follow.
pub(super) fn remember(response: &Response, declared: &Declared, scope: &mut Scope) {
    if !response.answers_turn {
        return;
    }
    let reading = declared.reading();
    // An answer too long to be kept is none to go on with.
    if let Some(text) = reading.as_ref().and_then(|reading| reading.answer.as_ref()) {
        conversation::answer(text, scope);
    }
}

fn text_of(asked: Value) -> Result<String, TemplateError> {
    match asked {
        Value::String(text) => Ok(text),
        Value::Number(_) | Value::Bool(_) => Ok(asked.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => Err(TemplateError(
            "`ask` must give a text, or a list of texts".to_owned(),
        )),
    }
}
