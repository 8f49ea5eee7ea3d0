//! The rows of the statistics, numbered as they are met.
//!
//! Must not know what is sent to them.

use crate::model::{Endpoint, EndpointId};

/// Every (method, name) met so far.
#[derive(Debug, Default)]
pub(in super::super) struct Endpoints {
    list: Vec<Endpoint>,
    /// Those that share what one row would have counted: each with that row.
    parts: Vec<(EndpointId, EndpointId)>,
}

impl Endpoints {
    /// The number of an endpoint, a new one when it was not met before.
    pub(in super::super) fn id(&mut self, endpoint: Endpoint) -> EndpointId {
        let index = self.list.iter().position(|known| *known == endpoint);
        let index = index.unwrap_or_else(|| {
            self.list.push(endpoint);
            self.list.len() - 1
        });
        EndpointId(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// The row of turn number `turn` in what the row `whole` would count for all turns.
    pub(super) fn of_turn(&mut self, whole: EndpointId, turn: u32) -> EndpointId {
        let Endpoint { method, name } = &self.list[whole.index()];
        let part = Endpoint::new(method, format!("{name} [turn {turn}]"));
        let part = self.id(part);
        self.parts.push((part, whole));
        part
    }

    pub(in super::super) fn list(&self) -> &[Endpoint] {
        &self.list
    }

    /// Those a text such as `POST /query` or `/query` means, and the rows they are split into.
    pub(in super::super) fn matching(&self, text: &str) -> Vec<Endpoint> {
        let text = text.trim();
        let (method, name) = match text.split_once(' ') {
            Some((method, name)) => (method.to_ascii_uppercase(), name.trim()),
            None => (String::new(), text),
        };
        let is_meant =
            |known: &Endpoint| known.name == text || (known.name == name && known.method == method);
        let wholes = |at: usize| {
            let parts = self
                .parts
                .iter()
                .filter(move |(part, _)| part.index() == at);
            parts.map(|(_, whole)| &self.list[whole.index()])
        };
        let found = self.list.iter().enumerate();
        found
            .filter(|(at, known)| is_meant(known) || wholes(*at).any(is_meant))
            .map(|(_, known)| known.clone())
            .collect()
    }
}

/// The row's name of a path as written: without query and fragment, an absolute address
/// without its host.
pub(super) fn name_of(path: &str) -> String {
    let path = match path.split_once("://") {
        Some((scheme, rest)) if scheme.chars().all(|c| c.is_ascii_alphanumeric()) => {
            rest.find('/').map_or("/", |slash| &rest[slash..])
        }
        _ => path,
    };
    let mut depth = 0usize;
    let end = path.char_indices().find(|(_, character)| {
        match character {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '?' | '#' if depth == 0 => return true,
            _ => {}
        }
        false
    });
    match end {
        Some((0, _)) => "/".to_owned(),
        Some((end, _)) => path[..end].to_owned(),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_named_by_the_path_as_written() {
        for (path, name) in [
            ("/query", "/query"),
            ("/search?q={{ question }}&k=5", "/search"),
            (
                "/s/{{ id if id else '?' }}/m?x=1",
                "/s/{{ id if id else '?' }}/m",
            ),
            ("https://u:p@auth.example.com/token?x=1", "/token"),
            ("https://auth.example.com", "/"),
            ("/a#b", "/a"),
        ] {
            assert_eq!(name_of(path), name);
        }
    }
}
