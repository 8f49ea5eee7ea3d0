//! The headers of a request, compiled.
//!
//! Must not know bodies or addresses.

use http::header::{AUTHORIZATION, HeaderName, PROXY_AUTHORIZATION};
use http::{HeaderMap, HeaderValue, header};

use super::fields::{Problem, at};
use super::{Scope, Template, TemplateError};

/// Headers whose values may hold templates.
#[derive(Clone, Debug)]
pub(super) struct Headers(Vec<(HeaderName, Template)>);

impl Headers {
    /// Compiles headers, adding what is wrong to `problems`.
    pub(super) fn compile(written: &[(String, String)], problems: &mut Vec<Problem>) -> Headers {
        let mut headers = Vec::with_capacity(written.len());
        for (name, value) in written {
            match (header_name(name), Template::compile(value)) {
                (Ok(name), Ok(template)) => headers.push((name, template)),
                (Err(error), _) | (_, Err(error)) => {
                    problems.push((format!("headers.{name}"), error));
                }
            }
        }
        Headers(headers)
    }

    pub(super) fn is_constant(&self) -> bool {
        self.0.iter().all(|(_, template)| template.is_constant())
    }

    /// Whether one of this name may be sent: it renders, or is, not nothing.
    pub(super) fn has(&self, name: &HeaderName) -> bool {
        let named = self.0.iter().rev().find(|(known, _)| known == name);
        named.is_some_and(|(name, template)| {
            let text = template
                .is_constant()
                .then(|| template.render(&mut Scope::empty()));
            !matches!(text, Some(Ok(text)) if is_left_out(name, &text))
        })
    }

    /// The templates in it, each with its place.
    pub(super) fn templates(&self) -> Vec<(String, &Template)> {
        self.0
            .iter()
            .map(|(name, template)| (format!("headers.{name}"), template))
            .collect()
    }

    /// The headers for this scope. A later one of the same name takes the earlier one's place.
    pub(super) fn render(&self, scope: &mut Scope) -> Result<HeaderMap, TemplateError> {
        let mut headers = HeaderMap::with_capacity(self.0.len() + 2);
        for (name, template) in &self.0 {
            let place = || format!("headers.{name}");
            let text = template
                .render(scope)
                .map_err(|error| at(&place(), &error))?;
            if is_left_out(name, &text) {
                headers.remove(name);
            } else {
                let value = header_value(&text).map_err(|error| at(&place(), &error))?;
                headers.insert(name.clone(), value);
            }
        }
        Ok(headers)
    }
}

fn header_name(name: &str) -> Result<HeaderName, TemplateError> {
    let parsed = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| TemplateError(format!("{name:?} is not a header name")))?;
    if parsed == header::CONTENT_LENGTH || parsed == header::TRANSFER_ENCODING {
        return Err(TemplateError(format!(
            "{parsed} follows from the body and cannot be set"
        )));
    }
    Ok(parsed)
}

fn header_value(text: &str) -> Result<HeaderValue, TemplateError> {
    let text = text.trim_matches([' ', '\t']);
    if text.contains(['\r', '\n']) {
        return Err(TemplateError(
            "a header value cannot hold a line break".to_owned(),
        ));
    }
    HeaderValue::from_bytes(text.as_bytes())
        .map_err(|_| TemplateError("a header value cannot hold control characters".to_owned()))
}

/// Empty, or an authorization scheme with nothing after it (`Bearer ${TOKEN:-}` without a token).
fn is_left_out(name: &HeaderName, text: &str) -> bool {
    const SCHEMES: [&str; 5] = ["bearer", "basic", "digest", "token", "apikey"];
    let bare = text.trim();
    let credentials = *name == AUTHORIZATION || *name == PROXY_AUTHORIZATION;
    bare.is_empty()
        || credentials
            && SCHEMES
                .iter()
                .any(|scheme| scheme.eq_ignore_ascii_case(bare))
}
