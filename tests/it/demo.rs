//! The embedded service as its clients see it, over real sockets on ports the system chooses.

#![expect(
    clippy::unwrap_used,
    reason = "a helper's failure is the test's failure"
)]

mod accounts;
mod labels;
mod limits;
mod streams;

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use ragload::demo::{Demo, DemoConfig, DemoError, DemoHandle, Faults, Latency};
use reqwest::{Client, Response};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

const QUESTION: &str = "What is vector similarity search?";

struct Service {
    base: String,
    client: Client,
    handle: DemoHandle,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), DemoError>>,
}

fn quick() -> DemoConfig {
    DemoConfig {
        listen: "127.0.0.1:0".parse().unwrap(),
        latency: Latency::none(),
        ..DemoConfig::default()
    }
}

async fn start_with(config: DemoConfig) -> Service {
    drop(rustls::crypto::ring::default_provider().install_default());
    let demo = Demo::bind(config).await.unwrap();
    let base = format!("http://{}", demo.local_addr());
    let handle = demo.handle();
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(demo.serve(async move { drop(stopped.await) }));
    let client = Client::builder().no_proxy().build().unwrap();
    Service {
        base,
        client,
        handle,
        stop,
        task,
    }
}

async fn start() -> Service {
    start_with(quick()).await
}

async fn start_faulty(faults: Faults) -> Service {
    start_with(DemoConfig { faults, ..quick() }).await
}

impl Service {
    async fn get(&self, path: &str) -> Response {
        let url = format!("{}{path}", self.base);
        self.client.get(url).send().await.unwrap()
    }

    async fn try_post(&self, path: &str, body: &Value) -> reqwest::Result<Response> {
        let url = format!("{}{path}", self.base);
        self.client.post(url).body(body.to_string()).send().await
    }

    async fn post(&self, path: &str, body: &Value) -> Response {
        self.try_post(path, body).await.unwrap()
    }

    async fn try_ask(&self) -> reqwest::Result<Response> {
        self.try_post("/query", &json!({"query": QUESTION})).await
    }

    async fn post_with(&self, path: &str, header: (&str, &str), body: &Value) -> Response {
        let url = format!("{}{path}", self.base);
        let request = self.client.post(url).header(header.0, header.1);
        request.body(body.to_string()).send().await.unwrap()
    }

    async fn ask(&self) -> Response {
        self.try_ask().await.unwrap()
    }

    async fn counts(&self) -> Value {
        read(self.get("/counts").await).await
    }
}

async fn read(response: Response) -> Value {
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers()[name].to_str().unwrap()
}

/// The data of every event called `name`; unnamed ones are called "".
fn events(stream: &str, name: &str) -> Vec<String> {
    let named = |block: &&str| match block.strip_prefix("event: ") {
        Some(rest) => rest.lines().next() == Some(name),
        None => name.is_empty() && block.starts_with("data: "),
    };
    stream
        .split("\n\n")
        .filter(named)
        .filter_map(|block| block.split_once("data: "))
        .map(|(_, data)| data.to_owned())
        .collect()
}

#[tokio::test]
async fn a_question_is_answered_with_sources_timings_and_usage() {
    let service = start().await;
    let body = json!({"query": QUESTION, "top_k": 4});
    let response = service.post("/query", &body).await;
    assert_eq!(response.status(), 200);
    assert_eq!(header(&response, "x-cache"), "MISS");
    assert_eq!(header(&response, "content-type"), "application/json");
    assert!(header(&response, "server-timing").starts_with("retrieval;dur="));
    let answer = read(response).await;
    assert!(answer["answer"].as_str().unwrap().contains("embedding"));
    let sources = answer["sources"].as_array().unwrap();
    assert_eq!(sources.len(), 4);
    assert_eq!(sources[0]["id"], "vector-search");
    assert!(sources[0]["score"].as_f64() >= sources[1]["score"].as_f64());
    assert!(answer["timings"]["total_ms"].is_number());
    let tokens = |name: &str| answer["usage"][name].as_u64().unwrap();
    assert_eq!(
        tokens("total_tokens"),
        tokens("prompt_tokens") + tokens("completion_tokens")
    );
    assert_eq!(answer["cached"], false);
}

