//! One request with what is done with its answer.
//!
//! Must not know tasks or how requests are sent.

use std::collections::BTreeSet;
use std::time::Duration;

use http::Method;
use url::Url;

use crate::model::Endpoint;
use crate::request::RequestSpec;
use crate::request::response::{Slo, Timeouts};
use crate::request::spec::{BodyParts, RequestParts};

use super::super::context::Context;
use super::super::plan::RequestStep;
use super::super::problems::Report;
use super::super::target::{keep_credentials, shown};
use super::super::tree::{Entry, Scalar};
use super::answers::{answers, objectives, slo, timeouts};
use super::body::{body, pairs};
use super::endpoints::name_of;
use super::headers::{HeaderList, headers, layered, sent};
use super::names::{check_columns, unknown_name};
use super::retry::retry;
use super::value::{At, Fields};

/// The keys that say what is sent.
pub(in super::super) const METHODS: &[&str] =
    &["get", "post", "put", "patch", "delete", "head", "options"];
/// Keys whose values may hold templates, besides the path.
const TEMPLATED: &[&str] = &["params", "headers", "json", "body", "form", "multipart"];
/// Keys that belong to a user's connections.
pub(super) const OF_CLIENT: &[&str] = &["ca_cert", "client_cert", "insecure"];

/// What a request takes over from the levels above it.
#[derive(Clone, Debug)]
pub(in super::super) struct Inherited {
    pub(in super::super) headers: HeaderList,
    pub(in super::super) timeout: Duration,
    /// The time for a connection.
    pub(in super::super) connect: Option<Duration>,
    pub(in super::super) timeouts: Timeouts,
    pub(in super::super) slo: Option<Slo>,
    pub(in super::super) follow_redirects: bool,
}

impl Default for Inherited {
    fn default() -> Self {
        Inherited {
            headers: HeaderList::new(),
            timeout: Duration::from_secs(60),
            connect: None,
            timeouts: Timeouts::default(),
            slo: None,
            follow_redirects: true,
        }
    }
}

impl Inherited {
    /// The settings of one more level over these.
    pub(in super::super) fn under(&self, fields: &Fields<'_>, report: &mut Report) -> Inherited {
        let own = fields.get("headers").map(|at| headers(&at, report));
        let timeout = fields.get("timeout").and_then(|at| timeout(&at, report));
        let redirects = fields.get("follow_redirects");
        let times = fields.get("timeouts").map(|at| timeouts(&at, report));
        let times = times.unwrap_or_default();
        let slo = fields.get("slo").map(|at| slo(&at, self.slo, report));
        Inherited {
            headers: layered(&self.headers, &own.unwrap_or_default()),
            timeout: times.total.or(timeout).unwrap_or(self.timeout),
            connect: times.connect.or(self.connect),
            timeouts: Timeouts {
                first_event: times.first_event.or(self.timeouts.first_event),
                idle: times.idle.or(self.timeouts.idle),
            },
            slo: slo.unwrap_or(self.slo),
            follow_redirects: redirects
                .and_then(|at| at.boolean(report))
                .unwrap_or(self.follow_redirects),
        }
    }
}

fn timeout(at: &At<'_>, report: &mut Report) -> Option<Duration> {
    let timeout = at.duration(report)?;
    if timeout.is_zero() {
        at.problem(report, "must be above 0: no answer comes within no time");
        return None;
    }
    Some(timeout)
}

/// Reads a request from the keys of a step or task; `known` are the variables set before it,
/// to which it adds those it extracts.
pub(super) fn request(
    fields: &Fields<'_>,
    inherited: &Inherited,
    known: &mut BTreeSet<String>,
    context: &mut Context<'_>,
) -> Option<RequestStep> {
    for key in OF_CLIENT {
        if let Some(at) = fields.get(key) {
            let message = "belongs to the user class or the top level: the requests of a user \
                           share its connections";
            at.problem(&mut context.report, message);
        }
    }
    let settings = inherited.under(fields, &mut context.report);
    let retried = fields.get("retry");
    let retry = retried.and_then(|at| retry(&at, &mut context.report));
    let answers = answers(fields, known, context);
    let params = fields.get("params");
    let params = params
        .map(|at| pairs(&at, &mut context.report))
        .unwrap_or_default();
    let body = body(fields, context);
    let (method, path_at, path) = method_and_path(fields, context)?;
    let row = fields.get("request_name");
    let row = row.and_then(|at| at.shown_text(&mut context.report));
    let shown_path = || path_at.as_scalar().map_or(path.as_str(), Scalar::shown);
    let name = row.unwrap_or_else(|| name_of(shown_path()));
    let endpoint = context.endpoints.id(Endpoint::new(method.as_str(), name));
    let parts = RequestParts {
        method,
        base: context.base.clone(),
        path,
        params,
        headers: sent(settings.headers),
        body,
        timeout: settings.timeout,
        connect_timeout: settings.connect,
        follow_redirects: settings.follow_redirects,
    };
    let spec = compiled(fields, &path_at, parts, known, context);
    let extracted = answers.extract.iter();
    known.extend(extracted.map(|extraction| extraction.variable.clone()));
    Some(RequestStep {
        endpoint,
        spec: spec?,
        expect: answers.expect,
        extract: answers.extract,
        slo: objectives(fields, settings.slo, answers.response.is_some()),
        response: answers.response,
        timeouts: settings.timeouts,
        retry,
    })
}

