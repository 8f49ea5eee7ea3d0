//! Recorded answers of each service a preset is for, read as the preset says.

#![expect(
    clippy::unwrap_used,
    reason = "a fixture that is not there fails the test"
)]

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderValue};
use proptest::prelude::*;
use ragload::model::Offset;
use ragload::request::response::{Reading, ResponseReader, ResponseSpec};
use ragload::scenario::plan::{RequestStep, Response, Step};
use ragload::scenario::presets::PRESETS;
use ragload::scenario::{Overrides, Plan};

use crate::output::golden;
use crate::scenario::{environment, files, resolve_with};
use crate::tools::project;

/// The fixtures, each called after its preset and what happens in it.
const FIXTURES: &[&str] = &[
    "rag-json.json",
    "rag-sse.sse",
    "openai-chat.sse",
    "openai-chat-error.sse",
    "ollama.ndjson",
    "lightrag.ndjson",
    "lightrag-error.ndjson",
    "lightrag-canned.ndjson",
    "nvidia-rag.sse",
    "ragflow.sse",
    "ragflow-error.sse",
    "dify.sse",
    "dify-error.sse",
    "anthropic.sse",
    "anthropic-error.sse",
    "cohere.sse",
];

/// The scenario of five lines.
fn five_lines(preset: &str) -> Plan {
    let text = format!(
        "host: http://localhost:1\npreset: {preset}\nquestions: q.csv\nusers: 5\nrun_time: 1m\n"
    );
    let sources = files([("s.yaml", &text), ("q.csv", "question\nWhy?\n")]);
    let environment = environment(&[("RAGFLOW_CHAT_ID", "5f")]);
    resolve_with(&sources, &environment, &Overrides::default())
        .unwrap_or_else(|problems| panic!("{preset}: {problems}"))
}

fn request(plan: &Plan) -> &RequestStep {
    let Step::Request(request) = &plan.classes[0].tasks[0].steps[0] else {
        panic!("a request")
    };
    request
}

fn response(preset: &str) -> Response {
    request(&five_lines(preset)).response.clone().unwrap()
}

fn preset_of(fixture: &str) -> &'static str {
    let named = PRESETS
        .iter()
        .filter(|preset| fixture.starts_with(preset.name));
    named.map(|preset| preset.name).next().unwrap()
}

fn content_type(fixture: &str) -> &'static str {
    match fixture.rsplit('.').next().unwrap() {
        "sse" => "text/event-stream; charset=utf-8",
        "ndjson" => "application/x-ndjson",
        _ => "application/json",
    }
}

/// Reads an answer whose chunks arrive 10 ms apart, the first at 1 s.
fn read(spec: &Arc<ResponseSpec>, fixture: &str, chunks: &[&[u8]]) -> Reading {
    let mut reader = ResponseReader::default();
    reader.begin(spec, true);
    let mut headers = HeaderMap::new();
    headers.insert(
        "content-type",
        HeaderValue::from_static(content_type(fixture)),
    );
    reader.head(&headers);
    let mut at = Offset::from_secs(1);
    for chunk in chunks {
        reader.chunk(at, chunk);
        at = at + Duration::from_millis(10);
    }
    reader.finish(at).clone()
}

/// An answer's events, each with what ends it.
fn events<'b>(fixture: &str, bytes: &'b [u8]) -> Vec<&'b [u8]> {
    let end: &[u8] = if fixture.ends_with(".sse") {
        b"\n\n"
    } else {
        b"\n"
    };
    let mut events = Vec::new();
    let mut rest = bytes;
    while let Some(at) = rest.windows(end.len()).position(|window| window == end) {
        let (event, after) = rest.split_at(at + end.len());
        events.push(event);
        rest = after;
    }
    events.push(rest);
    events
}