#[tokio::test]
async fn a_question_takes_about_as_long_as_the_latencies_say_and_reports_it() {
    let config = DemoConfig {
        latency: Latency {
            llm: Duration::from_millis(60),
            sigma: 0.0,
            ..Latency::default()
        },
        ..quick()
    };
    let service = start_with(config).await;
    let timings = read(service.ask().await).await["timings"].clone();
    let taken = |name: &str| timings[name].as_f64().unwrap();
    assert!(taken("retrieval_ms") >= 12.0, "{timings}");
    assert!(taken("llm_ms") >= 60.0, "{timings}");
    assert!(taken("total_ms") >= 72.0, "{timings}");
}

#[tokio::test]
async fn a_streamed_answer_brings_sources_tokens_the_end_and_the_marker() {
    let service = start().await;
    let whole = read(service.ask().await).await;
    let body = json!({"query": QUESTION, "stream": true});
    let response = service.post("/query", &body).await;
    assert!(header(&response, "content-type").starts_with("text/event-stream"));
    let stream = response.text().await.unwrap();
    assert!(stream.starts_with("event: sources\n"), "{stream}");
    assert!(stream.contains("\n: keep-alive\n"), "{stream}");
    assert!(stream.ends_with("\n\ndata: [DONE]\n\n"), "{stream}");
    let text: String = events(&stream, "token")
        .iter()
        .map(|data| serde_json::from_str::<Value>(data).unwrap()["text"].clone())
        .map(|text| text.as_str().unwrap().to_owned())
        .collect();
    assert_eq!(text, whole["answer"].as_str().unwrap());
    let end: Value = serde_json::from_str(&events(&stream, "end")[0]).unwrap();
    assert_eq!(end["usage"], whole["usage"]);
    assert!(end["timings"]["llm_ms"].is_number());
    let sources: Value = serde_json::from_str(&events(&stream, "sources")[0]).unwrap();
    assert_eq!(sources["sources"], whole["sources"]);
}

#[tokio::test]
async fn unusable_questions_are_refused_with_a_reason() {
    let service = start().await;
    for (body, reason) in [
        ("{}", "query must not be missing or empty"),
        (r#"{"query": "  "}"#, "query must not be missing or empty"),
        ("{\"query\"", "the body must be JSON"),
        (
            r#"{"query": "x", "top_k": 0}"#,
            "top_k must be between 1 and 50, found 0",
        ),
        (
            r#"{"query": "x", "top_k": 51}"#,
            "top_k must be between 1 and 50, found 51",
        ),
    ] {
        let url = format!("{}/query", service.base);
        let response = service.client.post(url).body(body).send().await.unwrap();
        assert_eq!(response.status(), 400, "{body}");
        let message = read(response).await["error"]["message"].clone();
        assert!(message.as_str().unwrap().contains(reason), "{message}");
    }
    let counts = service.counts().await;
    assert_eq!(counts["POST /query"], json!({"400": 5}));
}

#[tokio::test]
async fn a_search_lists_the_best_documents_and_refuses_an_empty_query() {
    let service = start().await;
    let found = read(
        service
            .get("/retrieval?query=prompt%20injection&limit=2")
            .await,
    )
    .await;
    assert_eq!(found["results"].as_array().unwrap().len(), 2);
    assert_eq!(found["results"][0]["id"], "prompt-injection");
    assert!(found["took_ms"].is_number());
    for path in [
        "/retrieval",
        "/retrieval?query=x&limit=0",
        "/retrieval?query=x&limit=many",
    ] {
        assert_eq!(service.get(path).await.status(), 400, "{path}");
    }
}

#[tokio::test]
async fn a_chat_completion_has_the_shape_of_openai() {
    let service = start().await;
    let body = json!({"model": "m", "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": QUESTION}]},
    ]});
    let completion = read(service.post("/v1/chat/completions", &body).await).await;
    assert_eq!(completion["object"], "chat.completion");
    assert_eq!(completion["model"], "m");
    let choice = &completion["choices"][0];
    assert_eq!(choice["finish_reason"], "stop");
    assert!(!choice["message"]["content"].as_str().unwrap().is_empty());
    assert!(completion["usage"]["total_tokens"].as_u64().unwrap() > 0);
    let empty = json!({"messages": []});
    let refused = service.post("/v1/chat/completions", &empty).await;
    assert_eq!(refused.status(), 400);
}

