//! The door: a token typed once becomes a cookie, so that a browser can come in.
//!
//! Must not know how a token is compared.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::SET_COOKIE;
use axum::http::{Response, StatusCode};
use axum::routing::get;

use super::form::Fields;
use super::{Shared, guard, reply};

const PAGE: &str = include_str!("../../templates/web/login.html");

/// The routes of the door.
pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new().route("/login", get(door).post(knock))
}

/// The page that asks for the token; whoever needs none is sent on.
async fn door(State(shared): State<Arc<Shared>>) -> Response<Body> {
    if shared.guard.access.has_token() {
        reply::of_type("text/html; charset=utf-8", PAGE)
    } else {
        reply::redirect(&format!("{}/", shared.guard.base_path))
    }
}

async fn knock(
    State(shared): State<Arc<Shared>>,
    request: Request,
) -> Result<Response<Body>, Response<Body>> {
    let fields = Fields::read(request).await?;
    let (access, base) = (&shared.guard.access, &shared.guard.base_path);
    let session = access.session_for(fields.get("token").unwrap_or_default());
    let Some(cookie) = session.and_then(|session| guard::cookie(session, base)) else {
        tokio::time::sleep(guard::WRONG).await;
        let mut page = reply::of_type("text/html; charset=utf-8", wrong());
        *page.status_mut() = StatusCode::UNAUTHORIZED;
        return Err(page);
    };
    let mut response = reply::redirect(&format!("{base}/"));
    response.headers_mut().insert(SET_COOKIE, cookie);
    Ok(response)
}

/// The page that says that the token was wrong.
fn wrong() -> String {
    PAGE.replace(
        "<!-- problem -->",
        "<p role=\"alert\">This is not the token.</p>",
    )
}
