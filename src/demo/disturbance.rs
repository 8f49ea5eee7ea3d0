//! What goes wrong within one answer.
//!
//! Owns the drawing of it. Must not know how it is carried out.

use std::time::Duration;

use super::fate::Fate;
use super::gate::Call;

/// Silence of a stalled stream when no fault says otherwise.
const DEFAULT_STALL: Duration = Duration::from_secs(10);
/// Lateness of a slow first token when no fault says otherwise.
const DEFAULT_LATE: Duration = Duration::from_secs(5);

/// What is to go wrong in an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Disturbance {
    /// It ends in the middle, without its end marker.
    pub(super) cut: bool,
    /// Its connection is reset in the middle.
    pub(super) reset: bool,
    /// It tells of an error in the middle and ends there.
    pub(super) error: bool,
    /// It falls silent in the middle for this long.
    pub(super) stall: Option<Duration>,
    /// Its first token comes this much later.
    pub(super) late: Option<Duration>,
}

impl Disturbance {
    /// Draws what befalls the answer of a request that met `fate`.
    pub(super) fn draw(fate: Fate, call: &mut Call) -> Self {
        let stalls = call.suffers(call.faults.stall_rate);
        let is_late = call.suffers(call.faults.slow_first_token_rate);
        let faults = &call.faults;
        Disturbance {
            cut: fate == Fate::Truncated,
            reset: fate == Fate::StreamReset,
            error: fate == Fate::StreamError,
            stall: stalls.then(|| faults.stall_for.unwrap_or(DEFAULT_STALL)),
            late: is_late.then(|| faults.slow_first_token_for.unwrap_or(DEFAULT_LATE)),
        }
    }
}
