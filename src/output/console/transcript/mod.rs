//! One request and its answer as people read them, much like `curl -v`: `>` was sent, `<` came.
//!
//! Nothing here steers a terminal, and every line of a server's carries its mark: an answer cannot
//! pretend to be a request or a check. Must not know who sends, or what comes after what.

mod body;
mod declared;
mod findings;
mod json;
mod veil;

use std::fmt::Write;

use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::model::units::{format_count, format_time};
use crate::model::{Masker, Offset, Phases};
use crate::output::figures::bytes;
use crate::output::verdict::Tone;
use crate::request::{Answer, Prepared};

use super::style::{Style, cut, tame};

use veil::Veil;

pub use declared::ReadAnswer;

/// Characters of a value that stands on a line with others.
const LONGEST_VALUE: usize = 160;
/// Lines shown of the beginning of a body that is not shown whole.
const FIRST_LINES: usize = 30;
/// Lines shown of its end, where streams say how they ended.
const LAST_LINES: usize = 10;
/// Characters of a line of a body that is not shown whole.
const LONGEST_LINE: usize = 500;

/// How much of a body is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bodies {
    /// The beginning and the end, and how much is left out between them.
    Short,
    /// All of it.
    Whole,
}

/// Writes requests and answers, and remembers the secrets that came by.
pub struct Transcript {
    veil: Veil,
    style: Style,
    bodies: Bodies,
}

impl Transcript {
    /// One in which what `masker` knows is masked.
    #[must_use]
    pub fn new(masker: Masker, style: Style, bodies: Bodies) -> Self {
        Transcript {
            veil: Veil::new(masker),
            style,
            bodies,
        }
    }

    /// How it is dressed.
    #[must_use]
    pub fn style(&self) -> Style {
        self.style
    }

