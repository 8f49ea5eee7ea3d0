//! What the client says of answers is what the server says it sent, for every preset the demo
//! service speaks.

#![expect(
    clippy::unwrap_used,
    reason = "a record without its parts fails the test"
)]

use ragload::demo::{Faults, Tally};
use serde_json::Value;

use super::program::Folder;
use super::running::ran;
use super::service::Service;
use crate::tools::project;

/// Everything that can befall an answer.
fn disturbed() -> Service {
    Service::with(Faults {
        truncate_rate: Some(0.1),
        stream_error_rate: Some(0.1),
        degraded_rate: Some(0.2),
        retrieval_miss_rate: Some(0.1),
        cache: Some(true),
        ..Faults::default()
    })
}

/// A run of five lines over the labelled questions; what its record says of all requests.
fn aggregated(preset: &str, client: &str, service: &Service) -> Value {
    let folder = Folder::new();
    let questions = std::fs::read_to_string(project("scenarios/questions.jsonl")).unwrap();
    folder.write("questions.jsonl", &questions);
    let scenario =
        format!("preset: {preset}\nquestions: questions.jsonl\nusers: 4\nclient: {client}\n");
    folder.write("five.yaml", &scenario);
    let run = ["run", "five.yaml", "-r", "100", "-t", "1s"];
    let aim = ["-H", &service.host()];
    ran(folder.ragload(&[&run[..], &aim].concat())).expect(1);
    folder.record("five")["aggregated"].clone()
}

/// The sum of a measure that counts things.
fn sum(aggregated: &Value, name: &str) -> u64 {
    let measures = aggregated["measures"].as_array().unwrap();
    let Some(measure) = measures.iter().find(|m| m["measure"] == name) else {
        return 0;
    };
    let sum = measure["average"].as_f64().unwrap() * measure["count"].as_f64().unwrap();
    format!("{sum:.0}").parse().unwrap()
}

#[test]
fn client_and_server_agree_on_the_answers_of_every_preset() {
    for (preset, client, route) in [
        ("rag-json", "direct", "POST /query"),
        ("rag-sse", "direct", "POST /query"),
        ("rag-sse", "general", "POST /query"),
        ("openai-chat", "direct", "POST /v1/chat/completions"),
        ("ollama", "direct", "POST /api/chat"),
    ] {
        let service = disturbed();
        let client = aggregated(preset, client, &service);
        let server = &service.handle.answers()[route];
        let of = |ending: &str| server.get(ending).copied().unwrap_or_default();
        let (complete, truncated, broken) = (of("complete"), of("truncated"), of("stream_error"));
        assert_eq!(of("abandoned"), Tally::default(), "{preset}");
        let told = |name: &str| client["answers"][name].as_u64().unwrap_or(0);
        assert!(complete.answers > 100, "{preset}");

        let mut all = Tally::default();
        for tally in server.values() {
            all.add(tally);
        }
        assert_eq!(client["requests"], all.answers, "{preset}");
        assert_eq!(told("keep_alives"), all.keep_alives, "{preset}");
        // Those of answers that broke off as well: their pieces were counted.
        assert_eq!(told("output_tokens"), all.output_tokens, "{preset}");
        assert_eq!(client["failures"], truncated.answers + broken.answers);
        assert_eq!(told("errors_within"), broken.answers, "{preset}");
        assert_eq!(told("prompt_tokens"), complete.prompt_tokens, "{preset}");
        assert_eq!(told("degraded"), complete.degraded, "{preset}");
        assert_eq!(sum(&client, "source_count"), complete.sources, "{preset}");
        if preset.starts_with("rag") {
            assert_eq!(told("cache_hits"), complete.cache_hits, "{preset}");
        }
        if preset != "rag-json" {
            assert_eq!(told("truncated"), truncated.answers, "{preset}");
        }
    }
}
