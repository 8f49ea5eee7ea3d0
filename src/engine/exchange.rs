//! What becomes of an answer: judged, and what later steps need taken out of it.
//!
//! Shared by the users of a run and by those who go through a plan once. Must not know who counts.

use std::time::Duration;

use crate::model::{Failure, FailureKind, Offset};
use crate::request::response::checks::{Judgement, broke_off};
use crate::request::{Answer, Scope};
use crate::scenario::Plan;
use crate::scenario::plan::RequestStep;
use crate::transport::TransportError;

use super::conversation;
use super::declared::{Declared, Ended};

/// One request that was sent, and what came back.
pub(super) struct Exchange {
    /// What arrived.
    pub(super) answer: Answer,
    /// When the user set out to send.
    pub(super) sent: Offset,
    /// When it was over.
    pub(super) done: Offset,
}

/// What became of it.
pub(super) struct Judged {
    /// The failure as it is counted, secrets masked.
    pub(super) outcome: Result<(), Failure>,
    /// Whether all that later steps need could be taken out.
    pub(super) complete: bool,
    /// How a declared answer did, where one came.
    pub(super) declared: Option<Judgement>,
}

impl Exchange {
    /// The response time.
    pub(super) fn time(&self) -> Duration {
        self.done.since(self.sent)
    }

    /// The status; none where no answer began.
    pub(super) fn status(&self) -> Option<u16> {
        self.answer.status.map(|status| status.as_u16())
    }

    /// Judges the answer that the transport brought with this result, and takes out what later
    /// steps need. A failed extraction makes the request a failed one, unless it was one already.
    pub(super) fn judge(
        &mut self,
        result: Result<(), TransportError>,
        step: &RequestStep,
        plan: &Plan,
        scope: &mut Scope,
        declared: &Declared,
    ) -> Judged {
        if let (Ok(()), Some(last_byte)) = (&result, self.answer.done_at) {
            self.done = last_byte;
        }
        let Ended { well, done } = declared.finish(step, result.is_ok(), self.done);
        self.done = done;
        let result = if well { Ok(()) } else { result };
        let name = &plan.endpoints[step.endpoint.index()].name;
        let judged = result
            .map_err(|error| match &step.response {
                Some(_) if error.is_incomplete() => broke_off(),
                Some(_) | None => Failure::from(error),
            })
            .and_then(|()| step.expect.judge(name, &self.answer, self.time()));
        // Where an error is what a scenario expects, its body is no answer.
        let answered = self.answer.status.is_some_and(|status| status.is_success());
        let of_answer = step.response.as_ref().filter(|_| answered);
        let mut of_answer = of_answer.map(|response| declared.judge(response));
        let failed = of_answer.as_mut().and_then(|judged| judged.failure.take());
        let extracted = extract(step, &self.answer, scope);
        let complete = extracted.is_ok();
        let is_fine = judged.is_ok() && failed.is_none() && complete;
        if let Some(response) = step.response.as_ref().filter(|_| is_fine && answered) {
            conversation::remember(response, declared, scope);
        }
        let outcome = judged
            .and(failed.map_or(Ok(()), Err))
            .and(extracted)
            .map_err(|failure| Failure {
                text: plan.masker.mask(&failure.text),
                ..failure
            });
        Judged {
            outcome,
            complete,
            declared: of_answer,
        }
    }
}

fn extract(step: &RequestStep, answer: &Answer, scope: &mut Scope) -> Result<(), Failure> {
    for extraction in &step.extract {
        let value = extraction
            .take(answer)
            .map_err(|text| Failure::new(FailureKind::Extract, text))?;
        scope.variables.insert(extraction.variable.clone(), value);
    }
    Ok(())
}
