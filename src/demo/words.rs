//! What a text is searched by: its words, in the form they are compared in.
//!
//! Enough for the bundled collection, which is short and English; a tokenizer for all languages
//! would be a good part of the whole program. Must not know what is searched.

use bm25::Tokenizer;

/// Words that every text has, and that tell nothing about it.
const EVERYWHERE: [&str; 36] = [
    "a", "an", "and", "are", "as", "at", "be", "by", "can", "do", "does", "for", "from", "how",
    "if", "in", "is", "it", "its", "no", "not", "of", "on", "or", "should", "than", "that", "the",
    "they", "this", "to", "what", "when", "which", "why", "with",
];
/// Endings that are no part of a word's meaning, the longest first.
const ENDINGS: [&str; 6] = ["ing", "ers", "ed", "er", "es", "s"];
/// Shorter stems say too little.
const SHORTEST: usize = 3;

/// Takes texts apart into words.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Words;

impl Tokenizer for Words {
    fn tokenize(&self, text: &str) -> Vec<String> {
        text.split(|letter: char| !letter.is_alphanumeric())
            .map(str::to_lowercase)
            .filter(|word| !word.is_empty() && !EVERYWHERE.contains(&word.as_str()))
            .map(|word| stem(&word).to_owned())
            .collect()
    }
}

/// The word without its ending, and without a last `e`, which endings swallow.
fn stem(word: &str) -> &str {
    let without = |ending: &&str| word.strip_suffix(*ending);
    let stem = ENDINGS
        .iter()
        .filter_map(without)
        .find(|stem| stem.chars().count() >= SHORTEST)
        .unwrap_or(word);
    stem.strip_suffix('e')
        .filter(|stem| stem.chars().count() >= SHORTEST)
        .unwrap_or(stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_in_any_of_its_forms() {
        let words = |text| Words.tokenize(text);
        assert_eq!(
            words("the documents are chunked"),
            words("Document chunking")
        );
        assert_eq!(words("rerankers ranked"), words("reranker ranks"));
        assert_eq!(words("caches"), words("cache"));
        assert_eq!(words("BM25, GPU"), ["bm25", "gpu"]);
        assert!(words("What is it?").is_empty());
    }
}
