//! A request as the scenario describes it, compiled: made into a [`Prepared`] for each send.

use std::collections::BTreeSet;
use std::time::Duration;

use http::Method;
use serde_json::Value;
use url::Url;

use super::{Prepared, Scope, Template, TemplateError};

/// A request as written, before its templates are compiled. Texts may hold templates.
#[derive(Clone, Debug)]
pub struct RequestParts {
    /// The method.
    pub method: Method,
    /// The target's base address, without trailing slash, user information or query.
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
    parts: RequestParts,
}

impl RequestSpec {
    /// Compiles the templates of every part.
    ///
    /// # Errors
    /// All that is wrong, each with the place within the request (`json.query`, `headers.X-Id`,
    /// `path`).
    pub fn compile(parts: RequestParts) -> Result<RequestSpec, Vec<(String, TemplateError)>> {
        Ok(RequestSpec { parts })
    }

    /// Every name its templates take from the scope, with the place within the request.
    #[must_use]
    pub fn names(&self) -> BTreeSet<(String, String)> {
        BTreeSet::new()
    }

    /// The request to send in this scope.
    ///
    /// # Errors
    /// When a template cannot be rendered or gives something that cannot be sent (a line break in
    /// a header, a path that is no address).
    pub fn prepare(&self, _scope: &mut Scope) -> Result<Prepared, TemplateError> {
        let _ = (Template::BUILT_IN, &self.parts);
        Err(TemplateError("not built yet".to_owned()))
    }
}
