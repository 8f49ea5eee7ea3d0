//! `/metrics`: the run as Prometheus reads it, in the OpenMetrics text form.
//!
//! Counters count from the start of a run, or from the last reset: to Prometheus both are a counter
//! that began anew. Labels are what the scenario wrote, never an address that was asked. Must not
//! know who scrapes.

mod limits;

use std::fmt;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{
    DescriptorEncoder, EncodeGaugeValue, EncodeMetric, MetricEncoder, NoLabelSet,
};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::{Registry, Unit};

use crate::event::{Generator, RecordedRow, RunRecord};
use crate::stats::{Histogram, encoding};
use crate::threshold::Standing;

use super::board::{Stage, View};
use super::{Shared, reply};

const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper bounds of the buckets of response times, in milliseconds.
const BOUNDS: [u64; 16] = [
    5, 10, 25, 50, 100, 250, 500, 1_000, 2_000, 3_000, 5_000, 10_000, 20_000, 30_000, 60_000,
    120_000,
];

pub(super) async fn metrics(State(shared): State<Arc<Shared>>) -> Response<Body> {
    let record = shared.control.record().await;
    let view = shared.control.board().view();
    match text(Figures { view, record }) {
        Ok(text) => reply::of_type(CONTENT_TYPE, text),
        Err(_) => reply::error(StatusCode::INTERNAL_SERVER_ERROR, "the metrics broke down"),
    }
}

fn text(figures: Figures) -> Result<String, fmt::Error> {
    let mut registry = Registry::with_prefix("ragload");
    registry.register_collector(Box::new(figures));
    let mut text = String::new();
    encode(&mut text, &registry)?;
    Ok(text)
}

/// What a scrape shows.
#[derive(Debug)]
struct Figures {
    view: Arc<View>,
    record: Option<Arc<RunRecord>>,
}

impl Collector for Figures {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        self.run(&mut encoder)?;
        if let Some(record) = &self.record {
            requests(&mut encoder, record)?;
            limits::limits(&mut encoder, record)?;
            response_times(&mut encoder, record)?;
            thresholds(&mut encoder, record)?;
        }
        Ok(())
    }
}

/// One family of metrics, whose members are told one by one.
struct Family<'a>(MetricEncoder<'a>);

type Labels<'l> = &'l [(&'l str, &'l str)];

impl Family<'_> {
    fn gauge(&mut self, labels: Labels<'_>, value: impl EncodeGaugeValue) -> fmt::Result {
        self.one(labels, &ConstGauge::new(value))
    }

    fn counter(&mut self, labels: Labels<'_>, value: u64) -> fmt::Result {
        self.one(labels, &ConstCounter::new(value))
    }

    fn one(&mut self, labels: Labels<'_>, metric: &impl EncodeMetric) -> fmt::Result {
        metric.encode(self.0.encode_family(&labels.to_vec())?)
    }

    fn histogram(&mut self, labels: Labels<'_>, row: &RecordedRow) -> fmt::Result {
        let times = encoding::decode(&row.histogram).unwrap_or_default();
        let sum = row
            .row
            .average
            .map_or(0.0, |mean| mean.as_secs_f64() * number(times.count()));
        let labels = Vec::from(labels);
        self.0
            .encode_family(&labels)?
            .encode_histogram::<NoLabelSet>(sum, times.count(), &buckets(&times), None)
    }
}

/// A gauge without labels.
fn single(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    value: impl EncodeGaugeValue,
) -> fmt::Result {
    let encoder = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
    ConstGauge::new(value).encode(encoder)
}

fn family<'a>(
    encoder: &'a mut DescriptorEncoder<'_>,
    name: &'static str,
    help: &str,
    unit: Option<&'a Unit>,
    kind: MetricType,
) -> Result<Family<'a>, fmt::Error> {
    encoder
        .encode_descriptor(name, help, unit, kind)
        .map(Family)
}

impl Figures {
    /// What the server and the generator are doing.
    fn run(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        let mut build = family(encoder, "build", "The program", None, MetricType::Info)?;
        build.0.encode_info(&version)?;
        let going = i64::from(self.view.stage == Stage::Going);
        single(encoder, "running", "1 while users are at work", going)?;
        let (Some(tick), Some(plan)) = (&self.view.tick, &self.view.plan) else {
            return Ok(());
        };
        let scenario = ("scenario", plan.scenario.as_str());
        let mut users = family(encoder, "users", "Users running", None, MetricType::Gauge)?;
        for (class, count) in &tick.snapshot.users_by_class {
            users.gauge(&[scenario, ("user_class", class)], i64::from(*count))?;
        }
        family(
            encoder,
            "target_users",
            "Users wanted",
            None,
            MetricType::Gauge,
        )?
        .gauge(&[scenario], i64::from(tick.target_users))?;
        generator(encoder, &tick.generator)
    }
}

