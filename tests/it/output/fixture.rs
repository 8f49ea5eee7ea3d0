//! The one run every output is shown with: several endpoints with hostile names, failures,
//! exceptions, rate limiting, thresholds in every standing. The same every time.

use std::sync::Arc;
use std::time::Duration;

use ragload::event::{
    Ending, Event, Generator, Mark, MarkKind, Notice, Phase, RecordedAnswer, RecordedData,
    RecordedRow, RunOutcome, RunRecord, SCHEMA_VERSION, Sampled, SampledAnswer, SampledCount,
    SampledOutcome, SampledTimes, SampledTokens, Severity, StageBand, Tick, Verdict,
};
use ragload::model::{Endpoint, EndpointId, Failure, FailureKind, Offset, Outcome, Sample};
use ragload::output::tables::nothing_yet;
use ragload::scenario::plan::Setting;
use ragload::stats::snapshot::UserCounts;
use ragload::stats::{
    Circumstances, Cost, Course, Delta, Entry, ExceptionKey, FailedAnswer, Measure, Point,
    Recorder, Row, Snapshot, Timeline, Totals, Window, encoding,
};
use ragload::threshold::{Judgement, Level, Metric, Standing};

use super::declared;

/// 2026-11-23T06:45:43.543Z, as in the recorded run of Locust.
pub(super) const STARTED: Duration = Duration::from_millis(1_795_416_343_543);

const SECONDS: u64 = 120;

/// A run: the ticks on the way and what is left of it.
pub(crate) struct Run {
    pub(super) ticks: Vec<Arc<Tick>>,
    pub(crate) record: RunRecord,
}

impl Run {
    /// Everything a sink is told of it but the start, which needs a whole plan.
    pub(super) fn events(&self) -> Vec<Event> {
        let ticks = self.ticks.iter().cloned().map(Event::Tick);
        ticks
            .chain([
                Event::Sampled(Arc::new(sampled())),
                Event::Notice(self.record.notices[0].clone()),
                Event::Finished(Arc::new(self.record.clone())),
            ])
            .collect()
    }
}

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::new("GET", "/health"),
        Endpoint::new("POST", "/query"),
        Endpoint::new("GET", "/retrieval"),
        Endpoint::new("GET", "/items, \"all\"\nof them"),
        Endpoint::new("GET", "<script>alert('name')</script>"),
        Endpoint::new("POST", "/größe/☃ & more"),
        Endpoint::new("POST", "/throttle"),
        Endpoint::new("GET", "/never finished"),
    ]
}

/// Chance, the same every time.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

fn failure(endpoint: usize, dice: &mut Dice) -> Option<Failure> {
    let of = |kind, text: &str| Some(Failure::new(kind, text));
    match (endpoint, dice.below(10)) {
        (1, 0) => of(
            FailureKind::Check,
            "answer is \"empty\", <b>truly</b>\nsecond line",
        ),
        (3, 0..4) => of(
            FailureKind::Status,
            "HTTPError('500 Server Error: Internal Server Error for url: /items')",
        ),
        (4, 0..2) => of(
            FailureKind::Connect,
            "<script>alert('error')</script> object at 0x7f00aa>",
        ),
        (6, 0..7) => of(
            FailureKind::RateLimited,
            "HTTPError('429 Client Error: Too Many Requests for url: /throttle')",
        ),
        _ => None,
    }
}

fn sample(second: u64, dice: &mut Dice) -> Sample {
    const WEIGHTS: [usize; 12] = [0, 1, 1, 1, 1, 2, 2, 3, 4, 5, 6, 1];
    let endpoint = WEIGHTS[usize::try_from(dice.below(12)).unwrap()];
    let failure = failure(endpoint, dice);
    let base = [2_000, 310_000, 80_000, 15_000, 1_200, 40_000, 700][endpoint];
    let slow = if dice.below(40) == 0 { 9 } else { 1 };
    let climb = if (60..80).contains(&second) { 2 } else { 1 };
    let micros = (base / 2 + dice.below(base)) * slow * climb;
    let done = Offset::from_millis(second * 1000 + dice.below(1000));
    let status = match &failure {
        Some(failure) if failure.kind == FailureKind::Connect => None,
        Some(failure) if failure.kind == FailureKind::Status => Some(500),
        Some(failure) if failure.kind == FailureKind::RateLimited => Some(429),
        _ => Some(200),
    };
    let sent = Offset::from_duration(done.elapsed().saturating_sub(Duration::from_micros(micros)));
    Sample {
        endpoint: EndpointId(u32::try_from(endpoint).unwrap()),
        due: sent,
        sent,
        done: sent + Duration::from_micros(micros),
        status,
        bytes: status.map_or(0, |_| 100 + dice.below(2000)),
        outcome: failure.map_or(Outcome::Ok, Outcome::Failed),
    }
}

