//! Turning found documents into an answer.
//!
//! Owns the extractive "model" (it quotes, it never invents) and its counting of tokens. Must not
//! know HTTP, latency or how documents were found.

use std::collections::HashSet;

use serde::Serialize;

use super::retrieval::Hit;

/// The reply when nothing was found.
const NOTHING_FOUND: &str =
    "I cannot answer this from the documents I have: none of them mentions it.";
/// Documents an answer quotes at most.
const QUOTED: usize = 3;
/// Tokens the instructions before the passages would take.
const INSTRUCTIONS: usize = 40;

/// An answer and what it rests on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Answer {
    /// The text.
    pub(super) text: String,
    /// The documents put into the prompt, best first.
    pub(super) sources: Vec<Source>,
    /// Tokens read and written.
    pub(super) usage: Usage,
}

/// A document as it is shown to the caller.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Source {
    /// The document's id.
    pub(super) id: String,
    /// Its heading.
    pub(super) title: String,
    /// Its BM25 score.
    pub(super) score: f32,
    /// Its whole text.
    pub(super) text: String,
}

/// Tokens, counted as words with the blank that follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Usage {
    /// Tokens of instructions, passages and question.
    pub(super) prompt_tokens: usize,
    /// Tokens of the answer; a stream sends each as one event.
    pub(super) completion_tokens: usize,
    /// Both together.
    pub(super) total_tokens: usize,
}

impl From<&Hit<'_>> for Source {
    fn from(hit: &Hit<'_>) -> Self {
        Source {
            id: hit.document.id.clone(),
            title: hit.document.title.clone(),
            score: hit.score,
            text: hit.document.text.clone(),
        }
    }
}

/// Answers `query` from `hits`, quoting the sentences that share most words with it.
pub(super) fn answer(query: &str, hits: &[Hit<'_>]) -> Answer {
    let text = quote(query, hits);
    let context: usize = hits
        .iter()
        .map(|hit| tokens(&hit.document.text).count())
        .sum();
    let prompt_tokens = INSTRUCTIONS + context + tokens(query).count();
    let completion_tokens = tokens(&text).count();
    Answer {
        sources: hits.iter().map(Source::from).collect(),
        usage: Usage {
            prompt_tokens,
            completion_tokens,
            total_tokens: prompt_tokens + completion_tokens,
        },
        text,
    }
}

/// The pieces of a text that count as one token each; joined they are the text again.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(char::is_whitespace)
}

fn quote(query: &str, hits: &[Hit<'_>]) -> String {
    if hits.is_empty() {
        return NOTHING_FOUND.to_owned();
    }
    let wanted = words(query);
    let mut parts = Vec::new();
    for (rank, hit) in hits.iter().take(QUOTED).enumerate() {
        // The best document speaks twice.
        let sentences = if rank == 0 { 2 } else { 1 };
        for sentence in best_sentences(hit, &wanted, sentences) {
            parts.push(format!("{sentence} [{}]", rank + 1));
        }
    }
    parts.join(" ")
}

/// The `count` sentences of a document that share most words with the question, in their own
/// order.
fn best_sentences<'a>(hit: &Hit<'a>, wanted: &HashSet<String>, count: usize) -> Vec<&'a str> {
    let mut ranked: Vec<(usize, usize, &str)> = hit
        .document
        .sentences()
        .enumerate()
        .map(|(place, sentence)| {
            (
                words(sentence).intersection(wanted).count(),
                place,
                sentence,
            )
        })
        .collect();
    ranked.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    ranked.truncate(count);
    ranked.sort_by_key(|&(_, place, _)| place);
    ranked
        .into_iter()
        .map(|(_, _, sentence)| sentence)
        .collect()
}

/// The words of four letters and more, in lower case: shorter ones rarely carry a meaning.
fn words(text: &str) -> HashSet<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.len() >= 4)
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::{corpus, retrieval::Index};

    #[test]
    fn an_answer_quotes_its_best_document_and_counts_its_tokens() {
        let index = Index::build(corpus::bundled().unwrap());
        let hits = index.search("What is prompt injection?", 3);
        let answer = answer("What is prompt injection?", &hits);
        assert!(
            answer.text.contains("Prompt injection hides"),
            "{}",
            answer.text
        );
        assert!(answer.text.contains("[1]"));
        assert_eq!(answer.sources.len(), 3);
        assert_eq!(answer.usage.completion_tokens, tokens(&answer.text).count());
        assert_eq!(tokens(&answer.text).collect::<String>(), answer.text);
    }

    #[test]
    fn without_documents_it_says_so() {
        let answer = answer("xyzzy", &[]);
        assert_eq!(answer.text, NOTHING_FOUND);
        assert!(answer.sources.is_empty());
    }
}
