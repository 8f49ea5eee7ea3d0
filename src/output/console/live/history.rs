//! The course of the last seconds, as sparklines show it.
//!
//! Owns how ticks become values per second: ticks may come late, be left out, or follow each
//! other closely. Must not know how anything is drawn.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::event::Tick;
use crate::model::{Endpoint, Offset};
use crate::stats::Row;

use super::series::Series;

/// Position of the 95th percentile in [`crate::stats::PERCENTILES`].
const P95: usize = 5;

/// Ticks closer together than this are one: the rate between them would be noise.
const SHORTEST: Duration = Duration::from_millis(500);

/// The last seconds of a run.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    /// Users running.
    pub(super) users: Series,
    /// Requests per second.
    pub(super) requests: Series,
    /// Failures per second.
    pub(super) failures: Series,
    /// 95th percentile of the response time, each over the ten seconds before it, in seconds.
    pub(super) p95: Series,
    /// The same per endpoint.
    pub(super) p95_of: BTreeMap<Endpoint, Series>,
    counted: Option<Counted>,
}

/// What was counted at the end of the last second.
#[derive(Clone, Copy, Debug)]
struct Counted {
    at: Offset,
    requests: u64,
    failures: u64,
}

impl History {
    /// Takes in how things stand now.
    pub(super) fn push(&mut self, tick: &Tick) {
        let all = &tick.snapshot.aggregated;
        let now = Counted {
            at: tick.snapshot.at,
            requests: all.requests,
            failures: all.failures,
        };
        let Some(before) = self.counted else {
            self.counted = Some(now);
            return;
        };
        let stretch = now.at.since(before.at);
        if stretch < SHORTEST {
            return;
        }
        self.counted = Some(now);
        let seconds = whole_seconds(stretch);
        let per_second = |now: u64, before: u64| {
            // Statistics that were reset count from zero again.
            let count = now.checked_sub(before).unwrap_or(now);
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            Some(f64::from(count) / stretch.as_secs_f64())
        };
        let requests = per_second(now.requests, before.requests);
        let failures = per_second(now.failures, before.failures);
        self.requests.push(requests, seconds);
        self.failures.push(failures, seconds);
        let users = f64::from(tick.snapshot.users);
        self.users.push(Some(users), seconds);
        self.p95.push(p95(all), seconds);
        let passed = self.users.len();
        for row in &tick.snapshot.rows {
            let series = self.p95_of.entry(row.endpoint.clone()).or_default();
            series.push(p95(row), seconds);
            // One that is seen for the first time stands under the others all the same.
            series.fill_up_to(passed);
        }
    }
}

fn p95(row: &Row) -> Option<f64> {
    let values = row.current.percentiles?;
    Some(values[P95].as_secs_f64())
}

/// To the nearest second, at least one.
fn whole_seconds(stretch: Duration) -> usize {
    let rounded = stretch.saturating_add(Duration::from_millis(500)).as_secs();
    usize::try_from(rounded).unwrap_or(usize::MAX).max(1)
}
