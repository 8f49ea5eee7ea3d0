//! Whole answers: each row of the table of what streams do to their readers.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;
use serde_json::json;

use super::format::MediaKind;
use super::parts::{CacheRule, Condition, Mode, Place, Stage, Test, UsageParts};
use super::reading::{TokenCount, Usage};
use super::*;
use crate::model::Offset;

fn place(path: &str) -> Place {
    Place {
        event: None,
        path: Some(Path::parse(path).unwrap()),
    }
}

fn data(data: &str) -> Condition {
    Condition {
        data: Some(data.to_owned()),
        ..Condition::default()
    }
}

fn event(name: &str) -> Condition {
    Condition {
        event: Some(name.to_owned()),
        ..Condition::default()
    }
}

fn path(path: &str, test: Test) -> Condition {
    Condition {
        path: Some((Path::parse(path).unwrap(), test)),
        ..Condition::default()
    }
}

/// What most services of language models send.
fn chat() -> ResponseParts {
    ResponseParts {
        format: Format::Sse,
        answer: vec![place("$.choices[0].delta.content")],
        reasoning: vec![
            place("$.choices[0].delta.reasoning_content"),
            place("$.choices[0].delta.reasoning"),
        ],
        done: vec![
            data("[DONE]"),
            path("$.choices[0].finish_reason", Test::Truthy),
        ],
        usage: UsageParts {
            prompt: vec![place("$.usage.prompt_tokens")],
            output: vec![place("$.usage.completion_tokens")],
            cached: vec![place("$.usage.prompt_tokens_details.cached_tokens")],
        },
        finish_reason: vec![place("$.choices[0].finish_reason")],
        ..ResponseParts::default()
    }
}

/// Lines of JSON with the text under `response`.
fn lines() -> ResponseParts {
    ResponseParts {
        format: Format::Ndjson,
        answer: vec![place("$.response")],
        ..ResponseParts::default()
    }
}

/// Any text.
fn anything() -> ResponseParts {
    ResponseParts::default()
}

/// Reads chunks that arrive 100 ms apart, the first at 1 s, with the end 100 ms after the last.
fn read_chunks(parts: ResponseParts, content_type: &str, chunks: &[&[u8]]) -> Reading {
    let mut reader = ResponseReader::default();
    reader.begin(&Arc::new(ResponseSpec::compile(parts)), true);
    reader.head(&headers(&[("content-type", content_type)]));
    let mut at = 1000;
    for chunk in chunks {
        reader.chunk(Offset::from_millis(at), chunk);
        at += 100;
    }
    reader.finish(Offset::from_millis(at)).clone()
}

fn read(parts: ResponseParts, stream: &str) -> Reading {
    read_chunks(parts, "", &[stream.as_bytes()])
}

