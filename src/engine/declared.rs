//! One user's reading of declared answers: who reads along, how long each part may take, and
//! what is made of it.
//!
//! Must not know who counts.

use std::cell::{Ref, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::clock::RunClock;
use crate::clock::timer::Timer;
use crate::model::{Failure, Offset};
use crate::request::response::checks::Judgement;
use crate::request::response::{Completion, Reading, ResponseReader};
use crate::request::{Scope, TemplateError};
use crate::scenario::plan::{RequestStep, Response};
use crate::transport::TransportError;

use super::sampling::Draw;

/// After the mark of its end, or an error within, so much is left for the rest of an answer:
/// enough to use its connection again, and too little to be waited for by a user.
const DRAIN: Duration = Duration::from_secs(1);

/// Reads a user's declared answers, one after the other.
pub(super) struct Declared {
    clock: RunClock,
    /// None until there is one to read.
    reader: Option<Rc<RefCell<ResponseReader>>>,
    timer: Timer,
    /// The ids each comparison with labels expects of the answer that is read.
    expected: Vec<Vec<String>>,
    draw: Draw,
    /// Whether the answer that is read is one to keep.
    is_drawn: bool,
}

impl Declared {
    /// One that keeps the text of the answers that are drawn.
    pub(super) fn new(clock: RunClock, draw: Draw) -> Self {
        Declared {
            clock,
            reader: None,
            timer: Timer::default(),
            expected: Vec::new(),
            draw,
            is_drawn: false,
        }
    }

    /// Makes ready for the answer to this request: who reads along, where one is declared.
    ///
    /// # Errors
    /// When what is expected of it cannot be rendered.
    pub(super) fn begin(
        &mut self,
        step: &RequestStep,
        scope: &mut Scope,
    ) -> Result<Option<Rc<RefCell<ResponseReader>>>, TemplateError> {
        self.is_drawn = false;
        let Some(response) = &step.response else {
            return Ok(None);
        };
        let Response { spec, checks, .. } = response;
        self.expected = checks.expected(scope)?;
        self.is_drawn = self.draw.next();
        let keeps_text = checks.needs_text() || response.answers_turn || self.is_drawn;
        let reader = self.reader.get_or_insert_default();
        reader.borrow_mut().begin(spec, keeps_text);
        Ok(Some(Rc::clone(reader)))
    }

    /// Waits until patience with the answer to a request sent then is over. Never, where none is
    /// declared.
    ///
    /// # Errors
    /// When a part of it took too long; it is fine when all that is missing is what nobody needs.
    pub(super) async fn patience(
        &mut self,
        step: &RequestStep,
        sent: Offset,
    ) -> Result<(), TransportError> {
        poll_fn(|context| self.poll_patience(step, sent, context)).await
    }

    /// As [`Declared::patience`], for whoever looks after several things at once.
    pub(super) fn poll_patience(
        &mut self,
        step: &RequestStep,
        sent: Offset,
        context: &mut Context<'_>,
    ) -> Poll<Result<(), TransportError>> {
        let (Some(_), Some(reader)) = (&step.response, &self.reader) else {
            return Poll::Pending;
        };
        let reader = reader.borrow();
        let reading = reader.reading();
        let (until, why) = if reader.is_over() {
            let over = reading.completed_at.or(reading.active_at);
            (over.map(|at| at + DRAIN), None)
        } else {
            let next = step.timeouts.next(sent, reading);
            (next.map(|(at, _)| at), next.map(|(_, waited)| waited))
        };
        let Some(until) = until else {
            return Poll::Pending;
        };
        let over = self.timer.poll_over(self.clock.instant(until), context);
        over.map(|()| match why {
            None => Ok(()),
            Some(waited) => {
                let Failure { kind, text } = waited.into();
                Err(TransportError { kind, text })
            }
        })
    }

    /// The answer ended at `done`, by its transport's word well or not; when it was over, and
    /// whether it is whole all the same. `done` stands where none is declared.
    pub(super) fn finish(&self, step: &RequestStep, well: bool, done: Offset) -> Ended {
        let (Some(_), Some(reader)) = (&step.response, &self.reader) else {
            return Ended { well, done };
        };
        let mut reader = reader.borrow_mut();
        let is_over = reader.is_over();
        let reading = if well {
            reader.finish(done)
        } else {
            reader.broken(done)
        };
        // What follows the mark of the end is no part of the answer, and whether it comes matters
        // to nobody.
        let marked = is_over && reading.completion == Completion::Complete;
        Ended {
            well: well || is_over,
            done: match reading.completed_at {
                Some(completed) if marked => completed,
                None if is_over => reading.active_at.unwrap_or(done),
                Some(_) | None => done,
            },
        }
    }

    /// Judges the answer that ended.
    pub(super) fn judge(&self, response: &Response) -> Judgement {
        let reading = self.reading();
        reading.map_or_else(Judgement::default, |reading| {
            response.checks.judge(&reading, &self.expected)
        })
    }

    /// Whether an answer is declared, and drawn to be kept.
    pub(super) fn is_drawn(&self) -> bool {
        self.is_drawn
    }

    /// The ids each comparison with labels expects of the last answer.
    pub(super) fn expected(&self) -> &[Vec<String>] {
        &self.expected
    }

    /// What is known of the last answer; none when none was declared yet.
    pub(super) fn reading(&self) -> Option<Ref<'_, Reading>> {
        let reader = self.reader.as_ref()?.borrow();
        Some(Ref::map(reader, ResponseReader::reading))
    }
}

/// How an answer ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ended {
    /// Whether all that is needed of it came.
    pub(super) well: bool,
    /// When it was over.
    pub(super) done: Offset,
}
