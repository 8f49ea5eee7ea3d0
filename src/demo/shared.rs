//! What all requests share.
//!
//! Owns the service's state as a whole and the faults in force. Must not know routes or HTTP.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::cache::Cache;
use super::counts::{Counts, Outcome, Route};
use super::durations::Durations;
use super::faults::{FaultError, Faults};
use super::gauge::{Entered, Gauge};
use super::latency::Latency;
use super::leak::Leak;
use super::limiter::Limiter;
use super::pool::{self, Pool};
use super::retrieval::Index;
use super::tally::{Answers, Tally};
use crate::clock::RunClock;
use crate::model::Offset;

/// How many times slower a cold service is at first.
const COLD_FACTOR: f64 = 10.0;

/// The state of the service. Nothing in it is locked across an await.
pub(super) struct Shared {
    pub(super) clock: RunClock,
    pub(super) latency: Latency,
    pub(super) index: Index,
    pub(super) pool: Pool,
    pub(super) cache: Cache,
    pub(super) leak: Leak,
    pub(super) limiter: Limiter,
    pub(super) counts: Counts,
    pub(super) answers: Answers,
    pub(super) durations: [Durations; Route::ALL.len()],
    pub(super) in_flight: Gauge,
    /// Cancelled when the service is to stop.
    pub(super) stopping: CancellationToken,
    seed: u64,
    drawn: AtomicU64,
    setting: RwLock<Setting>,
}

/// The faults in force and since when they are.
struct Setting {
    faults: Arc<Faults>,
    /// When `slow_start` was last set.
    cold_since: Offset,
}

impl Shared {
    /// A fresh service over `index`. `faults` must be valid.
    pub(super) fn new(index: Index, latency: Latency, seed: u64, faults: Faults) -> Self {
        Shared {
            clock: RunClock::start(),
            latency,
            index,
            pool: Pool::new(faults.pool_size.unwrap_or(pool::DEFAULT_SIZE)),
            cache: Cache::default(),
            leak: Leak::default(),
            limiter: Limiter::default(),
            counts: Counts::new(),
            answers: Answers::default(),
            durations: std::array::from_fn(|_| Durations::default()),
            in_flight: Gauge::default(),
            stopping: CancellationToken::new(),
            seed,
            drawn: AtomicU64::new(0),
            setting: RwLock::new(Setting {
                faults: Arc::new(faults),
                cold_since: Offset::ZERO,
            }),
        }
    }

    /// The faults in force.
    pub(super) fn faults(&self) -> Arc<Faults> {
        let setting = self.setting.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&setting.faults)
    }

    /// Lays a JSON change over the faults in force and returns the outcome.
    ///
    /// # Errors
    /// [`FaultError`]; the faults then stay as they were.
    pub(super) fn merge_faults(&self, change: &Value) -> Result<Arc<Faults>, FaultError> {
        let mut setting = self.setting.write().unwrap_or_else(PoisonError::into_inner);
        let merged = setting.faults.merged(change)?;
        Ok(self.put_in_force(&mut setting, merged))
    }

    /// Puts `faults` in the place of those in force.
    ///
    /// # Errors
    /// [`FaultError`]; the faults then stay as they were.
    pub(super) fn set_faults(&self, faults: Faults) -> Result<(), FaultError> {
        faults.validate()?;
        let mut setting = self.setting.write().unwrap_or_else(PoisonError::into_inner);
        self.put_in_force(&mut setting, faults);
        Ok(())
    }

    /// Switches every fault off, gives leaked memory back and forgets cached answers.
    pub(super) fn heal(&self) {
        let mut setting = self.setting.write().unwrap_or_else(PoisonError::into_inner);
        self.put_in_force(&mut setting, Faults::default());
        self.leak.free();
        self.cache.clear();
    }

    fn put_in_force(&self, setting: &mut Setting, faults: Faults) -> Arc<Faults> {
        if faults.slow_start != setting.faults.slow_start {
            setting.cold_since = self.clock.now();
        }
        self.pool
            .resize(faults.pool_size.unwrap_or(pool::DEFAULT_SIZE));
        setting.faults = Arc::new(faults);
        Arc::clone(&setting.faults)
    }

    /// Starts counting again.
    pub(super) fn reset_counts(&self) {
        self.counts.reset();
        self.answers.reset();
    }

    /// A generator for the next request: the same seed and order give the same draws.
    pub(super) fn generator(&self) -> Xoshiro256PlusPlus {
        let number = self.drawn.fetch_add(1, Ordering::Relaxed);
        Xoshiro256PlusPlus::seed_from_u64(self.seed.rotate_left(32) ^ number)
    }

    /// How long the service is still cold; zero once it is warm.
    pub(super) fn cold_for(&self) -> Duration {
        let setting = self.setting.read().unwrap_or_else(PoisonError::into_inner);
        let cold = setting.faults.slow_start.unwrap_or_default();
        cold.saturating_sub(self.clock.now().since(setting.cold_since))
    }

    /// How many times longer than usual everything takes just now.
    pub(super) fn slowdown(&self, faults: &Faults) -> f64 {
        let cold = match faults.slow_start {
            Some(whole) if !whole.is_zero() => {
                let share = self.cold_for().as_secs_f64() / whole.as_secs_f64();
                1.0 + (COLD_FACTOR - 1.0) * share
            }
            _ => 1.0,
        };
        cold * self.leak.slowdown() * faults.latency_scale.unwrap_or(1.0)
    }

    /// Waits for `time`; at once when it is zero.
    pub(super) async fn pause(&self, time: Duration) {
        if !time.is_zero() {
            self.clock.sleep_until(self.clock.now() + time).await;
        }
    }
}

/// One request on its way through the service. What becomes of it is counted exactly once, also
/// when its client leaves.
pub(super) struct Ticket {
    shared: Arc<Shared>,
    route: Route,
    arrived: Offset,
    /// What of an answer has been sent so far.
    pub(super) tally: Tally,
    settled: bool,
    _in_flight: Entered,
}

impl Ticket {
    /// Opens the account of a request that has just arrived.
    pub(super) fn open(shared: &Arc<Shared>, route: Route) -> Self {
        Ticket {
            shared: Arc::clone(shared),
            route,
            arrived: shared.clock.now(),
            tally: Tally::default(),
            settled: false,
            _in_flight: shared.in_flight.enter(),
        }
    }

    /// When the request arrived.
    pub(super) fn arrived(&self) -> Offset {
        self.arrived
    }

    /// Counts how the request ended. Called before the last bytes leave, so that a client that has
    /// them finds the request counted.
    pub(super) fn settle(&mut self, outcome: Outcome) {
        if self.settled {
            return;
        }
        self.settled = true;
        self.shared.counts.add(self.route, outcome);
        self.shared.answers.add(self.route, outcome, &self.tally);
        if let Some(durations) = self.shared.durations.get(self.route.index()) {
            durations.add(self.shared.clock.now().since(self.arrived));
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.settle(Outcome::Abandoned);
    }
}
