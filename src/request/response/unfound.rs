//! What a declaration looked for in an answer and did not find, and what stands there instead: for
//! people who write a scenario.
//!
//! Reads a kept body once more, so that nothing of it weighs on a run. Must not know how it is
//! shown.

use http::HeaderMap;
use serde_json::Value;

use super::format::MediaKind;
use super::framing::Piece;
use super::reader::Framer;
use super::select::Found;
use super::spec::{ResponseSpec, Role, TokenKind};

/// Top-level keys that are remembered of the events of one name, and names.
const MOST: usize = 12;

/// What the standard calls an event without a name, and what JSON is called that is no event.
pub const UNNAMED: &str = "message";

/// Something that was declared and nowhere found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfound {
    /// Its key below `response`: `sources`, `usage.output`.
    pub key: String,
    /// The paths that were followed, each with the name of the events it was followed in.
    pub places: Vec<(String, Option<String>)>,
    /// JSON values in which it could have been.
    pub events: u64,
    /// Their top-level keys, the first ones.
    pub keys: Vec<String>,
    /// The names of all events, the first ones.
    pub names: Vec<String>,
}

/// The events of one name.
#[derive(Debug, Default)]
struct Kind {
    name: String,
    events: u64,
    keys: Vec<String>,
}

/// What was seen of one answer.
#[derive(Debug)]
struct Seen {
    found: Vec<bool>,
    kinds: Vec<Kind>,
}

impl ResponseSpec {
    /// What it looks for and does not find in this answer.
    #[must_use]
    pub fn unfound(&self, headers: &HeaderMap, body: &[u8]) -> Vec<Unfound> {
        let mut seen = Seen {
            found: vec![false; self.wanted.len()],
            kinds: Vec::new(),
        };
        let (mut framer, media) = (Framer::default(), MediaKind::of(headers));
        let mut on = |piece: Piece<'_>| {
            if let Piece::Event { name, data } = piece {
                seen.event(self, name.trim_ascii(), data.trim_ascii());
            }
        };
        framer.feed(self, media, body, &mut on);
        framer.finish(self, media, &mut on);
        seen.unfound(self)
    }
}

impl Seen {
    fn event(&mut self, spec: &ResponseSpec, name: &[u8], data: &[u8]) {
        let Ok(value) = serde_json::from_slice::<Value>(data) else {
            return;
        };
        let name = match name {
            [] => UNNAMED.as_bytes(),
            name => name,
        };
        let name = String::from_utf8_lossy(name).into_owned();
        let found = &mut self.found;
        let mut sink = |slot: usize, what: Found<'_>| {
            let event = spec.wanted[slot].event.as_ref();
            let is_there = !matches!(what, Found::Null | Found::Text(""));
            found[slot] |= is_there && event.is_none_or(|event| *event == name);
        };
        // It was parsed before.
        let _ = spec.selector.select(data, &mut sink);
        if let Some(kind) = self.kind(&name) {
            kind.events += 1;
            for key in value
                .as_object()
                .into_iter()
                .flat_map(|fields| fields.keys())
            {
                if kind.keys.len() < MOST && !kind.keys.contains(key) {
                    kind.keys.push(key.clone());
                }
            }
        }
    }

    fn kind(&mut self, name: &str) -> Option<&mut Kind> {
        let known = self.kinds.iter().position(|kind| kind.name == name);
        if known.is_none() && self.kinds.len() < MOST {
            self.kinds.push(Kind {
                name: name.to_owned(),
                ..Kind::default()
            });
        }
        match known {
            Some(index) => self.kinds.get_mut(index),
            None => self.kinds.iter_mut().rfind(|kind| kind.name == name),
        }
    }

    /// By key: what one of several places found is found.
    fn unfound(self, spec: &ResponseSpec) -> Vec<Unfound> {
        let mut all: Vec<(Unfound, bool)> = Vec::new();
        for (wanted, found) in spec.wanted.iter().zip(&self.found) {
            let Some(key) = key(spec, &wanted.role) else {
                continue;
            };
            let place = (wanted.path.to_string(), wanted.event.clone());
            match all.iter_mut().find(|(known, _)| known.key == key) {
                Some((known, any)) => {
                    known.places.push(place);
                    *any |= found;
                }
                None => all.push((self.looked_for(key, place), *found)),
            }
        }
        let is_news = |key: &str| spec.defaults.iter().all(|default| default != key);
        let unfound = (all.into_iter()).filter(|(unfound, any)| !any && is_news(&unfound.key));
        unfound
            .map(|(unfound, _)| self.with_what_is_there(unfound))
            .collect()
    }

    fn looked_for(&self, key: String, place: (String, Option<String>)) -> Unfound {
        Unfound {
            key,
            places: vec![place],
            events: 0,
            keys: Vec::new(),
            names: self.kinds.iter().map(|kind| kind.name.clone()).collect(),
        }
    }

    fn with_what_is_there(&self, mut unfound: Unfound) -> Unfound {
        let places = &unfound.places;
        let looked_at = |kind: &&Kind| {
            let mut events = places.iter().map(|(_, event)| event);
            events.any(|event| event.as_ref().is_none_or(|event| *event == kind.name))
        };
        for kind in self.kinds.iter().filter(looked_at) {
            unfound.events += kind.events;
            for key in &kind.keys {
                if unfound.keys.len() < MOST && !unfound.keys.contains(key) {
                    unfound.keys.push(key.clone());
                }
            }
        }
        unfound
    }
}

