//! How long a declared answer may keep a user waiting, part by part.
//!
//! Owns when which patience ends. Must not know timers: a transport waits.

use std::fmt;
use std::time::Duration;

use crate::model::units::format_duration;
use crate::model::{Failure, FailureKind, Offset};

use super::reading::Reading;

/// The time allowed for each part of an answer; those for a connection and for all of it are the
/// request's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timeouts {
    /// Until the first event; comments are none.
    pub first_event: Option<Duration>,
    /// Between signs of life after that; comments are one.
    pub idle: Option<Duration>,
}

/// A patience that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waited {
    /// For the first event.
    FirstEvent(Duration),
    /// For another sign of life.
    Idle(Duration),
}

impl Timeouts {
    /// When patience with an answer ends if nothing more comes, and which; `reading` is what has
    /// come since the request was sent.
    #[must_use]
    pub fn next(&self, sent: Offset, reading: &Reading) -> Option<(Offset, Waited)> {
        if reading.first_event_at.is_none() {
            let limit = self.first_event?;
            return Some((sent + limit, Waited::FirstEvent(limit)));
        }
        let limit = self.idle?;
        Some((reading.active_at? + limit, Waited::Idle(limit)))
    }
}

impl fmt::Display for Waited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Waited::FirstEvent(limit) => {
                write!(f, "no event within {}", format_duration(*limit))
            }
            Waited::Idle(limit) => write!(f, "answer stalled for {}", format_duration(*limit)),
        }
    }
}

impl From<Waited> for Failure {
    fn from(waited: Waited) -> Failure {
        Failure::new(FailureKind::Timeout, waited.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_starts_anew_with_each_sign_of_life_after_the_first_event() {
        let seconds = Duration::from_secs;
        let timeouts = Timeouts {
            first_event: Some(seconds(20)),
            idle: Some(seconds(15)),
        };
        let sent = Offset::from_secs(100);
        let mut reading = Reading {
            active_at: Some(Offset::from_secs(110)),
            ..Reading::default()
        };
        let first = Some((Offset::from_secs(120), Waited::FirstEvent(seconds(20))));
        assert_eq!(timeouts.next(sent, &reading), first);
        reading.first_event_at = Some(Offset::from_secs(105));
        let idle = Some((Offset::from_secs(125), Waited::Idle(seconds(15))));
        assert_eq!(timeouts.next(sent, &reading), idle);
        assert_eq!(Timeouts::default().next(sent, &reading), None);
        let failure = Failure::from(Waited::Idle(seconds(15)));
        assert_eq!(failure.text, "answer stalled for 15s");
    }
}
