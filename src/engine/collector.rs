//! Once a second: the deltas of all shards become figures, judgements and events.
//!
//! Owns totals, window and timeline. Must not know how users are spawned.

use std::sync::Arc;

use crate::clock::RunClock;
use crate::event::{
    Ending, Event, Generator, Mark, MarkKind, Notice, Phase, RunRecord, Severity, Started, Tick,
};
use crate::model::Offset;
use crate::request::data::Dealt;
use crate::scenario::Plan;
use crate::stats::snapshot::UserCounts;
use crate::stats::{Circumstances, Delta, Point, Snapshot, Spent, Timeline, Totals, Window};
use crate::threshold::{Evidence, Judgement, Standing, judge};

use super::audience::Audience;
use super::sampling::Kept;
use draws::Draws;
use limited::Limited;
use samples::Samples;

mod draws;
mod limited;
mod record;
mod samples;

/// Notices kept for the record; a run that says more says so.
const NOTICES: usize = 500;

/// How things stand beside the figures.
#[derive(Clone, Debug)]
pub(super) struct Standpoint {
    pub(super) users: UserCounts,
    pub(super) target_users: u32,
    pub(super) phase: Phase,
    pub(super) paused: bool,
    pub(super) ends_at: Option<Offset>,
    pub(super) generator: Generator,
}

impl Standpoint {
    fn circumstances(&self) -> Circumstances {
        Circumstances {
            users: self.users.total(),
            target_users: self.target_users,
            generator: self.generator,
        }
    }
}

