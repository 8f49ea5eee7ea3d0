//! How things stand, for everyone who looks: the latest view, and the course of the run until now.
//!
//! Owns what is kept of a run for viewers, all of it bounded. Must not know how a viewer is shown
//! it, nor how a run is started.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::event::{Notice, RunRecord, Started, Tick};
use crate::model::Endpoint;
use crate::scenario::Plan;
use crate::stats::{Point, Points};

/// Notices kept for viewers: the last ones.
const NOTICES: usize = 100;

/// How far the server has come with its run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nothing was run yet.
    Ready,
    /// The target is being asked whether it is there.
    Starting,
    /// Users are at work.
    Going,
    /// The last run is over, or never began.
    Over,
}

/// How things stand at one moment.
#[derive(Clone, Debug)]
pub struct View {
    /// Runs until now: the number of the one shown.
    pub run: u64,
    /// How far the server has come with it.
    pub stage: Stage,
    /// Why it never began.
    pub problem: Option<Arc<str>>,
    /// What is, was or would be run.
    pub plan: Option<Arc<Plan>>,
    /// Wall time of its start since the Unix epoch; until there is one, that of the server's.
    pub started_unix: Duration,
    /// The latest figures; none before the first, and after statistics of a finished run were
    /// cleared.
    pub tick: Option<Arc<Tick>>,
    /// How many points were told until now.
    pub points: u64,
    /// Every endpoint that had a request, cleared or not.
    pub seen: Arc<BTreeSet<Endpoint>>,
    /// What was worth a line.
    pub notices: Arc<Vec<Notice>>,
    /// The record, as far as it was told.
    pub record: Option<Arc<RunRecord>>,
}

impl View {
    /// Whether a run is under way, or about to be.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        matches!(self.stage, Stage::Starting | Stage::Going)
    }
}

/// The board that everyone looks at.
#[derive(Debug)]
pub struct Board {
    kept: Mutex<Kept>,
    views: watch::Sender<Arc<View>>,
}

#[derive(Debug)]
struct Kept {
    view: View,
    points: Points,
    /// Somebody is about to start a run.
    claimed: bool,
}

/// The right to start the next run; given back when it is dropped unused.
pub struct Claim {
    board: Arc<Board>,
}

impl Board {
    /// A board that shows what would be run.
    #[must_use]
    pub fn new(plan: Option<Arc<Plan>>, now_unix: Duration) -> Self {
        let view = View {
            run: 0,
            stage: Stage::Ready,
            problem: None,
            plan,
            started_unix: now_unix,
            tick: None,
            points: 0,
            seen: Arc::default(),
            notices: Arc::default(),
            record: None,
        };
        let kept = Kept {
            view: view.clone(),
            points: Points::default(),
            claimed: false,
        };
        Board {
            kept: Mutex::new(kept),
            views: watch::Sender::new(Arc::new(view)),
        }
    }

    /// How things stand.
    #[must_use]
    pub fn view(&self) -> Arc<View> {
        Arc::clone(&self.views.borrow())
    }

    /// How things stand, from now on.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Arc<View>> {
        self.views.subscribe()
    }

    /// The course of the run until now, with how many points it was told of.
    #[must_use]
    pub fn course(&self) -> (u64, Vec<Point>) {
        let kept = self.lock();
        (kept.view.points, kept.points.iter().cloned().collect())
    }

    /// The right to start a run; none while one is under way or being started.
    #[must_use]
    pub fn claim(self: &Arc<Self>) -> Option<Claim> {
        let mut kept = self.lock();
        if kept.claimed || kept.view.is_busy() {
            return None;
        }
        kept.claimed = true;
        Some(Claim {
            board: Arc::clone(self),
        })
    }

    /// The run began.
    pub(super) fn began(&self, started: &Started) {
        self.change(|kept| {
            kept.view.stage = Stage::Going;
            kept.view.plan = Some(Arc::clone(&started.plan));
            kept.view.started_unix = started.started_unix;
        });
    }

    /// A second passed.
    pub(super) fn ticked(&self, tick: &Arc<Tick>) {
        self.change(|kept| {
            // A tick that follows at once upon another makes no point: its rate would be chance.
            let before = kept.view.tick.as_ref().map(|tick| tick.snapshot.at);
            let lasted = before.map(|before| tick.snapshot.at.since(before));
            if lasted.is_some_and(|lasted| lasted >= Duration::from_millis(500)) {
                kept.points.push(tick.stretch.clone());
                kept.view.points += 1;
            }
            let rows = tick.snapshot.rows.iter().map(|row| &row.endpoint);
            let new: Vec<_> = rows.filter(|row| !kept.view.seen.contains(row)).collect();
            if !new.is_empty() {
                Arc::make_mut(&mut kept.view.seen).extend(new.into_iter().cloned());
            }
            kept.view.tick = Some(Arc::clone(tick));
        });
    }

    /// Something was worth a line.
    pub(super) fn noted(&self, notice: &Notice) {
        self.change(|kept| {
            let notices = Arc::make_mut(&mut kept.view.notices);
            notices.push(notice.clone());
            let excess = notices.len().saturating_sub(NOTICES);
            notices.drain(..excess);
        });
    }

    /// The record was told.
    pub(super) fn recorded(&self, record: &Arc<RunRecord>) {
        self.change(|kept| kept.view.record = Some(Arc::clone(record)));
    }

    /// The run is over, or never began for this reason.
    pub(super) fn ended(&self, problem: Option<String>) {
        self.change(|kept| {
            kept.view.stage = Stage::Over;
            kept.view.problem = problem.map(Into::into);
        });
    }

    /// Somebody wants nothing to run, and nothing does.
    pub(super) fn stopped(&self) {
        self.change(|kept| {
            if kept.view.stage == Stage::Ready {
                kept.view.stage = Stage::Over;
            }
        });
    }

    /// Nothing is under way; the figures of the last run are cleared.
    pub(super) fn clear(&self) {
        self.change(|kept| {
            kept.points = Points::default();
            kept.view.points = 0;
            kept.view.tick = None;
        });
    }

    fn change(&self, change: impl FnOnce(&mut Kept)) {
        let mut kept = self.lock();
        change(&mut kept);
        self.views.send_replace(Arc::new(kept.view.clone()));
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Claim {
    /// Uses the right: a run of this plan is being started. Gives its number.
    pub(super) fn start(self, plan: Arc<Plan>) -> u64 {
        let mut number = 0;
        self.board.change(|kept| {
            number = kept.view.run + 1;
            kept.points = Points::default();
            kept.view = View {
                run: number,
                stage: Stage::Starting,
                problem: None,
                plan: Some(plan),
                started_unix: kept.view.started_unix,
                tick: None,
                points: 0,
                seen: Arc::default(),
                notices: Arc::default(),
                record: None,
            };
        });
        number
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.board.lock().claimed = false;
    }
}
