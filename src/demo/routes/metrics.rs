//! `GET /metrics`: figures for Prometheus.
//!
//! Owns the names and the text format. Must not know how the figures come about.

use std::fmt::Write;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use crate::demo::counts::Route;
use crate::demo::durations::BOUNDS;
use crate::demo::reply::Whole;
use crate::demo::shared::Shared;

const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Everything there is to measure, as text.
pub(super) async fn metrics(State(shared): State<Arc<Shared>>) -> Response<Body> {
    // Asking the system reads files.
    let process = tokio::task::spawn_blocking(process_figures).await;
    let mut page = Page::default();
    requests(&mut page, &shared);
    durations(&mut page, &shared);
    states(&mut page, &shared);
    if let Ok(Some((resident, cpu_seconds))) = process {
        page.single("process_resident_memory_bytes", "gauge", resident as f64);
        page.single("process_cpu_seconds_total", "counter", cpu_seconds);
    }
    Whole::text(page.0, CONTENT_TYPE).into_response()
}

/// Resident bytes and seconds of processor time of this process.
fn process_figures() -> Option<(u64, f64)> {
    let own = Pid::from_u32(std::process::id());
    let mut system = System::new().ok()?;
    let wanted = ProcessRefreshKind::nothing().with_memory().with_cpu();
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[own]), false, wanted);
    let process = system.process(own)?;
    let cpu_seconds = process.accumulated_cpu_time() as f64 / 1e3;
    Some((process.memory(), cpu_seconds))
}

fn requests(page: &mut Page, shared: &Shared) {
    page.head("ragload_demo_requests_total", "counter");
    for (route, endings) in shared.counts.snapshot() {
        let (method, path) = route.split_once(' ').unwrap_or(("", &route));
        for (status, count) in endings {
            let labels = format!("method=\"{method}\",route=\"{path}\",status=\"{status}\"");
            page.line("ragload_demo_requests_total", &labels, count as f64);
        }
    }
}

fn durations(page: &mut Page, shared: &Shared) {
    page.head("ragload_demo_request_duration_seconds", "histogram");
    for (route, durations) in Route::ALL.iter().zip(&shared.durations) {
        let state = durations.state();
        if state.count == 0 {
            continue;
        }
        let name = route.name();
        let (method, path) = name.split_once(' ').unwrap_or(("", name));
        let labels = format!("method=\"{method}\",route=\"{path}\"");
        let bucket = "ragload_demo_request_duration_seconds_bucket";
        for (bound, count) in BOUNDS.iter().zip(state.cumulative) {
            page.line(bucket, &format!("{labels},le=\"{bound}\""), count as f64);
        }
        page.line(bucket, &format!("{labels},le=\"+Inf\""), state.count as f64);
        let sum = "ragload_demo_request_duration_seconds_sum";
        page.line(sum, &labels, state.sum);
        let count = "ragload_demo_request_duration_seconds_count";
        page.line(count, &labels, state.count as f64);
    }
}

fn states(page: &mut Page, shared: &Shared) {
    let pool = shared.pool.state();
    let (hits, misses) = shared.cache.hits_and_misses();
    let in_flight = shared.in_flight.value();
    for (name, kind, value) in [
        ("in_flight", "gauge", in_flight as f64),
        ("pool_in_use", "gauge", pool.in_use as f64),
        ("pool_size", "gauge", f64::from(pool.size)),
        ("pool_waiting", "gauge", pool.waiting as f64),
        ("cache_hits_total", "counter", hits as f64),
        ("cache_misses_total", "counter", misses as f64),
        ("leaked_bytes", "gauge", shared.leak.bytes() as f64),
        ("uptime_seconds", "gauge", shared.clock.now().as_secs_f64()),
    ] {
        page.single(&format!("ragload_demo_{name}"), kind, value);
    }
}

/// The text so far. Writing to a string cannot fail, so results are dropped.
#[derive(Default)]
struct Page(String);

impl Page {
    fn head(&mut self, name: &str, kind: &str) {
        let _ = writeln!(self.0, "# TYPE {name} {kind}");
    }

    fn line(&mut self, name: &str, labels: &str, value: f64) {
        let _ = writeln!(self.0, "{name}{{{labels}}} {value}");
    }

    fn single(&mut self, name: &str, kind: &str, value: f64) {
        self.head(name, kind);
        let _ = writeln!(self.0, "{name} {value}");
    }
}
