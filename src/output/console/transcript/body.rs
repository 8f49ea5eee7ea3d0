//! Bodies as lines for people: JSON and forms laid out, parts apart, what is no text described.
//!
//! Must not know how much of it is shown.

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_json::Value;

use crate::output::figures::bytes;

use super::json;
use super::veil::Veil;

/// What a stream of events writes in front of its data.
const EVENT_DATA: &str = "data:";

/// The body that came with these headers, secrets masked; no lines for an empty one. The lines
/// still hold whatever control characters the body has.
pub(super) fn lines(body: &[u8], headers: &HeaderMap, veil: &mut Veil) -> Vec<String> {
    let content_type = headers.get(CONTENT_TYPE).map(|value| value.as_bytes());
    let content_type = String::from_utf8_lossy(content_type.unwrap_or_default()).into_owned();
    lines_of(body, &content_type, veil)
}

fn lines_of(body: &[u8], content_type: &str, veil: &mut Veil) -> Vec<String> {
    if body.is_empty() {
        return Vec::new();
    }
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    let kind = kind.to_ascii_lowercase();
    if let Some(boundary) = boundary(content_type).filter(|_| kind.starts_with("multipart/")) {
        return parts(body, &boundary, veil);
    }
    if let Ok(value) = serde_json::from_slice::<Value>(body) {
        return json::lines(&veil.json(&value));
    }
    match text(body, &kind) {
        Some(text) => veiled(&text, veil),
        None => vec![described(body, &kind)],
    }
}

/// The body as text, if it is one.
fn text(body: &[u8], kind: &str) -> Option<String> {
    match std::str::from_utf8(body) {
        Ok(text) if !text.contains('\0') => Some(text.to_owned()),
        // Of another encoding, or broken: still one to read.
        Err(_) if kind.starts_with("text/") => Some(String::from_utf8_lossy(body).into_owned()),
        Ok(_) | Err(_) => None,
    }
}

fn described(body: &[u8], kind: &str) -> String {
    let size = bytes(body.len() as f64);
    match kind {
        "" => format!("({size}, not text)"),
        kind => format!("({size} of {kind}, not text)"),
    }
}

fn veiled(text: &str, veil: &mut Veil) -> Vec<String> {
    // One pass over the whole first: what one line gives away, others may hold too.
    let lines: Vec<String> = text.lines().map(|line| veiled_line(line, veil)).collect();
    lines.iter().map(|line| veil.text(line)).collect()
}

/// A line that may be JSON by itself, as in streams of events or of objects; as it came, where
/// nothing in it is secret.
fn veiled_line(line: &str, veil: &mut Veil) -> String {
    let (before, data) = match line.strip_prefix(EVENT_DATA) {
        Some(data) => (EVENT_DATA, data),
        None => ("", line),
    };
    match serde_json::from_str::<Value>(data) {
        Ok(value @ (Value::Object(_) | Value::Array(_))) => match veil.json(&value) {
            same if same == value => line.to_owned(),
            veiled => format!("{before}{}", json::one_line(&veiled)),
        },
        Ok(_) | Err(_) => veil.pairs(line),
    }
}

fn boundary(content_type: &str) -> Option<String> {
    let parameters = content_type.split(';').skip(1);
    let mut pairs = parameters.filter_map(|parameter| parameter.trim().split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.eq_ignore_ascii_case("boundary"))?;
    Some(format!("--{}", value.trim_matches('"')))
}

/// Each part with its headers.
fn parts(body: &[u8], boundary: &str, veil: &mut Veil) -> Vec<String> {
    let mut lines = Vec::new();
    for part in split(body, boundary.as_bytes()) {
        let part = part.strip_prefix(b"\r\n").unwrap_or(part);
        let part = part.strip_suffix(b"\r\n").unwrap_or(part);
        let Some((head, content)) = split_once(part, b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(head).into_owned();
        let named = |line: &str| line.to_ascii_lowercase().starts_with("content-type:");
        let kind = head.lines().find(|line| named(line));
        let kind = kind.and_then(|line| line.split_once(':'));
        let kind = kind.map_or("", |(_, kind)| kind.trim());
        lines.push(boundary.to_owned());
        lines.extend(head.lines().map(|line| veil.text(line)));
        lines.push(String::new());
        if is_secret_part(&head) {
            lines.push(crate::model::secret::MASK.to_owned());
        } else {
            lines.extend(lines_of(content, kind, veil));
        }
    }
    lines
}

/// Whether a part is called what a secret is called.
fn is_secret_part(head: &str) -> bool {
    let mut names = head.split("name=\"").skip(1);
    let name = names.next().and_then(|rest| rest.split('"').next());
    name.is_some_and(super::veil::is_secret_name)
}

fn split<'a>(bytes: &'a [u8], at: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let mut rest = bytes;
    while let Some((before, behind)) = split_once(rest, at) {
        parts.push(before);
        rest = behind;
    }
    parts.push(rest);
    parts
}

fn split_once<'a>(bytes: &'a [u8], at: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let start = bytes.windows(at.len()).position(|window| window == at)?;
    Some((&bytes[..start], &bytes[start + at.len()..]))
}

#[cfg(test)]
mod tests {
    use crate::model::Masker;

    use super::*;

    fn shown(body: &[u8], content_type: &str) -> Vec<String> {
        lines_of(body, content_type, &mut Veil::new(Masker::default()))
    }

    #[test]
    fn each_kind_of_body_is_shown_as_what_it_is() {
        let cases: [(&[u8], &str, &[&str]); 8] = [
            (b"", "text/plain", &[]),
            (
                b"{\"a\":1}",
                "application/json; charset=utf-8",
                &["{\"a\": 1}"],
            ),
            (b"[1,2]", "", &["[1, 2]"]),
            (b"one\r\ntwo\n", "text/plain", &["one", "two"]),
            (
                b"user=me&password=pw1&x=2",
                "application/x-www-form-urlencoded",
                &["user=me&password=***&x=2"],
            ),
            (
                b"\x89PNG\0\0",
                "image/png",
                &["(6 B of image/png, not text)"],
            ),
            (b"\0\x01", "", &["(2 B, not text)"]),
            (b"gr\xfc\xdfe", "text/plain", &["gr\u{fffd}\u{fffd}e"]),
        ];
        for (body, content_type, expected) in cases {
            assert_eq!(shown(body, content_type), expected, "{content_type}");
        }
    }

    #[test]
    fn events_and_lines_of_json_are_masked_each() {
        let body = b"event: delta\ndata: {\"token\":\" Hi\"}\n\ndata: {\"api_key\":\"abc-123\"}\ndata: [DONE]\nabc-123\n";
        assert_eq!(
            shown(body, "text/event-stream"),
            [
                "event: delta",
                "data: {\"token\":\" Hi\"}",
                "",
                "data:{\"api_key\": \"***\"}",
                "data: [DONE]",
                "***",
            ]
        );
    }

    #[test]
    fn parts_are_shown_apart_and_files_described() {
        let body = b"--B\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhi\r\n\
            --B\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\npw1\r\n\
            --B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\
            Content-Type: application/pdf\r\n\r\n%PDF\0\xff\r\n--B--\r\n";
        assert_eq!(
            shown(body, "multipart/form-data; boundary=B"),
            [
                "--B",
                "Content-Disposition: form-data; name=\"note\"",
                "",
                "hi",
                "--B",
                "Content-Disposition: form-data; name=\"password\"",
                "",
                "***",
                "--B",
                "Content-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"",
                "Content-Type: application/pdf",
                "",
                "(6 B of application/pdf, not text)",
            ]
        );
    }
}
