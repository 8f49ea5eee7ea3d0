//! Multipart bodies (`multipart/form-data`, RFC 7578).
//!
//! Boundaries come from given randomness, so the same seed sends the same bytes. Must not know
//! files: their bytes are given.

use bytes::Bytes;

use super::fields::{Problem, at};
use super::spec::{MultipartPart, PartContent};
use super::{Scope, Template, TemplateError, jinja};

/// A compiled multipart body.
#[derive(Clone, Debug)]
pub(super) struct MultipartTemplate {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
struct Part {
    place: String,
    /// The part's header lines, complete with the empty one.
    head: String,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Text(Template),
    File(Bytes),
}

impl MultipartTemplate {
    pub(super) fn compile(written: &[MultipartPart], problems: &mut Vec<Problem>) -> Self {
        let mut parts = Vec::with_capacity(written.len());
        for part in written {
            let place = format!("multipart.{}", part.name);
            match (content(part), head(part)) {
                (Ok(content), Ok(head)) => parts.push(Part {
                    place,
                    head,
                    content,
                }),
                (Err(error), _) | (_, Err(error)) => problems.push((place, error)),
            }
        }
        MultipartTemplate { parts }
    }

    pub(super) fn is_constant(&self) -> bool {
        self.templates()
            .iter()
            .all(|(_, template)| template.is_constant())
    }

    pub(super) fn templates(&self) -> Vec<(String, &Template)> {
        self.parts
            .iter()
            .filter_map(|part| match &part.content {
                Content::Text(template) => Some((part.place.clone(), template)),
                Content::File(_) => None,
            })
            .collect()
    }

    /// The content type (it names the boundary) and the body.
    pub(super) fn write(&self, scope: &mut Scope) -> Result<(String, Vec<u8>), TemplateError> {
        let mut contents = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            contents.push(match &part.content {
                Content::Text(template) => template
                    .render(scope)
                    .map(Bytes::from)
                    .map_err(|error| at(&part.place, &error))?,
                Content::File(bytes) => bytes.clone(),
            });
        }
        // 128 random bits: that the content holds them by chance is out of the question.
        let boundary = format!("ragload-{}", jinja::random_hex(&mut scope.random));
        let mut body = Vec::new();
        for (part, content) in self.parts.iter().zip(&contents) {
            body.extend_from_slice(format!("--{boundary}\r\n{}", part.head).as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        Ok((format!("multipart/form-data; boundary={boundary}"), body))
    }
}

fn content(part: &MultipartPart) -> Result<Content, TemplateError> {
    Ok(match &part.content {
        PartContent::Text(text) => Content::Text(Template::compile(text)?),
        PartContent::File(bytes) => Content::File(bytes.clone()),
    })
}

fn head(part: &MultipartPart) -> Result<String, TemplateError> {
    let mut head = format!(
        "Content-Disposition: form-data; name=\"{}\"",
        quoted(&part.name)
    );
    if let Some(file_name) = &part.file_name {
        head.push_str("; filename=\"");
        head.push_str(&quoted(file_name));
        head.push('"');
    }
    if let Some(content_type) = content_type(part) {
        if content_type.contains(['\r', '\n']) {
            return Err(TemplateError(
                "a content type cannot hold a line break".to_owned(),
            ));
        }
        head.push_str("\r\nContent-Type: ");
        head.push_str(&content_type);
    }
    head.push_str("\r\n\r\n");
    Ok(head)
}

fn content_type(part: &MultipartPart) -> Option<String> {
    let guess = |name: &String| {
        mime_guess::from_path(name)
            .first_or_octet_stream()
            .to_string()
    };
    let of_file = || matches!(part.content, PartContent::File(_)).then(octet_stream);
    part.content_type
        .clone()
        .or_else(|| part.file_name.as_ref().map(guess))
        .or_else(of_file)
}

fn octet_stream() -> String {
    mime_guess::mime::APPLICATION_OCTET_STREAM.to_string()
}

/// A name within quotes, escaped as browsers do it (WHATWG, form submission).
fn quoted(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}
