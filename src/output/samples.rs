//! The answers kept for judging, one JSON object a line, written as the run goes and never
//! rewritten: what is there after a kill is whole.
//!
//! Must not know which answers are kept.

use std::time::Duration;

use serde::Serialize;

use crate::event::{Event, Sampled, SampledAnswer, Sink, SinkError};
use crate::model::Offset;

use super::destination::Destination;
use super::sinks::Reporting;
use super::utc;

/// One line.
#[derive(Serialize)]
struct Line<'a> {
    /// When it was asked, in seconds since the run began.
    time: Offset,
    /// The same as a date.
    utc: String,
    #[serde(flatten)]
    answer: &'a SampledAnswer,
}

/// The file as the run goes.
pub struct Samples {
    to: Reporting,
}

impl Samples {
    /// One that writes here.
    #[must_use]
    pub fn new(to: Box<dyn Destination>) -> Self {
        let to = Reporting::new(to);
        Samples { to }
    }
}

impl Sink for Samples {
    fn on(&mut self, event: &Event) -> Result<(), SinkError> {
        let Event::Sampled(sampled) = event else {
            return Ok(());
        };
        let Sampled {
            started_unix,
            answers,
        } = &**sampled;
        // Line by line: what there is room for on a disk that fills up is written.
        self.to.write(|to| {
            (answers.iter())
                .try_for_each(|answer| to.append(line(*started_unix, answer).as_bytes()))
        })
    }

    fn takes_samples(&self) -> bool {
        true
    }
}

fn line(started_unix: Duration, answer: &SampledAnswer) -> String {
    let line = Line {
        time: answer.sent,
        utc: utc::precise(started_unix + answer.sent.elapsed()),
        answer,
    };
    let text = serde_json::to_string(&line).expect("an answer is plain data");
    text + "\n"
}
