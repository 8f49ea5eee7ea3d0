//! The page and what it is made of, all of it in the program: it works without any other server.
//!
//! Must not know what the page shows.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{Response, StatusCode};
use axum::routing::get;

use super::{Shared, reply};

const PAGE: &str = include_str!("../../templates/web/page.html");

/// File name, type, content.
const ASSETS: &[(&str, &str, &str)] = &[
    ("web.js", SCRIPT, include_str!("../../templates/web/web.js")),
    (
        "web.css",
        STYLE,
        include_str!("../../templates/web/web.css"),
    ),
];

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

/// The routes of what the page is made of.
pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new().route("/assets/{name}", get(asset))
}

/// The page.
pub(super) async fn page() -> Response<Body> {
    reply::of_type("text/html; charset=utf-8", PAGE)
}

async fn asset(Path(wanted): Path<String>) -> Response<Body> {
    let found = ASSETS.iter().find(|(name, ..)| *name == wanted);
    let Some((_, content_type, content)) = found else {
        return reply::error(StatusCode::NOT_FOUND, "there is no such asset");
    };
    reply::of_type(content_type, *content)
}
