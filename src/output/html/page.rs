//! The page as its template sees it.
//!
//! Owns what stands on it and in which order; its neighbours make the parts.

use askama::Template;

use crate::event::RunRecord;
use crate::output::locust_csv::PERCENTILE_LABELS;
use crate::output::tables::Tables;
use crate::output::utc;
use crate::output::verdict::headline;
use crate::scenario::plan::Setting;
use crate::stats::Measure;

use super::answers::{self, AnswersView};
use super::chart::Chart;
use super::charts;
use super::data::Data;
use super::failures::{self, ExceptionView, FailuresView};
use super::generator::{self, GeneratorView};
use super::inert::{Inert, script_hash};
use super::limits::{self, LimitsView};
use super::run_card::{self, Fact, Tile};
use super::sections::{self, EventView, PointView, RowView, ThresholdView};
use super::stretches::{at_most, shown};

/// Rows of the table behind the charts.
const POINTS: usize = 60;
/// Stretches of the charts that stand still.
const STILL: usize = 150;

/// The report.
#[derive(Template)]
#[template(path = "report.html")]
pub(super) struct Page<'a> {
    scenario: &'a str,
    description: &'a str,
    host: &'a str,
    started: String,
    word: &'static str,
    class: &'static str,
    reason: String,
    cautions: Vec<EventView>,
    tiles: Vec<Tile>,
    facts: Vec<Fact>,
    thresholds: Vec<ThresholdView>,
    still: Vec<Chart>,
    points: Vec<PointView>,
    points_note: &'static str,
    rows: Vec<RowView>,
    aggregated: RowView,
    labels: [&'static str; 11],
    /// The phases of all requests together; what was measured of answers stands with them.
    measures: Vec<[String; 8]>,
    /// Whether any answer had status 429.
    limited: bool,
    /// Whether it is known how many connections were made.
    connections: bool,
    /// Whether the end of the run cut any request off.
    interrupted: bool,
    answers: AnswersView,
    limits: LimitsView,
    failures: FailuresView,
    exceptions: Vec<ExceptionView>,
    generator: GeneratorView,
    events: Vec<EventView>,
    settings: &'a [Setting],
    resolved: &'a str,
    resolved_lines: usize,
    version: &'a str,
    data: Inert,
    script: Inert,
    script_hash: String,
}

impl<'a> Page<'a> {
    /// The report on a run.
    pub(super) fn of(record: &'a RunRecord) -> Self {
        let tables = Tables::from(record);
        let headline = headline(record);
        let shown = shown(record);
        let joined = shown.len() > POINTS;
        Page {
            scenario: &record.scenario,
            description: &record.description,
            host: &record.host,
            started: utc::readable(record.started_unix),
            word: headline.word,
            class: sections::class(headline.tone),
            reason: headline.reason,
            cautions: sections::cautions(record),
            tiles: run_card::tiles(record),
            facts: run_card::facts(record),
            thresholds: sections::thresholds(record),
            still: charts::of(record, &at_most(shown, STILL)),
            points: sections::points(&at_most(shown, POINTS)),
            points_note: if joined { JOINED } else { INCLUDED },
            rows: tables.rows.iter().map(|row| sections::row(row)).collect(),
            aggregated: sections::row(tables.aggregated),
            labels: PERCENTILE_LABELS,
            measures: (tables.aggregated.measures.iter())
                .filter(|figures| Measure::PHASES.contains(&figures.measure))
                .map(sections::measure)
                .collect(),
            limited: tables.aggregated.rate_limited > 0,
            connections: tables.aggregated.connections.is_some(),
            interrupted: tables.aggregated.interrupted > 0,
            answers: answers::view(record),
            limits: limits::view(record),
            failures: failures::failures(record),
            exceptions: failures::exceptions(record),
            generator: generator::view(record),
            events: sections::events(record),
            settings: &record.settings,
            resolved: &record.resolved,
            resolved_lines: record.resolved.lines().count(),
            version: &record.ragload_version,
            data: Inert::data(&Data::of(record)),
            script: Inert::script(),
            script_hash: script_hash(),
        }
    }
}

/// What the table behind the charts holds.
const INCLUDED: &str = "Response times of all requests, failed ones included.";
/// The same where it is coarser than the charts.
const JOINED: &str = "Neighbouring stretches are joined: rates are averaged, of percentiles the \
    worst is kept. Response times of all requests, failed ones included.";