/// What a person wants to know of a reading, a line each.
fn shown(reading: &Reading, response: &Response) -> String {
    let times = reading.since(Offset::from_secs(1));
    let judged = response.checks.judge(reading, &[]);
    let tokens = reading.output_tokens();
    let per_token = reading.time_per_output_token();
    let lines = [
        format!("format           {}", reading.format),
        format!("mismatch         {:?}", reading.mismatch),
        format!("completion       {:?}", reading.completion),
        format!("error            {:?}", reading.error),
        format!("answer           {:?}", reading.answer),
        format!("characters       {}", reading.answer_chars),
        format!("events           {}", reading.events),
        format!("chunks           {}", reading.chunks),
        format!("reasoning chunks {}", reading.reasoning_chunks),
        format!("keep-alives      {}", reading.keep_alives),
        format!("malformed        {}", reading.malformed),
        format!("first byte       {:?}", times.first_byte),
        format!("first event      {:?}", times.first_event),
        format!("sources at       {:?}", times.sources),
        format!("TTFR             {:?}", times.first_reasoning),
        format!("TTFT             {:?}", times.first_token),
        format!("completed        {:?}", times.completed),
        format!("unaccounted      {:?}", times.unaccounted),
        format!("generation       {:?}", reading.generation_time()),
        format!("longest stall    {:?}", reading.gaps.longest()),
        format!("sources          {:?}", reading.sources),
        format!("stages           {:?}", reading.stages),
        format!("usage            {:?}", reading.usage),
        format!("output tokens    {tokens:?}"),
        format!("TPOT             {per_token:?}"),
        format!("finish reason    {:?}", reading.finish_reason),
        format!("cache hit        {:?}", reading.cache_hit),
        format!("failure          {:?}", judged.failure),
        format!("degraded         {:?}", judged.degraded),
        String::new(),
    ];
    lines.join("\n")
}

fn recorded(fixture: &str) -> Vec<u8> {
    std::fs::read(project("tests/fixtures/streams").join(fixture)).unwrap()
}

#[test]
fn each_service_is_read_as_its_preset_says() {
    for fixture in FIXTURES {
        let response = response(preset_of(fixture));
        let bytes = recorded(fixture);
        let reading = read(&response.spec, fixture, &events(fixture, &bytes));
        golden::check(
            &format!("streams/{fixture}.txt"),
            &shown(&reading, &response),
        );
    }
}

#[test]
fn each_preset_has_a_recorded_answer() {
    for preset in PRESETS {
        assert!(
            FIXTURES
                .iter()
                .any(|fixture| preset_of(fixture) == preset.name),
            "{}",
            preset.name
        );
    }
}

#[test]
fn however_a_recorded_answer_is_cut_and_its_lines_end_it_says_the_same() {
    for fixture in FIXTURES {
        let spec = response(preset_of(fixture)).spec;
        let bytes = recorded(fixture);
        let without_times = |chunks: &[&[u8]]| {
            let mut reading = read(&spec, fixture, chunks);
            Reading {
                format: reading.format,
                completion: reading.completion,
                answer: reading.answer.take(),
                answer_chars: reading.answer_chars,
                has_answer: reading.has_answer,
                events: reading.events,
                chunks: reading.chunks,
                reasoning_chunks: reading.reasoning_chunks,
                keep_alives: reading.keep_alives,
                malformed: reading.malformed,
                sources: reading.sources,
                source_count: reading.source_count,
                stages: reading.stages,
                usage: reading.usage,
                finish_reason: reading.finish_reason,
                error: reading.error,
                ..Reading::default()
            }
        };
        let whole = without_times(&[&bytes]);
        for size in [1, 2, 3, 7, 64] {
            let chunks: Vec<&[u8]> = bytes.chunks(size).collect();
            assert_eq!(
                without_times(&chunks),
                whole,
                "{fixture} in pieces of {size}"
            );
        }
        let text = String::from_utf8(bytes).unwrap();
        for line_end in ["\r\n", "\r"] {
            let other = text.replace('\n', line_end);
            let chunks: Vec<&[u8]> = other.as_bytes().chunks(5).collect();
            assert_eq!(without_times(&chunks), whole, "{fixture} with {line_end:?}");
        }
        let with_bom = format!("\u{feff}{text}");
        assert_eq!(
            without_times(&[with_bom.as_bytes()]),
            whole,
            "{fixture} with a BOM"
        );
    }
}