fn generator(encoder: &mut DescriptorEncoder<'_>, generator: &Generator) -> fmt::Result {
    let lag = Some(generator.lag.as_secs_f64());
    let figures = [
        (
            "cpu_cores",
            "Processor cores this process uses",
            generator.cpu,
        ),
        (
            "busy_ratio",
            "Share of the time its busiest thread is at work",
            generator.busy,
        ),
        (
            "memory_bytes",
            "Resident memory",
            generator.memory.map(number),
        ),
        (
            "open_files",
            "Open files and connections",
            generator.open_files.map(number),
        ),
        ("lag_seconds", "How late its timers are", lag),
    ];
    for (name, help, value) in figures {
        if let Some(value) = value {
            single(encoder, &format!("generator_{name}"), help, value)?;
        }
    }
    let help = "1 while the generator itself is the bottleneck";
    single(
        encoder,
        "generator_limited",
        help,
        i64::from(generator.limited),
    )
}

/// The labels of one endpoint.
fn labels<'l>(record: &'l RunRecord, row: &'l RecordedRow) -> [(&'l str, &'l str); 3] {
    let endpoint = row.endpoint();
    [
        ("scenario", &record.scenario),
        ("method", &endpoint.method),
        ("name", &endpoint.name),
    ]
}

/// A count of an endpoint.
type Count = fn(&RecordedRow) -> u64;

fn requests(encoder: &mut DescriptorEncoder<'_>, record: &RunRecord) -> fmt::Result {
    let help = "Finished requests by class of status; none without an answer";
    let mut all = family(encoder, "requests", help, None, MetricType::Counter)?;
    for row in &record.rows {
        for (class, count) in by_class(&row.row.statuses) {
            let class = ("status_class", class);
            let [scenario, method, name] = labels(record, row);
            all.counter(&[scenario, method, name, class], count)?;
        }
    }
    let counters: [(&str, &str, Count); 4] = [
        ("failures", "Failed requests", |row| row.row.failures),
        ("rate_limited", "Answers of status 429", |row| {
            row.row.rate_limited
        }),
        ("retries", "Requests sent again as retries", |row| {
            row.row.retries
        }),
        (
            "interrupted",
            "Requests cut off by the end of a run",
            |row| row.row.interrupted,
        ),
    ];
    for (name, help, count) in counters {
        let mut counter = family(encoder, name, help, None, MetricType::Counter)?;
        for row in &record.rows {
            counter.counter(&labels(record, row), count(row))?;
        }
    }
    Ok(())
}

/// Counts by class of status, those of answers that never came as `none`.
fn by_class(statuses: &[(u16, u64)]) -> Vec<(&'static str, u64)> {
    const CLASSES: [&str; 6] = ["none", "1xx", "2xx", "3xx", "4xx", "5xx"];
    let mut counts = [0; CLASSES.len()];
    for (status, count) in statuses {
        let class = usize::from(status / 100);
        counts[if class < counts.len() { class } else { 0 }] += count;
    }
    CLASSES
        .into_iter()
        .zip(counts)
        .filter(|(_, count)| *count > 0)
        .collect()
}

fn response_times(encoder: &mut DescriptorEncoder<'_>, record: &RunRecord) -> fmt::Result {
    let help = "Response times, those of failed requests included";
    let unit = Some(&Unit::Seconds);
    let mut times = family(encoder, "response_time", help, unit, MetricType::Histogram)?;
    for row in record.rows.iter().filter(|row| row.row.requests > 0) {
        times.histogram(&labels(record, row), row)?;
    }
    Ok(())
}

/// How many times fell into each bucket.
fn buckets(times: &Histogram) -> Vec<(f64, u64)> {
    let mut counts = [0; BOUNDS.len() + 1];
    for (micros, count) in times.buckets() {
        counts[BOUNDS.partition_point(|bound| bound * 1000 < *micros)] += count;
    }
    let bounds = BOUNDS
        .iter()
        .map(|bound| number(*bound) / 1e3)
        .chain([f64::INFINITY]);
    bounds.zip(counts).collect()
}

fn thresholds(encoder: &mut DescriptorEncoder<'_>, record: &RunRecord) -> fmt::Result {
    if record.judgements.is_empty() {
        return Ok(());
    }
    let help = "1 while a threshold is broken";
    let mut broken = family(encoder, "threshold_broken", help, None, MetricType::Gauge)?;
    for judgement in &record.judgements {
        let condition = judgement.condition();
        let labels = [
            ("scenario", record.scenario.as_str()),
            ("threshold", condition.as_str()),
        ];
        let is_broken = judgement.standing == Standing::Failed;
        broken.gauge(&labels, i64::from(is_broken))?;
    }
    Ok(())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of requests stay far below 2^53"
)]
fn number(count: u64) -> f64 {
    count as f64
}
