//! Streams in every shape, and what can go wrong in them.

use std::time::Duration;

use ragload::clock::RunClock;
use ragload::demo::{DemoConfig, Faults, Latency};
use serde_json::{Value, json};

use super::{QUESTION, Service, events, header, quick, read, start, start_faulty, start_with};

/// The ways to ask for a stream, and how the end of each is marked.
const STREAMS: [(&str, &str); 4] = [
    ("/query", "data: [DONE]\n\n"),
    ("/query/stream", "event: done\n"),
    ("/v1/chat/completions", "data: [DONE]\n\n"),
    ("/api/chat", "\"done\":true"),
];

/// The same question for any route.
fn question() -> Value {
    json!({
        "query": QUESTION, "stream": true, "stream_options": {"include_usage": true},
        "messages": [{"role": "user", "content": QUESTION}],
    })
}

async fn stream(service: &Service, path: &str) -> String {
    service.post(path, &question()).await.text().await.unwrap()
}

fn parsed(data: &str) -> Value {
    serde_json::from_str(data).unwrap_or_else(|error| panic!("{error}: {data}"))
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(parsed).collect()
}

/// Every JSON object a stream sent, whatever its shape.
fn objects(text: &str) -> Vec<Value> {
    let data = text
        .lines()
        .map(|line| line.strip_prefix("data: ").unwrap_or(line));
    data.filter(|data| data.starts_with('{'))
        .map(parsed)
        .collect()
}

