//! How an observed figure must compare with its limit.
//!
//! Must not know what the figures are.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
}

impl Comparison {
    /// Every comparison.
    pub const ALL: [Comparison; 6] = [
        Comparison::Less,
        Comparison::AtMost,
        Comparison::Greater,
        Comparison::AtLeast,
        Comparison::Equal,
        Comparison::NotEqual,
    ];

    /// Its sign: `<`.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Comparison::Less => "<",
            Comparison::AtMost => "<=",
            Comparison::Greater => ">",
            Comparison::AtLeast => ">=",
            Comparison::Equal => "==",
            Comparison::NotEqual => "!=",
        }
    }

    /// The comparison of this sign.
    pub(super) fn from_sign(sign: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.sign() == sign)
    }

    /// Whether the observed figure compares so with the limit, both in the same unit. A figure
    /// that is not a number meets no comparison.
    #[must_use]
    pub fn holds(self, observed: f64, limit: f64) -> bool {
        let Some(order) = observed.partial_cmp(&limit) else {
            return false;
        };
        match self {
            Comparison::Less => order == Ordering::Less,
            Comparison::AtMost => order != Ordering::Greater,
            Comparison::Greater => order == Ordering::Greater,
            Comparison::AtLeast => order != Ordering::Less,
            Comparison::Equal => order == Ordering::Equal,
            Comparison::NotEqual => order != Ordering::Equal,
        }
    }
}

impl fmt::Display for Comparison {
    /// The sign.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sign())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_comparison_holds_where_its_sign_says() {
        let cases = [
            (Comparison::Less, [true, false, false]),
            (Comparison::AtMost, [true, true, false]),
            (Comparison::Greater, [false, false, true]),
            (Comparison::AtLeast, [false, true, true]),
            (Comparison::Equal, [false, true, false]),
            (Comparison::NotEqual, [true, false, true]),
        ];
        for (comparison, expected) in cases {
            let held = [1.0, 2.0, 3.0].map(|observed| comparison.holds(observed, 2.0));
            assert_eq!(held, expected, "{comparison}");
            assert!(!comparison.holds(f64::NAN, 2.0), "{comparison}");
        }
    }
}
