//! Playing a stream.
//!
//! Owns the form of server-sent events and the pace at which a script's pieces leave, with its
//! stalls and its breaking off. Must not know what the events mean.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, Response};
use serde_json::Value;

use super::counts::Outcome;
use super::reply::Script;
use super::shared::{Shared, Ticket};
use crate::model::Offset;

/// A comment: no content, only a sign of life.
pub(super) const KEEP_ALIVE: &str = ": keep-alive\n\n";
/// The end marker.
pub(super) const DONE: &str = "data: [DONE]\n\n";

/// An event with a name.
pub(super) fn named(event: &str, data: &Value) -> Bytes {
    format!("event: {event}\ndata: {data}\n\n").into()
}

/// An event without a name.
pub(super) fn unnamed(data: &Value) -> Bytes {
    format!("data: {data}\n\n").into()
}

/// What is to go wrong in a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Disturbance {
    /// It ends in the middle, without its end marker.
    pub(super) cut: bool,
    /// It falls silent in the middle for this long.
    pub(super) stall: Option<Duration>,
}

/// A stream under way.
struct Player {
    shared: Arc<Shared>,
    ticket: Ticket,
    /// `None` once the ending has been played.
    script: Option<Script>,
    disturbance: Disturbance,
    /// Pieces still to come when the disturbance strikes.
    middle: usize,
    /// When the last piece was due: later ones follow from it, so that delays do not add up.
    due: Offset,
}

/// The response that plays `script`.
pub(super) fn play(
    shared: Arc<Shared>,
    ticket: Ticket,
    mut script: Script,
    disturbance: Disturbance,
) -> Response<Body> {
    let headers = std::mem::take(&mut script.headers);
    let player = Player {
        due: shared.clock.now(),
        middle: script.beats.len() / 2,
        shared,
        ticket,
        script: Some(script),
        disturbance,
    };
    let pieces = futures_util::stream::unfold(player, Player::next);
    let mut response = Response::new(Body::from_stream(pieces));
    let all = response.headers_mut();
    all.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/event-stream; charset=utf-8"),
    );
    all.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    all.extend(headers);
    response
}

impl Player {
    /// The next piece, when it is due.
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Player)> {
        let mut script = self.script.take()?;
        if script.beats.len() == self.middle {
            if self.disturbance.cut {
                self.ticket.settle(Outcome::Truncated);
                return None;
            }
            if let Some(stall) = self.disturbance.stall.take() {
                self.due = self.due + stall;
            }
        }
        let Some(beat) = script.beats.pop_front() else {
            drop(script.slot.take());
            let last = (script.ending)();
            self.ticket.settle(Outcome::Status(200));
            return Some((Ok(last), self));
        };
        self.due = self.due + beat.wait;
        if self.due > self.shared.clock.now() {
            self.shared.clock.sleep_until(self.due).await;
        }
        self.script = Some(script);
        Some((Ok(beat.bytes), self))
    }
}