#[tokio::test]
async fn a_chat_stream_sends_role_deltas_finish_reason_usage_and_marker() {
    let service = start().await;
    let mut body = json!({"stream": true, "stream_options": {"include_usage": true},
        "messages": [{"role": "user", "content": QUESTION}]});
    let stream = service.post("/v1/chat/completions", &body).await;
    let stream = stream.text().await.unwrap();
    let mut data = events(&stream, "");
    assert_eq!(data.pop().unwrap(), "[DONE]");
    let chunks: Vec<Value> = data
        .iter()
        .map(|data| serde_json::from_str(data).unwrap())
        .collect();
    assert_eq!(chunks[0]["choices"][0]["delta"]["role"], "assistant");
    let [.., last, usage] = chunks.as_slice() else {
        panic!("{stream}")
    };
    assert_eq!(last["choices"][0]["finish_reason"], "stop");
    assert_eq!(usage["choices"], json!([]));
    let deltas = chunks.len() - 3;
    assert_eq!(usage["usage"]["completion_tokens"], deltas);
    assert_eq!(last["usage"], Value::Null);

    body["stream_options"] = json!({});
    let stream = service.post("/v1/chat/completions", &body).await;
    assert!(!stream.text().await.unwrap().contains("usage"));
}

#[tokio::test]
async fn the_service_tells_its_health_and_its_routes() {
    let service = start().await;
    let health = read(service.get("/health").await).await;
    assert_eq!(health["status"], "ok");
    assert!(health["uptime_s"].is_number());
    let index = read(service.get("/").await).await;
    assert!(index["routes"]["POST /query"].is_string());
    assert_eq!(service.get("/nowhere").await.status(), 404);
    assert_eq!(service.get("/query").await.status(), 405);
    let counts = service.counts().await;
    assert_eq!(counts["unknown"], json!({"404": 1, "405": 1}));
    assert_eq!(counts["GET /health"], json!({"200": 1}));
    assert_eq!(counts["GET /"], json!({"200": 1}));
}

#[tokio::test]
async fn metrics_show_requests_durations_the_pool_and_the_process() {
    let service = start().await;
    service.ask().await;
    let page = service.get("/metrics").await.text().await.unwrap();
    for line in [
        r#"ragload_demo_requests_total{method="POST",route="/query",status="200"} 1"#,
        r#"ragload_demo_request_duration_seconds_count{method="POST",route="/query"} 1"#,
        "ragload_demo_in_flight 0",
        "ragload_demo_pool_size 64",
        "ragload_demo_pool_in_use 0",
        "ragload_demo_cache_hits_total 0",
        "process_resident_memory_bytes ",
        "process_cpu_seconds_total ",
    ] {
        assert!(
            page.lines().any(|found| found.starts_with(line)),
            "{line}\n{page}"
        );
    }
}

#[tokio::test]
async fn server_and_client_agree_on_what_became_of_every_request() {
    let service = start_faulty(Faults {
        error_rate: Some(0.2),
        reset_rate: Some(0.1),
        truncate_rate: Some(0.1),
        ..Faults::default()
    })
    .await;
    let requests = (0..300).map(|number| {
        let service = &service;
        async move {
            let body = json!({"query": QUESTION, "stream": number % 2 == 0});
            let Ok(response) = service.try_post("/query", &body).await else {
                return "reset".to_owned();
            };
            let status = response.status().as_u16().to_string();
            let marker = if number % 2 == 0 { "[DONE]" } else { "cached" };
            match response.text().await {
                Ok(text) if status != "200" || text.contains(marker) => status,
                _ => "truncated".to_owned(),
            }
        }
    });
    let mut seen = BTreeMap::<String, u64>::new();
    for outcome in join_all(requests).await {
        *seen.entry(outcome).or_default() += 1;
    }
    assert_eq!(service.handle.counts()["POST /query"], seen);
    assert_eq!(seen.len(), 4, "{seen:?}");
    let reset = service.post("/counts/reset", &json!({})).await;
    assert_eq!(read(reset).await, json!({}));
}

