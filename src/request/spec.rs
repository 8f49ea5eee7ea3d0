//! A request as the scenario describes it, compiled: made into a [`Prepared`] for each send.
//!
//! Owns the whole of a request; its parts each have a file of their own. Must not know how it is
//! sent or by whom.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method};
use serde_json::Value;
use url::Url;

use super::body::BodyTemplate;
use super::fields::Fields;
use super::headers::Headers;
use super::target::Target;
use super::{Prepared, Scope, TemplateError};

/// A request as written, before its templates are compiled. Texts may hold templates.
#[derive(Clone, Debug)]
pub struct RequestParts {
    /// The method.
    pub method: Method,
    /// The target's base address. User information in it becomes Basic authorization; a query
    /// or fragment is dropped.
    pub base: Url,
    /// The path as written, or an absolute address that stands in for base and path.
    pub path: String,
    /// Query parameters in order; a null value leaves the parameter out, a list repeats it.
    pub params: Vec<(String, Value)>,
    /// Headers in order; a value that renders empty leaves the header out.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: BodyParts,
    /// Time allowed until the last byte.
    pub timeout: Duration,
    /// Time allowed for making a connection, where it is less than that.
    pub connect_timeout: Option<Duration>,
    /// Whether redirects are followed.
    pub follow_redirects: bool,
}

/// A body as written.
#[derive(Clone, Debug, Default)]
pub enum BodyParts {
    /// No body.
    #[default]
    None,
    /// JSON: templates stand in string values (and keys stay as they are).
    Json(Value),
    /// URL-encoded fields in order.
    Form(Vec<(String, Value)>),
    /// Text as it is.
    Raw(String),
    /// Form data with files.
    Multipart(Vec<MultipartPart>),
}

/// One part of a multipart body.
#[derive(Clone, Debug)]
pub struct MultipartPart {
    /// The field's name.
    pub name: String,
    /// Its content.
    pub content: PartContent,
    /// The file name told to the server, for files.
    pub file_name: Option<String>,
    /// The content type; guessed from the file name when absent.
    pub content_type: Option<String>,
}

/// The content of one part.
#[derive(Clone, Debug)]
pub enum PartContent {
    /// A text, possibly with templates.
    Text(String),
    /// The bytes of a file, read when the plan was resolved.
    File(bytes::Bytes),
}

/// A compiled request. One whose templates are all constant is built once.
#[derive(Clone, Debug)]
pub struct RequestSpec {
    method: Method,
    target: Target,
    headers: Headers,
    body: BodyTemplate,
    /// The `Authorization` that the base address's user information stands for.
    credentials: Option<HeaderValue>,
    timeout: Duration,
    connect_timeout: Option<Duration>,
    follow_redirects: bool,
    /// The finished request, when nothing in it varies.
    built: Option<Arc<Prepared>>,
}

impl RequestSpec {
    /// Compiles the templates of every part.
    ///
    /// # Errors
    /// All that is wrong, each with the place within the request (`json.query`, `headers.X-Id`,
    /// `path`).
    pub fn compile(parts: RequestParts) -> Result<RequestSpec, Vec<(String, TemplateError)>> {
        let mut problems = Vec::new();
        let params = Fields::compile("params", &parts.params, &mut problems);
        let mut spec = RequestSpec {
            method: parts.method,
            target: Target::compile(&parts.base, &parts.path, params, &mut problems),
            headers: Headers::compile(&parts.headers, &mut problems),
            body: BodyTemplate::compile(&parts.body, &mut problems),
            credentials: basic_authorization(&parts.base),
            timeout: parts.timeout,
            connect_timeout: parts.connect_timeout,
            follow_redirects: parts.follow_redirects,
            built: None,
        };
        if problems.is_empty() && spec.is_constant() {
            match spec.build(&mut Scope::empty()) {
                Ok(prepared) => spec.built = Some(Arc::new(prepared)),
                Err(error) => problems.push((String::new(), error)),
            }
        }
        if problems.is_empty() {
            Ok(spec)
        } else {
            Err(problems.into_iter().map(placed).collect())
        }
    }

