//! The page and what it is made of, all of it in the program: it works without any other server.
//!
//! Must not know what the page shows.

use std::sync::{Arc, LazyLock};

use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{Response, StatusCode};
use axum::routing::get;

use super::{Shared, reply};

const PAGE: &str = include_str!("../../templates/web/page.html");

/// The report's style and the charts', and what the page adds.
#[derive(Template)]
#[template(path = "web/style.css", escape = "none")]
struct Style;

/// Rendered once: it is the same for everybody.
static STYLE: LazyLock<String> = LazyLock::new(|| {
    let style = Style.render();
    style.expect("the style is rendered into memory")
});

macro_rules! scripts {
    ($($name:literal),*) => {
        &[$(($name, include_str!(concat!("../../templates/web/", $name)))),*]
    };
}

/// What the page's behaviour is made of.
const SCRIPTS: &[(&str, &str)] = scripts![
    "theme.js",
    "main.js",
    "server.js",
    "dom.js",
    "figures.js",
    "tables.js",
    "answers.js",
    "course.js",
    "form.js",
    "controls.js"
];

/// What the report's charts are drawn by, too.
const CHARTS: &str = include_str!("../../templates/charts.js");
const ICON: &str = include_str!("../../templates/web/icon.svg");

/// The routes of what the page is made of.
pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new().route("/assets/{name}", get(asset))
}

/// The page.
pub(super) async fn page() -> Response<Body> {
    reply::of_type("text/html; charset=utf-8", PAGE)
}

async fn asset(Path(wanted): Path<String>) -> Response<Body> {
    let script = |content: &'static str| reply::of_type("text/javascript; charset=utf-8", content);
    match wanted.as_str() {
        "web.css" => reply::of_type("text/css; charset=utf-8", STYLE.as_str()),
        "icon.svg" => reply::of_type("image/svg+xml", ICON),
        "charts.js" => script(CHARTS),
        name => match SCRIPTS.iter().find(|(known, _)| *known == name) {
            Some((_, content)) => script(content),
            None => reply::error(StatusCode::NOT_FOUND, "there is no such asset"),
        },
    }
}
