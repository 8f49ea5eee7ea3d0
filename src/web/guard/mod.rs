//! Who may talk to the server: which names it answers to, who has proved who they are, and which
//! pages of which sites may ask for changes.
//!
//! Must not know any route but the few that it treats differently.

mod access;
mod headers;
mod origin;

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, HOST, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

pub use access::Access;
pub(super) use access::cookie;
pub use origin::Hosts;

use super::reply;

/// How long a wrong password is left waiting: guessing shall take time.
pub(super) const WRONG: Duration = Duration::from_millis(500);

/// Everything that is asked of a request before it reaches a route.
#[derive(Debug)]
pub struct Guard {
    /// The names the server answers to.
    pub hosts: Hosts,
    /// Who may come in.
    pub access: Access,
    /// What every path begins with; empty, or `/x`.
    pub base_path: String,
}

/// Lets a request through, or answers it.
pub(super) async fn check(
    State(guard): State<std::sync::Arc<Guard>>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = match guard.judge(&request) {
        Verdict::Pass => next.run(request).await,
        Verdict::Answer(response) => response,
        Verdict::AnswerLate(response) => {
            tokio::time::sleep(WRONG).await;
            response
        }
    };
    headers::add(response.headers_mut());
    response
}

enum Verdict {
    Pass,
    Answer(Response),
    AnswerLate(Response),
}

impl Guard {
    fn judge(&self, request: &Request) -> Verdict {
        let headers = request.headers();
        let Some(host) = asked_host(request) else {
            let problem = "the request names no host";
            return Verdict::Answer(reply::error(StatusCode::BAD_REQUEST, problem));
        };
        if !self.hosts.answers_to(&host) {
            let problem = format!(
                "this server does not answer to the name {host:?}; to allow it, start with \
                 --web-allowed-host"
            );
            return Verdict::Answer(reply::error(StatusCode::FORBIDDEN, &problem));
        }
        let path = request.uri().path();
        let path = path.strip_prefix(&self.base_path).unwrap_or(path);
        if changes_something(request.method(), path) && !self.hosts.trust(headers, &host) {
            let problem = "refused: this was asked for by a page of another site";
            return Verdict::Answer(reply::error(StatusCode::FORBIDDEN, problem));
        }
        if is_open(path) || self.access.admits(headers) {
            return Verdict::Pass;
        }
        self.turn_away(request.method(), headers)
    }

    fn turn_away(&self, method: &Method, headers: &HeaderMap) -> Verdict {
        let wants_page = headers
            .get(ACCEPT)
            .and_then(|accept| accept.to_str().ok())
            .is_some_and(|accept| accept.contains("text/html"));
        if wants_page && method == Method::GET && !self.access.has_password() {
            let login = format!("{}/login", self.base_path);
            return Verdict::Answer(reply::redirect(&login));
        }
        let problem = "who are you? Give the user and password of --web-auth, or the token of \
                       --web-token as `Authorization: Bearer …`";
        let mut response = reply::error(StatusCode::UNAUTHORIZED, problem);
        let scheme = if self.access.has_password() {
            "Basic realm=\"ragload\", charset=\"UTF-8\""
        } else {
            "Bearer"
        };
        response
            .headers_mut()
            .insert(WWW_AUTHENTICATE, HeaderValue::from_static(scheme));
        if Access::was_tried(headers) {
            Verdict::AnswerLate(response)
        } else {
            Verdict::Answer(response)
        }
    }
}

/// The host that was asked, with its port where one is named.
fn asked_host(request: &Request) -> Option<String> {
    let header = || request.headers().get(HOST)?.to_str().ok();
    let host = request
        .uri()
        .authority()
        .map(|authority| authority.as_str());
    host.or_else(header).map(str::to_owned)
}

/// Whether a request is more than looking.
fn changes_something(method: &Method, path: &str) -> bool {
    // Older scripts send these two as GET.
    let looks = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    !looks || matches!(path, "/stop" | "/stats/reset")
}

/// What anybody may have: the door, and what it looks like.
fn is_open(path: &str) -> bool {
    path == "/login" || path.starts_with("/assets/")
}
