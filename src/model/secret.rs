//! Values that must never be shown, and the masking of texts that might hold them.
//!
//! Must not know where secrets come from: the scenario's resolution lists them.

use std::cmp::Ordering;
use std::fmt;

/// What stands in the place of a secret.
pub const MASK: &str = "***";

/// A value that prints as `***`, in `Debug` and `Display` alike.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a value so that printing it does not show it.
    pub fn new(value: impl Into<String>) -> Self {
        Secret(value.into())
    }

    /// The value itself, for sending it where it belongs.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

/// Replaces every known secret in a text by `***`.
#[derive(Clone, Debug, Default)]
pub struct Masker {
    /// Longest first, so that a secret that contains another is masked whole.
    secrets: Vec<Secret>,
}

impl Masker {
    /// Shorter values are not masked: they would riddle ordinary text with asterisks.
    const SHORTEST: usize = 4;

    /// A masker for these secrets; very short ones are left out.
    pub fn new(secrets: impl IntoIterator<Item = Secret>) -> Self {
        let mut secrets: Vec<Secret> = secrets
            .into_iter()
            .filter(|secret| secret.0.len() >= Self::SHORTEST)
            .collect();
        secrets.sort_by(longest_first);
        secrets.dedup();
        Masker { secrets }
    }

    /// Masks this secret as well, unless it is very short.
    pub fn add(&mut self, secret: Secret) {
        if secret.0.len() < Self::SHORTEST {
            return;
        }
        let search = (self.secrets).binary_search_by(|known| longest_first(known, &secret));
        if let Err(place) = search {
            self.secrets.insert(place, secret);
        }
    }

    /// The text with every secret replaced.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| {
            if text.contains(&secret.0) {
                text.replace(&secret.0, MASK)
            } else {
                text
            }
        })
    }
}

fn longest_first(a: &Secret, b: &Secret) -> Ordering {
    b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_is_added_later_is_masked_as_if_known_from_the_start() {
        let mut masker = Masker::new([Secret::new("token"), Secret::new("other")]);
        for secret in ["token-of-mine", "other", "abc"] {
            masker.add(Secret::new(secret));
        }
        assert_eq!(masker.mask("token-of-mine, other, abc"), "***, ***, abc");
    }

    #[test]
    fn a_secret_within_a_longer_secret_is_masked_whole() {
        let masker = Masker::new([Secret::new("token"), Secret::new("token-of-mine")]);
        assert_eq!(
            masker.mask("sent token-of-mine and token"),
            "sent *** and ***"
        );
    }

    #[test]
    fn a_secret_never_prints() {
        let secret = Secret::new("sk-12345");
        assert_eq!(format!("{secret} {secret:?}"), "*** ***");
    }
}