/// The key below `response` that a path stands under; none where nothing found is no news.
fn key(spec: &ResponseSpec, role: &Role) -> Option<String> {
    Some(match role {
        Role::Answer(_) => "answer".to_owned(),
        Role::Reasoning(_) => "reasoning".to_owned(),
        Role::Sources(_) => "sources".to_owned(),
        Role::Stage(number) => format!("stages.{}", spec.stages[*number].0),
        Role::Tokens(TokenKind::Prompt, _) => "usage.prompt".to_owned(),
        Role::Tokens(TokenKind::Output, _) => "usage.output".to_owned(),
        Role::Tokens(TokenKind::Cached, _) => "usage.cached".to_owned(),
        Role::FinishReason => "finish_reason".to_owned(),
        Role::Cache(_) => "cache".to_owned(),
        Role::Condition(..) | Role::Error => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::parts::{Place, ResponseParts, UsageParts};
    use super::super::{Format, Path};
    use super::*;

    fn place(event: Option<&str>, path: &str) -> Place {
        Place {
            event: event.map(str::to_owned),
            path: Path::parse(path).ok(),
        }
    }

    fn unfound(body: &str) -> Vec<Unfound> {
        let parts = ResponseParts {
            format: Format::Sse,
            answer: vec![place(None, "$.delta"), place(None, "$.text")],
            sources: vec![place(Some("sources"), "$.docs[*].id")],
            usage: UsageParts {
                output: vec![place(None, "$.usage.output")],
                ..UsageParts::default()
            },
            ..ResponseParts::default()
        };
        ResponseSpec::compile(parts).unfound(&HeaderMap::new(), body.as_bytes())
    }

    #[test]
    fn what_one_of_several_places_finds_is_found() {
        let text = "data: {\"text\": \"Blue\"}\n\n";
        let sources = "event: sources\ndata: {\"docs\": [{\"id\": 1}]}\n\n";
        let end = "data: {\"usage\": {\"output\": 3}}\n\ndata: [DONE]\n\n";
        assert_eq!(unfound(&[text, sources, end].concat()), []);
    }

    #[test]
    fn what_is_not_found_is_told_with_what_is_there() {
        let sources = "event: sources\ndata: {\"hits\": [], \"took\": 3}\n\n";
        let text = "data: {\"text\": \"Blue\", \"usage\": null}\n\n";
        let found = unfound(&[sources, text, text].concat());
        let keys: Vec<&str> = found.iter().map(|unfound| unfound.key.as_str()).collect();
        assert_eq!(keys, ["sources", "usage.output"]);
        let expected = ("$.docs[*].id".to_owned(), Some("sources".to_owned()));
        assert_eq!(found[0].places, [expected]);
        assert_eq!((found[0].events, found[1].events), (1, 3));
        assert_eq!(found[0].keys, ["hits", "took"]);
        assert_eq!(found[1].keys, ["hits", "took", "text", "usage"]);
        assert_eq!(found[0].names, ["sources", "message"]);
    }

    #[test]
    fn what_is_no_json_has_nothing_to_be_found_in() {
        let found = unfound("data: Blue\n\n");
        assert_eq!((found.len(), found[0].events), (3, 0));
        assert_eq!(found[0].names, [""; 0]);
    }
}