    /// Whether every send is the same.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        self.target.is_constant() && self.headers.is_constant() && self.body.is_constant()
    }

    /// Whether a header of this name is written down for it, whatever it renders to unless that is
    /// known to be nothing; the user information of the base address is an `Authorization`.
    #[must_use]
    pub fn sends(&self, name: &HeaderName) -> bool {
        let credentials = *name == AUTHORIZATION && self.credentials.is_some();
        match &self.built {
            Some(built) => credentials || built.headers.contains_key(name),
            None => credentials || self.headers.has(name),
        }
    }

    /// Where it is sent to, when every send is the same.
    #[must_use]
    pub fn constant_address(&self) -> Option<&Url> {
        self.built.as_ref().map(|built| &built.url)
    }

    /// Every name its templates take from the scope, with the place within the request: pairs of
    /// (place, name).
    #[must_use]
    pub fn names(&self) -> BTreeSet<(String, String)> {
        let mut templates = self.target.templates();
        templates.extend(self.headers.templates());
        templates.extend(self.body.templates());
        templates
            .into_iter()
            .flat_map(|(place, template)| {
                template
                    .names()
                    .into_iter()
                    .map(move |name| (place.clone(), name))
            })
            .collect()
    }

    /// The request to send in this scope: borrowed when every send is the same.
    ///
    /// # Errors
    /// When a template cannot be rendered or gives something that cannot be sent (a line break in
    /// a header, a path that is no address).
    pub fn prepare(&self, scope: &mut Scope) -> Result<Cow<'_, Prepared>, TemplateError> {
        match &self.built {
            Some(built) => Ok(Cow::Borrowed(built)),
            None => self.build(scope).map(Cow::Owned),
        }
    }

    fn build(&self, scope: &mut Scope) -> Result<Prepared, TemplateError> {
        let mut url = self.target.address(scope)?;
        let mut headers = self.headers.render(scope)?;
        let (content_type, body) = self.body.write(scope)?;
        if let Some(content_type) = content_type.filter(|_| !headers.contains_key(CONTENT_TYPE)) {
            let value = HeaderValue::try_from(content_type)
                .map_err(|_| TemplateError("not a content type".to_owned()))?;
            headers.insert(CONTENT_TYPE, value);
        }
        // An absolute path brings its own credentials; the base's belong to the base's host.
        let own = basic_authorization(&url);
        let of_base = || {
            self.credentials
                .clone()
                .filter(|_| self.target.is_at_base(&url))
        };
        if let Some(value) = own
            .or_else(of_base)
            .filter(|_| !headers.contains_key(AUTHORIZATION))
        {
            headers.insert(AUTHORIZATION, value);
        }
        strip_credentials(&mut url);
        Ok(Prepared {
            method: self.method.clone(),
            url,
            headers,
            body,
            timeout: self.timeout,
            connect_timeout: self.connect_timeout,
            follow_redirects: self.follow_redirects,
            constant: self.is_constant(),
        })
    }
}

/// Splits the place off an error that was found while building a constant request.
fn placed((place, error): (String, TemplateError)) -> (String, TemplateError) {
    match error.0.split_once(": ") {
        Some((found, text)) if place.is_empty() => {
            (found.to_owned(), TemplateError(text.to_owned()))
        }
        _ => (place, error),
    }
}

fn strip_credentials(url: &mut Url) {
    // Both can only fail for addresses without a host, which carry no credentials.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_fragment(None);
}

/// The Basic authorization that `http://user:password@host` stands for.
fn basic_authorization(url: &Url) -> Option<HeaderValue> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let decoded = |text: &str| percent_encoding::percent_decode_str(text).collect::<Vec<u8>>();
    let mut pair = decoded(url.username());
    pair.push(b':');
    pair.extend(decoded(url.password().unwrap_or_default()));
    let mut value = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(pair))).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests;
