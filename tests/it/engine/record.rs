//! What a run leaves beside its totals: courses, stages, marks and failed answers.

use http::HeaderValue;
use http::header::{CONTENT_TYPE, HeaderName, SET_COOKIE};
use ragload::event::{Command, MarkKind, RecordedAnswer};
use ragload::output::record;
use ragload::stats::encoding;
use ragload::transport::sim::SimReply;

use super::harness::{Ran, Simulation, answer};

fn failing() -> Ran {
    let text = "
users: 4
spawn_rate: 4
run_time: 60s
thresholds: [error_rate < 10%]
user_classes:
  - name: A
    wait_time: { constant: 1s }
    headers: { Authorization: Bearer tok-123456789 }
    tasks:
      - { name: ok, get: /ok }
      - { name: ask, post: /ask, json: { question: why, password: hunter2-hunter2 }, expect: { contains: because } }
      - { name: broken, get: '/broken?api_key=k-987654321' }
";
    Simulation::yaml(text).run(|request| match request.prepared.url.path() {
        "/ok" => answer(10),
        "/ask" => answer(20).body("no idea, tok-123456789, \u{1b}[2J <b>sorry</b>"),
        _ => SimReply::status(500)
            .after(std::time::Duration::from_millis(30))
            .header(CONTENT_TYPE, HeaderValue::from_static("text/plain"))
            .header(SET_COOKIE, HeaderValue::from_static("session=s-555555555"))
            .header(
                HeaderName::from_static("x-ratelimit-remaining-tokens"),
                HeaderValue::from_static("17"),
            )
            .body("é".repeat(40_000)),
    })
}

fn of<'a>(ran: &'a Ran, path: &str) -> Vec<&'a RecordedAnswer> {
    let answers = ran.record.failed_answers.iter();
    answers
        .filter(|answer| answer.endpoint.name == path)
        .collect()
}

#[test]
fn the_first_failed_answers_are_kept_bounded_and_without_secrets() {
    let ran = failing();
    let (asked, broken) = (of(&ran, "/ask"), of(&ran, "/broken"));
    assert_eq!((asked.len(), broken.len()), (3, 3));
    assert!(asked.is_sorted_by_key(|answer| answer.answer.at));
    for kept in asked.iter().chain(&broken) {
        let failures = &ran.record.failures;
        let row = failures
            .iter()
            .find(|row| row.endpoint == kept.endpoint && row.error == kept.error);
        assert!(
            row.is_some_and(|row| row.first <= kept.answer.at),
            "{kept:?}"
        );
    }
    let first = &asked[0].answer;
    assert_eq!((first.method.as_str(), first.status), ("POST", Some(200)));
    assert_eq!(first.request_body, r#"{"question":"why","password":"***"}"#);
    assert!(first.body.starts_with("no idea, ***"), "{}", first.body);
    let first = &broken[0].answer;
    assert_eq!(first.time, std::time::Duration::from_millis(30));
    assert_eq!((first.bytes, first.body.chars().count()), (80_000, 1025));
    assert!(first.url.ends_with("/broken?api_key=***"), "{}", first.url);
    let header = |name: &str| first.headers.iter().find(|(known, _)| known == name);
    assert_eq!(header("set-cookie").unwrap().1, "***");
    assert_eq!(header("x-ratelimit-remaining-tokens").unwrap().1, "17");
    let text = record::to_json(&ran.record);
    for secret in ["tok-123456789", "hunter2", "k-987654321", "s-555555555"] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[test]
fn each_endpoint_has_its_course_and_the_times_of_its_failures_apart() {
    let ran = failing();
    let record = &ran.record;
    for (index, point) in record.timeline.iter().enumerate() {
        let counted: u64 = record
            .rows
            .iter()
            .map(|row| row.course.requests[index])
            .sum();
        assert_eq!(point.statuses.unwrap().iter().sum::<u64>(), counted);
    }
    for row in &record.rows {
        let course = &row.course;
        assert_eq!(course.requests.iter().sum::<u64>(), row.row.requests);
        assert_eq!(course.failures.iter().sum::<u64>(), row.row.failures);
        let failed = row.failed_histogram.as_ref();
        let failed = failed.map_or(0, |text| encoding::decode(text).unwrap().count());
        assert_eq!(failed, row.row.failures);
    }
    let spread = &record.timeline[10];
    assert_eq!(spread.ok.unwrap().p99.as_millis(), 10);
    assert!(spread.failed.unwrap().p99.as_millis() >= 20);
}

#[test]
fn a_threshold_that_is_met_again_is_marked_so_and_one_on_the_edge_fills_no_list() {
    let marks = |fails: fn(u64) -> bool| {
        let ran = Simulation::yaml(
            "users: 1\nspawn_rate: 1\nrun_time: 40s\nthresholds: [error_rate < 50% over 4s]\n\
             user_classes:\n  - name: A\n    wait_time: { constant: 1s }\n    tasks: [{ get: /a }]\n",
        )
        .run(move |request| match fails(request.count) {
            true => SimReply::status(500),
            false => answer(10),
        });
        let marks = ran
            .record
            .marks
            .iter()
            .map(|mark| (mark.kind, mark.text.clone()));
        marks.collect::<Vec<_>>()
    };
    let early = marks(|count| (3..8).contains(&count));
    let kinds: Vec<_> = early.iter().map(|(kind, _)| *kind).collect();
    let expected = [
        MarkKind::Threshold,
        MarkKind::ThresholdMet,
        MarkKind::Ending,
    ];
    assert_eq!(kinds, expected, "{early:?}");
    assert!(
        early[0].1.starts_with("broken: error_rate < 50%"),
        "{early:?}"
    );
    assert!(
        early[1].1.starts_with("met again: error_rate < 50%"),
        "{early:?}"
    );
    let often = marks(|count| count / 4 % 2 == 1);
    assert_eq!(often.len(), 6 + 1, "{often:?}");
}

#[test]
fn what_changed_is_marked_where_it_changed() {
    let ran = Simulation::yaml(
        "
stages:
  - { users: 2, for: 20s, spawn_rate: 2 }
  - { ramp_to: 6, for: 10s }
thresholds: [error_rate < 10%]
user_classes:
  - name: A
    wait_time: { constant: 1s }
    tasks: [{ name: a, get: /a }]
",
    )
    .at(5.5, Command::AddUsers(3))
    .at(7.5, Command::Pause)
    .at(7.6, Command::Pause)
    .at(9.5, Command::Resume)
    .run(|request| {
        if request.count > 20 {
            SimReply::status(500)
        } else {
            answer(10)
        }
    });
    let marks: Vec<_> = ran.record.marks.iter().map(|mark| mark.kind).collect();
    let expected = [
        MarkKind::Users,
        MarkKind::Paused,
        MarkKind::Resumed,
        MarkKind::Threshold,
        MarkKind::Ending,
    ];
    assert_eq!(marks, expected);
    assert_eq!(ran.record.marks[0].text, "users 2 → 5");
    assert_eq!(ran.record.marks[0].at.elapsed().as_millis(), 5500);
    let text = &ran.record.marks[3].text;
    assert!(text.starts_with("broken: error_rate < 10%"), "{text}");
    let bands: Vec<_> = (ran.record.stages.iter())
        .map(|band| {
            (
                band.from.as_secs_f64(),
                band.to.as_secs_f64(),
                band.label.as_str(),
            )
        })
        .collect();
    assert_eq!(bands, [(0.0, 20.0, "2 users"), (20.0, 30.0, "to 6 users")]);
}
