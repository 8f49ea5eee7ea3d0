//! `ragload demo`, and the demo service that `run --demo` starts.
//!
//! Owns the flags of its faults. Must not know how the service works.

use std::net::{Ipv4Addr, SocketAddr};
use std::thread::JoinHandle;

use anyhow::Context;
use clap::Args;
use tokio::sync::oneshot;

use crate::demo::{Demo, DemoConfig, Faults, HeaderFamily, Latency};
use crate::model::units::parse_duration;

use super::args::ListenArgs;
use super::screen::say;
use super::{exit, signals};

/// `ragload demo`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Faults can be changed while it runs:
  curl -X POST http://127.0.0.1:8000/faults -d '{\"error_rate\": 0.1}'
  curl -X DELETE http://127.0.0.1:8000/faults")]
pub(super) struct DemoArgs {
    #[command(flatten)]
    listen: ListenArgs,
    /// Seed of all latencies and faults
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    faults: FaultArgs,
}

/// Faults from the start.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Faults")]
struct FaultArgs {
    /// Factor on every latency: 0 answers at once
    #[arg(long, value_name = "FACTOR")]
    latency_scale: Option<f64>,
    /// Answer 429 with Retry-After above so many requests per second
    #[arg(long, value_name = "PER_SECOND")]
    rate_limit: Option<f64>,
    /// Headers that tell what the rate limit leaves: openai, azure, anthropic, ietf or none
    #[arg(long, value_name = "FAMILY")]
    rate_limit_headers: Option<HeaderFamily>,
    /// Share of requests answered with 500, 0 to 1
    #[arg(long, value_name = "SHARE")]
    error_rate: Option<f64>,
    /// Share of connections reset without an answer
    #[arg(long, value_name = "SHARE")]
    reset_rate: Option<f64>,
    /// Share of answers that break off
    #[arg(long, value_name = "SHARE")]
    truncate_rate: Option<f64>,
    /// Share of answers that tell of an error within themselves, under status 200
    #[arg(long, value_name = "SHARE")]
    stream_error_rate: Option<f64>,
    /// Share of streams whose connection is reset in their midst
    #[arg(long, value_name = "SHARE")]
    stream_reset_rate: Option<f64>,
    /// Share of requests that are never answered
    #[arg(long, value_name = "SHARE")]
    hang_rate: Option<f64>,
    /// Share of streams that fall silent in the middle
    #[arg(long, value_name = "SHARE")]
    stall_rate: Option<f64>,
    /// How long a stalled stream is silent [default: 10s]
    #[arg(long, value_name = "TIME", value_parser = time)]
    stall_for: Option<std::time::Duration>,
    /// Time to the first token of a stream, most often [default: 180ms]
    #[arg(long, value_name = "TIME", value_parser = time)]
    first_token: Option<std::time::Duration>,
    /// Speed of a stream after its first token, most often [default: 60]
    #[arg(long, value_name = "N")]
    tokens_per_second: Option<f64>,
    /// Share of streams whose first token comes late
    #[arg(long, value_name = "SHARE")]
    slow_first_token_rate: Option<f64>,
    /// How late a slow first token comes [default: 5s]
    #[arg(long, value_name = "TIME", value_parser = time)]
    slow_first_token_for: Option<std::time::Duration>,
    /// Longest silence of a stream before it sends a keep-alive comment
    #[arg(long, value_name = "TIME", value_parser = time)]
    keep_alive: Option<std::time::Duration>,
    /// Tokens of reasoning before the answer of the chat routes
    #[arg(long, value_name = "N")]
    reasoning_tokens: Option<u32>,
    /// Share of answers that only say that they do not know
    #[arg(long, value_name = "SHARE")]
    degraded_rate: Option<f64>,
    /// Share of searches for an answer that find nothing
    #[arg(long, value_name = "SHARE")]
    retrieval_miss_rate: Option<f64>,
    /// Slots for generating answers; more requests wait [default: 64]
    #[arg(long, value_name = "N")]
    pool_size: Option<u32>,
    /// How long a request waits for a slot before it gets 503 [default: 10s]
    #[arg(long, value_name = "TIME", value_parser = time)]
    pool_wait: Option<std::time::Duration>,
    /// Memory in KiB that every request leaves behind; answers slow down with it
    #[arg(long, value_name = "KIB")]
    leak_kb: Option<u32>,
    /// Be slow, and unhealthy, for this long after the start
    #[arg(long, value_name = "TIME", value_parser = time)]
    slow_start: Option<std::time::Duration>,
    /// Answer repeated questions from a cache
    #[arg(long)]
    cache: bool,
    /// How long a cached answer is told again [default: as long as there is room]
    #[arg(long, value_name = "TIME", value_parser = time)]
    cache_ttl: Option<std::time::Duration>,
}

