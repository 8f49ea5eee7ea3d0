//! What services limit and count.
//!
//! Must not know how they tell of it.

use serde::{Deserialize, Serialize};

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// Requests.
    Requests,
    /// Tokens of prompts and answers.
    Tokens,
    /// Tokens of prompts.
    InputTokens,
    /// Tokens of answers.
    OutputTokens,
}

impl Counted {
    /// Everything that is counted.
    pub const ALL: [Counted; 4] = [
        Counted::Requests,
        Counted::Tokens,
        Counted::InputTokens,
        Counted::OutputTokens,
    ];

    /// Its name in headers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Counted::Requests => "requests",
            Counted::Tokens => "tokens",
            Counted::InputTokens => "input-tokens",
            Counted::OutputTokens => "output-tokens",
        }
    }

    /// Its name for people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Counted::Requests => "requests",
            Counted::Tokens => "tokens",
            Counted::InputTokens => "input tokens",
            Counted::OutputTokens => "output tokens",
        }
    }
}
