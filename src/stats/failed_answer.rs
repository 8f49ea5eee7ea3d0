//! A failed request as it was: what was asked, what came back and when.
//!
//! Owns how many are kept; what is in one is bounded and masked by whoever takes it. Must not know
//! how it is shown.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::{EndpointId, Failure, Offset, seconds};

/// How many are kept of each endpoint and failure: the first ones.
pub const KEPT: usize = 3;
/// How many a run keeps in all: a service that fails in ever new words must not fill the report.
const KEPT_IN_ALL: usize = 60;

/// One failed request with what came back, secrets masked. The order is that of time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FailedAnswer {
    /// When it ended.
    pub at: Offset,
    /// How long it took: `done − sent`.
    #[serde(with = "seconds")]
    pub time: Duration,
    /// How long after it was sent the answer's headers were there; none when they never were.
    #[serde(with = "seconds")]
    pub headers_after: Option<Duration>,
    /// The method that was sent.
    pub method: String,
    /// The address that was asked.
    pub url: String,
    /// The beginning of the body that was sent.
    pub request_body: String,
    /// The status; none without an answer.
    pub status: Option<u16>,
    /// The first of the answer's headers.
    pub headers: Vec<(String, String)>,
    /// The beginning of the answer's body; what is no UTF-8 is replaced.
    pub body: String,
    /// Size of the whole body in bytes.
    pub bytes: u64,
}

/// The first failed answers of each endpoint and failure. A commutative monoid under
/// [`FailedAnswers::merge`]; the default is its zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FailedAnswers {
    by_failure: BTreeMap<(EndpointId, Failure), Vec<FailedAnswer>>,
}

impl FailedAnswers {
    /// Whether one more of this failure would be kept, as far as is known here.
    #[must_use]
    pub fn wants(&self, endpoint: EndpointId, failure: &Failure) -> bool {
        if self.len() >= KEPT_IN_ALL {
            return false;
        }
        // Looked up by walking: the map is small, and a key to look up would have to be cloned.
        let of_this = |(id, known): &(EndpointId, Failure)| *id == endpoint && known == failure;
        let kept = self.by_failure.iter().find(|(key, _)| of_this(key));
        kept.is_none_or(|(_, answers)| answers.len() < KEPT)
    }

    /// Keeps one, unless there are enough earlier ones.
    pub fn keep(&mut self, endpoint: EndpointId, failure: Failure, answer: FailedAnswer) {
        let kept = self.by_failure.entry((endpoint, failure)).or_default();
        kept.push(answer);
        kept.sort();
        kept.truncate(KEPT);
    }

    /// Adds those of `other`.
    pub fn merge(&mut self, other: &FailedAnswers) {
        for ((endpoint, failure), answers) in &other.by_failure {
            for answer in answers {
                self.keep(*endpoint, failure.clone(), answer.clone());
            }
        }
    }

    /// Adds those of `other` that a whole run still has room for.
    pub fn fill(&mut self, other: &FailedAnswers) {
        for ((endpoint, failure), answers) in &other.by_failure {
            for answer in answers {
                if self.wants(*endpoint, failure) {
                    self.keep(*endpoint, failure.clone(), answer.clone());
                }
            }
        }
    }

    /// All of them, by endpoint and failure.
    pub fn iter(&self) -> impl Iterator<Item = (EndpointId, &Failure, &FailedAnswer)> {
        (self.by_failure.iter()).flat_map(|((endpoint, failure), answers)| {
            (answers.iter()).map(move |answer| (*endpoint, failure, answer))
        })
    }

    fn len(&self) -> usize {
        self.by_failure.values().map(Vec::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FailureKind;

    fn at(second: u64) -> FailedAnswer {
        FailedAnswer {
            at: Offset::from_secs(second),
            time: Duration::from_millis(5),
            headers_after: None,
            method: "GET".to_owned(),
            url: "http://localhost/a".to_owned(),
            request_body: String::new(),
            status: None,
            headers: Vec::new(),
            body: String::new(),
            bytes: 0,
        }
    }

    fn failure(text: &str) -> Failure {
        Failure::new(FailureKind::Check, text)
    }

    #[test]
    fn the_first_of_each_failure_are_kept_in_whatever_order_they_come() {
        let mut forwards = FailedAnswers::default();
        let mut backwards = FailedAnswers::default();
        for second in 0..10 {
            forwards.keep(EndpointId(0), failure("empty"), at(second));
            backwards.keep(EndpointId(0), failure("empty"), at(9 - second));
        }
        assert_eq!(forwards, backwards);
        let seconds: Vec<_> = forwards.iter().map(|(.., answer)| answer.at).collect();
        assert_eq!(seconds, [0, 1, 2].map(Offset::from_secs));
        assert!(!forwards.wants(EndpointId(0), &failure("empty")));
        assert!(forwards.wants(EndpointId(1), &failure("empty")));
    }

    #[test]
    fn a_service_that_fails_in_ever_new_words_does_not_fill_the_record() {
        let mut run = FailedAnswers::default();
        for number in 0..500 {
            let mut second = FailedAnswers::default();
            second.keep(EndpointId(0), failure(&number.to_string()), at(number));
            run.fill(&second);
        }
        assert_eq!(run.len(), KEPT_IN_ALL);
    }
}
