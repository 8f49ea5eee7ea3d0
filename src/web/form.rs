//! The fields of a form, however it was encoded: as URLs encode, in parts, or as JSON.
//!
//! Owns how large a body may be, and how long it may take. Must not know what a field means.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::reply;

/// Bytes that a body may have; a router's limit holds for bodies in parts.
pub(super) const LARGEST: usize = 64 * 1024;

/// How long a body may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Names and values in the order they were sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads them from a request.
    ///
    /// # Errors
    /// The answer to a body that is too large or broken.
    pub(super) async fn read(request: Request) -> Result<Fields, Response<Body>> {
        let content_type = content_type(request.headers());
        if content_type == "multipart/form-data" {
            return in_time(parts(request)).await;
        }
        let body = body(request).await?;
        // No field begins like this: it is JSON that a client, as curl does, calls a form.
        let is_object = body.trim_ascii_start().starts_with(b"{");
        if is_object || content_type == "application/json" {
            return fields_of(&body).map_err(|problem| broken(&problem));
        }
        Ok(of_urlencoded(&body))
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The last value of a name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let named = self.iter().filter(|(known, _)| *known == name);
        named.last().map(|(_, value)| value)
    }

    /// Every value of a name, split at commas; none where it was not sent.
    pub(super) fn list(&self, name: &str) -> Option<Vec<String>> {
        let values: Vec<&str> = self
            .iter()
            .filter(|(n, _)| *n == name)
            .map(|(_, v)| v)
            .collect();
        let split = values.iter().flat_map(|value| value.split(','));
        let words = split.map(str::trim).filter(|word| !word.is_empty());
        (!values.is_empty()).then(|| words.map(str::to_owned).collect())
    }
}

/// What `content-type` says, without its parameters.
fn content_type(headers: &HeaderMap) -> String {
    let text = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = text
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

async fn body(request: Request) -> Result<Bytes, Response<Body>> {
    let body = async {
        let bytes = axum::body::to_bytes(request.into_body(), LARGEST).await;
        bytes.map_err(|_| too_large())
    };
    in_time(body).await
}

/// What is read of a body, unless it takes too long.
async fn in_time<T>(
    read: impl Future<Output = Result<T, Response<Body>>>,
) -> Result<T, Response<Body>> {
    let late = |_| reply::error(StatusCode::REQUEST_TIMEOUT, "the body took too long");
    tokio::time::timeout(PATIENCE, read).await.map_err(late)?
}

/// A JSON body; an empty one is an object without keys.
///
/// # Errors
/// The answer to a body that is too large, or none of this form.
pub(super) async fn json<T: DeserializeOwned>(request: Request) -> Result<T, Response<Body>> {
    parsed(&body(request).await?).map_err(|problem| broken(&problem))
}

fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    let text = match body.trim_ascii() {
        b"" => b"{}",
        text => text,
    };
    serde_json::from_slice(text).map_err(|error| error.to_string())
}

/// The fields of a JSON body: anything but an object has none, and is no order.
fn fields_of(body: &[u8]) -> Result<Fields, String> {
    match parsed(body)? {
        Value::Object(keys) => Ok(of_json(&keys)),
        _ => Err("it must be a JSON object: {…}".to_owned()),
    }
}

async fn parts(request: Request) -> Result<Fields, Response<Body>> {
    let mut parts = Multipart::from_request(request, &())
        .await
        .map_err(|error| broken(&error))?;
    let mut fields = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(|error| broken(&error))? {
        let name = part.name().unwrap_or_default().to_owned();
        let value = part.text().await.map_err(|error| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => too_large(),
            _ => broken(&error),
        })?;
        fields.push((name, value));
    }
    Ok(Fields(fields))
}

fn of_urlencoded(body: &[u8]) -> Fields {
    let pairs = url::form_urlencoded::parse(body);
    Fields(
        pairs
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect(),
    )
}

/// The keys of an object; lists are repeated fields, as a form sends them.
fn of_json(keys: &Map<String, Value>) -> Fields {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let fields = keys.iter().flat_map(|(name, value)| match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items
            .iter()
            .map(|item| (name.clone(), text(item)))
            .collect(),
        one => vec![(name.clone(), text(one))],
    });
    Fields(fields.collect())
}

fn too_large() -> Response<Body> {
    let problem = format!("the body must be at most {} kB", LARGEST / 1024);
    reply::error(StatusCode::PAYLOAD_TOO_LARGE, &problem)
}

fn broken(error: &impl std::fmt::Display) -> Response<Body> {
    let problem = format!("the body cannot be read: {error}");
    reply::error(StatusCode::BAD_REQUEST, &problem)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::{StreamExt, stream};

    use super::*;

    #[test]
    fn json_and_urls_say_the_same() {
        let form = of_urlencoded(b"user_count=5&tags=a&tags=b%2Cc&host=http%3A%2F%2Fx+y");
        let json =
            br#"{"user_count": 5, "tags": ["a", "b,c"], "host": "http://x y", "profile": null}"#;
        assert_eq!(form, fields_of(json).unwrap());
        assert_eq!(form.get("user_count"), Some("5"));
        assert_eq!(form.list("tags").unwrap(), ["a", "b", "c"]);
        assert_eq!((form.list("none"), form.get("none")), (None, None));
    }

    fn sent(content_type: &str, body: Body) -> Request {
        let request = Request::builder().header(CONTENT_TYPE, content_type);
        request.body(body).unwrap()
    }

    #[tokio::test]
    async fn json_needs_no_content_type_and_must_be_an_object() {
        let url_encoded = "application/x-www-form-urlencoded";
        let fields = Fields::read(sent(url_encoded, " {\"users\": 5}".into())).await;
        assert_eq!(fields.unwrap().get("users"), Some("5"));
        let nothing = Fields::read(sent("application/json", "".into())).await;
        assert_eq!(nothing.unwrap(), Fields::default());
        for bad in ["[1]", "\"smoke\"", "5", "null", "{\"users\": 5"] {
            let refused = Fields::read(sent("application/json", bad.into())).await;
            assert_eq!(
                refused.unwrap_err().status(),
                StatusCode::BAD_REQUEST,
                "{bad}"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_ends_is_not_waited_for() {
        let begun = |text: &'static str| {
            let first = stream::iter([Ok::<_, Infallible>(text)]);
            Body::from_stream(first.chain(stream::pending()))
        };
        let parts = "multipart/form-data; boundary=x";
        let part = "--x\r\nContent-Disposition: form-data; name=\"host\"\r\n\r\nhttp";
        for (content_type, text) in [("", "host=h"), ("application/json", "{"), (parts, part)] {
            let late = Fields::read(sent(content_type, begun(text)))
                .await
                .unwrap_err();
            assert_eq!(late.status(), StatusCode::REQUEST_TIMEOUT, "{content_type}");
        }
        let late = json::<Value>(sent("application/json", begun("{"))).await;
        assert_eq!(late.unwrap_err().status(), StatusCode::REQUEST_TIMEOUT);
    }
}
