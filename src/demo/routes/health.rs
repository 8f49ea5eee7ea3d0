//! `GET /health` and `GET /`.
//!
//! Owns what the service says about itself. Must not know questions or answers.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::json;

use crate::demo::gate::Call;
use crate::demo::reply::{Reply, Whole};
use crate::demo::shared::Shared;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Whether the service is ready: 503 while it is still warming up.
pub(super) async fn health(shared: Arc<Shared>, mut call: Call) -> Reply {
    let latency = shared.latency;
    let factor = call.faults.latency_scale.unwrap_or(1.0);
    let thinking = latency.draw(latency.health, factor, &mut call.rng);
    shared.pause(thinking).await;
    let cold = shared.cold_for();
    let (status, word) = if cold.is_zero() {
        (StatusCode::OK, "ok")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "starting")
    };
    let uptime = shared.clock.now().elapsed().as_millis() as f64 / 1e3;
    let reply = Whole::json(
        status,
        &json!({"status": word, "version": VERSION, "uptime_s": uptime}),
    );
    if cold.is_zero() {
        return reply.into();
    }
    let seconds = cold.as_secs() + 1;
    reply.with_header("retry-after", seconds.to_string()).into()
}

/// The routes, in a few words each.
pub(super) async fn index(_shared: Arc<Shared>, _call: Call) -> Reply {
    let routes = json!({
        "service": "ragload demo",
        "version": VERSION,
        "routes": {
            "POST /query": "answer a question: {\"query\": \"...\", \"top_k\": 5, \"stream\": false}",
            "POST /query/stream": "the same as a stream of sources, delta, usage and done",
            "GET /retrieval": "search only: ?query=...&limit=5",
            "POST /v1/chat/completions": "the same answers in OpenAI's shape",
            "POST /api/chat": "the same answers in Ollama's shape, as lines of JSON",
            "GET /health": "whether the service is ready",
            "GET /metrics": "figures for Prometheus",
            "GET /faults": "the faults in force; POST changes them, DELETE switches all off",
            "GET /counts": "what became of every request and what was in the answers; POST /counts/reset starts again",
        },
    });
    Whole::json(StatusCode::OK, &routes).into()
}
