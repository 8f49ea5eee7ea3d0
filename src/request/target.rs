//! Where a request goes: base address, path and parameters put together.
//!
//! Must not know headers or bodies.

use url::Url;

use super::fields::{Fields, Problem, at};
use super::{Scope, Template, TemplateError};

/// The compiled address of a request.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// Without user information, query, fragment and trailing slash.
    base: Url,
    /// The base as text, without trailing slash.
    prefix: String,
    path: Template,
    /// The path as written is an address of its own.
    absolute: bool,
    params: Fields,
}

impl Target {
    /// Compiles path and parameters, adding what is wrong to `problems`.
    pub(super) fn compile(
        base: &Url,
        path: &str,
        params: Fields,
        problems: &mut Vec<Problem>,
    ) -> Target {
        let path = Template::compile_path(path).unwrap_or_else(|error| {
            problems.push(("path".to_owned(), error));
            Template::constant("")
        });
        let base = without_credentials(base.clone());
        Target {
            prefix: base.as_str().trim_end_matches('/').to_owned(),
            base,
            absolute: is_absolute(path.source()),
            path,
            params,
        }
    }

    pub(super) fn is_constant(&self) -> bool {
        self.path.is_constant() && self.params.is_constant()
    }

    /// The templates in it, each with its place.
    pub(super) fn templates(&self) -> Vec<(String, &Template)> {
        let mut found = vec![("path".to_owned(), &self.path)];
        found.extend(self.params.templates());
        found
    }

    /// Whether `url` is on the base's host, whose credentials it may then carry.
    pub(super) fn is_at_base(&self, url: &Url) -> bool {
        url.origin() == self.base.origin()
    }

    /// The address for this scope; user information that an absolute path brought along stays
    /// in it.
    pub(super) fn address(&self, scope: &mut Scope) -> Result<Url, TemplateError> {
        let path = self
            .path
            .render(scope)
            .map_err(|error| at("path", &error))?;
        let path = path.split('#').next().unwrap_or_default();
        let mut text = if is_absolute(path) {
            path.to_owned()
        } else {
            let slash = if path.is_empty() || path.starts_with(['/', '?']) {
                ""
            } else {
                "/"
            };
            format!("{}{slash}{path}", self.prefix)
        };
        if !self.params.is_empty() {
            let query = self.params.encode(scope)?;
            if !query.is_empty() {
                text.push(if text.contains('?') { '&' } else { '?' });
                text.push_str(&query);
            }
        }
        let url = Url::parse(&text)
            .map_err(|error| TemplateError(format!("path: not an address: {error}")))?;
        self.check_origin(path, &url)?;
        Ok(url)
    }

    /// Data must not lead a request away from the host that was approved for load.
    fn check_origin(&self, path: &str, url: &Url) -> Result<(), TemplateError> {
        let led_away = !self.absolute && url.origin() != self.base.origin();
        if led_away && is_absolute(path) {
            return Err(TemplateError(
                "path: the template gave an address on another host; write the host out".to_owned(),
            ));
        }
        if led_away {
            return Err(TemplateError("path: not a path of the target".to_owned()));
        }
        Ok(())
    }
}

/// An address of its own, as Locust tells it: `http://` or `https://`, in any case.
fn is_absolute(path: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| {
        path.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })
}

fn without_credentials(mut url: Url) -> Url {
    // Both can only fail for addresses without a host, which carry no credentials.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url
}
