//! Runs as long and as wide as real ones, made up: load in stages, a service that slows down and
//! fails near its limit, a generator that is the bottleneck for a while. The same every time.

use std::time::Duration;

use ragload::event::{Mark, MarkKind, RecordedAnswer, RunRecord, StageBand};
use ragload::model::{Endpoint, EndpointId, Failure, FailureKind, Offset, Outcome, Sample};
use ragload::stats::snapshot::UserCounts;
use ragload::stats::{
    Circumstances, Course, FailedAnswer, Generator, Recorder, Snapshot, Timeline, Totals, Window,
};

use super::fixture::{Dice, empty, phases, recorded};

/// Most users of such a run.
const USERS: u32 = 100;

/// How much there is of it.
#[derive(Clone, Copy)]
pub(crate) struct LongRun {
    pub(crate) endpoints: u32,
    pub(crate) seconds: u64,
    /// Requests per second when all users are there.
    pub(crate) rate: u64,
}

impl LongRun {
    /// What is left of it.
    pub(crate) fn record(self) -> RunRecord {
        let endpoints: Vec<Endpoint> = (0..self.endpoints).map(endpoint).collect();
        let mut recorder = Recorder::new(endpoints.len());
        let (mut totals, window) = (Totals::default(), Window::new(Duration::ZERO));
        let mut timeline = Timeline::new(Some(Duration::from_secs(self.seconds)));
        let mut dice = Dice(11);
        for second in 0..self.seconds {
            self.second(&mut recorder, second, &mut dice);
            let delta = recorder.take();
            totals.add(&delta);
            timeline.push(
                Offset::from_secs(second + 1),
                self.circumstances(second),
                &delta,
            );
        }
        let at = Offset::from_secs(self.seconds);
        let last = Snapshot::new(at, UserCounts::default(), &endpoints, &totals, &window);
        let row = |row: &ragload::stats::Row| {
            let index = endpoints.iter().position(|each| *each == row.endpoint);
            let index = index.unwrap();
            let course = timeline.course(index).unwrap();
            recorded(row, &totals.delta().entries[index], course)
        };
        RunRecord {
            rows: last.rows.iter().map(row).collect(),
            aggregated: recorded(&last.aggregated, totals.all(), &Course::default()),
            // A record keeps no more.
            failed_answers: last.failures.iter().flat_map(answers).take(60).collect(),
            failures: last.failures.clone(),
            timeline: timeline.points().to_vec(),
            stages: self.stages(),
            marks: self.marks(),
            duration: Duration::from_secs(self.seconds),
            peak_users: USERS,
            ..empty()
        }
    }

    /// Where in its course a second lies, 0 to 1.
    fn share(self, second: u64) -> f64 {
        Duration::from_secs(second).as_secs_f64() / Duration::from_secs(self.seconds).as_secs_f64()
    }

    /// How much of the full load there is: up, level, up to the top, down.
    fn load(self, second: u64) -> f64 {
        match self.share(second) {
            at if at < 0.2 => at * 3.0,
            at if at < 0.5 => 0.6,
            at if at < 0.7 => 0.6 + (at - 0.5) * 2.0,
            at if at < 0.9 => 1.0,
            at => 1.0 - (at - 0.9) * 10.0,
        }
    }

    fn second(self, recorder: &mut Recorder, second: u64, dice: &mut Dice) {
        let load = self.load(second);
        let wanted = Duration::from_secs(self.rate).mul_f64(load).as_secs();
        for _ in 0..wanted + dice.below(wanted / 5 + 2) {
            let sample = self.sample(second, load, dice);
            recorder.record(&sample);
            phases(recorder, &sample);
        }
    }

