//! `/events`: how things stand, pushed to whoever follows.
//!
//! A viewer that is slow gets the latest state, never a queue of old ones. Must not know what a
//! state holds.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, stream};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio_util::sync::CancellationToken;

use super::super::board::View;
use super::super::{Shared, reply};
use super::state::state;

/// The shortest time between two events: several changes at once are one.
const PACE: Duration = Duration::from_millis(200);
/// How long a browser waits before it comes back.
const RETRY: Duration = Duration::from_secs(2);

pub(super) async fn events(State(shared): State<Arc<Shared>>) -> Response {
    let Ok(place) = Arc::clone(&shared.viewers).try_acquire_owned() else {
        let problem = "too many viewers follow the events already";
        return reply::error(StatusCode::SERVICE_UNAVAILABLE, problem);
    };
    let follower = Follower {
        views: shared.control.board().watch(),
        ending: shared.ending.clone(),
        _place: place,
        next: Next::AtOnce,
    };
    Sse::new(follower.events())
        .keep_alive(KeepAlive::default())
        .into_response()
}

struct Follower {
    views: watch::Receiver<Arc<View>>,
    /// The server is going down.
    ending: CancellationToken,
    _place: OwnedSemaphorePermit,
    next: Next,
}

/// When the next event is sent.
enum Next {
    AtOnce,
    WhenChanged,
    Never,
}

impl Follower {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, |mut follower| async move {
            follower.next = match follower.next {
                Next::AtOnce => Next::WhenChanged,
                Next::WhenChanged => follower.until_changed().await?,
                Next::Never => return None,
            };
            let view = Arc::clone(&follower.views.borrow_and_update());
            Some((Ok(event(&view)), follower))
        })
    }

    /// Waits for a change, or for the end: then what is sent next is the last.
    async fn until_changed(&mut self) -> Option<Next> {
        tokio::select! {
            () = tokio::time::sleep(PACE) => {}
            () = self.ending.cancelled() => return Some(Next::Never),
        }
        tokio::select! {
            // The board is gone with its server.
            changed = self.views.changed() => changed.ok().map(|()| Next::WhenChanged),
            () = self.ending.cancelled() => Some(Next::Never),
        }
    }
}

fn event(view: &View) -> Event {
    Event::default()
        .event("state")
        .retry(RETRY)
        .data(state(view).to_string())
}