/// The method, where the path is written, and the path.
fn method_and_path<'t>(
    fields: &Fields<'t>,
    context: &mut Context<'_>,
) -> Option<(Method, At<'t>, String)> {
    let present = fields.present(METHODS);
    let [method] = present[..] else {
        if present.is_empty() && fields.refused {
            return None;
        }
        let found = match present.len() {
            0 => "none".to_owned(),
            _ => present.join(" and "),
        };
        let known = METHODS.join(", ");
        let message = format!("must have one of {known} with a path, found {found}");
        fields.at.problem(&mut context.report, message);
        return None;
    };
    let at = fields.get(method)?;
    let path = at.text(&mut context.report)?;
    let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes()).ok()?;
    if path.starts_with("http://") || path.starts_with("https://") {
        check_foreign_host(&at, &path, context);
    } else if !path.starts_with('/') {
        let message =
            format!("must be a path that begins with `/` or a full address, found {path:?}");
        at.problem(&mut context.report, message);
        return None;
    }
    Some((method, at, path))
}

/// A full address takes load to a host nobody was asked about, unless it is approved.
fn check_foreign_host(at: &At<'_>, path: &str, context: &mut Context<'_>) {
    let authority = path.split("://").nth(1).unwrap_or_default();
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains("{{") {
        let message = "the host of a full address cannot be a template: it would be unknown \
                       where load goes";
        at.problem(&mut context.report, message);
        return;
    }
    let scheme = path.split("://").next().unwrap_or_default();
    let url = match Url::parse(&format!("{scheme}://{authority}/")) {
        Ok(url) => url,
        Err(error) => {
            at.problem(&mut context.report, format!("is not an address: {error}"));
            return;
        }
    };
    keep_credentials(&url, &mut context.report);
    let same = url.host() == context.base.host()
        && url.port_or_known_default() == context.base.port_or_known_default();
    if !same && !context.approvals.allow(&url) {
        let message = format!(
            "sends load to {}, which is not approved; add its host to `approved_hosts`",
            shown(&url)
        );
        at.problem(&mut context.report, message);
    }
}

/// Compiles the templates and checks the names they use.
fn compiled(
    fields: &Fields<'_>,
    path_at: &At<'_>,
    parts: RequestParts,
    known: &BTreeSet<String>,
    context: &mut Context<'_>,
) -> Option<RequestSpec> {
    let has_body = !matches!(parts.body, BodyParts::None);
    if has_body && parts.method == Method::HEAD {
        let message = "a HEAD request has no body; leave it out";
        fields.at.problem(&mut context.report, message);
    }
    check_columns(path_at, &context.data, &mut context.report);
    for key in TEMPLATED {
        if let Some(at) = fields.get(key) {
            check_columns(&at, &context.data, &mut context.report);
        }
    }
    match RequestSpec::compile(parts) {
        Ok(spec) => {
            for (place, name) in spec.names() {
                if !known.contains(&name) {
                    let message = unknown_name(&name, known);
                    located(fields, path_at, &place).problem(&mut context.report, message);
                }
            }
            Some(spec)
        }
        Err(errors) => {
            for (place, error) in errors {
                located(fields, path_at, &place).problem(&mut context.report, error.to_string());
            }
            None
        }
    }
}

/// Where a part of the request is written: `json.messages[0].text`. What comes from a level
/// above is placed at the request itself.
fn located<'t>(fields: &Fields<'t>, path_at: &At<'t>, place: &str) -> At<'t> {
    let mut steps = place.split(['.', '[', ']']).filter(|step| !step.is_empty());
    let first = steps.next().unwrap_or_default();
    if first == "path" {
        return path_at.clone();
    }
    let Some(mut at) = fields.get(first) else {
        let mut at = fields.at.clone();
        at.path = [at.path.as_str(), place].join(".");
        return at;
    };
    // Header names come back in lower case.
    let is_key = |entry: &Entry, step: &str| match first {
        "headers" => entry.key.eq_ignore_ascii_case(step),
        _ => entry.key == step,
    };
    for step in steps {
        let item = step.parse::<usize>().ok().and_then(|index| {
            let mut items = at.as_list()?;
            (index < items.len()).then(|| items.swap_remove(index))
        });
        let entry = || {
            let entries = at.as_entries()?;
            entries
                .into_iter()
                .find(|(entry, _)| is_key(entry, step))
                .map(|(_, at)| at)
        };
        match item.or_else(entry) {
            Some(below) => at = below,
            None => break,
        }
    }
    at
}
