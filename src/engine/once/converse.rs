//! A conversation gone through once: as many of its turns as it takes to see that what was said
//! before arrives.
//!
//! Must not know what is remembered of what was said, nor how it is shown.

use crate::engine::conversation::Talk;
use crate::engine::variables::draw_turn_rows;
use crate::scenario::plan::{Conversation, Step, Task};
use crate::transport::Client;

use super::{Moment, OneUser, Spot, Tally};

/// The second turn is the first that brings along what was said; the others are as it is.
const TURNS: u32 = 2;

/// The steps of a task as they are gone through: each turn's of a conversation, else all at once.
pub fn turns(task: &Task) -> Vec<&[Step]> {
    match &task.conversation {
        None => vec![&task.steps],
        Some(conversation) => (1..=TURNS.min(conversation.turns.most()))
            .map(|turn| conversation.steps_of(&task.steps, turn))
            .collect(),
    }
}

impl<'a, C: Client, F: FnMut(Moment<'_>, Tally)> OneUser<'a, C, F> {
    pub(super) async fn converse(&mut self, task: &'a Task, conversation: &'a Conversation) {
        let mut talk = Talk::begin_longest(conversation, &mut self.scope);
        loop {
            let steps = conversation.steps_of(&task.steps, talk.turn() + 1);
            if let Err(error) = talk.ask(&mut self.scope) {
                self.not_asked(task, steps, &error.to_string());
                break;
            }
            self.turn = Some(talk.turn());
            let all = self.steps(steps, &task.name).await;
            if !all || talk.turn() >= TURNS || !talk.goes_on(&self.scope) {
                break;
            }
            self.tell(Moment::Wait(conversation.pause));
            if talk.draws_rows() {
                draw_turn_rows(self.plan, self.dealers, &mut self.scope);
            }
        }
        self.turn = None;
    }

    /// What the user says could not be made from its templates.
    fn not_asked(&mut self, task: &'a Task, steps: &'a [Step], problem: &str) {
        let requests = steps
            .iter()
            .enumerate()
            .filter_map(|(index, step)| match step {
                Step::Request(request) => Some((index, request)),
                Step::Wait(_) => None,
            });
        for (index, request) in requests.take(1) {
            self.tally.not_sent += 1;
            self.tell(Moment::NotSent {
                place: Spot {
                    task: &task.name,
                    turn: self.turn,
                    step: index + 1,
                    steps: steps.len(),
                    endpoint: &self.plan.endpoints[request.endpoint.index()],
                },
                used: Vec::new(),
                problem: self.plan.masker.mask(problem),
            });
        }
    }
}