fn headers(headers: &[(&'static str, &str)]) -> HeaderMap {
    let pair = |(name, value): &(&'static str, &str)| {
        (
            HeaderName::from_static(name),
            HeaderValue::from_str(value).unwrap(),
        )
    };
    headers.iter().map(pair).collect()
}

/// A chunk of a chat stream.
fn content(text: &str) -> String {
    format!(
        "data: {}\n\n",
        json!({"choices": [{"delta": {"content": text}}]})
    )
}

fn ms(milliseconds: u64) -> Option<Offset> {
    Some(Offset::from_millis(milliseconds))
}

fn answer(reading: &Reading) -> &str {
    reading.answer.as_deref().unwrap()
}

#[test]
fn line_ends_bom_and_blanks_make_no_difference() {
    let stream = format!("{}{}data: [DONE]\n\n", content("He"), content("llo"));
    let whole = read(chat(), &stream);
    assert_eq!(
        (answer(&whole), whole.completion),
        ("Hello", Completion::Complete)
    );
    for other in [
        stream.replace('\n', "\r\n"),
        stream.replace('\n', "\r"),
        stream.replacen("\n\n", "\r\n\r", 1),
        format!("\u{feff}{stream}"),
        stream.replace("data: ", "data:"),
        stream.replace("[DONE]", "[DONE]  "),
        stream.replace("[DONE]", "[DONE]\t"),
        format!(": OPENROUTER PROCESSING\n\n{stream}").replace(": OPEN", ":OPEN"),
        format!("event: message\nid: 1\nretry: 5\nunknown: x\nnothing\n{stream}"),
    ] {
        let mut found = read(chat(), &other);
        found.keep_alives = 0;
        assert_eq!(found, whole, "{other:?}");
    }
}

#[test]
fn data_of_several_lines_is_one_text() {
    let stream =
        "data: {\"choices\":[{\"delta\":\ndata: {\"content\":\"ok\"}}]}\n\ndata: [DONE]\n\n";
    assert_eq!(answer(&read(chat(), stream)), "ok");
    let raw = read(anything(), "data: one\ndata: two\n\ndata:  three\n\n");
    assert_eq!(answer(&raw), "one\ntwo three");
}

#[test]
fn comments_are_signs_of_life_and_no_events() {
    let chunks = [
        ": keep-alive\n\n",
        ":\n\n",
        &content("x"),
        "data: [DONE]\n\n",
    ];
    let reading = read_chunks(chat(), "text/event-stream", &chunks.map(str::as_bytes));
    assert_eq!((reading.keep_alives, reading.events), (2, 2));
    assert_eq!(reading.first_byte_at, ms(1000));
    assert_eq!(reading.first_event_at, ms(1200));
    assert_eq!(reading.active_at, ms(1300));
}

#[test]
fn only_text_of_the_answer_is_a_token() {
    let delta =
        |delta: serde_json::Value| format!("data: {}\n\n", json!({"choices": [{"delta": delta}]}));
    let usage = json!({"choices": [], "usage": {
        "prompt_tokens": 9, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": 3},
    }});
    let chunks = [
        delta(json!({"role": "assistant", "content": ""})),
        delta(json!({"reasoning_content": "Hm"})),
        delta(json!({"reasoning": "so", "content": null})),
        delta(json!({"content": "A"})),
        delta(json!({"content": " b"})),
        delta(json!({})).replace("}}]", "},\"finish_reason\":\"stop\"}]"),
        format!("data: {usage}\n\n"),
        "data: [DONE]\n\n".to_owned(),
    ];
    let chunks: Vec<&[u8]> = chunks.iter().map(|chunk| chunk.as_bytes()).collect();
    let reading = read_chunks(chat(), "text/event-stream; charset=utf-8", &chunks);
    assert_eq!(
        (answer(&reading), reading.chunks, reading.reasoning_chunks),
        ("A b", 2, 2)
    );
    assert_eq!(reading.first_event_at, ms(1000));
    assert_eq!(reading.first_reasoning_at, ms(1100));
    assert_eq!(
        (reading.first_token_at, reading.last_token_at),
        (ms(1300), ms(1400))
    );
    assert_eq!(
        reading.completed_at,
        ms(1700),
        "[DONE] is a surer mark than a reason to stop"
    );
    assert_eq!(reading.finish_reason.as_deref(), Some("stop"));
    let count = |count| {
        Some(TokenCount {
            count,
            source: TokenSource::Usage,
        })
    };
    let usage = Usage {
        prompt: count(9),
        output: count(4),
        cached: count(3),
    };
    assert_eq!(reading.usage, usage);
    assert_eq!(reading.mismatch, None);
}

#[test]
fn several_events_in_one_read_are_told_from_a_stall() {
    let both = format!("{}{}", content("a"), content("b"));
    let late = content("c");
    let reading = read_chunks(chat(), "", &[both.as_bytes(), b"", late.as_bytes()]);
    let gaps: Vec<Duration> = reading.gaps.iter().collect();
    assert_eq!(gaps, [Duration::ZERO, Duration::from_millis(200)]);
    assert_eq!(reading.gaps.longest(), Some(Duration::from_millis(200)));
    assert_eq!((reading.bundled, reading.chunks), (1, 3));
    assert_eq!(reading.generation_time(), Some(Duration::from_millis(200)));
}

#[test]
fn a_stream_is_whole_with_its_mark_and_truncated_without() {
    let text = content("x");
    let stop = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    let no_mark = Completion::Truncated(Truncation::NoMarker);
    let unfinished = Completion::Truncated(Truncation::Unfinished);
    for (stream, completion) in [
        (format!("{text}data: [DONE]\n\n"), Completion::Complete),
        (format!("{text}data:[DONE]"), Completion::Complete),
        (
            format!("{text}event: [DONE]\ndata: {{}}\n\n"),
            Completion::Complete,
        ),
        (format!("{text}event: [DONE]\n\n"), Completion::Complete),
        (format!("{text}{stop}"), Completion::Complete),
        (
            format!("{text}data: [DONE]\n\ndata: {{\"aft"),
            Completion::Complete,
        ),
        (text.clone(), no_mark),
        (String::new(), no_mark),
        (text.trim_end().to_owned(), unfinished),
        (format!("{text}data: {{\"cho"), unfinished),
    ] {
        let reading = read(chat(), &stream);
        assert_eq!(reading.completion, completion, "{stream:?}");
        assert_eq!(
            answer(&reading),
            if stream.is_empty() { "" } else { "x" },
            "{stream:?}"
        );
        let marked = completion == Completion::Complete;
        assert_eq!(reading.completed_at.is_some(), marked, "{stream:?}");
    }
    let mut reader = ResponseReader::default();
    let spec = Arc::new(ResponseSpec::compile(chat()));
    for (stream, completion) in [
        (text.as_str(), Completion::Truncated(Truncation::Broken)),
        ("data: [DONE]\n\n", Completion::Complete),
    ] {
        reader.begin(&spec, false);
        reader.chunk(Offset::ZERO, stream.as_bytes());
        assert_eq!(
            reader.broken(Offset::ZERO).completion,
            completion,
            "{stream:?}"
        );
    }
}

#[test]
fn what_follows_the_mark_counts_no_more() {
    let after = content("after");
    let chunks = [
        &content("x"),
        "data: [DONE]\n\n",
        &after,
        "data: [DONE]\n\n",
    ];
    let mut reader = ResponseReader::default();
    reader.begin(&Arc::new(ResponseSpec::compile(chat())), true);
    for (number, chunk) in chunks.iter().enumerate() {
        assert_eq!(reader.is_over(), number >= 2);
        reader.chunk(Offset::from_millis(number as u64), chunk.as_bytes());
    }
    let reading = reader.finish(Offset::from_secs(9));
    assert_eq!((answer(reading), reading.chunks), ("x", 1));
    assert_eq!(reading.completed_at, ms(1));
}

#[test]
fn other_marks_are_as_good() {
    let named = ResponseParts {
        answer: Vec::new(),
        done: vec![event("end")],
        ..chat()
    };
    let reading = read(
        named,
        "data: Hi\n\ndata:  there\n\nevent: end\ndata: {}\n\n",
    );
    assert_eq!(
        (answer(&reading), reading.completion),
        ("Hi there", Completion::Complete)
    );
    let by_path = ResponseParts {
        done: vec![path("$.done", Test::Equals(json!(true)))],
        ..lines()
    };
    for (stream, completion) in [
        (
            "{\"response\":\"a\",\"done\":false}\n{\"response\":\"b\",\"done\":true}",
            Completion::Complete,
        ),
        (
            "{\"response\":\"a\"}\n{\"response\":\"b\",\"done\":1}\n",
            Completion::Truncated(Truncation::NoMarker),
        ),
    ] {
        let reading = read(by_path.clone(), stream);
        assert_eq!(
            (answer(&reading), reading.completion),
            ("ab", completion),
            "{stream}"
        );
    }
}

#[test]
fn a_failure_within_the_answer_is_a_failure_and_keeps_what_came_before() {
    let text = content("partial");
    for (stream, label) in [
        (
            format!("{text}data: {{\"error\":{{\"code\":502,\"message\":\"gone\"}}}}\n\n"),
            "502",
        ),
        (
            format!(
                "{text}event: error\ndata: {{\"type\":\"error\",\"error\":{{\"type\":\"overloaded_error\"}}}}\n\n"
            ),
            "overloaded_error",
        ),
        (
            format!("{text}event: error\ndata: it broke\n\ndata: [DONE]\n\n"),
            "it broke",
        ),
        (format!("{text}event: error\n\n"), "without a message"),
    ] {
        let parts = ResponseParts {
            error: vec![event("error")],
            ..chat()
        };
        let reading = read(parts, &stream);
        assert_eq!(reading.completion, Completion::Failed, "{stream}");
        assert_eq!(reading.error.as_ref().unwrap().label(), label);
        assert_eq!(
            (answer(&reading), reading.first_token_at),
            ("partial", ms(1000))
        );
    }
    for quiet in ["null", "\"\"", "false", "{}"] {
        let stream = format!("{text}data: {{\"error\":{quiet}}}\n\ndata: [DONE]\n\n");
        assert_eq!(read(chat(), &stream).error, None, "{quiet}");
    }
    let code = ResponseParts {
        error: vec![path("$.code", Test::Differs(json!(0)))],
        ..chat()
    };
    let reading = read(code, "data:{\"code\":102,\"message\":\"no such chat\"}\n\n");
    assert_eq!(reading.error.unwrap().message, "no such chat");
    let whole = read(
        ResponseParts {
            format: Format::Json,
            answer: vec![place("$.answer")],
            ..anything()
        },
        "{\"error\": \"no context\"}",
    );
    assert_eq!(
        (whole.format, whole.completion),
        (Format::Json, Completion::Failed)
    );
    // Where the data itself is the answer, a failure is one too.
    let raw = read(
        anything(),
        "data: Hi\n\ndata: {\"error\":\"quota exceeded\"}\n\n",
    );
    assert!(raw.error.as_ref().unwrap().is_rate_limit());
    assert_eq!(answer(&raw), "Hi");
}

#[test]
fn values_are_read_wherever_they_end() {
    for stream in [
        "{\"references\":[]}\n{\"response\":\"a\"}\n{\"response\":\"b\"}\n",
        "{\"references\":[]}{\"response\":\"a\"}{\"response\":\"b\"}",
        "\u{feff}{\n\"response\": \"a\"\n}\n\n{\"response\":\"b\"}",
        "{\"response\":\"a\"}\nnot json\n{\"response\":\"b\"}",
    ] {
        let reading = read(lines(), stream);
        assert_eq!(
            (answer(&reading), reading.format),
            ("ab", Format::Ndjson),
            "{stream}"
        );
        assert_eq!(reading.completion, Completion::Complete, "{stream}");
        assert_eq!(reading.malformed, u64::from(stream.contains("not json")));
    }
    let cut = read(lines(), "{\"response\":\"a\"}\n{\"respon");
    assert_eq!(
        cut.completion,
        Completion::Truncated(Truncation::Unfinished)
    );
    let texts = read(
        ResponseParts {
            format: Format::Ndjson,
            ..anything()
        },
        "\"Hi\"\n\" there\"\n",
    );
    assert_eq!(answer(&texts), "Hi there");
}

#[test]
fn cumulative_texts_are_told_from_those_that_go_on() {
    let stream = |texts: &[&str]| -> String {
        let done = "data: [DONE]\n\n".to_owned();
        texts
            .iter()
            .map(|text| content(text))
            .chain([done])
            .collect()
    };
    let grown = stream(&[
        "The",
        "The sky",
        "The sky is",
        "The sky is blue",
        "The sky is blue",
    ]);
    for mode in [Mode::Auto, Mode::Cumulative] {
        let reading = read(ResponseParts { mode, ..chat() }, &grown);
        assert_eq!(
            (answer(&reading), reading.chunks),
            ("The sky is blue", 4),
            "{mode:?}"
        );
        assert_eq!(reading.answer_chars, 15);
    }
    let delta = ResponseParts {
        mode: Mode::Delta,
        ..chat()
    };
    assert_eq!(read(delta, &stream(&["ha", "ha", "haha"])).answer_chars, 8);
}

#[test]
fn a_format_that_is_not_the_declared_one_is_read_and_reported() {
    let text = content("x");
    let whole = r#"{"choices":[{"delta":{"content":"x"}}]}"#;
    let sse = "text/event-stream";
    let declared = |declared, found| Some(Mismatch::Declared { declared, found });
    let called = |media, found| Some(Mismatch::ContentType { media, found });
    for (format, content_type, stream, mismatch) in [
        (Format::Sse, sse, text.as_str(), None),
        (Format::Sse, "", &text, None),
        (
            Format::Sse,
            "text/plain",
            &text,
            called(MediaKind::Text, Format::Sse),
        ),
        (
            Format::Sse,
            "application/json",
            whole,
            declared(Format::Sse, Format::Json),
        ),
        (
            Format::Json,
            "application/json",
            &text,
            declared(Format::Json, Format::Sse),
        ),
        (
            Format::Json,
            sse,
            whole,
            called(MediaKind::EventStream, Format::Json),
        ),
        (Format::Ndjson, "application/json", whole, None),
        (
            Format::Auto,
            "text/plain",
            &text,
            called(MediaKind::Text, Format::Sse),
        ),
        (Format::Auto, "application/problem+json", whole, None),
        (
            Format::Json,
            "text/html",
            "<html>\n<p>x\n",
            declared(Format::Json, Format::Text),
        ),
    ] {
        let parts = ResponseParts {
            format,
            done: Vec::new(),
            ..chat()
        };
        let reading = read_chunks(parts, content_type, &[stream.as_bytes()]);
        assert_eq!(
            reading.mismatch, mismatch,
            "{format} {content_type} {stream}"
        );
        let expected = if stream.contains("<p>") { "" } else { "x" };
        assert_eq!(answer(&reading), expected, "{format} {content_type}");
        // A document in the place of a stream needs no mark to be whole.
        assert_eq!(reading.completion, Completion::Complete);
    }
}

#[test]
fn a_document_has_no_first_token() {
    let parts = ResponseParts {
        format: Format::Json,
        answer: vec![place("$.answer"), place("$.result")],
        sources: vec![place("$.sources")],
        done: vec![data("[DONE]")],
        ..anything()
    };
    let chunks = [
        &br#"{"sources":["a","b"],"result":"no","#[..],
        br#" "answer":"yes"}"#,
    ];
    let reading = read_chunks(parts.clone(), "application/json", &chunks);
    assert_eq!((answer(&reading), reading.source_count), ("yes", 2));
    assert_eq!(
        (reading.first_token_at, reading.sources_at, reading.chunks),
        (None, None, 0)
    );
    assert_eq!(
        (reading.first_byte_at, reading.completed_at),
        (ms(1000), ms(1200))
    );
    assert_eq!(reading.completion, Completion::Complete);
    let cut = read_chunks(parts.clone(), "application/json", &chunks[..1]);
    assert_eq!(
        cut.completion,
        Completion::Truncated(Truncation::Unfinished)
    );
    let empty = read(parts, "");
    assert_eq!((empty.has_answer, empty.mismatch), (false, None));
}

#[test]
fn plain_text_streams_too() {
    let chunks = ["A streamed caf", "\u{e9}", " of text"];
    let reading = read_chunks(anything(), "text/plain", &chunks.map(str::as_bytes));
    assert_eq!(
        (answer(&reading), reading.format),
        ("A streamed café of text", Format::Text)
    );
    assert_eq!(
        (reading.first_token_at, reading.last_token_at),
        (ms(1000), ms(1200))
    );
    assert_eq!(reading.completion, Completion::Complete);
    assert_eq!(reading.output_tokens().unwrap().source, TokenSource::Chars);
}

#[test]
fn plain_text_that_repeats_how_it_began_is_kept_whole_however_it_is_cut() {
    let line = "an answer that says everything twice. ";
    for chunks in [
        vec![line, line, line],
        vec!["an", "an ans", "an answer", "an answers"],
        vec!["\0\0", "\0\0", "\0\0e", "\0\0e\u{fffd}a"],
    ] {
        let bytes: Vec<&[u8]> = chunks.iter().map(|chunk| chunk.as_bytes()).collect();
        for format in [Format::Auto, Format::Text] {
            let parts = ResponseParts {
                format,
                ..anything()
            };
            let reading = read_chunks(parts, "text/plain", &bytes);
            assert_eq!(answer(&reading), chunks.concat(), "{format}");
        }
    }
}

#[test]
fn sources_are_known_by_their_ids_each_once() {
    let parts = ResponseParts {
        sources: vec![
            Place {
                event: Some("sources".to_owned()),
                ..place("$.docs")
            },
            place("$.citations[*].id"),
        ],
        ..chat()
    };
    let chunks = [
        "event: sources\ndata: {\"docs\":[]}\n\n",
        "event: sources\ndata: {\"docs\":[{\"id\":7},{\"document_id\":\"b\"},\"c\",\"c\",{\"x\":1}]}\n\n",
        "event: other\ndata: {\"docs\":[\"no\"]}\n\n",
        "data: {\"citations\":[{\"id\":\"b\"},{\"id\":\"d\"}]}\n\n",
        "data: [DONE]\n\n",
    ];
    let reading = read_chunks(parts, "", &chunks.map(str::as_bytes));
    assert_eq!(reading.sources, ["7", "b", "c", "c", "d"]);
    assert_eq!((reading.source_count, reading.sources_at), (6, ms(1100)));
}

#[test]
fn stages_come_from_paths_and_from_the_header() {
    let stage = |name: &str, path: &str, unit| Stage {
        name: name.to_owned(),
        place: place(path),
        unit,
    };
    let parts = ResponseParts {
        stages: vec![
            stage("llm", "$.timings.llm_ms", Duration::from_millis(1)),
            stage("load", "$.load_duration", Duration::from_nanos(1)),
            stage("bad", "$.bad", Duration::from_secs(1)),
        ],
        server_timing: true,
        cache: Some(CacheRule::Header(
            "x-cache".to_owned(),
            regex::Regex::new("HIT.*").unwrap(),
        )),
        ..chat()
    };
    let mut reader = ResponseReader::default();
    reader.begin(&Arc::new(ResponseSpec::compile(parts)), false);
    reader.head(&headers(&[
        ("server-timing", "retrieval;dur=12.5, llm;dur=1"),
        ("x-cache", "HIT from edge"),
    ]));
    let stream =
        "data: {\"timings\":{\"llm_ms\":800},\"load_duration\":\"5000000\",\"bad\":-1}\n\n";
    reader.chunk(Offset::ZERO, stream.as_bytes());
    reader.trailers(&headers(&[("server-timing", "total;dur=900")]));
    let reading = reader.finish(Offset::ZERO);
    let found: Vec<(&str, u128)> = reading
        .stages
        .iter()
        .map(|(name, time)| (&**name, time.as_micros()))
        .collect();
    let expected = [
        ("retrieval", 12_500),
        ("llm", 800_000),
        ("load", 5_000),
        ("total", 900_000),
    ];
    assert_eq!(found, expected);
    assert_eq!(reading.cache_hit, Some(true));
}

#[test]
fn a_hit_and_a_canned_reply_are_read_from_the_body() {
    let parts = ResponseParts {
        cache: Some(CacheRule::Body(place("$.cached"), Test::Truthy)),
        fallback: vec![path("$.llm_generated", Test::Equals(json!(false)))],
        ..lines()
    };
    let hit = read(parts.clone(), "{\"response\":\"x\",\"cached\":true}\n");
    assert_eq!((hit.cache_hit, hit.is_fallback), (Some(true), false));
    let canned = read(
        parts.clone(),
        "{\"response\":\"x\",\"cached\":0,\"llm_generated\":false}\n",
    );
    assert_eq!((canned.cache_hit, canned.is_fallback), (Some(false), true));
    assert_eq!(read(parts, "{}\n").cache_hit, None);
}

#[test]
fn bytes_that_are_no_text_lose_as_little_as_can_be() {
    let mut stream = b"data: {\"choices\":[{\"delta\":{\"content\":\"a\xff\"}}]}\n\n".to_vec();
    stream.extend(br#"data: {"choices":[{"delta":{"content":"b\ud83d"}}]}"#);
    stream.extend(b"\n\ndata: [DONE]\n\n");
    let reading = read_chunks(chat(), "", &[&stream]);
    assert_eq!(
        (answer(&reading), reading.malformed),
        ("a\u{fffd}b\u{fffd}", 0)
    );
    let garbage = read(
        chat(),
        "data: keep-alive\n\ndata: {\"choices\n\ndata: [DONE]\n\n",
    );
    assert_eq!(
        (garbage.malformed, garbage.completion),
        (2, Completion::Complete)
    );
}

#[test]
fn a_reader_keeps_nothing_of_the_answer_before_nor_of_an_earlier_hop() {
    let mut reader = ResponseReader::default();
    let spec = Arc::new(ResponseSpec::compile(chat()));
    let stream = format!(
        "{}data: {{\"error\":\"x\"}}\n\n: x\n\ndata: {{\"cut",
        content("old")
    );
    reader.begin(&spec, true);
    reader.head(&headers(&[("content-type", "text/html")]));
    reader.chunk(Offset::ZERO, stream.as_bytes());
    reader.head(&headers(&[]));
    let fresh = format!("{}data: [DONE]\n\n", content("new"));
    reader.chunk(Offset::from_secs(1), fresh.as_bytes());
    let hop = reader.finish(Offset::from_secs(1)).clone();
    reader.begin(&spec, true);
    reader.chunk(Offset::from_secs(1), fresh.as_bytes());
    let again = reader.finish(Offset::from_secs(1));
    assert_eq!(*again, hop);
    assert_eq!((answer(again), again.events), ("new", 2));
    reader.begin(&spec, false);
    reader.chunk(Offset::ZERO, content("counted").as_bytes());
    let counted = reader.finish(Offset::ZERO);
    assert_eq!((&counted.answer, counted.answer_chars), (&None, 7));
}

/// A reading of bytes cut where `cuts` say, all at one moment, so that nothing of it is a
/// matter of time.
fn timeless(parts: ResponseParts, bytes: &[u8], cuts: &[usize]) -> Reading {
    let mut reader = ResponseReader::default();
    reader.begin(&Arc::new(ResponseSpec::compile(parts)), true);
    let mut from = 0;
    for cut in cuts.iter().map(|cut| cut % (bytes.len() + 1)) {
        if cut > from {
            reader.chunk(Offset::ZERO, &bytes[from..cut]);
            from = cut;
        }
    }
    reader.chunk(Offset::ZERO, &bytes[from..]);
    let mut reading = reader.finish(Offset::ZERO).clone();
    if reading.format == Format::Text {
        // A read of plain text is not a unit of anything but time.
        reading.chunks = 0;
        reading.bundled = 0;
        reading.gaps = gaps::Gaps::default();
    }
    reading
}

fn fragment() -> impl Strategy<Value = Vec<u8>> {
    let known = [
        "data: ",
        "data:",
        "event: token",
        "event: error",
        ": c",
        "\n",
        "\r\n",
        "\r",
        "\n\n",
        "[DONE]",
        "{\"response\":\"é😀\"}",
        "{\"error\":\"x\"}",
        "\u{feff}",
        "{\"a\":[",
        "\"",
        "{\"choices\":[{\"delta\":{\"content\":\"hi\"},\"finish_reason\":null}]}",
        "\\",
        "}",
        " ",
    ];
    prop_oneof![
        3 => prop::sample::select(known.to_vec()).prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 1..4),
    ]
}

proptest! {
    #[test]
    fn however_an_answer_is_cut_its_reading_is_the_same(
        fragments in prop::collection::vec(fragment(), 0..24),
        mut cuts in prop::collection::vec(any::<usize>(), 0..12),
    ) {
        let bytes = fragments.concat();
        cuts.iter_mut().for_each(|cut| *cut %= bytes.len() + 1);
        cuts.sort_unstable();
        let formats = [Format::Auto, Format::Sse, Format::Ndjson, Format::Json, Format::Text];
        for format in formats {
            for parts in [chat(), lines(), anything()] {
                let parts = ResponseParts { format, ..parts };
                let whole = timeless(parts.clone(), &bytes, &[]);
                prop_assert_eq!(timeless(parts, &bytes, &cuts), whole);
            }
        }
    }

    #[test]
    fn however_plain_text_is_cut_it_reads_the_same(
// Much of the same, so that pieces begin like those before.
        bytes in prop::collection::vec(prop::sample::select(b"aaaaaaaaaaaa \xc3\xa9\xff".to_vec()), 0..60),
        mut cuts in prop::collection::vec(any::<usize>(), 0..24),
    ) {
        cuts.iter_mut().for_each(|cut| *cut %= bytes.len() + 1);
        cuts.sort_unstable();
        for format in [Format::Auto, Format::Text] {
            let parts = ResponseParts { format, ..anything() };
            let whole = timeless(parts.clone(), &bytes, &[]);
            prop_assert_eq!(timeless(parts, &bytes, &cuts), whole);
        }
    }
}