#[tokio::test]
async fn the_same_seed_brings_the_same_fates() {
    let faults = Faults {
        error_rate: Some(0.5),
        ..Faults::default()
    };
    let mut runs = Vec::new();
    for _ in 0..2 {
        let service = start_faulty(faults.clone()).await;
        let mut statuses = Vec::new();
        for _ in 0..24 {
            statuses.push(service.ask().await.status());
        }
        runs.push(statuses);
    }
    assert_eq!(runs[0], runs[1]);
}

#[tokio::test]
async fn beyond_the_rate_limit_requests_get_429_and_are_told_when_to_return() {
    let service = start_faulty(Faults {
        rate_limit: Some(2.0),
        ..Faults::default()
    })
    .await;
    let answers = join_all((0..6).map(|_| service.ask())).await;
    let refused: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status() == 429)
        .collect();
    assert_eq!(refused.len(), 4);
    assert_eq!(header(refused[0], "retry-after"), "1");
    assert_eq!(service.get("/health").await.status(), 200);
}

#[tokio::test]
async fn requests_that_wait_too_long_for_a_slot_get_503() {
    let config = DemoConfig {
        latency: Latency {
            retrieval: Duration::ZERO,
            llm: Duration::from_millis(400),
            sigma: 0.0,
            ..Latency::default()
        },
        faults: Faults {
            pool_size: Some(1),
            pool_wait: Some(Duration::from_millis(20)),
            ..Faults::default()
        },
        ..quick()
    };
    let service = start_with(config).await;
    let answers = join_all((0..3).map(|_| service.ask())).await;
    let mut statuses: Vec<_> = answers
        .iter()
        .map(|answer| answer.status().as_u16())
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 503, 503]);
}

#[tokio::test]
async fn a_leak_grows_with_every_request_until_the_faults_are_deleted() {
    let service = start_faulty(Faults {
        leak_kb: Some(64),
        ..Faults::default()
    })
    .await;
    service.ask().await;
    service.get("/retrieval?query=rag").await;
    let page = service.get("/metrics").await.text().await.unwrap();
    assert!(
        page.contains("\nragload_demo_leaked_bytes 131072\n"),
        "{page}"
    );
    let url = format!("{}/faults", service.base);
    let healed = service.client.delete(url).send().await.unwrap();
    assert_eq!(read(healed).await, json!({}));
    let page = service.get("/metrics").await.text().await.unwrap();
    assert!(page.contains("\nragload_demo_leaked_bytes 0\n"), "{page}");
}

#[tokio::test]
async fn a_reset_connection_gives_no_answer_at_all() {
    let service = start_faulty(Faults {
        reset_rate: Some(1.0),
        ..Faults::default()
    })
    .await;
    let error = service
        .try_post("/query", &json!({"query": QUESTION}))
        .await;
    let text = format!("{:?}", error.unwrap_err());
    assert!(text.contains("ConnectionReset"), "{text}");
    assert_eq!(service.counts().await["POST /query"], json!({"reset": 1}));
}

#[tokio::test]
async fn a_truncated_answer_is_shorter_than_announced() {
    let service = start_faulty(Faults {
        truncate_rate: Some(1.0),
        ..Faults::default()
    })
    .await;
    let mut response = service.ask().await;
    assert_eq!(response.status(), 200);
    let announced = response.content_length().unwrap();
    let mut received = 0;
    let broken = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => received += chunk.len() as u64,
            Ok(None) => break false,
            Err(_) => break true,
        }
    };
    assert!(broken);
    assert!(
        received > 0 && received < announced,
        "{received} of {announced}"
    );

    let body = json!({"query": QUESTION, "stream": true});
    let stream = service.post("/query", &body).await.text().await.unwrap();
    assert!(stream.contains("event: token"), "{stream}");
    assert!(!stream.contains("[DONE]"), "{stream}");
    assert_eq!(
        service.counts().await["POST /query"],
        json!({"truncated": 2})
    );
}

#[tokio::test]
async fn a_stalled_stream_falls_silent_and_then_ends_well() {
    let service = start_faulty(Faults {
        stall_rate: Some(1.0),
        stall_for: Some(Duration::from_millis(150)),
        ..Faults::default()
    })
    .await;
    let body = json!({"query": QUESTION, "stream": true});
    let stream = service.post("/query", &body).await.text().await.unwrap();
    let end: Value = serde_json::from_str(&events(&stream, "end")[0]).unwrap();
    assert!(end["timings"]["llm_ms"].as_f64().unwrap() >= 150.0, "{end}");
    assert!(stream.ends_with("data: [DONE]\n\n"));
}

