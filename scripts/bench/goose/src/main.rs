//! One request over and over, as a load test with Goose.
//!
//! `BENCH_PATH` is what is asked for, `BENCH_JSON` the body to post (none: GET), `BENCH_WAIT_MS` the wait after each
//! request; everything else is Goose's own command line.

use std::env;
use std::sync::LazyLock;
use std::time::Duration;

use goose::prelude::*;
use serde_json::Value;

static PATH: LazyLock<String> = LazyLock::new(|| env::var("BENCH_PATH").unwrap_or_default());
static JSON: LazyLock<Option<Value>> = LazyLock::new(|| {
    let text = env::var("BENCH_JSON").ok()?;
    Some(serde_json::from_str(&text).expect("BENCH_JSON is JSON"))
});

#[tokio::main]
async fn main() -> Result<(), GooseError> {
    let wait =
        env::var("BENCH_WAIT_MS").map(|wait| wait.parse().expect("BENCH_WAIT_MS is a number"));
    let wait = Duration::from_millis(wait.unwrap_or(0));
    let scenario = scenario!("Bench")
        .register_transaction(transaction!(request))
        .set_wait_time(wait, wait)?;
    GooseAttack::initialize()?
        .register_scenario(scenario)
        .execute()
        .await?;
    Ok(())
}

/// Sends it and reads the whole answer; anything but a 2xx is Goose's to count as a failure.
async fn request(user: &mut GooseUser) -> TransactionResult {
    let answer = match &*JSON {
        None => user.get(&PATH).await?,
        Some(json) => user.post_json(&PATH, json).await?,
    };
    if let Ok(response) = answer.response {
        drop(response.bytes().await);
    }
    Ok(())
}