fn time(text: &str) -> Result<std::time::Duration, String> {
    parse_duration(text).map_err(|error| error.to_string())
}

impl FaultArgs {
    fn faults(&self) -> Faults {
        Faults {
            latency_scale: self.latency_scale,
            rate_limit: self.rate_limit,
            rate_limit_headers: self.rate_limit_headers,
            error_rate: self.error_rate,
            reset_rate: self.reset_rate,
            truncate_rate: self.truncate_rate,
            stream_error_rate: self.stream_error_rate,
            stream_reset_rate: self.stream_reset_rate,
            hang_rate: self.hang_rate,
            stall_rate: self.stall_rate,
            stall_for: self.stall_for,
            first_token: self.first_token,
            tokens_per_second: self.tokens_per_second,
            slow_first_token_rate: self.slow_first_token_rate,
            slow_first_token_for: self.slow_first_token_for,
            keep_alive: self.keep_alive,
            reasoning_tokens: self.reasoning_tokens,
            degraded_rate: self.degraded_rate,
            retrieval_miss_rate: self.retrieval_miss_rate,
            pool_size: self.pool_size,
            pool_wait: self.pool_wait,
            leak_kb: self.leak_kb,
            slow_start: self.slow_start,
            cache: self.cache.then_some(true),
            cache_ttl: self.cache_ttl,
        }
    }
}

/// Serves until Ctrl+C.
pub(super) fn serve(args: &DemoArgs) -> anyhow::Result<u8> {
    let config = DemoConfig {
        listen: SocketAddr::new(args.listen.bind, args.listen.port),
        seed: args.seed,
        faults: args.faults.faults(),
        latency: Latency::default(),
    };
    let runtime = runtime().context("cannot start the demo service")?;
    runtime.block_on(async {
        let demo = match Demo::bind(config).await {
            Ok(demo) => demo,
            Err(error) => {
                say(&format!("{error}\n"));
                return Ok(exit::USAGE);
            }
        };
        say(&format!(
            "Demo RAG service on http://{}\n\
             Ctrl+C stops it. Routes: POST /query, POST /query/stream, POST /v1/chat/completions, \
             POST /api/chat, GET /retrieval, GET /health, GET /metrics, GET /counts, POST /faults\n",
            demo.local_addr()
        ));
        demo.serve(async {
            signals::next_signal().await;
        })
        .await?;
        Ok(0)
    })
}

/// A demo service within this process, for as long as this lives.
pub(super) struct OwnDemo {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl OwnDemo {
    /// Starts one on a free port, on a thread of its own.
    pub(super) fn start() -> anyhow::Result<OwnDemo> {
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let config = DemoConfig {
            listen,
            ..DemoConfig::default()
        };
        let runtime = runtime().context("cannot start the demo service")?;
        let demo = runtime.block_on(Demo::bind(config))?;
        let address = demo.local_addr();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::Builder::new()
            .name("demo".to_owned())
            .spawn(move || {
                let served = runtime.block_on(demo.serve(async {
                    // An error means that its owner is gone: that ends it too.
                    let _ = stopped.await;
                }));
                if let Err(error) = served {
                    tracing::error!("{error}");
                }
            })?;
        Ok(OwnDemo {
            address,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Its base address.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for OwnDemo {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the service has shown itself in the results already.
            let _ = thread.join();
        }
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}