/// Marks kept for the record: more could not be told apart on a chart.
const MARKS: usize = 200;
/// Marks for each threshold: one that stands on the edge changes every second.
const CHANGES: usize = 6;

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
    marks: Vec<Mark>,
    /// Whether each threshold is broken, in the plan's order, and how often that was marked.
    broken: Vec<(bool, usize)>,
    /// Notices beyond those kept.
    more_notices: u64,
    limited: Limited,
    draws: Draws,
    samples: Samples,
    spent: Spent,
    /// When users were told to end, and how the thresholds on windows stood then.
    told_to_end: Option<(Offset, Vec<Judgement>)>,
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
            clock,
            audience,
            totals: Totals::default(),
            window,
            timeline,
            pending: Delta::default(),
            last_tick: Offset::ZERO,
            peak_users: 0,
            notices: Vec::new(),
            marks: Vec::new(),
            broken: vec![(false, 0); plan.thresholds.len()],
            more_notices: 0,
            limited: Limited::default(),
            draws: Draws::default(),
            samples: Samples::default(),
            spent: Spent::default(),
            told_to_end: None,
            plan,
        }
    }

    pub(super) fn started(&mut self) {
        let started = Started {
            plan: Arc::clone(&self.plan),
            started_unix: self.clock.unix(Offset::ZERO),
        };
        self.audience.tell(&Event::Started(Arc::new(started)));
    }

    /// Takes in a shard's delta.
    pub(super) fn add(&mut self, delta: &Delta) {
        self.pending.merge(delta);
    }

    /// Takes in what a shard dealt of the data sets.
    pub(super) fn add_draws(&mut self, dealt: &[Dealt]) {
        self.draws.add(dealt);
    }

    /// Takes in what a shard kept for judging.
    pub(super) fn add_samples(&mut self, kept: Kept) {
        self.samples.add(kept);
    }

    /// Clears the statistics: what was counted until now no longer counts.
    pub(super) fn reset(&mut self, at: Offset) {
        self.spent.add(&std::mem::take(&mut self.pending));
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
        } else {
            self.more_notices += 1;
        }
        self.audience.tell(&Event::Notice(notice));
    }

    /// Tells something that the record says in another way.
    pub(super) fn announce(&mut self, severity: Severity, text: String) {
        let at = self.clock.now();
        let notice = Notice { at, severity, text };
        self.audience.tell(&Event::Notice(notice));
    }

    /// Marks this moment in the record.
    pub(super) fn mark(&mut self, kind: MarkKind, text: impl Into<String>) {
        let at = self.clock.now();
        if self.marks.len() < MARKS {
            let text = text.into();
            self.marks.push(Mark { at, kind, text });
        }
    }

    /// Users are told to end now: what a window shows from here on is no load any more, so
    /// thresholds on windows keep their standing, and rates their stretch.
    pub(super) fn load_ends(&mut self, at: Offset) {
        if self.told_to_end.is_none() {
            let judgements = self.judgements(at);
            self.told_to_end = Some((at, judgements));
        }
    }

    /// The end of the last stretch.
    pub(super) fn last_tick(&self) -> Offset {
        self.last_tick
    }

    /// So many users were wanted at once.
    pub(super) fn saw_users(&mut self, users: u32) {
        self.peak_users = self.peak_users.max(users);
    }

    /// Closes a stretch: figures, judgements, the tick. Returns why the run must end, if it must.
    pub(super) fn tick(&mut self, at: Offset, stand: &Standpoint) -> Option<Ending> {
        let delta = std::mem::take(&mut self.pending);
        self.totals.add(&delta);
        self.spent.add(&delta);
        self.peak_users = self.peak_users.max(stand.users.total());
        self.timeline.push(at, stand.circumstances(), &delta);
        let stretch = Point::of(self.last_tick, at, stand.circumstances(), &delta);
        self.window.push(self.last_tick, at, delta);
        if stand.generator.limited {
            self.limited.add(self.last_tick, at);
        }
        self.last_tick = at;
        let judgements = self.judgements(at);
        self.mark_broken(&judgements);
        let early = self.early_ending(at, &judgements);
        if let Some(sampled) = self.samples.take(self.clock.unix(Offset::ZERO)) {
            self.audience.tell(&Event::Sampled(Arc::new(sampled)));
        }
        self.audience.tell(&Event::Tick(Arc::new(Tick {
            snapshot: self.snapshot(at, stand.users.clone()),
            stretch,
            unix: self.clock.unix(at),
            target_users: stand.target_users,
            phase: stand.phase,
            paused: stand.paused,
            ends_at: stand.ends_at,
            judgements,
            generator: stand.generator,
        })));
        for error in self.audience.new_errors() {
            self.notice(
                Severity::Error,
                format!("cannot write {error}; the run goes on"),
            );
        }
        early
    }

    /// Tells the record as far as the run has come: until the last tick, as everything else told.
    pub(super) fn tell_record(&mut self) {
        let record = self.record(self.last_tick, Ending::Unfinished);
        self.audience.tell(&Event::SoFar(Arc::new(record)));
    }

    /// Makes the record, tells everyone, and hands back the audience.
    pub(super) fn finish(mut self, at: Offset, ending: Ending) -> (Arc<RunRecord>, Audience) {
        let dropped = self.audience.dropped_ticks();
        if dropped > 0 {
            let text = format!("outputs were too slow: {dropped} live updates were left out");
            self.notice(Severity::Warning, text);
        }
        if let Some(text) = self.limited.told(at) {
            self.notice(Severity::Warning, text);
        }
        if let Some(text) = self.samples.told(self.audience.dropped_samples()) {
            self.notice(Severity::Warning, text);
        }
        for text in self.draws.warnings(&self.plan) {
            self.notice(Severity::Warning, text);
        }
        if self.more_notices > 0 {
            let more = self.more_notices;
            let text = format!("{more} more notices were told than this record keeps");
            let severity = Severity::Warning;
            self.notices.push(Notice { at, severity, text });
        }
        self.timeline.finish(at, Circumstances::default());
        let record = Arc::new(self.record(at, ending));
        self.audience.tell(&Event::Finished(Arc::clone(&record)));
        (record, self.audience)
    }

    fn snapshot(&self, at: Offset, users: UserCounts) -> Snapshot {
        Snapshot::new(at, users, &self.plan.endpoints, &self.totals, &self.window)
    }

    fn evidence(&self, at: Offset) -> Evidence<'_> {
        Evidence {
            elapsed: self.told_to_end.as_ref().map_or(at, |(ended, _)| *ended),
            totals: &self.totals,
            window: &self.window,
        }
    }

    fn judgements(&self, at: Offset) -> Vec<Judgement> {
        let evidence = self.evidence(at);
        let held = |index| {
            self.told_to_end
                .as_ref()
                .and_then(|(_, held)| held.get(index))
        };
        (self.plan.thresholds.iter().enumerate())
            .map(|(index, threshold)| match held(index) {
                Some(held) if threshold.over.is_some() => held.clone(),
                _ => judge(threshold, &evidence),
            })
            .collect()
    }

    /// Marks the moments at which a threshold is broken and met again, before users are told to end.
    fn mark_broken(&mut self, judgements: &[Judgement]) {
        if self.told_to_end.is_some() {
            return;
        }
        for (index, judgement) in judgements.iter().enumerate() {
            let (was_broken, changes) = self.broken[index];
            let (kind, word) = match (judgement.standing, was_broken) {
                (Standing::Failed, false) => (MarkKind::Threshold, "broken"),
                (Standing::Passed, true) => (MarkKind::ThresholdMet, "met again"),
                _ => continue,
            };
            self.broken[index] = (!was_broken, changes + 1);
            if changes < CHANGES {
                self.mark(kind, format!("{word}: {judgement}"));
            }
        }
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
        let (budget, price) = (&self.plan.budget, self.plan.price.as_ref());
        if let Some(spent) = self.spent.exceeds(budget, price) {
            return Some(Ending::Budget(spent));
        }
        let broken = judgements
            .iter()
            .find(|j| j.abort && j.standing == Standing::Failed);
        broken.map(|judgement| Ending::Threshold(judgement.to_string()))
    }
}
