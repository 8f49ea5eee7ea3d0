//! Short forms made into the long one before anything is decoded.
//!
//! Owns two: a request's `preset`, whose keys are put under the request's own, and a scenario
//! without user classes, whose keys make up one class with one task. Must not know what the keys
//! mean, apart from those that stand for each other.

use super::decode::body::BODIES;
use super::decode::request_keys::request_keys;
use super::decode::requests::METHODS;
use super::environment::Environment;
use super::include::merge;
use super::origin::Mark;
use super::parse;
use super::presets::preset;
use super::problems::Report;
use super::tree::{Entry, Filled, Kind, Node, Scalar, normalised, same_key};
use super::variables;

/// The class a scenario without classes stands for.
const ONLY_CLASS: &str = "RagUser";
/// Keys that may stand at the top level beside user classes, so they stay there.
const SHARED_KEYS: &[&str] = &[
    "headers",
    "timeout",
    "timeouts",
    "slo",
    "follow_redirects",
    "ca_cert",
    "client_cert",
    "insecure",
];
const REQUEST_KEYS: &[&str] = request_keys![];
/// Keys that the top level has for its only request alone.
const OF_ONLY_REQUEST: &[&str] = &["preset", "questions", "response", "retry", "conversation"];
/// Methods whose requests have no body, so that a preset's is left out.
const WITHOUT_BODY: &[&str] = &["get", "head"];

/// Makes every short form of a scenario long.
pub(super) fn expand(root: &mut Node, environment: &Environment, report: &mut Report) {
    only_request(root, report);
    let above = Above::default().under(root);
    let Kind::Map(entries) = &mut root.kind else {
        return;
    };
    for classes in entries.iter_mut().filter(|e| e.key_is("user_classes")) {
        for class in items(&mut classes.value) {
            let above = above.under(class);
            let mut presets = Presets {
                above: &above,
                environment,
                report,
            };
            presets.of_class(class);
        }
    }
}

/// What the class and the top level give to every request, by name.
#[derive(Default)]
struct Above {
    headers: Vec<String>,
    timeouts: Vec<String>,
}

impl Above {
    /// With what one more level gives.
    fn under(&self, level: &Node) -> Self {
        Above {
            headers: [&self.headers[..], &header_names(level)].concat(),
            timeouts: [&self.timeouts[..], &timeout_names(level)].concat(),
        }
    }
}

/// Puts presets under the requests of one user class.
struct Presets<'e> {
    above: &'e Above,
    environment: &'e Environment,
    report: &'e mut Report,
}

impl Presets<'_> {
    fn of_class(&mut self, class: &mut Node) {
        let Kind::Map(entries) = &mut class.kind else {
            return;
        };
        for entry in entries {
            let requests = items(&mut entry.value);
            match normalised(&entry.key).as_str() {
                "on_start" | "on_stop" => requests.iter_mut().for_each(|step| self.put(step)),
                "tasks" => requests.iter_mut().for_each(|task| match steps(task) {
                    Some(list) => items(list).iter_mut().for_each(|step| self.put(step)),
                    None => self.put(task),
                }),
                _ => {}
            }
        }
    }

    /// Puts the keys of a request's preset under its own.
    fn put(&mut self, request: &mut Node) {
        let Some(named) = request.get("preset").filter(|named| !named.is_null()) else {
            return;
        };
        let mark = named.mark;
        let found = match &named.kind {
            Kind::Scalar(scalar) => preset(&scalar.text),
            Kind::List(_) | Kind::Map(_) | Kind::Unusable(_) => {
                Err("must be the name of a preset".to_owned())
            }
        };
        let text = match found {
            Ok(preset) => preset.text,
            Err(message) => {
                self.report.problem(mark, "preset", message);
                return;
            }
        };
        let (Some(mut lower), _) = parse::parse(text, mark.location) else {
            return;
        };
        place(&mut lower, mark);
        leave_out_replaced(&mut lower, request);
        variables::substitute(&mut lower, self.environment, self.report);
        self.leave_out_headers(&mut lower, request);
        self.leave_out_timeouts(&mut lower);
        let empty = map(Vec::new(), request.mark);
        let upper = std::mem::replace(request, empty);
        *request = merge(lower, upper);
    }

    /// A header of a preset is left out while it is empty, and where the request, its class or
    /// the top level has one of that name: a preset is the least of all.
    fn leave_out_headers(&self, lower: &mut Node, request: &Node) {
        let own = header_names(request);
        let Kind::Map(entries) = &mut lower.kind else {
            return;
        };
        for headers in entries.iter_mut().filter(|entry| entry.key_is("headers")) {
            if let Kind::Map(headers) = &mut headers.value.kind {
                headers.retain(|header| {
                    let name = header.key.to_ascii_lowercase();
                    let is_empty = matches!(&header.value.kind, Kind::Scalar(scalar)
                        if scalar.filled == Filled::Empty);
                    !(is_empty || own.contains(&name) || self.above.headers.contains(&name))
                });
            }
        }
    }

    /// A time of a preset is left out where the class or the top level has it.
    fn leave_out_timeouts(&self, lower: &mut Node) {
        let Kind::Map(entries) = &mut lower.kind else {
            return;
        };
        for timeouts in entries.iter_mut().filter(|entry| entry.key_is("timeouts")) {
            if let Kind::Map(times) = &mut timeouts.value.kind {
                times.retain(|time| !self.above.timeouts.contains(&normalised(&time.key)));
            }
        }
    }
}

/// The names of the times a map of the dialect sets.
fn timeout_names(node: &Node) -> Vec<String> {
    match node.get("timeouts").map(|timeouts| &timeouts.kind) {
        Some(Kind::Map(entries)) => {
            let names = entries.iter().map(|entry| normalised(&entry.key));
            names.collect()
        }
        _ => Vec::new(),
    }
}