/// Where the time of a request went: a tenth into sending, half of the rest into each of waiting
/// and receiving; a connection now and then.
pub(super) fn phases(recorder: &mut Recorder, sample: &Sample) {
    let time = sample.service_time();
    let mut spent = |measure: &Measure, time| recorder.measure_time(sample.endpoint, measure, time);
    if sample.bytes.is_multiple_of(10) {
        spent(&Measure::Connect, time / 20);
    }
    spent(&Measure::Sending, time / 10);
    spent(&Measure::Waiting, time * 9 / 20);
    spent(&Measure::Receiving, time * 9 / 20);
}

/// All that happened in one second.
fn second(recorder: &mut Recorder, second: u64, dice: &mut Dice) -> Delta {
    // Nothing at all for a while: a gap is no zero.
    let requests = if (95..101).contains(&second) {
        0
    } else {
        second.min(20) + dice.below(5)
    };
    for _ in 0..requests {
        let sample = sample(second, dice);
        recorder.record(&sample);
        phases(recorder, &sample);
        declared::answer(recorder, &sample);
    }
    if second % 40 == 7 {
        let key = ExceptionKey {
            message: "something, \"quoted\"\nbroke <script>alert('exception')</script>".to_owned(),
            traceback: "user class RagUser\n  task \"conversation\"\n    step 2\n".to_owned(),
        };
        recorder.exception(Offset::from_secs(second), key);
    }
    if second == SECONDS - 1 {
        for endpoint in [1, 1, 7] {
            let at = Offset::from_secs(second);
            recorder.record(&Sample {
                endpoint: EndpointId(endpoint),
                due: at,
                sent: at,
                done: at,
                status: None,
                bytes: 0,
                outcome: Outcome::Interrupted,
            });
        }
    }
    recorder.take()
}

/// A run with a bit of everything.
pub(crate) fn run() -> Run {
    let endpoints = endpoints();
    let mut recorder = Recorder::new(endpoints.len());
    let (mut totals, mut window) = (Totals::default(), Window::new(Duration::ZERO));
    let mut timeline = Timeline::new(Some(Duration::from_secs(SECONDS)));
    let mut dice = Dice(7);
    let mut ticks = Vec::new();
    for from in 0..SECONDS {
        let at = Offset::from_secs(from + 1);
        let delta = second(&mut recorder, from, &mut dice);
        totals.add(&delta);
        let users = u32::try_from((from + 1) * 2).unwrap().min(10);
        let circumstances = Circumstances {
            users,
            target_users: 10,
            generator: generator(from),
        };
        timeline.push(at, circumstances, &delta);
        window.push(Offset::from_secs(from), at, delta);
        let users = UserCounts {
            by_class: vec![("RagUser".to_owned(), users)],
        };
        let snapshot = Snapshot::new(at, users, &endpoints, &totals, &window);
        ticks.push(Arc::new(Tick {
            generator: generator(from),
            ..tick(snapshot)
        }));
    }
    let last = &ticks.last().unwrap().snapshot;
    let record = record(last, &endpoints, &totals, &timeline);
    Run { ticks, record }
}

/// Busy for a few seconds, and once too busy.
fn generator(second: u64) -> Generator {
    let busy = (62..66).contains(&second);
    Generator {
        cpu: Some(if busy { 0.98 } else { 0.12 }),
        busy: Some(if busy { 0.97 } else { 0.11 }),
        open_files: Some(23),
        memory: Some(24_000_000),
        lag: Duration::from_millis(if busy { 120 } else { 1 }),
        limited: busy,
    }
}

pub(super) fn tick(snapshot: Snapshot) -> Tick {
    Tick {
        unix: STARTED + snapshot.at.elapsed(),
        stretch: Point::of(
            Offset::ZERO,
            snapshot.at,
            Circumstances::default(),
            &Delta::default(),
        ),
        snapshot,
        target_users: 10,
        phase: Phase::Running,
        paused: false,
        ends_at: Some(Offset::from_secs(SECONDS)),
        judgements: Vec::new(),
        generator: Generator::default(),
    }
}

