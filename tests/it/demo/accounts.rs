//! What the service says it sent, against what arrived.

use futures_util::future::join_all;
use ragload::demo::{Faults, Tally};
use serde_json::{Value, json};

use super::{QUESTION, Service, header, start, start_faulty};

/// What a client sees of one answer to `/query` as a stream.
async fn seen(service: &Service, number: usize) -> (&'static str, Tally) {
    let query = format!("{QUESTION} {}", number % 20);
    let body = json!({"query": query, "stream": true});
    let response = service.post("/query", &body).await;
    let hit = header(&response, "x-cache") == "HIT";
    let text = response.text().await.unwrap();
    let mut tally = Tally {
        answers: 1,
        streams: 1,
        cache_hits: u64::from(hit),
        keep_alives: text.matches(": keep-alive\n\n").count() as u64,
        output_tokens: text.matches("event: token\n").count() as u64,
        degraded: u64::from(text.contains(r#"{"text":"don't "}"#)),
        ..Tally::default()
    };
    for data in text.lines().filter_map(|line| line.strip_prefix("data: {")) {
        let object: Value = serde_json::from_str(&format!("{{{data}")).unwrap();
        tally.sources += object["sources"].as_array().map_or(0, Vec::len) as u64;
        let usage = &object["usage"];
        tally.prompt_tokens += usage["prompt_tokens"].as_u64().unwrap_or(0);
        let cached = &usage["prompt_tokens_details"]["cached_tokens"];
        tally.cached_tokens += cached.as_u64().unwrap_or(0);
    }
    let ending = if text.contains("event: error\n") {
        "stream_error"
    } else if text.contains("[DONE]") {
        "complete"
    } else {
        "truncated"
    };
    (ending, tally)
}

#[tokio::test]
async fn server_and_client_agree_on_what_was_in_every_stream() {
    let service = start_faulty(Faults {
        truncate_rate: Some(0.1),
        stream_error_rate: Some(0.1),
        degraded_rate: Some(0.2),
        retrieval_miss_rate: Some(0.0),
        cache: Some(true),
        ..Faults::default()
    })
    .await;
    let all = join_all((0..300).map(|number| seen(&service, number))).await;
    let account = &service.handle.answers()["POST /query"];
    for ending in ["complete", "truncated", "stream_error"] {
        let mut sum = Tally::default();
        for (_, tally) in all.iter().filter(|(seen, _)| *seen == ending) {
            sum.add(tally);
        }
        let mut told = account[ending];
        if ending != "complete" {
            // A stream that ends early may end before it says that it does not know.
            (told.degraded, sum.degraded) = (0, 0);
        }
        assert_eq!(told, sum, "{ending}");
        assert!(sum.answers > 0, "{ending}");
    }
    let complete = account["complete"];
    assert!(complete.degraded > 0 && complete.cache_hits > 0);
    let shown = service.counts().await;
    let tokens = &shown["answers"]["POST /query"]["complete"]["output_tokens"];
    assert_eq!(*tokens, complete.output_tokens);
    service.handle.reset_counts();
    assert_eq!(service.counts().await, json!({}));
}

#[tokio::test]
async fn whole_answers_searches_and_chats_are_accounted_for_too() {
    let service = start().await;
    let body = json!({"query": QUESTION, "messages": [{"role": "user", "content": QUESTION}],
        "stream": false});
    for path in [
        "/query",
        "/query/stream",
        "/v1/chat/completions",
        "/api/chat",
    ] {
        service.post(path, &body).await;
    }
    service.get("/retrieval?query=rag&limit=4").await;
    service.post("/query", &json!({})).await;
    let account = service.handle.answers();
    let complete = |route: &str| account[route]["complete"];
    assert_eq!(complete("POST /query").sources, 5);
    assert_eq!(complete("POST /query").answers, 1);
    assert_eq!(complete("POST /query"), complete("POST /query/stream"));
    assert!(complete("POST /query").output_tokens > 10);
    assert_eq!(complete("POST /v1/chat/completions").sources, 0);
    assert_eq!(
        complete("POST /v1/chat/completions"),
        complete("POST /api/chat")
    );
    assert_eq!(complete("GET /retrieval").sources, 4);
    assert_eq!(complete("GET /retrieval").output_tokens, 0);
}

#[tokio::test]
async fn a_search_that_finds_nothing_leaves_an_answer_without_sources_that_says_so() {
    let service = start_faulty(Faults {
        retrieval_miss_rate: Some(1.0),
        ..Faults::default()
    })
    .await;
    let text = service.ask().await.text().await.unwrap();
    assert!(text.contains("I cannot answer this"), "{text}");
    let complete = service.handle.answers()["POST /query"]["complete"];
    assert_eq!((complete.degraded, complete.sources), (1, 0));
}
