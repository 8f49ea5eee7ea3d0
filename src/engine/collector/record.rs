//! What a run leaves: everything that was collected, as its record.
//!
//! Must not know when a run is over.

use crate::event::{Ending, RecordedAnswer, RecordedRow, RunRecord, SCHEMA_VERSION, StageBand};
use crate::model::Offset;
use crate::stats::snapshot::UserCounts;
use crate::stats::{Course, Entry, Row, encoding};

use super::super::verdict::verdict;
use super::Collector;

impl Collector {
    pub(super) fn record(&self, at: Offset, ending: Ending) -> RunRecord {
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
            aggregated: recorded(snapshot.aggregated, all, Course::default()),
            rows: self.recorded_rows(snapshot.rows),
            failures: snapshot.failures,
            failed_answers: self.failed_answers(),
            exceptions: snapshot.exceptions,
            data: self.draws.record(&self.plan),
            cost: self.plan.price.as_ref().map(|price| self.spent.cost(price)),
            timeline: self.timeline.points().to_vec(),
            stages: StageBand::of(&self.plan.load),
            marks: self.marks.clone(),
            notices: self.notices.clone(),
        }
    }

    fn recorded_rows(&self, rows: Vec<Row>) -> Vec<RecordedRow> {
        let nothing = Entry::default();
        let entries = &self.totals.delta().entries;
        rows.into_iter()
            .map(|row| {
                let known = &self.plan.endpoints;
                let index = known.iter().position(|known| *known == row.endpoint);
                let entry = index.and_then(|index| entries.get(index));
                let course = index.and_then(|index| self.timeline.course(index));
                recorded(
                    row,
                    entry.unwrap_or(&nothing),
                    course.cloned().unwrap_or_default(),
                )
            })
            .collect()
    }

    fn failed_answers(&self) -> Vec<RecordedAnswer> {
        let answers = self.totals.delta().failed_answers.iter();
        let mut answers: Vec<RecordedAnswer> = answers
            .filter_map(|(endpoint, failure, answer)| {
                Some(RecordedAnswer {
                    endpoint: self.plan.endpoints.get(endpoint.index())?.clone(),
                    error: failure.error(),
                    answer: answer.clone(),
                })
            })
            .collect();
        answers.sort_by_key(|recorded| recorded.answer.at);
        answers
    }
}

fn recorded(row: Row, entry: &Entry, course: Course) -> RecordedRow {
    let failed = &entry.failed_times;
    RecordedRow {
        row,
        histogram: encoding::encode(&entry.times),
        failed_histogram: (failed.count() > 0).then(|| encoding::encode(failed)),
        measure_histograms: (entry.measures.iter())
            .map(|(measure, series)| (measure.clone(), encoding::encode(&series.values)))
            .collect(),
        course,
    }
}
