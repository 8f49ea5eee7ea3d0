//! The documents the service knows.
//!
//! Owns the bundled collection and how it is read. Must not know how documents are searched.

use serde::Deserialize;

/// The collection, one JSON object a line.
const BUNDLED: &str = include_str!("corpus.jsonl");

/// One short document.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Document {
    /// Stable name, unique in the collection.
    pub(super) id: String,
    /// A heading of a few words.
    pub(super) title: String,
    /// Three to five sentences.
    pub(super) text: String,
}

impl Document {
    /// The sentences of the text, without the blanks between them.
    pub(super) fn sentences(&self) -> impl Iterator<Item = &str> {
        self.text
            .split_inclusive(". ")
            .map(str::trim)
            .filter(|sentence| !sentence.is_empty())
    }
}

/// Reads the bundled collection.
///
/// # Errors
/// The parser's message, should the bundled file ever be damaged.
pub(super) fn bundled() -> Result<Vec<Document>, serde_json::Error> {
    BUNDLED.lines().map(serde_json::from_str).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_document_has_its_own_id_and_three_to_five_sentences() {
        let documents = bundled().unwrap();
        let ids: BTreeSet<_> = documents.iter().map(|document| &document.id).collect();
        assert_eq!(ids.len(), documents.len());
        assert!(documents.len() >= 40, "{}", documents.len());
        for document in &documents {
            let sentences = document.sentences().count();
            assert!((3..=5).contains(&sentences), "{}", document.id);
        }
    }
}
