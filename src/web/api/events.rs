//! `/events`: how things stand, pushed to whoever follows.
//!
//! A viewer that is slow gets the latest state, never a queue of old ones. Must not know what a
//! state holds, nor how it is written.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, stream};
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::super::board::View;
use super::super::{Shared, reply};

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
        shared,
        _place: place,
        next: Next::AtOnce,
        sent: None,
    };
    Sse::new(follower.events())
        .keep_alive(KeepAlive::default())
        .into_response()
}

struct Follower {
    views: watch::Receiver<Arc<View>>,
    shared: Arc<Shared>,
    _place: OwnedSemaphorePermit,
    next: Next,
    /// The state it was sent last.
    sent: Option<Arc<str>>,
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
            let text = follower.news().await?;
            Some((Ok(event(&text)), follower))
        })
    }

    /// The next state that says anything new; none at the end.
    async fn news(&mut self) -> Option<Arc<str>> {
        loop {
            self.next = match self.next {
                Next::AtOnce => Next::WhenChanged,
                Next::WhenChanged => self.until_changed().await?,
                Next::Never => return None,
            };
            let view = Arc::clone(&self.views.borrow_and_update());
            let text = self.shared.told.of(&view);
            let is_known = |sent: &Arc<str>| Arc::ptr_eq(sent, &text);
            if !self.sent.as_ref().is_some_and(is_known) {
                self.sent = Some(Arc::clone(&text));
                return Some(text);
            }
        }
    }

    /// Waits for a change, or for the end: then what is sent next is the last.
    async fn until_changed(&mut self) -> Option<Next> {
        let ending = &self.shared.ending;
        tokio::select! {
            () = tokio::time::sleep(PACE) => {}
            () = ending.cancelled() => return Some(Next::Never),
        }
        tokio::select! {
            // The board is gone with its server.
            changed = self.views.changed() => changed.ok().map(|()| Next::WhenChanged),
            () = ending.cancelled() => Some(Next::Never),
        }
    }
}

fn event(state: &str) -> Event {
    Event::default().event("state").retry(RETRY).data(state)
}
