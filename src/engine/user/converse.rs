//! A user that holds a conversation: turn after turn, with time to read and to type in between.
//!
//! Must not know what is remembered of what was said, nor how a request is sent.

use crate::scenario::plan::{Conversation, Task};
use crate::transport::Client;

use super::{Flow, VirtualUser};
use crate::engine::conversation::Talk;
use crate::engine::variables::draw_turn_rows;

impl<C: Client> VirtualUser<C> {
    /// Goes through the steps of the task once for each turn, until the last one, or one that was
    /// not answered: what was said would be wrong from there on.
    pub(super) async fn converse(&mut self, task: &Task, conversation: &Conversation) -> Flow {
        let mut talk = Talk::begin(conversation, &mut self.scope);
        loop {
            if let Err(error) = talk.ask(&mut self.scope) {
                let place = format!("{}, turn {}", task.name, talk.turn());
                self.exception(&error.to_string(), &place);
                return Flow::TaskOver;
            }
            let steps = conversation.steps_of(&task.steps, talk.turn());
            let flow = self.steps(steps, &task.name).await;
            if flow != Flow::Next || !talk.goes_on(&self.scope) {
                return flow;
            }
            if self.pause(conversation.pause).await == Flow::UserOver
                || self.pass_gate().await == Flow::UserOver
            {
                return Flow::UserOver;
            }
            if talk.draws_rows() {
                let mut dealers = self.shard.dealers.borrow_mut();
                draw_turn_rows(&self.shard.plan, &mut dealers, &mut self.scope);
            }
        }
    }
}