    /// A text that is no part of a request, on one line.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        self.style.spelt(&tame(&self.veil.text(text)))
    }

    /// The values that a request's templates use.
    pub fn used(&mut self, variables: &[(String, Value)]) -> String {
        let mut out = String::new();
        for (name, value) in variables {
            let value = self.veil.named(name, value);
            let value = self.value(&json::one_line(&value));
            line(&mut out, format_args!("  with {name} = {value}"));
        }
        out
    }

    /// The request with what the transport adds to it.
    pub fn request(&mut self, request: &Prepared, added: &HeaderMap) -> String {
        let path = self.veil.text(request.url.path());
        let query = request.url.query().map(|query| self.veil.pairs(query));
        let query = query.map_or_else(String::new, |query| format!("?{query}"));
        let first = format!("{} {path}{query}", request.method);
        let mut out = String::new();
        self.sent(
            &mut out,
            &self.style.heading(&self.style.spelt(&tame(&first))),
        );
        for line in self
            .headers(added)
            .iter()
            .chain(&self.headers(&request.headers))
        {
            self.sent(&mut out, line);
        }
        let body = body::lines(&request.body, &request.headers, &mut self.veil);
        for line in self.body(&body, request.body.len()) {
            self.sent(&mut out, &line);
        }
        out
    }

    /// The answer and when it came.
    pub fn answer(&mut self, answer: &Answer, sent: Offset, done: Offset) -> String {
        let mut out = String::new();
        for redirect in &answer.redirects {
            let status = self.status(redirect.status, "");
            let location = self.veil.pairs(&redirect.location);
            let location = self.value(&location);
            self.came(&mut out, &format!("{status}, followed to {location}"));
        }
        if let Some(status) = answer.status {
            let status = self.status(status, &answer.reason);
            self.came(&mut out, &status);
            for line in self.headers(&answer.headers) {
                self.came(&mut out, &line);
            }
            let body = body::lines(&answer.body, &answer.headers, &mut self.veil);
            for line in self.body(&body, answer.body.len()) {
                self.came(&mut out, &line);
            }
        }
        line(
            &mut out,
            format_args!("  {}", self.times(answer, sent, done)),
        );
        out
    }

    fn times(&self, answer: &Answer, sent: Offset, done: Offset) -> String {
        let since = |at: Offset| format_time(at.since(sent));
        let Some(headers_at) = answer.headers_at else {
            return self.faint(&format!("no answer after {}", since(done)));
        };
        let first_byte = answer
            .first_byte_at
            .map(|at| format!("first byte {}, ", since(at)));
        let (end, size) = match answer.done_at {
            Some(_) => ("total", bytes(answer.bytes as f64)),
            None => (
                "broken off after",
                format!("{} of body", bytes(answer.bytes as f64)),
            ),
        };
        self.faint(&format!(
            "headers {}, {}{end} {}, {size}{}",
            since(headers_at),
            first_byte.unwrap_or_default(),
            since(done),
            connecting(&answer.phases),
        ))
    }

    fn headers(&mut self, headers: &HeaderMap) -> Vec<String> {
        let mut lines = Vec::with_capacity(headers.len());
        for (name, value) in headers {
            let value = self.veil.header(name, value);
            lines.push(format!("{name}: {}", self.style.spelt(&tame(&value))));
        }
        lines
    }

    fn status(&self, status: StatusCode, reason: &str) -> String {
        let tone = match status.as_u16() {
            200..=299 => Tone::Good,
            ..=399 => Tone::Open,
            _ => Tone::Bad,
        };
        let reason = match reason {
            "" => status.canonical_reason().unwrap_or_default(),
            sent => sent,
        };
        let text = format!("{} {reason}", status.as_u16());
        self.style.strong(tone, self.text(&text).trim_end())
    }

    /// A body below a line that sets it apart, cut as asked.
    fn body(&self, lines: &[String], size: usize) -> Vec<String> {
        if lines.is_empty() {
            return Vec::new();
        }
        let whole = self.bodies == Bodies::Whole;
        let longest = if whole { usize::MAX } else { LONGEST_LINE };
        let shown = |line: &String| {
            let line = self.style.spelt(&tame(&line.replace('\t', "    ")));
            cut(&line, longest, self.style)
        };
        let (head, left, tail) = match lines.len().checked_sub(FIRST_LINES + LAST_LINES) {
            Some(left @ 1..) if !whole => {
                (&lines[..FIRST_LINES], left, &lines[FIRST_LINES + left..])
            }
            _ => (lines, 0, &[][..]),
        };
        let mut body = vec![String::new()];
        body.extend(head.iter().map(shown));
        if left > 0 {
            let lines = if left == 1 { "line" } else { "lines" };
            body.push(self.cut_note(&format!("{} {lines}", format_count(left as u64)), size));
        } else if lines.iter().any(|line| line.chars().count() > longest) {
            body.push(self.cut_note("the ends of long lines", size));
        }
        body.extend(tail.iter().map(shown));
        body
    }

    fn cut_note(&self, what: &str, size: usize) -> String {
        let size = bytes(size as f64);
        self.faint(&format!(
            "({what} left out of {size}; --whole shows everything)"
        ))
    }

    /// A value from outside, on one line with others.
    fn value(&self, text: &str) -> String {
        cut(&self.style.spelt(&tame(text)), LONGEST_VALUE, self.style)
    }

    fn faint(&self, text: &str) -> String {
        self.style.faint(&self.style.spelt(text))
    }

    fn sent(&self, out: &mut String, text: &str) {
        marked(out, &self.style.faint(">"), text);
    }

    fn came(&self, out: &mut String, text: &str) {
        marked(out, &self.style.faint("<"), text);
    }
}

/// What of the time went into a new connection; empty where a kept one was used.
fn connecting(phases: &Phases) -> String {
    let parts = [
        ("dns", phases.dns),
        ("connect", phases.connect),
        ("tls", phases.tls),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter_map(|(name, time)| Some(format!("{name} {}", format_time(time?))))
        .collect();
    if parts.is_empty() {
        return String::new();
    }
    format!("; new connection: {}", parts.join(", "))
}

fn marked(out: &mut String, mark: &str, text: &str) {
    let space = if text.is_empty() { "" } else { " " };
    line(out, format_args!("{mark}{space}{text}"));
}

/// Appends a line; writing to a string cannot fail.
fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = writeln!(out, "{text}");
}

#[cfg(test)]
mod tests;
