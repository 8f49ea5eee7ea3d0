//! What was found in an answer: each expectation, each value taken out, and the failure.
//!
//! Must not know requests or how an answer is laid out.

use serde_json::Value;

use crate::model::Failure;
use crate::model::secret::MASK;
use crate::model::secret_keys::is_authorizing;
use crate::output::verdict::Tone;
use crate::request::extract::ExtractFrom;
use crate::request::{Check, Extraction, Subject};

use super::veil::is_secret_name;
use super::{Transcript, json, line};

impl Transcript {
    /// Remembers the secrets among what was taken out, before the answer that holds them is shown.
    pub fn keep_secrets(&mut self, extracted: &[(&Extraction, Result<Value, String>)]) {
        for (extraction, value) in extracted {
            if let Ok(value) = value {
                self.extracted_value(extraction, value);
            }
        }
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
}

/// Where a value is taken from.
fn source(from: &ExtractFrom) -> String {
    match from {
        ExtractFrom::Json(path) => path.to_string(),
        ExtractFrom::Regex(pattern) => format!("regex {:?}", pattern.as_str()),
        ExtractFrom::Header(name) => format!("header {name}"),
    }
}
