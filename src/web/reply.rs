//! The forms of answers: JSON, in our spelling and in Locust's, errors, redirects, files.
//!
//! Must not know what is answered.

use axum::body::Body;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderValue, Response, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};

use crate::output::locust_json::ascii;

/// A body of this type.
pub(super) fn of_type(content_type: &'static str, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    let content_type = HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

/// JSON.
pub(super) fn json(value: &impl Serialize) -> Response<Body> {
    let body = serde_json::to_vec(value).expect("what the server answers is plain data");
    of_type("application/json", body)
}

/// JSON as Locust's server writes it: keys in order, indented by two, ASCII, a line break.
pub(super) fn locust(mut value: Value) -> Response<Body> {
    value.sort_all_objects();
    of_type("application/json", ascii(&format!("{value:#}")) + "\n")
}

/// An error: `{"error": "…"}`.
pub(super) fn error(status: StatusCode, problem: &str) -> Response<Body> {
    let mut response = json(&json!({ "error": problem }));
    *response.status_mut() = status;
    response
}

/// The way to another page, with Locust's status.
pub(super) fn redirect(to: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::FOUND;
    if let Ok(to) = HeaderValue::from_str(to) {
        response.headers_mut().insert(LOCATION, to);
    }
    response
}

/// The same answer as a file to keep under this name.
pub(super) fn attachment(mut response: Response<Body>, name: &str) -> Response<Body> {
    // Raw and without quotes, as Locust's are: programs cut the name out of it.
    let kept = name.replace(['"', ';', '\r', '\n'], "_");
    if let Ok(value) = HeaderValue::from_str(&format!("attachment;filename={kept}")) {
        response.headers_mut().insert(CONTENT_DISPOSITION, value);
    }
    response
}

/// A report: a page with scripts of its own, kept apart from this site. Whatever got into it
/// could ask nothing of this server.
pub(super) fn report(page: String) -> Response<Body> {
    const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src \
                          'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; \
                          sandbox allow-scripts allow-downloads allow-modals";
    let mut response = of_type("text/html; charset=utf-8", page);
    let policy = HeaderValue::from_static(POLICY);
    response
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, policy);
    response
}
