//! The `Server-Timing` header: how long the service says its stages took.
//!
//! Must not know what the stages are called in a scenario.

use std::time::Duration;

use http::HeaderMap;

/// A stage that takes longer than this is a mistake in the header.
const LONGEST_MILLIS: f64 = 1e9;

/// The metrics of every `Server-Timing` header (or trailer) that have a duration: name and time.
/// W3C: `name;dur=53.2;desc="a text"`, separated by commas; `dur` is in milliseconds.
pub(super) fn server_timing(headers: &HeaderMap, mut on: impl FnMut(&str, Duration)) {
    for value in headers.get_all("server-timing") {
        let Ok(value) = value.to_str() else {
            continue;
        };
        for metric in split_unquoted(value, ',') {
            let mut parts = split_unquoted(metric, ';').map(str::trim);
            let name = parts.next().unwrap_or_default();
            let duration = parts.find_map(duration);
            if let Some(duration) = duration.filter(|_| !name.is_empty()) {
                on(name, duration);
            }
        }
    }
}

/// `dur=53.2`, with or without quotes.
fn duration(parameter: &str) -> Option<Duration> {
    let (name, value) = parameter.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("dur") {
        return None;
    }
    let millis: f64 = value.trim().trim_matches('"').parse().ok()?;
    (0.0..=LONGEST_MILLIS)
        .contains(&millis)
        .then(|| Duration::from_secs_f64(millis / 1e3))
}

/// The parts of a text between separators that stand outside of quotes.
fn split_unquoted(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let (mut quoted, mut escaped) = (false, false);
        let end = text.char_indices().find(|(_, c)| {
            match c {
                _ if escaped => escaped = false,
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                c => return *c == separator && !quoted,
            }
            false
        });
        rest = end.map(|(end, _)| &text[end + separator.len_utf8()..]);
        Some(end.map_or(text, |(end, _)| &text[..end]))
    })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn metrics_with_a_duration_are_read_and_all_else_is_left_out() {
        let mut headers = HeaderMap::new();
        for value in [
            "retrieval;dur=12.5, llm;desc=\"a, b; dur=9\";dur=800",
            "cache;desc=hit, total;DUR = \"813\", ;dur=1, bad;dur=-1, nan;dur=NaN, huge;dur=1e300",
            "broken;desc=\"never closed, x;dur=1",
            "",
        ] {
            headers.append("server-timing", HeaderValue::from_static(value));
        }
        let mut found = Vec::new();
        server_timing(&headers, |name, time| found.push((name.to_owned(), time)));
        let expected = [("retrieval", 12_500), ("llm", 800_000), ("total", 813_000)];
        let expected = expected.map(|(name, time)| (name.to_owned(), Duration::from_micros(time)));
        assert_eq!(found, expected);
    }
}
