//! When a piece of an answer is sent, and how that is told.
//!
//! Must not know what is sent, nor read the clock.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

/// When a piece is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// Wall time since 1970.
    pub(super) unix: Duration,
    /// Whether the caller wants to be told.
    pub(super) stamped: bool,
}

impl Moment {
    /// The microseconds since 1970 that are put into a piece, where the caller wants them.
    pub(super) fn sent_us(self) -> Option<u64> {
        self.stamped.then(|| micros(self.unix))
    }

    /// Puts the time of sending into an object, where the caller wants it.
    pub(super) fn stamp(self, mut value: Value) -> Value {
        if let Some(sent_us) = self.sent_us() {
            value["sent_us"] = sent_us.into();
        }
        value
    }
}

/// A wall time in microseconds since 1970.
pub(super) fn micros(unix: Duration) -> u64 {
    u64::try_from(unix.as_micros()).unwrap_or(u64::MAX)
}

/// A wall time, since 1970, as RFC 3339 writes it, to the microsecond.
pub(super) fn rfc_3339(unix: Duration) -> String {
    let micros = i64::try_from(unix.as_micros()).unwrap_or(i64::MAX);
    Timestamp::from_microsecond(micros)
        .map(|moment| format!("{moment:.6}"))
        .unwrap_or_default()
}