/// The names of the headers a map of the dialect sets, in lower case.
fn header_names(node: &Node) -> Vec<String> {
    match node.get("headers").map(|headers| &headers.kind) {
        Some(Kind::Map(entries)) => {
            let names = entries.iter().map(|entry| entry.key.to_ascii_lowercase());
            names.collect()
        }
        _ => Vec::new(),
    }
}

fn steps(task: &mut Node) -> Option<&mut Node> {
    let Kind::Map(entries) = &mut task.kind else {
        return None;
    };
    let found = entries.iter_mut().find(|entry| entry.key_is("steps"));
    found.map(|entry| &mut entry.value)
}

fn items(node: &mut Node) -> &mut [Node] {
    match &mut node.kind {
        Kind::List(items) => items,
        Kind::Map(_) | Kind::Scalar(_) | Kind::Unusable(_) => &mut [],
    }
}

/// A request has one method and one body: its own stands for the preset's.
fn leave_out_replaced(lower: &mut Node, request: &Node) {
    let has = |keys: &[&str]| keys.iter().any(|key| request.get(key).is_some());
    let other_method = has(METHODS);
    let bare = has(WITHOUT_BODY);
    let other_body = |key: &str| BODIES.iter().any(|own| *own != key && has(&[own]));
    let Kind::Map(entries) = &mut lower.kind else {
        return;
    };
    entries.retain(|entry| {
        let key = entry.key.as_str();
        let replaced = (other_method && (METHODS.contains(&key) || key == "request_name"))
            || (BODIES.contains(&key) && (bare || other_body(key)));
        !replaced
    });
}

/// Says of all of a tree that it stands where it was asked for.
fn place(node: &mut Node, mark: Mark) {
    node.mark = mark;
    match &mut node.kind {
        Kind::List(items) => items.iter_mut().for_each(|item| place(item, mark)),
        Kind::Map(entries) => {
            for entry in entries {
                entry.key_mark = mark;
                place(&mut entry.value, mark);
            }
        }
        Kind::Scalar(_) | Kind::Unusable(_) => {}
    }
}

/// `{ host, preset, questions, users, run_time }`: one user class with one task.
fn only_request(root: &mut Node, report: &mut Report) {
    let has_classes = root.get("user_classes").is_some();
    let Kind::Map(entries) = &mut root.kind else {
        return;
    };
    if has_classes {
        let alone = |entry: &&Entry| OF_ONLY_REQUEST.iter().any(|key| entry.key_is(key));
        for entry in entries.iter().filter(alone) {
            let message = "stands for the only request of a scenario without `user_classes`; \
                           write it on a request";
            report.problem(entry.key_mark, &entry.key, message);
        }
        return;
    }
    let asks = |entry: &Entry| {
        let key = normalised(&entry.key);
        matches!(key.as_str(), "preset" | "questions") || METHODS.contains(&key.as_str())
    };
    let Some(first) = entries.iter().find(|entry| asks(entry)) else {
        return;
    };
    let mark = first.key_mark;
    let task = taken(entries, is_of_request);
    let class = taken(entries, |entry| entry.key_is("wait_time"));
    if let Some(questions) = taken(entries, |entry| entry.key_is("questions")).pop() {
        add_questions(entries, questions, report);
    }
    let class = [
        vec![entry("name", scalar(ONLY_CLASS, mark))],
        class,
        vec![entry("tasks", list(map(task, mark)))],
    ];
    entries.push(entry("user_classes", list(map(class.concat(), mark))));
}

/// Whether a key of the top level belongs to the only request.
fn is_of_request(entry: &Entry) -> bool {
    let key = normalised(&entry.key);
    let key = key.as_str();
    key == "conversation" || (REQUEST_KEYS.contains(&key) && !SHARED_KEYS.contains(&key))
}

/// `questions: FILE` is the data set `question`.
fn add_questions(entries: &mut Vec<Entry>, questions: Entry, report: &mut Report) {
    let mark = questions.key_mark;
    let set = match questions.value.kind {
        Kind::Scalar(_) => map(vec![entry("file", questions.value)], mark),
        Kind::List(_) | Kind::Map(_) | Kind::Unusable(_) => questions.value,
    };
    let question = entry("question", set);
    let Some(data) = entries.iter_mut().find(|entry| entry.key_is("data")) else {
        entries.push(entry("data", map(vec![question], mark)));
        return;
    };
    match &mut data.value.kind {
        Kind::Map(sets) if sets.iter().any(|set| same_key(&set.key, "question")) => {
            let message = "is the data set `question`, which `data` has too; leave one out";
            report.problem(mark, "questions", message);
        }
        Kind::Map(sets) => sets.push(question),
        Kind::List(_) | Kind::Scalar(_) | Kind::Unusable(_) => {}
    }
}

fn taken(entries: &mut Vec<Entry>, belongs: impl Fn(&Entry) -> bool) -> Vec<Entry> {
    let all = std::mem::take(entries);
    let (taken, rest) = all.into_iter().partition(belongs);
    *entries = rest;
    taken
}

fn entry(key: &str, value: Node) -> Entry {
    Entry {
        key: key.to_owned(),
        key_mark: value.mark,
        value,
    }
}

fn map(entries: Vec<Entry>, mark: Mark) -> Node {
    Node {
        mark,
        kind: Kind::Map(entries),
    }
}

fn list(item: Node) -> Node {
    Node {
        mark: item.mark,
        kind: Kind::List(vec![item]),
    }
}

fn scalar(text: &str, mark: Mark) -> Node {
    Node {
        mark,
        kind: Kind::Scalar(Scalar {
            text: text.to_owned(),
            plain: false,
            filled: Filled::AsWritten,
            masked: None,
        }),
    }
}
