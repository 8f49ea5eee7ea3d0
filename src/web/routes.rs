//! Which path leads where.
//!
//! Must not know what a handler does.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, OriginalUri};
use axum::http::{Method, Response, StatusCode};
use axum::middleware;
use axum::response::Redirect;
use axum::routing::get;

use super::{Shared, api, form, guard, locust, login, metrics, page, reply};

/// Every route, behind the guard.
pub(super) fn router(shared: Arc<Shared>) -> Router {
    let routes = Router::new()
        .merge(locust::router())
        .merge(login::router())
        .merge(page::router())
        .nest("/api/v1", api::router())
        .route("/metrics", get(metrics::metrics));
    let guard = Arc::clone(&shared.guard);
    let base = guard.base_path.clone();
    let all = if base.is_empty() {
        routes.route("/", get(page::page))
    } else {
        let there = format!("{base}/");
        let to_page = get(move || async move { Redirect::permanent(&there) });
        Router::new()
            .route(&format!("{base}/"), get(page::page))
            .route(&base, to_page)
            .nest(&base, routes)
    };
    all.fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .with_state(shared)
        .layer(DefaultBodyLimit::max(form::LARGEST))
        .layer(middleware::from_fn_with_state(guard, guard::check))
}

async fn unknown_path(OriginalUri(uri): OriginalUri) -> Response<Body> {
    let problem = format!("there is no {}", uri.path());
    reply::error(StatusCode::NOT_FOUND, &problem)
}

/// What a path takes is in `Allow`: to ask for that alone is no mistake, as in Locust.
async fn wrong_method(method: Method, OriginalUri(uri): OriginalUri) -> Response<Body> {
    if method == Method::OPTIONS {
        return Response::new(Body::empty());
    }
    let problem = format!("{} takes another method", uri.path());
    reply::error(StatusCode::METHOD_NOT_ALLOWED, &problem)
}
