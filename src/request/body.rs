//! The body of a request, compiled, with the content type that goes with it.
//!
//! Must not know addresses or headers but its own content type.

use bytes::Bytes;

use super::fields::{Fields, Problem, at};
use super::json_body::JsonTemplate;
use super::multipart::MultipartTemplate;
use super::spec::BodyParts;
use super::{Scope, Template, TemplateError};

/// A body whose texts may hold templates.
#[derive(Clone, Debug)]
pub(super) enum BodyTemplate {
    None,
    Json(JsonTemplate),
    Form(Fields),
    Raw(Template),
    Multipart(MultipartTemplate),
}

impl BodyTemplate {
    /// Compiles a body, adding what is wrong to `problems`.
    pub(super) fn compile(parts: &BodyParts, problems: &mut Vec<Problem>) -> BodyTemplate {
        match parts {
            BodyParts::None => BodyTemplate::None,
            BodyParts::Json(value) => {
                BodyTemplate::Json(JsonTemplate::compile(value, "json", problems))
            }
            BodyParts::Form(fields) => {
                BodyTemplate::Form(Fields::compile("form", fields, problems))
            }
            BodyParts::Raw(text) => match Template::compile(text) {
                Ok(template) => BodyTemplate::Raw(template),
                Err(error) => {
                    problems.push(("body".to_owned(), error));
                    BodyTemplate::None
                }
            },
            BodyParts::Multipart(parts) => {
                BodyTemplate::Multipart(MultipartTemplate::compile(parts, problems))
            }
        }
    }

    pub(super) fn is_constant(&self) -> bool {
        match self {
            BodyTemplate::None => true,
            BodyTemplate::Json(json) => json.is_constant(),
            BodyTemplate::Form(fields) => fields.is_constant(),
            BodyTemplate::Raw(template) => template.is_constant(),
            BodyTemplate::Multipart(parts) => parts.is_constant(),
        }
    }

    /// The templates in it, each with its place.
    pub(super) fn templates(&self) -> Vec<(String, &Template)> {
        match self {
            BodyTemplate::None => Vec::new(),
            BodyTemplate::Json(json) => {
                let mut found = Vec::new();
                json.templates(&mut found);
                found
            }
            BodyTemplate::Form(fields) => fields.templates(),
            BodyTemplate::Raw(template) => vec![("body".to_owned(), template)],
            BodyTemplate::Multipart(parts) => parts.templates(),
        }
    }

    /// The content type to send, where the kind of body has one, and the bytes.
    pub(super) fn write(
        &self,
        scope: &mut Scope,
    ) -> Result<(Option<String>, Bytes), TemplateError> {
        let typed = |content_type: &str| Some(content_type.to_owned());
        Ok(match self {
            BodyTemplate::None => (None, Bytes::new()),
            BodyTemplate::Json(json) => {
                let mut out = Vec::with_capacity(256);
                json.write(scope, &mut out)?;
                (typed("application/json"), out.into())
            }
            BodyTemplate::Form(fields) => (
                typed("application/x-www-form-urlencoded"),
                fields.encode(scope)?.into(),
            ),
            // As Locust: what a text is, only the scenario knows.
            BodyTemplate::Raw(template) => {
                let text = template.render(scope).map_err(|error| at("body", &error))?;
                (None, text.into())
            }
            BodyTemplate::Multipart(parts) => {
                let (content_type, body) = parts.write(scope)?;
                (Some(content_type), body.into())
            }
        })
    }
}