fn record(
    last: &Snapshot,
    endpoints: &[Endpoint],
    totals: &Totals,
    timeline: &Timeline,
) -> RunRecord {
    let recorded = |row: &Row| {
        let index = endpoints.iter().position(|each| *each == row.endpoint);
        let index = index.unwrap();
        recorded(
            row,
            &totals.delta().entries[index],
            timeline.course(index).unwrap(),
        )
    };
    RunRecord {
        judgements: judgements(),
        verdict: Verdict {
            outcome: RunOutcome::ThresholdsBroken,
            reason: "p95 < 200ms on POST /query: observed 591ms; 1 more threshold broken"
                .to_owned(),
        },
        rows: last.rows.iter().map(recorded).collect(),
        aggregated: self::recorded(&last.aggregated, totals.all(), &Course::default()),
        failed_answers: failed_answers(),
        stages: vec![
            band(0, 60, "10 users"),
            band(60, 80, "to 20 users"),
            band(80, SECONDS, "to 10 users"),
        ],
        marks: vec![
            mark(30, MarkKind::Users, "users 10 → 11"),
            mark(
                61,
                MarkKind::Threshold,
                "broken: p95 < 200ms on POST /query",
            ),
        ],
        failures: last.failures.clone(),
        exceptions: last.exceptions.clone(),
        cost: Some(Cost {
            total: 0.0451,
            per_1000_answers: Some(0.0512),
            per_good_answer: None,
        }),
        data: vec![RecordedData {
            name: "question <b>".to_owned(),
            rows: 50,
            draws: 1204,
            distinct: 48,
            repeat_ratio: Some(1156.0 / 1204.0),
        }],
        timeline: timeline.points().to_vec(),
        notices: vec![
            notice(12, Severity::Info, "all 10 users are running"),
            notice(
                66,
                Severity::Warning,
                "the load generator was the bottleneck for 4s: 98% of a core in use, timers up to 120ms late",
            ),
        ],
        duration: Duration::from_millis(SECONDS * 1000 + 412),
        peak_users: 10,
        ..empty()
    }
}

pub(super) fn recorded(row: &Row, entry: &Entry, course: &Course) -> RecordedRow {
    let failed = &entry.failed_times;
    RecordedRow {
        row: row.clone(),
        histogram: encoding::encode(&entry.times),
        failed_histogram: (failed.count() > 0).then(|| encoding::encode(failed)),
        measure_histograms: (entry.measures.iter())
            .map(|(measure, series)| (measure.clone(), encoding::encode(&series.values)))
            .collect(),
        course: course.clone(),
    }
}

fn band(from: u64, to: u64, label: &str) -> StageBand {
    StageBand {
        from: Offset::from_secs(from),
        to: Offset::from_secs(to),
        label: label.to_owned(),
    }
}

fn mark(at: u64, kind: MarkKind, text: &str) -> Mark {
    Mark {
        at: Offset::from_secs(at),
        kind,
        text: text.to_owned(),
    }
}

/// What came back of some failed requests: a page that tries to be one, and nothing.
fn failed_answers() -> Vec<RecordedAnswer> {
    let asked = |method: &str, name: &str, at: u64| FailedAnswer {
        at: Offset::from_secs(at),
        time: Duration::from_micros(15_250),
        headers_after: None,
        method: method.to_owned(),
        url: format!("http://localhost:8000{name}"),
        request_body: String::new(),
        status: None,
        headers: Vec::new(),
        body: String::new(),
        bytes: 0,
    };
    let refused = FailedAnswer {
        headers_after: Some(Duration::from_micros(14_100)),
        status: Some(500),
        headers: vec![
            ("content-type".to_owned(), "text/html".to_owned()),
            ("set-cookie".to_owned(), "***".to_owned()),
            (
                "x-hostile".to_owned(),
                "\"><script>alert('header')</script>".to_owned(),
            ),
        ],
        body: "</pre></script><script>alert('body')</script> <b>Internal Server Error</b>"
            .to_owned(),
        bytes: 4711,
        ..asked("GET", "/items", 3)
    };
    let cut = FailedAnswer {
        request_body: "{\"question\": \"why?\"}".to_owned(),
        ..asked("GET", "/<script>", 5)
    };
    vec![
        RecordedAnswer {
            endpoint: Endpoint::new("GET", "/items, \"all\"\nof them"),
            error: "HTTPError('500 Server Error: Internal Server Error for url: /items')"
                .to_owned(),
            answer: refused,
        },
        RecordedAnswer {
            endpoint: Endpoint::new("GET", "<script>alert('name')</script>"),
            error: "<script>alert('error')</script> object at 0x7f00aa>".to_owned(),
            answer: cut,
        },
    ]
}

