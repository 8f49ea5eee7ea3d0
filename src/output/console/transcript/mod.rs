//! One request and its answer as people read them, much like `curl -v`: `>` was sent, `<` came.
//!
//! Nothing here steers a terminal, and every line of a server's carries its mark: an answer cannot
//! pretend to be a request or a check. Must not know who sends, or what comes after what.

mod body;
mod json;
mod veil;

use std::fmt::Write;

use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::model::secret::MASK;
use crate::model::secret_keys::is_authorizing;
use crate::model::units::{format_count, format_time};
use crate::model::{Failure, Masker, Offset};
use crate::output::figures::bytes;
use crate::output::verdict::Tone;
use crate::request::extract::ExtractFrom;
use crate::request::{Answer, Check, Extraction, Prepared, Subject};

use super::style::{Style, cut, tame};

use veil::{Veil, is_secret_name};

/// Characters of a value that stands on a line with others.
const LONGEST_VALUE: usize = 160;
/// Lines of a body that is not shown whole.
const MOST_LINES: usize = 40;
/// Characters of a line of a body that is not shown whole.
const LONGEST_LINE: usize = 500;

/// How much of a body is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bodies {
    /// The beginning, and how much is left out.
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

    /// Remembers the secrets among what was taken out, before the answer that holds them is shown.
    pub fn keep_secrets(&mut self, extracted: &[(&Extraction, Result<Value, String>)]) {
        for (extraction, value) in extracted {
            if let Ok(value) = value {
                self.extracted_value(extraction, value);
            }
        }
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
            "headers {}, {}{end} {}, {size}",
            since(headers_at),
            first_byte.unwrap_or_default(),
            since(done),
        ))
    }

    /// Each expectation with what was observed.
    pub fn checks(&mut self, checks: &[Check]) -> String {
        let mut out = String::new();
        for check in checks {
            let tone = if check.failure.is_none() {
                Tone::Good
            } else {
                Tone::Bad
            };
            let (subject, wanted) = (
                self.text(&check.subject.to_string()),
                self.text(&check.wanted),
            );
            let observed = self.observed(check);
            let mark = self.style.mark(tone);
            line(
                &mut out,
                format_args!("  {mark} {subject} {wanted}: {observed}"),
            );
        }
        out
    }

    fn observed(&mut self, check: &Check) -> String {
        let is_secret = match &check.subject {
            Subject::Header(name) => is_authorizing(name),
            Subject::Json(path) => is_secret_name(path),
            Subject::Status | Subject::Body | Subject::Time => false,
        };
        if is_secret && check.observed != "missing" {
            return MASK.to_owned();
        }
        let observed = self.veil.pairs(&check.observed);
        self.value(&observed)
    }

    /// What was taken out of the answer, or why it could not be.
    pub fn extracted(&mut self, extracted: &[(&Extraction, Result<Value, String>)]) -> String {
        let mut out = String::new();
        for (extraction, value) in extracted {
            let from = self.text(&source(&extraction.from));
            let name = &extraction.variable;
            match value {
                Ok(value) => {
                    let value = self.extracted_value(extraction, value);
                    let (mark, value) = (self.style.mark(Tone::Good), self.value(&value));
                    line(
                        &mut out,
                        format_args!("  {mark} {name} = {value}, from {from}"),
                    );
                }
                Err(why) => {
                    let (mark, why) = (self.style.mark(Tone::Bad), self.text(why));
                    line(&mut out, format_args!("  {mark} {why}"));
                }
            }
        }
        out
    }

    fn extracted_value(&mut self, extraction: &Extraction, value: &Value) -> String {
        let is_secret = match &extraction.from {
            ExtractFrom::Json(path) => is_secret_name(&path.to_string()),
            ExtractFrom::Header(name) => is_authorizing(name),
            ExtractFrom::Regex(_) => false,
        };
        let name = if is_secret {
            "secret"
        } else {
            &extraction.variable
        };
        json::one_line(&self.veil.named(name, value))
    }

    /// The failure, as a run would count it.
    #[must_use]
    pub fn failure(&self, failure: &Failure) -> String {
        let word = self.style.strong(Tone::Bad, "FAILED");
        format!("  {word} {}\n", self.text(&failure.text))
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
        let (most, longest) = match self.bodies {
            Bodies::Short => (MOST_LINES, LONGEST_LINE),
            Bodies::Whole => (usize::MAX, usize::MAX),
        };
        let mut shown = vec![String::new()];
        let mut is_cut = lines.len() > most;
        for line in lines.iter().take(most) {
            let line = self.style.spelt(&tame(&line.replace('\t', "    ")));
            is_cut |= line.chars().count() > longest;
            shown.push(cut(&line, longest, self.style));
        }
        if is_cut {
            let left = match lines.len().saturating_sub(most) as u64 {
                0 => "long lines cut".to_owned(),
                1 => "1 more line".to_owned(),
                left => format!("{} more lines", format_count(left)),
            };
            let size = bytes(size as f64);
            shown.push(self.faint(&format!(
                "({left}; {size} in all; --whole shows everything)"
            )));
        }
        shown
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

fn marked(out: &mut String, mark: &str, text: &str) {
    let space = if text.is_empty() { "" } else { " " };
    line(out, format_args!("{mark}{space}{text}"));
}

/// Appends a line; writing to a string cannot fail.
fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = writeln!(out, "{text}");
}

/// Where a value is taken from.
fn source(from: &ExtractFrom) -> String {
    match from {
        ExtractFrom::Json(path) => path.to_string(),
        ExtractFrom::Regex(pattern) => format!("regex {:?}", pattern.as_str()),
        ExtractFrom::Header(name) => format!("header {name}"),
    }
}

#[cfg(test)]
mod tests;