#[tokio::test]
async fn a_cold_service_is_not_ready_until_it_is_warm() {
    let service = start().await;
    let cold = json!({"slow_start": "150ms"});
    service.post("/faults", &cold).await;
    let health = service.get("/health").await;
    assert_eq!(health.status(), 503);
    assert_eq!(header(&health, "retry-after"), "1");
    assert_eq!(read(health).await["status"], "starting");
    tokio::time::sleep(Duration::from_millis(160)).await;
    assert_eq!(service.get("/health").await.status(), 200);
}

#[tokio::test]
async fn a_repeated_question_is_answered_from_the_cache_when_there_is_one() {
    let service = start_faulty(Faults {
        cache: Some(true),
        ..Faults::default()
    })
    .await;
    let first = service.ask().await;
    assert_eq!(header(&first, "x-cache"), "MISS");
    let second = service.ask().await;
    assert_eq!(header(&second, "x-cache"), "HIT");
    let (first, second) = (read(first).await, read(second).await);
    assert_eq!(second["cached"], true);
    assert_eq!(first["answer"], second["answer"]);
    assert_eq!(second["timings"]["retrieval_ms"], 0.0);
}

#[tokio::test]
async fn a_hanging_request_is_never_answered_and_does_not_keep_the_service_from_stopping() {
    let service = start_faulty(Faults {
        hang_rate: Some(1.0),
        ..Faults::default()
    })
    .await;
    let waiting = service.try_ask();
    let waited = tokio::time::timeout(Duration::from_millis(100), waiting).await;
    assert!(waited.is_err());
    assert_eq!(service.counts().await["POST /query"], json!({"hang": 1}));

    let (client, handle) = (service.client, service.handle);
    let request = client.post(format!("{}/query", service.base));
    let waiting = request.body(r#"{"query": "rag"}"#).send();
    let stopping = async {
        while handle.counts()["POST /query"]["hang"] < 2 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        service.stop.send(()).unwrap();
        service.task.await.unwrap().unwrap();
    };
    let (answer, ()) = tokio::join!(waiting, stopping);
    assert!(answer.is_err());
}

#[tokio::test]
async fn a_client_that_leaves_is_counted_as_such() {
    let config = DemoConfig {
        latency: Latency {
            llm: Duration::from_secs(600),
            sigma: 0.0,
            ..Latency::default()
        },
        ..quick()
    };
    let service = start_with(config).await;
    let waiting = service.try_ask();
    let waited = tokio::time::timeout(Duration::from_millis(50), waiting).await;
    assert!(waited.is_err());
    while service.handle.counts().is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let counts = service.counts().await;
    assert_eq!(counts["POST /query"], json!({"abandoned": 1}));
}

#[tokio::test]
async fn faults_are_merged_shown_and_refused_over_http() {
    let service = start().await;
    let set = json!({"error_rate": 1, "stall_for": 2.5});
    service.post("/faults", &set).await;
    service.post("/faults", &json!({"pool_size": 3})).await;
    let shown = read(service.get("/faults").await).await;
    assert_eq!(
        shown,
        json!({"pool_size": 3, "error_rate": 1.0, "stall_for": "2s500ms"})
    );
    assert_eq!(service.ask().await.status(), 500);
    let refused = service.post("/faults", &json!({"error_rate": 3})).await;
    assert_eq!(refused.status(), 400);
    let message = read(refused).await["error"]["message"].clone();
    assert_eq!(message, "error_rate must be between 0 and 1, found 3");
    service.post("/faults", &json!({"error_rate": null})).await;
    assert_eq!(service.ask().await.status(), 200);
}

#[tokio::test]
async fn a_taken_port_is_reported_with_the_way_out() {
    let first = Demo::bind(quick()).await.unwrap();
    let taken = DemoConfig {
        listen: first.local_addr(),
        ..quick()
    };
    let Err(error) = Demo::bind(taken).await else {
        panic!("two services on one port")
    };
    assert_eq!(
        error.to_string(),
        format!(
            "cannot listen on {}: address in use; choose another with --port",
            first.local_addr()
        )
    );
}
