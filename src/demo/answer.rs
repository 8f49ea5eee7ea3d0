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
/// The reply of a model that was given the documents and does not see the answer in them.
const DOES_NOT_KNOW: &str =
    "I don't know. The documents I was given do not say enough to answer this question.";
/// Documents an answer quotes at most.
const QUOTED: usize = 3;
/// Tokens the instructions before the passages would take.
pub(super) const INSTRUCTIONS: usize = 40;

/// An answer and what it rests on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Answer {
    /// The text.
    pub(super) text: String,
    /// The documents put into the prompt, best first.
    pub(super) sources: Vec<Source>,
    /// Whether it only says that it does not know.
    pub(super) degraded: bool,
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
    /// Its BM25 score, to four digits after the point.
    pub(super) score: f64,
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
    /// What of the prompt was known already; told only where there is a cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) prompt_tokens_details: Option<PromptDetails>,
    /// What of the answer was reasoning; told only where there was any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) completion_tokens_details: Option<CompletionDetails>,
}

/// Of the tokens read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct PromptDetails {
    /// Those that did not have to be read again.
    pub(super) cached_tokens: usize,
}

/// Of the tokens written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct CompletionDetails {
    /// Those of reasoning before the answer.
    pub(super) reasoning_tokens: usize,
}

impl Usage {
    fn new(prompt_tokens: usize, completion_tokens: usize) -> Self {
        Usage {
            prompt_tokens,
            completion_tokens,
            total_tokens: prompt_tokens + completion_tokens,
            prompt_tokens_details: None,
            completion_tokens_details: None,
        }
    }

    /// The same with so many tokens of earlier turns in the prompt.
    pub(super) fn with_history(mut self, tokens: usize) -> Self {
        self.prompt_tokens += tokens;
        self.total_tokens += tokens;
        self
    }

    /// The same with so many tokens of the prompt known already.
    pub(super) fn with_cached(mut self, cached_tokens: usize) -> Self {
        self.prompt_tokens_details = Some(PromptDetails { cached_tokens });
        self
    }

    /// The same with an answer of so many tokens, so many of which are reasoning.
    pub(super) fn cut_to(mut self, completion_tokens: usize, reasoning_tokens: usize) -> Self {
        self.completion_tokens = completion_tokens;
        self.total_tokens = self.prompt_tokens + completion_tokens;
        if let Some(details) = &mut self.completion_tokens_details {
            details.reasoning_tokens = reasoning_tokens;
        }
        self
    }

    /// The same with so many tokens of reasoning before the answer.
    pub(super) fn with_reasoning(mut self, reasoning_tokens: usize) -> Self {
        if reasoning_tokens > 0 {
            self.completion_tokens += reasoning_tokens;
            self.total_tokens += reasoning_tokens;
            self.completion_tokens_details = Some(CompletionDetails { reasoning_tokens });
        }
        self
    }
}

impl From<&Hit<'_>> for Source {
    fn from(hit: &Hit<'_>) -> Self {
        Source {
            id: hit.document.id.clone(),
            title: hit.document.title.clone(),
            score: (f64::from(hit.score) * 1e4).round() / 1e4,
            text: hit.document.text.clone(),
        }
    }
}

/// Answers `query` from `hits`, quoting the sentences that share most words with it.
pub(super) fn answer(query: &str, hits: &[Hit<'_>]) -> Answer {
    if hits.is_empty() {
        return degraded(query, hits, NOTHING_FOUND);
    }
    let text = quote(query, hits);
    made_of(query, hits, text)
}

/// Says that `hits` do not answer `query`, whatever they hold.
pub(super) fn give_up(query: &str, hits: &[Hit<'_>]) -> Answer {
    degraded(query, hits, DOES_NOT_KNOW)
}

fn degraded(query: &str, hits: &[Hit<'_>], text: &str) -> Answer {
    Answer {
        degraded: true,
        ..made_of(query, hits, text.to_owned())
    }
}

fn made_of(query: &str, hits: &[Hit<'_>], text: String) -> Answer {
    let context: usize = hits
        .iter()
        .map(|hit| tokens(&hit.document.text).count())
        .sum();
    let prompt_tokens = INSTRUCTIONS + context + tokens(query).count();
    Answer {
        sources: hits.iter().map(Source::from).collect(),
        degraded: false,
        usage: Usage::new(prompt_tokens, tokens(&text).count()),
        text,
    }
}

/// The pieces of a text that count as one token each; joined they are the text again.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = &str> + Clone {
    text.split_inclusive(char::is_whitespace)
}

fn quote(query: &str, hits: &[Hit<'_>]) -> String {
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
        assert!(answer.degraded);
    }

    #[test]
    fn one_that_gives_up_keeps_its_sources_and_says_that_it_does_not_know() {
        let index = Index::build(corpus::bundled().unwrap());
        let hits = index.search("What is prompt injection?", 3);
        let answer = give_up("What is prompt injection?", &hits);
        assert!(answer.text.starts_with("I don't know"));
        assert!(answer.degraded);
        assert_eq!(answer.sources.len(), 3);
    }
}