    fn sample(self, second: u64, load: f64, dice: &mut Dice) -> Sample {
        // The first endpoints are asked most.
        let number = dice
            .below(u64::from(self.endpoints))
            .min(dice.below(u64::from(self.endpoints)));
        let number = u32::try_from(number).unwrap();
        let base = f64::from(8 + number % 7 * 35);
        let queue = 1.0 / (1.15 - load);
        // Twelve throws together lie about their mean as nature's do.
        let thrown: u64 = (0..12).map(|_| dice.below(1000)).sum();
        let spread = (Duration::from_millis(thrown).as_secs_f64() - 6.0)
            .mul_add(0.45, 0.0)
            .exp();
        let failed = load > 0.9 && dice.below(100) < 4 || dice.below(1000) < 3;
        let time =
            Duration::from_secs_f64(base * queue * spread / 1e3 * if failed { 0.1 } else { 1.0 });
        let sent = Offset::from_secs(second);
        let (kind, text, status) = match dice.below(3) {
            0 => (
                FailureKind::Status,
                "HTTPError('500 Server Error: Internal Server Error for url: /api')",
                Some(500),
            ),
            1 => (
                FailureKind::RateLimited,
                "HTTPError('429 Client Error: Too Many Requests for url: /api')",
                Some(429),
            ),
            _ => (
                FailureKind::Connect,
                "ConnectionResetError(104, 'Connection reset by peer')",
                None,
            ),
        };
        Sample {
            endpoint: EndpointId(number),
            due: sent,
            sent,
            done: sent + time,
            status: if failed { status } else { Some(200) },
            bytes: 200 + dice.below(3000),
            outcome: if failed {
                Outcome::Failed(Failure::new(kind, text))
            } else {
                Outcome::Ok
            },
        }
    }

    fn circumstances(self, second: u64) -> Circumstances {
        let load = self.load(second);
        let busy = (0.75..0.78).contains(&self.share(second));
        let users = u32::try_from(
            Duration::from_secs(u64::from(USERS))
                .mul_f64(load)
                .as_secs(),
        );
        Circumstances {
            users: users.unwrap(),
            target_users: users.unwrap(),
            generator: Generator {
                cpu: Some(if busy { 0.97 } else { 0.05 + load / 4.0 }),
                busy: Some(if busy { 0.96 } else { 0.04 + load / 5.0 }),
                open_files: Some(20 + u64::from(users.unwrap())),
                memory: Some(30_000_000 + second * 1000),
                lag: Duration::from_micros(if busy {
                    140_000
                } else {
                    700 + second % 90 * 11
                }),
                limited: busy,
            },
        }
    }

    fn stages(self) -> Vec<StageBand> {
        let stages = [
            (0, 20, "to 60 users"),
            (20, 50, "60 users"),
            (50, 70, "to 100 users"),
            (70, 90, "100 users"),
            (90, 100, "to 0 users"),
        ];
        let at = |percent: u64| Offset::from_millis(self.seconds * 10 * percent);
        (stages.iter())
            .map(|(from, to, label)| StageBand {
                from: at(*from),
                to: at(*to),
                label: (*label).to_owned(),
            })
            .collect()
    }

    fn marks(self) -> Vec<Mark> {
        let mark = |percent: u64, kind, text: &str| Mark {
            at: Offset::from_millis(self.seconds * 10 * percent),
            kind,
            text: text.to_owned(),
        };
        vec![
            mark(
                72,
                MarkKind::Threshold,
                "broken: p95 < 500ms: observed 612ms",
            ),
            mark(100, MarkKind::Ending, "users told to end"),
        ]
    }
}

fn endpoint(number: u32) -> Endpoint {
    const PATHS: [&str; 7] = [
        "/query",
        "/retrieval",
        "/documents",
        "/sessions",
        "/feedback",
        "/embed",
        "/rerank",
    ];
    let path = PATHS[number as usize % PATHS.len()];
    let method = if number.is_multiple_of(2) {
        "POST"
    } else {
        "GET"
    };
    match number as usize / PATHS.len() {
        0 => Endpoint::new(method, path),
        version => Endpoint::new(method, format!("/v{version}{path}")),
    }
}

/// What came back the first times of a failure: an error page of a thousand letters.
fn answers(row: &ragload::stats::FailureRow) -> Vec<RecordedAnswer> {
    let answer = |number: u32| FailedAnswer {
        at: row.first + Duration::from_secs(1) * number,
        time: Duration::from_millis(12),
        headers_after: Some(Duration::from_millis(11)),
        method: row.endpoint.method.clone(),
        url: format!("http://localhost:8000{}", row.endpoint.name),
        request_body: "{\"query\": \"What is vector similarity search?\", \"top_k\": 5}".to_owned(),
        status: Some(500),
        headers: vec![
            ("content-type".to_owned(), "application/json".to_owned()),
            ("server".to_owned(), "uvicorn".to_owned()),
            (
                "date".to_owned(),
                "Mon, 23 Nov 2026 06:45:43 GMT".to_owned(),
            ),
        ],
        body: "{\"detail\": \"upstream timed out\"} ".repeat(32),
        bytes: 4_711,
    };
    (0..3)
        .map(|number| RecordedAnswer {
            endpoint: row.endpoint.clone(),
            error: row.error.clone(),
            answer: answer(number),
        })
        .collect()
}
