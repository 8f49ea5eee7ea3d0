//! The service's own count of what became of every request.
//!
//! Owns the routes that are counted, the ways a request can end, and the table of both. Must not
//! know how requests are served.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

/// Statuses the table has room for: 100 to 599.
const STATUSES: usize = 500;
/// Ways to end without a whole answer.
const BROKEN: usize = 6;

/// Requests by route and by how they ended, as `GET /counts` shows them:
/// `{"POST /query": {"200": 12, "reset": 2}}`. What never happened is absent.
pub type CountsSnapshot = BTreeMap<String, BTreeMap<String, u64>>;

/// A route whose requests are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// The list of routes.
    Index,
    /// A question to be answered.
    Query,
    /// A question to be answered as a stream.
    QueryStream,
    /// A search without an answer.
    Retrieval,
    /// A question in OpenAI's shape.
    Chat,
    /// A question in Ollama's shape.
    Ollama,
    /// The health check.
    Health,
    /// Anything there is no route for.
    Unknown,
}

impl Route {
    /// All routes, in the order of the table.
    pub(super) const ALL: [Route; 8] = [
        Route::Index,
        Route::Query,
        Route::QueryStream,
        Route::Retrieval,
        Route::Chat,
        Route::Ollama,
        Route::Health,
        Route::Unknown,
    ];

    /// Method and path.
    pub(super) fn name(self) -> &'static str {
        match self {
            Route::Index => "GET /",
            Route::Query => "POST /query",
            Route::QueryStream => "POST /query/stream",
            Route::Retrieval => "GET /retrieval",
            Route::Chat => "POST /v1/chat/completions",
            Route::Ollama => "POST /api/chat",
            Route::Health => "GET /health",
            Route::Unknown => "unknown",
        }
    }

    /// Whether the faults apply to it.
    pub(super) fn suffers_faults(self) -> bool {
        !matches!(self, Route::Index | Route::Health | Route::Unknown)
    }

    /// Its place in [`Route::ALL`].
    pub(super) fn index(self) -> usize {
        match self {
            Route::Index => 0,
            Route::Query => 1,
            Route::QueryStream => 2,
            Route::Retrieval => 3,
            Route::Chat => 4,
            Route::Ollama => 5,
            Route::Health => 6,
            Route::Unknown => 7,
        }
    }
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Answered whole, with this status.
    Status(u16),
    /// The connection was reset instead of an answer.
    Reset,
    /// The connection was reset in the midst of the answer.
    StreamReset,
    /// The answer broke off.
    Truncated,
    /// The answer told of an error within itself.
    StreamError,
    /// Never answered.
    Hang,
    /// The client left before the answer was whole.
    Abandoned,
}

impl Outcome {
    fn index(self) -> usize {
        match self {
            Outcome::Status(status) => usize::from(status.clamp(100, 599) - 100),
            Outcome::Reset => STATUSES,
            Outcome::Truncated => STATUSES + 1,
            Outcome::Hang => STATUSES + 2,
            Outcome::Abandoned => STATUSES + 3,
            Outcome::StreamError => STATUSES + 4,
            Outcome::StreamReset => STATUSES + 5,
        }
    }
}

fn name_of(index: usize) -> String {
    match index.checked_sub(STATUSES) {
        None => (index + 100).to_string(),
        Some(0) => "reset".to_owned(),
        Some(1) => "truncated".to_owned(),
        Some(2) => "hang".to_owned(),
        Some(3) => "abandoned".to_owned(),
        Some(4) => "stream_error".to_owned(),
        Some(_) => "stream_reset".to_owned(),
    }
}

/// One counter for every route and ending.
pub(super) struct Counts {
    table: [Vec<AtomicU64>; Route::ALL.len()],
}

impl Counts {
    /// All zero.
    pub(super) fn new() -> Self {
        Counts {
            table: std::array::from_fn(|_| {
                std::iter::repeat_with(AtomicU64::default)
                    .take(STATUSES + BROKEN)
                    .collect()
            }),
        }
    }

    /// Counts one request.
    pub(super) fn add(&self, route: Route, outcome: Outcome) {
        let row = self.table.get(route.index());
        if let Some(counter) = row.and_then(|row| row.get(outcome.index())) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// What was counted since the start or the last reset.
    pub(super) fn snapshot(&self) -> CountsSnapshot {
        let mut snapshot = CountsSnapshot::new();
        for (route, row) in Route::ALL.iter().zip(&self.table) {
            for (index, counter) in row.iter().enumerate() {
                let count = counter.load(Ordering::Relaxed);
                if count > 0 {
                    let row = snapshot.entry(route.name().to_owned()).or_default();
                    row.insert(name_of(index), count);
                }
            }
        }
        snapshot
    }

    /// Sets everything back to zero.
    pub(super) fn reset(&self) {
        for counter in self.table.iter().flatten() {
            counter.store(0, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ending_is_counted_under_its_name() {
        let counts = Counts::new();
        counts.add(Route::Query, Outcome::Status(200));
        counts.add(Route::Query, Outcome::Status(200));
        counts.add(Route::Query, Outcome::Status(503));
        counts.add(Route::Query, Outcome::Reset);
        counts.add(Route::Chat, Outcome::Truncated);
        counts.add(Route::Ollama, Outcome::StreamError);
        counts.add(Route::Ollama, Outcome::StreamReset);
        counts.add(Route::Retrieval, Outcome::Hang);
        counts.add(Route::Unknown, Outcome::Abandoned);
        let text = serde_json::to_string(&counts.snapshot()).unwrap();
        assert_eq!(
            text,
            r#"{"GET /retrieval":{"hang":1},"POST /api/chat":{"stream_error":1,"stream_reset":1},"POST /query":{"200":2,"503":1,"reset":1},"POST /v1/chat/completions":{"truncated":1},"unknown":{"abandoned":1}}"#
        );
        counts.reset();
        assert!(counts.snapshot().is_empty());
    }

    #[test]
    fn every_route_stands_at_its_own_place() {
        for (place, route) in Route::ALL.iter().enumerate() {
            assert_eq!(route.index(), place);
        }
    }
}
