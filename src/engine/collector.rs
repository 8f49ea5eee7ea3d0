//! Once a second: the deltas of all shards become figures, judgements and events.
//!
//! Owns totals, window and timeline. Must not know how users are spawned.

use std::sync::Arc;

use crate::clock::RunClock;
use crate::event::{
    Ending, Event, Generator, Notice, Phase, RecordedRow, RunRecord, SCHEMA_VERSION, Severity,
    Started, Tick,
};
use crate::model::{Endpoint, Offset};
use crate::scenario::Plan;
use crate::stats::snapshot::UserCounts;
use crate::stats::{Delta, Entry, Row, Snapshot, Timeline, Totals, Window, encoding};
use crate::threshold::{Evidence, Judgement, Standing, judge};

use super::audience::Audience;
use super::verdict::verdict;

/// Notices kept for the record; a run that says more says so.
const NOTICES: usize = 500;

/// How things stand beside the figures.
#[derive(Clone, Debug)]
pub(super) struct Standpoint {
    pub(super) users: UserCounts,
    pub(super) target_users: u32,
    pub(super) phase: Phase,
    pub(super) ends_at: Option<Offset>,
    pub(super) generator: Generator,
}

/// Turns deltas into events.
pub(super) struct Collector {
    plan: Arc<Plan>,
    clock: RunClock,
    audience: Audience,
    totals: Totals,
    window: Window,
    timeline: Timeline,
    /// What came in since the last tick.
    pending: Delta,
    last_tick: Offset,
    peak_users: u32,
    notices: Vec<Notice>,
}

impl Collector {
    pub(super) fn new(plan: Arc<Plan>, clock: RunClock, audience: Audience) -> Self {
        let spans = plan
            .thresholds
            .iter()
            .chain(&plan.stop_if)
            .filter_map(|t| t.over);
        let window = Window::new(spans.max().unwrap_or_default());
        let timeline = Timeline::new(plan.load.run_time());
        Collector {
            plan,
            clock,
            audience,
            totals: Totals::default(),
            window,
            timeline,
            pending: Delta::default(),
            last_tick: Offset::ZERO,
            peak_users: 0,
            notices: Vec::new(),
        }
    }

    pub(super) fn started(&mut self) {
        let started = Started {
            plan: Arc::clone(&self.plan),
            started_unix: self.clock.unix(Offset::ZERO),
        };
        self.audience.tell(Event::Started(Arc::new(started)));
    }

    /// Takes in a shard's delta.
    pub(super) fn add(&mut self, delta: &Delta) {
        self.pending.merge(delta);
    }

    /// Clears the statistics: what was counted until now no longer counts.
    pub(super) fn reset(&mut self, at: Offset) {
        self.pending = Delta::default();
        self.totals.reset(at);
        self.window.clear();
    }

    pub(super) fn notice(&mut self, severity: Severity, text: impl Into<String>) {
        let notice = Notice {
            at: self.clock.now(),
            severity,
            text: text.into(),
        };
        if self.notices.len() < NOTICES {
            self.notices.push(notice.clone());
        }
        self.audience.tell(Event::Notice(notice));
    }

    /// Closes a stretch: figures, judgements, the tick. Returns why the run must end, if it must.
    pub(super) fn tick(&mut self, at: Offset, stand: &Standpoint) -> Option<Ending> {
        let delta = std::mem::take(&mut self.pending);
        self.totals.add(&delta);
        self.peak_users = self.peak_users.max(stand.users.total());
        self.timeline.push(at, stand.users.total(), &delta);
        self.window.push(self.last_tick, at, delta);
        self.last_tick = at;
        let judgements = self.judgements(at);
        let early = self.early_ending(at, &judgements);
        self.audience.tell(Event::Tick(Arc::new(Tick {
            snapshot: self.snapshot(at, stand.users.clone()),
            unix: self.clock.unix(at),
            target_users: stand.target_users,
            phase: stand.phase,
            ends_at: stand.ends_at,
            judgements,
            generator: stand.generator,
        })));
        early
    }

    /// Makes the record, tells everyone, and hands back the audience.
    pub(super) fn finish(mut self, at: Offset, ending: Ending) -> (Arc<RunRecord>, Audience) {
        let dropped = self.audience.dropped_ticks();
        if dropped > 0 {
            let text = format!("outputs were too slow: {dropped} live updates were left out");
            self.notice(Severity::Warning, text);
        }
        self.timeline.finish(at, 0);
        let record = Arc::new(self.record(at, ending));
        self.audience.tell(Event::Finished(Arc::clone(&record)));
        (record, self.audience)
    }

    fn snapshot(&self, at: Offset, users: UserCounts) -> Snapshot {
        Snapshot::new(at, users, &self.plan.endpoints, &self.totals, &self.window)
    }

    fn evidence(&self, elapsed: Offset) -> Evidence<'_> {
        Evidence {
            elapsed,
            totals: &self.totals,
            window: &self.window,
        }
    }

    fn judgements(&self, at: Offset) -> Vec<Judgement> {
        self.plan
            .thresholds
            .iter()
            .map(|t| judge(t, &self.evidence(at)))
            .collect()
    }

    fn early_ending(&self, at: Offset, judgements: &[Judgement]) -> Option<Ending> {
        let stop_if = self
            .plan
            .stop_if
            .iter()
            .map(|t| judge(t, &self.evidence(at)));
        // A stop condition is a threshold that must not hold.
        let holds = stop_if.into_iter().find(|j| j.standing == Standing::Passed);
        if let Some(judgement) = holds {
            return Some(Ending::StopIf(judgement.to_string()));
        }
        let broken = judgements
            .iter()
            .find(|j| j.abort && j.standing == Standing::Failed);
        broken.map(|judgement| Ending::Threshold(judgement.to_string()))
    }

    fn record(&self, at: Offset, ending: Ending) -> RunRecord {
        let judgements = self.judgements(at);
        let snapshot = self.snapshot(at, UserCounts::default());
        let all = self.totals.all();
        let exceptions = snapshot.exceptions.iter().map(|row| row.count).sum();
        RunRecord {
            schema_version: SCHEMA_VERSION,
            ragload_version: env!("CARGO_PKG_VERSION").to_owned(),
            scenario: self.plan.scenario.clone(),
            description: self.plan.description.clone(),
            host: self.plan.target.shown.clone(),
            started_unix: self.clock.unix(Offset::ZERO),
            duration: at.elapsed(),
            seed: self.plan.seed,
            peak_users: self.peak_users,
            settings: self.plan.settings.clone(),
            resolved: self.plan.resolved.clone(),
            verdict: verdict(&ending, &judgements, all, exceptions),
            ending,
            judgements,
            aggregated: recorded(snapshot.aggregated, all),
            rows: self.recorded_rows(snapshot.rows),
            failures: snapshot.failures,
            exceptions: snapshot.exceptions,
            timeline: self.timeline.points().to_vec(),
            notices: self.notices.clone(),
        }
    }

    fn recorded_rows(&self, rows: Vec<Row>) -> Vec<RecordedRow> {
        let nothing = Entry::default();
        let entry = |endpoint: &Endpoint| {
            let index = self
                .plan
                .endpoints
                .iter()
                .position(|known| known == endpoint);
            index
                .and_then(|index| self.totals.delta().entries.get(index))
                .unwrap_or(&nothing)
        };
        rows.into_iter()
            .map(|row| {
                let entry = entry(&row.endpoint);
                recorded(row, entry)
            })
            .collect()
    }
}

fn recorded(row: Row, entry: &Entry) -> RecordedRow {
    RecordedRow {
        row,
        histogram: encoding::encode(&entry.times),
    }
}