/// Answers kept for judging: one of which everything is known, one of which nothing is.
fn sampled() -> Sampled {
    let silent = SampledAnswer {
        sent: Offset::from_secs(4),
        endpoint: Endpoint::new("POST", "/query"),
        question: None,
        answer: None,
        answer_chars: 0,
        sources: Vec::new(),
        expected_sources: None,
        outcome: SampledOutcome::Failed,
        failure_kind: Some(FailureKind::Timeout),
        reason: Some("ReadTimeout(<b>\n\"30s\"</b>)".to_owned()),
        status: None,
        completion: None,
        finish_reason: None,
        cache: None,
        tokens: SampledTokens::default(),
        timings: SampledTimes {
            response_time: Duration::from_secs(30),
            ..SampledTimes::default()
        },
        stages: [].into(),
    };
    let count = |count, source| Some(SampledCount { count, source });
    let millis = |millis| Some(Duration::from_millis(millis));
    let whole = SampledAnswer {
        sent: Offset::from_millis(2500),
        question: Some("Größe?\n\"Why\"".to_owned()),
        answer: Some("☃ is\u{2028}why…".to_owned()),
        answer_chars: 40_000,
        sources: vec!["doc-1".to_owned(), "doc 2".to_owned()],
        expected_sources: Some(vec!["doc-1".to_owned()]),
        outcome: SampledOutcome::Degraded,
        failure_kind: None,
        reason: Some("answer was cut short: finish reason length".to_owned()),
        status: Some(200),
        completion: Some("complete"),
        finish_reason: Some("length".to_owned()),
        cache: Some("hit"),
        tokens: SampledTokens {
            prompt: count(812, "usage"),
            cached: count(0, "usage"),
            output: count(57, "chars÷4"),
        },
        timings: SampledTimes {
            response_time: Duration::from_millis(1250),
            ttfb: millis(20),
            first_event: millis(21),
            sources: millis(80),
            ttfr: millis(90),
            ttft: millis(250),
            tpot: millis(17),
        },
        stages: [("retrieval".to_owned(), 0.06)].into(),
        ..silent.clone()
    };
    Sampled {
        started_unix: STARTED,
        answers: vec![whole, silent],
    }
}

fn notice(at: u64, severity: Severity, text: &str) -> Notice {
    Notice {
        at: Offset::from_secs(at),
        severity,
        text: text.to_owned(),
    }
}

fn judgement(expression: &str, metric: Metric, observed: Option<f64>, limit: f64) -> Judgement {
    Judgement {
        expression: expression.to_owned(),
        on: None,
        over: None,
        metric,
        observed,
        limit,
        standing: Standing::Passed,
        level: Level::Fail,
        abort: false,
    }
}

fn judgements() -> Vec<Judgement> {
    vec![
        Judgement {
            on: Some("POST /query".to_owned()),
            standing: Standing::Failed,
            ..judgement("p95 < 200ms", Metric::Percentile(0.95), Some(0.5914), 0.2)
        },
        judgement("p50 < 500ms", Metric::Percentile(0.5), Some(0.0738), 0.5),
        Judgement {
            standing: Standing::Failed,
            level: Level::Warn,
            ..judgement("error_rate < 1%", Metric::ErrorRate, Some(0.0934), 0.01)
        },
        judgement("rps > 10", Metric::Rps, Some(19.81), 10.0),
        Judgement {
            on: Some("GET /never finished".to_owned()),
            over: Some(Duration::from_secs(30)),
            standing: Standing::NoData,
            ..judgement("p99 < 5s", Metric::Percentile(0.99), None, 5.0)
        },
    ]
}

/// The record of a run in which nothing at all was measured.
pub(crate) fn empty() -> RunRecord {
    RunRecord {
        schema_version: SCHEMA_VERSION,
        ragload_version: "0.1.0".to_owned(),
        scenario: "smoke".to_owned(),
        description: "Health check before deployment".to_owned(),
        host: "http://localhost:8000".to_owned(),
        started_unix: STARTED,
        duration: Duration::ZERO,
        seed: 42,
        peak_users: 0,
        settings: settings(),
        resolved: "users: 10\nheaders:\n  Authorization: \"***\"\n  X: \"</pre><script>alert(1)</script>\"\n".to_owned(),
        ending: Ending::Completed,
        judgements: Vec::new(),
        verdict: Verdict {
            outcome: RunOutcome::NoData,
            reason: "no request finished".to_owned(),
        },
        rows: Vec::new(),
        aggregated: recorded(&nothing_yet(), &Entry::default(), &Course::default()),
        failures: Vec::new(),
        failed_answers: Vec::new(),
        exceptions: Vec::new(),
        data: Vec::new(),
        cost: None,
        timeline: Vec::new(),
        stages: Vec::new(),
        marks: Vec::new(),
        notices: Vec::new(),
    }
}

fn settings() -> Vec<Setting> {
    let setting = |name: &str, value: &str, origin: &str| Setting {
        name: name.to_owned(),
        value: value.to_owned(),
        origin: origin.to_owned(),
    };
    vec![
        setting("host", "http://localhost:8000", "default"),
        setting("users", "10", "SMOKE_USERS in .env"),
        setting("spawn_rate", "2/s", "scenarios/smoke.yaml:4"),
        setting("run_time", "2m", "--run-time"),
    ]
}
