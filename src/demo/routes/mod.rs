//! The routes.
//!
//! Owns which path leads to which handler. Must not know what a handler does.

mod chat;
mod control;
mod conversation;
mod health;
mod metrics;
mod query;
mod retrieval;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Response, StatusCode};
use axum::routing::{MethodFilter, MethodRouter, get, on, post};

use super::counts::Route;
use super::gate::{self, Call};
use super::listener::Connection;
use super::reply::{Reply, Whole};
use super::shared::Shared;

/// Every route of the service.
pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/", counted(MethodFilter::GET, Route::Index, health::index))
        .route(
            "/health",
            counted(MethodFilter::GET, Route::Health, health::health),
        )
        .route(
            "/query",
            counted(MethodFilter::POST, Route::Query, query::query),
        )
        .route(
            "/query/stream",
            counted(MethodFilter::POST, Route::QueryStream, query::query_stream),
        )
        .route(
            "/retrieval",
            counted(MethodFilter::GET, Route::Retrieval, retrieval::retrieval),
        )
        .route(
            "/v1/chat/completions",
            counted(MethodFilter::POST, Route::Chat, chat::openai),
        )
        .route(
            "/api/chat",
            counted(MethodFilter::POST, Route::Ollama, chat::ollama),
        )
        .route("/metrics", get(metrics::metrics))
        .route("/counts", get(control::counts))
        .route("/counts/reset", post(control::reset_counts))
        .route(
            "/faults",
            get(control::faults)
                .post(control::merge_faults)
                .delete(control::heal),
        )
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .with_state(shared)
}

/// A handler for `method` whose requests pass the gate and are counted under `route`.
fn counted<Handler, Answering>(
    method: MethodFilter,
    route: Route,
    handler: Handler,
) -> MethodRouter<Arc<Shared>>
where
    Handler: FnOnce(Arc<Shared>, Call) -> Answering + Clone + Send + Sync + 'static,
    Answering: Future<Output = Reply> + Send + 'static,
{
    on(
        method,
        move |State(shared): State<Arc<Shared>>,
              ConnectInfo(connection): ConnectInfo<Connection>,
              request: Request| { gate::pass(shared, route, connection, request, handler) },
    )
}

async fn unknown_path(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: Request,
) -> Response<Body> {
    gate::pass(
        shared,
        Route::Unknown,
        connection,
        request,
        |_, call| async move {
            let message = format!("there is no {}; GET / lists the routes", call.uri.path());
            Whole::error(StatusCode::NOT_FOUND, &message).into()
        },
    )
    .await
}

async fn wrong_method(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: Request,
) -> Response<Body> {
    gate::pass(
        shared,
        Route::Unknown,
        connection,
        request,
        |_, call| async move {
            let message = format!(
                "{} takes another method; GET / lists the routes",
                call.uri.path()
            );
            Whole::error(StatusCode::METHOD_NOT_ALLOWED, &message).into()
        },
    )
    .await
}
