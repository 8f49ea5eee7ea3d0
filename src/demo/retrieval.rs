//! Keyword search over the collection.
//!
//! Owns the BM25 index and the order of its results. Must not know HTTP, latency or answers.

use bm25::{Embedder, EmbedderBuilder, Scorer};

use super::corpus::Document;
use super::words::Words;

/// The searchable collection; read-only once built, so requests share it without a lock.
pub(super) struct Index {
    documents: Vec<Document>,
    embedder: Embedder<u32, Words>,
    scorer: Scorer<usize>,
}

/// One document found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit<'a> {
    /// The document.
    pub(super) document: &'a Document,
    /// Its BM25 score; always above zero.
    pub(super) score: f32,
}

impl Index {
    /// Indexes titles and texts.
    pub(super) fn build(documents: Vec<Document>) -> Self {
        let contents: Vec<String> = documents
            .iter()
            .map(|document| format!("{}. {}", document.title, document.text))
            .collect();
        let borrowed: Vec<&str> = contents.iter().map(String::as_str).collect();
        let embedder =
            EmbedderBuilder::<u32, _>::with_tokenizer_and_fit_to_corpus(Words, &borrowed).build();
        let mut scorer = Scorer::new();
        for (number, content) in contents.iter().enumerate() {
            scorer.upsert(&number, embedder.embed(content));
        }
        Index {
            documents,
            embedder,
            scorer,
        }
    }

    /// At most `limit` documents that share a word with `query`, best first. The same query
    /// always gives the same order.
    pub(super) fn search(&self, query: &str, limit: usize) -> Vec<Hit<'_>> {
        let mut found = self.scorer.matches(&self.embedder.embed(query));
        // The scorer leaves documents of equal score in the order of its hash map.
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.id.cmp(&b.id)));
        found
            .into_iter()
            .take(limit)
            .filter_map(|scored| {
                let document = self.documents.get(scored.id)?;
                Some(Hit {
                    document,
                    score: scored.score,
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::corpus;

    #[test]
    fn questions_find_the_document_written_for_them() {
        let index = Index::build(corpus::bundled().unwrap());
        for (question, expected) in [
            ("What is vector similarity search?", "vector-search"),
            ("How does a reranker work?", "rerankers"),
            ("How should documents be chunked?", "chunking"),
            ("What is prompt injection?", "prompt-injection"),
            ("How does BM25 rank documents?", "bm25"),
            (
                "Why merge keyword and vector results in hybrid search?",
                "hybrid-search",
            ),
        ] {
            let hits = index.search(question, 3);
            let ids: Vec<_> = hits.iter().map(|hit| hit.document.id.as_str()).collect();
            assert!(ids.contains(&expected), "{question}: {ids:?}");
        }
    }

    #[test]
    fn results_are_limited_ordered_and_repeatable() {
        let index = Index::build(corpus::bundled().unwrap());
        let first = index.search("model latency tokens", 7);
        assert_eq!(first.len(), 7);
        assert!(first.windows(2).all(|pair| pair[0].score >= pair[1].score));
        let ids = |hits: &[Hit<'_>]| -> Vec<String> {
            hits.iter().map(|hit| hit.document.id.clone()).collect()
        };
        assert_eq!(ids(&first), ids(&index.search("model latency tokens", 7)));
    }

    #[test]
    fn a_query_of_unknown_words_finds_nothing() {
        let index = Index::build(corpus::bundled().unwrap());
        assert!(index.search("xyzzy plugh", 5).is_empty());
    }
}
