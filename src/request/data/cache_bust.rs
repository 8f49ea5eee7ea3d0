//! Rows made to differ from all others, so that no cache has seen them.
//!
//! Must not know which caches there are.

use rand::RngExt;
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::Value;

/// What is added to each drawn row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheBust {
    /// Where it is added.
    pub at: BustAt,
    /// The column it is added to; none: the row is a text.
    pub column: Option<String>,
}

/// Where something is added to a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BustAt {
    /// In front, where it also misses caches of prompts by their beginnings.
    Prefix,
    /// Behind, where it misses caches of answers only.
    Suffix,
}

impl CacheBust {
    /// The row with a few characters of this randomness added.
    pub(super) fn apply(&self, mut row: Value, random: &mut Xoshiro256PlusPlus) -> Value {
        let nonce = format!("{:08x}", random.random::<u32>());
        let text = match &self.column {
            Some(column) => row.get_mut(column),
            None => Some(&mut row),
        };
        if let Some(Value::String(text)) = text {
            *text = match self.at {
                BustAt::Prefix => format!("[{nonce}] {text}"),
                BustAt::Suffix => format!("{text} [{nonce}]"),
            };
        }
        row
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_text_that_is_asked_changes() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
        let bust = |at, column: Option<&str>| CacheBust {
            at,
            column: column.map(str::to_owned),
        };
        let mut add = |bust: CacheBust, row: Value| bust.apply(row, &mut random);
        let first = add(bust(BustAt::Suffix, None), json!("Why?"));
        let second = add(bust(BustAt::Suffix, None), json!("Why?"));
        assert!(first.as_str().unwrap().starts_with("Why? ["));
        assert_ne!(first, second);
        let row = add(
            bust(BustAt::Prefix, Some("text")),
            json!({"id": 1, "text": "Why?"}),
        );
        assert!(row["text"].as_str().unwrap().ends_with("] Why?"));
        assert_eq!(row["id"], 1);
        let without = json!({"id": 1});
        assert_eq!(
            add(bust(BustAt::Prefix, Some("text")), without.clone()),
            without
        );
    }
}
