//! Files to keep, as far as the run has come: CSV, and the report.
//!
//! Owns their names. Must not know how they are rendered.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{Response, StatusCode};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};
use serde::Deserialize;

use crate::output::locust_csv;
use crate::output::tables::{Tables, nothing_yet};
use crate::output::{destination, html};

use super::super::board::View;
use super::super::{Shared, reply};

pub(super) async fn requests(State(shared): State<Arc<Shared>>) -> Response<Body> {
    csv(&shared, "requests", locust_csv::stats::render)
}

pub(super) async fn failures(State(shared): State<Arc<Shared>>) -> Response<Body> {
    csv(&shared, "failures", locust_csv::failures::render)
}

pub(super) async fn exceptions(State(shared): State<Arc<Shared>>) -> Response<Body> {
    csv(&shared, "exceptions", locust_csv::exceptions::render)
}

fn csv(shared: &Shared, kind: &str, render: fn(&Tables<'_>) -> String) -> Response<Body> {
    let view = shared.control.board().view();
    let nothing = nothing_yet();
    let text = match &view.tick {
        Some(tick) => render(&Tables::from(tick.as_ref())),
        None => render(&Tables {
            rows: Vec::new(),
            aggregated: &nothing,
            failures: &[],
            exceptions: &[],
            started_unix: view.started_unix,
        }),
    };
    let name = format!("{}_{kind}.csv", file_stem(&view));
    reply::attachment(reply::of_type("text/csv", text), &name)
}

/// The history as it was flushed until now.
pub(super) async fn history(State(shared): State<Arc<Shared>>) -> Response<Body> {
    let view = shared.control.board().view();
    let launcher = shared.control.launcher();
    let path = view.plan.as_ref().filter(|_| view.run > 0);
    let path = path.and_then(|plan| launcher.history(plan));
    let text = match path {
        Some(path) => tokio::task::spawn_blocking(move || destination::read(&path))
            .await
            .ok(),
        None => None,
    };
    let Some(Ok(text)) = text else {
        let problem = "Error: Server was not started with option to generate full history.";
        return reply::error(StatusCode::NOT_FOUND, problem);
    };
    let name = format!("{}_requests_full_history.csv", file_stem(&view));
    reply::attachment(reply::of_type("text/csv; charset=utf-8", text), &name)
}

/// How the report is wanted.
#[derive(Deserialize)]
pub(super) struct ReportQuery {
    #[serde(default)]
    download: String,
}

/// The report as far as the run has come.
pub(super) async fn report(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<ReportQuery>,
) -> Response<Body> {
    let Some(record) = shared.control.record().await else {
        return reply::error(StatusCode::NOT_FOUND, "there is no run to report on yet");
    };
    let rendered = tokio::task::spawn_blocking(move || html::render(&record)).await;
    let Ok(page) = rendered else {
        return reply::error(StatusCode::INTERNAL_SERVER_ERROR, "the report broke down");
    };
    let response = reply::report(page);
    if query.download.is_empty() {
        return response;
    }
    let name = format!("{}.html", file_stem(&shared.control.board().view()));
    reply::attachment(response, &name)
}

/// `Locust_2026-11-23-07h07_rag.yaml_http://127.0.0.1:8000`, in local time.
fn file_stem(view: &View) -> String {
    let time = local_time(view.started_unix);
    let Some(plan) = &view.plan else {
        return format!("Locust_{time}");
    };
    let file = plan.source.as_ref().and_then(|path| path.file_name());
    let script = file.map_or_else(
        || plan.scenario.clone(),
        |name| name.to_string_lossy().into_owned(),
    );
    format!("Locust_{time}_{script}_{}", plan.target.shown)
}

fn local_time(unix: Duration) -> String {
    let seconds = i64::try_from(unix.as_secs()).unwrap_or_default();
    let at = Timestamp::from_second(seconds).unwrap_or_default();
    let local = ZonedDateTime::new(at, TimeZone::system());
    local.strftime("%Y-%m-%d-%Hh%M").to_string()
}