#[tokio::test]
async fn a_stream_of_deltas_brings_sources_text_usage_and_done() {
    let service = start().await;
    let whole = read(service.ask().await).await;
    let response = service
        .post("/query/stream", &json!({"query": QUESTION}))
        .await;
    assert!(header(&response, "content-type").starts_with("text/event-stream"));
    assert_eq!(header(&response, "x-cache"), "MISS");
    assert!(header(&response, "server-timing").starts_with("retrieval;dur="));
    let text = response.text().await.unwrap();
    let sources = parsed(&events(&text, "sources")[0]);
    assert_eq!(sources["sources"], whole["sources"]);
    let answer: String = events(&text, "delta")
        .iter()
        .map(|data| parsed(data)["delta"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(answer, whole["answer"].as_str().unwrap());
    let usage = parsed(&events(&text, "usage")[0]);
    assert_eq!(usage["usage"], whole["usage"]);
    assert!(usage["timings"]["first_token_ms"].is_number());
    assert_eq!(parsed(&events(&text, "done")[0])["finish_reason"], "stop");
}

#[tokio::test]
async fn ollama_is_spoken_in_lines_of_json_and_in_one_object() {
    let service = start().await;
    let body = json!({"model": "m", "messages": [{"role": "user", "content": QUESTION}]});
    let response = service.post("/api/chat", &body).await;
    assert_eq!(header(&response, "content-type"), "application/x-ndjson");
    let lines = lines(&response.text().await.unwrap());
    let (last, tokens) = lines.split_last().unwrap();
    assert_eq!(last["done"], true);
    assert_eq!(last["done_reason"], "stop");
    assert_eq!(last["eval_count"], tokens.len());
    for counter in [
        "prompt_eval_count",
        "prompt_eval_duration",
        "eval_duration",
        "total_duration",
        "load_duration",
    ] {
        assert!(last[counter].is_u64(), "{counter}: {last}");
    }
    assert!(tokens.iter().all(|line| line["done"] == false));
    let at = tokens[0]["created_at"].as_str().unwrap();
    assert!(at.ends_with('Z') && at.contains('T'), "{at}");
    let text: String = tokens
        .iter()
        .map(|line| line["message"]["content"].as_str().unwrap())
        .collect();

    let mut body = body;
    body["stream"] = json!(false);
    let whole = read(service.post("/api/chat", &body).await).await;
    assert_eq!(whole["message"]["content"], text);
    assert_eq!(whole["done"], true);
}

#[tokio::test]
async fn every_stream_can_break_off_without_its_end_marker() {
    let service = start_faulty(Faults {
        truncate_rate: Some(1.0),
        ..Faults::default()
    })
    .await;
    for (path, marker) in STREAMS {
        let text = stream(&service, path).await;
        assert!(!objects(&text).is_empty(), "{path}: {text}");
        assert!(!text.contains(marker), "{path}: {text}");
    }
}

#[tokio::test]
async fn every_stream_can_tell_of_an_error_in_its_middle_and_every_whole_answer_too() {
    let service = start_faulty(Faults {
        stream_error_rate: Some(1.0),
        ..Faults::default()
    })
    .await;
    for (path, marker) in STREAMS {
        let text = stream(&service, path).await;
        let objects = objects(&text);
        assert!(objects.len() > 2, "{path}: {text}");
        assert!(
            !objects.last().unwrap()["error"].is_null(),
            "{path}: {text}"
        );
        assert!(!text.contains(marker), "{path}: {text}");
        let mut body = question();
        body["stream"] = json!(false);
        let whole = service.post(path, &body).await;
        assert_eq!(whole.status(), 200);
        assert!(!read(whole).await["error"].is_null());
        let counts = service.counts().await[format!("POST {path}")].clone();
        assert_eq!(counts, json!({"stream_error": 2}));
    }
    let refused = service.post("/query", &json!({})).await;
    assert_eq!(refused.status(), 400);
}

#[tokio::test]
async fn keep_alive_comments_fill_the_silence_before_a_slow_first_token() {
    let service = start_faulty(Faults {
        slow_first_token_rate: Some(1.0),
        slow_first_token_for: Some(Duration::from_millis(120)),
        keep_alive: Some(Duration::from_millis(25)),
        ..Faults::default()
    })
    .await;
    let text = stream(&service, "/query").await;
    let before = text.split("event: token").next().unwrap();
    // One follows the sources in any case.
    assert_eq!(before.matches(": keep-alive\n\n").count(), 1 + 4, "{text}");
    let end = parsed(&events(&text, "end")[0]);
    assert!(end["timings"]["first_token_ms"].as_f64().unwrap() >= 120.0);
    let lines = lines(&stream(&service, "/api/chat").await);
    assert!(lines.len() > 2);
}

#[tokio::test]
async fn tokens_come_at_the_speed_asked_for() {
    let service = start_with(DemoConfig {
        latency: Latency {
            retrieval: Duration::ZERO,
            sigma: 0.0,
            ..Latency::default()
        },
        faults: Faults {
            first_token: Some(Duration::from_millis(60)),
            tokens_per_second: Some(500.0),
            ..Faults::default()
        },
        ..quick()
    })
    .await;
    let text = stream(&service, "/query").await;
    let end = parsed(&events(&text, "end")[0]);
    let tokens = end["usage"]["completion_tokens"].as_f64().unwrap();
    let took = |name: &str| end["timings"][name].as_f64().unwrap();
    assert!(took("first_token_ms") >= 60.0, "{end}");
    assert!(took("llm_ms") >= 60.0 + 2.0 * (tokens - 1.0), "{end}");
}

#[tokio::test]
async fn every_piece_tells_when_it_was_sent_to_whoever_asks() {
    let service = start_with(DemoConfig {
        latency: Latency::default(),
        faults: Faults {
            first_token: Some(Duration::from_millis(5)),
            tokens_per_second: Some(2000.0),
            ..Faults::default()
        },
        ..quick()
    })
    .await;
    let clock = RunClock::start();
    let now = || clock.unix(clock.now());
    for (path, _) in STREAMS {
        let before = now();
        let stamps = ("x-demo-stamps", "1");
        let response = service.post_with(path, stamps, &question()).await;
        let arrived: u64 = header(&response, "x-demo-arrived-us").parse().unwrap();
        let text = response.text().await.unwrap();
        let stamp = |value: &Value| value["sent_us"].as_u64().unwrap();
        let sent: Vec<u64> = objects(&text).iter().map(stamp).collect();
        assert!(sent.len() > 10, "{path}: {text}");
        assert!(arrived < sent[0], "{path}");
        assert!(sent.is_sorted(), "{path}: {sent:?}");
        assert!(sent[0] < *sent.last().unwrap(), "{path}: {sent:?}");
        // Two readings of the wall clock may differ a little.
        let tolerance = Duration::from_secs(2);
        let last = Duration::from_micros(*sent.last().unwrap());
        assert!(
            before - tolerance < last && last < now() + tolerance,
            "{path}"
        );
        assert!(!stream(&service, path).await.contains("sent_us"));
    }
}

#[tokio::test]
async fn reasoning_comes_before_the_answer_and_is_paid_for() {
    let service = start_faulty(Faults {
        reasoning_tokens: Some(30),
        ..Faults::default()
    })
    .await;
    let openai = objects(&stream(&service, "/v1/chat/completions").await);
    let delta = |chunk: &Value, name: &str| chunk["choices"][0]["delta"][name].is_string();
    let thought = openai.iter().filter(|c| delta(c, "reasoning_content"));
    assert_eq!(thought.count(), 30);
    let usage = &openai.last().unwrap()["usage"];
    let content = openai.iter().filter(|c| delta(c, "content")).count() - 1;
    assert_eq!(usage["completion_tokens"], 30 + content);
    assert_eq!(usage["completion_tokens_details"]["reasoning_tokens"], 30);
    let ollama = lines(&stream(&service, "/api/chat").await);
    let thinking = ollama
        .iter()
        .filter(|l| l["message"]["thinking"].is_string());
    assert_eq!(thinking.count(), 30);
}

#[tokio::test]
async fn earlier_turns_make_the_prompt_of_a_conversation_longer() {
    let service = start().await;
    let prompt_tokens = async |messages: Value| {
        let body = json!({"messages": messages});
        let answer = read(service.post("/v1/chat/completions", &body).await).await;
        answer["usage"]["prompt_tokens"].as_u64().unwrap()
    };
    let user = json!({"role": "user", "content": QUESTION});
    let first = prompt_tokens(json!([user])).await;
    let earlier = json!({"role": "assistant", "content": "one two three"});
    let second = prompt_tokens(json!([user, earlier, user])).await;
    assert_eq!(second, first + 3 + 5);
}

#[tokio::test]
async fn a_repeated_question_streams_at_once_from_the_cache() {
    let service = start_with(DemoConfig {
        latency: Latency::default(),
        faults: Faults {
            cache: Some(true),
            tokens_per_second: Some(1000.0),
            ..Faults::default()
        },
        ..quick()
    })
    .await;
    let mut told = Vec::new();
    for expected in ["MISS", "HIT"] {
        let response = service.post("/query", &question()).await;
        assert_eq!(header(&response, "x-cache"), expected);
        let end = events(&response.text().await.unwrap(), "end").remove(0);
        told.push(parsed(&end));
    }
    let cached = |end: &Value| {
        end["usage"]["prompt_tokens_details"]["cached_tokens"]
            .as_u64()
            .unwrap()
    };
    assert!(cached(&told[0]) < cached(&told[1]));
    assert_eq!(cached(&told[1]), told[1]["usage"]["prompt_tokens"]);
    let llm = |end: &Value| end["timings"]["llm_ms"].as_f64().unwrap();
    assert!(llm(&told[1]) < llm(&told[0]), "{told:?}");
}

#[tokio::test]
async fn an_answer_is_no_longer_than_the_caller_allows_and_says_why_it_ends() {
    let service = start().await;
    for (path, limit, reason) in [
        (
            "/v1/chat/completions",
            json!({"max_tokens": 5}),
            "finish_reason",
        ),
        (
            "/v1/chat/completions",
            json!({"max_completion_tokens": 5}),
            "finish_reason",
        ),
        (
            "/api/chat",
            json!({"options": {"num_predict": 5}}),
            "done_reason",
        ),
    ] {
        for streamed in [true, false] {
            service.handle.reset_counts();
            let mut body = question();
            body["stream"] = streamed.into();
            let wanted = limit.as_object().unwrap().clone();
            body.as_object_mut().unwrap().extend(wanted);
            let text = service.post(path, &body).await.text().await.unwrap();
            assert!(text.contains(&format!("\"{reason}\":\"length\"")), "{text}");
            let server = service.handle.answers()[&format!("POST {path}")]["complete"];
            assert_eq!(
                (server.length_limited, server.output_tokens),
                (1, 5),
                "{text}"
            );
            body["max_tokens"] = 100_000.into();
            body["max_completion_tokens"] = 100_000.into();
            body["options"] = json!({"num_predict": -1});
            let text = service.post(path, &body).await.text().await.unwrap();
            assert!(text.contains(&format!("\"{reason}\":\"stop\"")), "{text}");
        }
    }
}

#[tokio::test]
async fn a_connection_is_reset_in_the_midst_of_a_stream_and_counted_so() {
    for (path, _) in STREAMS {
        let service = start_faulty(Faults {
            stream_reset_rate: Some(1.0),
            ..Faults::default()
        })
        .await;
        let mut response = service.post(path, &question()).await;
        assert_eq!(response.status(), 200);
        let mut begun = 0;
        let broken = loop {
            match response.chunk().await {
                Ok(Some(chunk)) => begun += chunk.len(),
                Ok(None) => break false,
                Err(_) => break true,
            }
        };
        assert!(broken && begun > 0, "{path}: {begun}");
        let counts = &service.handle.counts()[&format!("POST {path}")];
        assert_eq!(counts.get("stream_reset"), Some(&1), "{counts:?}");
    }
}