#[test]
fn a_recorded_answer_without_its_end_is_truncated() {
    use ragload::request::response::Completion;
    for fixture in FIXTURES {
        let spec = response(preset_of(fixture)).spec;
        let bytes = recorded(fixture);
        let whole = read(&spec, fixture, &[&bytes]);
        // LightRAG marks nothing: what was cut between two lines cannot be told.
        let cut = &bytes[..bytes.len() * 3 / 5];
        let reading = read(&spec, fixture, &[cut]);
        let failed = whole.completion == Completion::Failed;
        assert!(
            failed || matches!(reading.completion, Completion::Truncated(_)),
            "{fixture}: {:?}",
            reading.completion
        );
    }
}

/// What happens to a recorded answer on its way.
#[derive(Clone, Debug)]
enum Harm {
    Flip(usize, u8),
    Cut(usize, usize),
    Repeat(usize, usize),
    Insert(usize, &'static str),
    End(usize),
}

fn harm() -> impl Strategy<Value = Harm> {
    let at = || any::<usize>();
    let odd = [
        "\n",
        "\r",
        "\r\n\r\n",
        "data: [DONE]\n\n",
        "event: x\n",
        ": \n",
        "{",
        "}",
        "[",
        "\"",
        "\\u00",
        "null",
        "\u{feff}",
        "\u{1f600}",
        ",",
        "{}\n",
        "data:",
    ];
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, byte)| Harm::Flip(at, byte)),
        (at(), 1_usize..60).prop_map(|(at, count)| Harm::Cut(at, count)),
        (at(), 1_usize..200).prop_map(|(at, count)| Harm::Repeat(at, count)),
        (at(), prop::sample::select(odd.to_vec())).prop_map(|(at, odd)| Harm::Insert(at, odd)),
        at().prop_map(Harm::End),
    ]
}

impl Harm {
    fn done_to(&self, bytes: &mut Vec<u8>) {
        let length = bytes.len();
        let within = |at: usize| at % (length + 1);
        let range = |at: usize, count: usize| within(at)..length.min(within(at) + count);
        match *self {
            Harm::Flip(at, byte) => {
                let at = within(at);
                bytes.splice(at..length.min(at + 1), [byte]);
            }
            Harm::Cut(at, count) => drop(bytes.drain(range(at, count))),
            Harm::Repeat(at, count) => {
                let again = bytes[range(at, count)].to_vec();
                bytes.splice(within(at)..within(at), again);
            }
            Harm::Insert(at, odd) => {
                bytes.splice(within(at)..within(at), odd.bytes());
            }
            Harm::End(at) => bytes.truncate(within(at)),
        }
    }
}

proptest! {
    #[test]
    fn harmed_answers_say_the_same_however_they_are_cut(
        fixture in prop::sample::select(FIXTURES),
        harms in prop::collection::vec(harm(), 1..6),
        size in 1_usize..70,
    ) {
        let response = response(preset_of(fixture));
        let mut bytes = recorded(fixture);
        harms.iter().for_each(|harm| harm.done_to(&mut bytes));
        let whole = read(&response.spec, fixture, &[&bytes]);
        let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
        let pieces = read(&response.spec, fixture, &pieces);
        prop_assert_eq!(&whole.answer, &pieces.answer);
        prop_assert_eq!(&whole.completion, &pieces.completion);
        prop_assert_eq!(&whole.error, &pieces.error);
        prop_assert_eq!(&whole.sources, &pieces.sources);
        prop_assert_eq!((whole.events, whole.malformed), (pieces.events, pieces.malformed));
        prop_assert_eq!((&whole.usage, &whole.finish_reason), (&pieces.usage, &pieces.finish_reason));
        let judged = [&whole, &pieces].map(|reading| response.checks.judge(reading, &[]).failure);
        prop_assert_eq!(&judged[0], &judged[1]);
    }
}
