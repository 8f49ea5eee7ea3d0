//! What tokens cost, and what may be spent.
//!
//! Owns the formula: prompt tokens that came out of the service's cache at their own price, the
//! others at the full one, output tokens at theirs. Prices come from scenarios alone. Must not
//! know who pays.

use serde::{Deserialize, Serialize};

use super::entry::as_f64;
use super::{Delta, Entry};

/// Prices of one token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Price {
    /// Of a prompt.
    pub input: f64,
    /// Of a prompt, out of the service's cache; as any other where it is not given.
    pub cached_input: Option<f64>,
    /// Of an answer.
    pub output: f64,
}

/// What may be spent; none for what has no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Budget {
    /// Requests sent, retries and those cut off by the end of the run included; whoever sends them
    /// keeps it.
    pub requests: Option<u64>,
    /// Tokens of prompts and answers, as far as they are known.
    pub tokens: Option<u64>,
    /// What they cost.
    pub cost: Option<f64>,
}

/// What was spent. Unlike statistics it is never reset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    answers: u64,
    good: u64,
    input: u64,
    cached: u64,
    output: u64,
}

/// What a run cost, in the currency of its prices.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// All of it.
    pub total: f64,
    /// For a thousand successful answers; none without any.
    pub per_1000_answers: Option<f64>,
    /// For each answer that met its objectives, where it has any; none without such answers.
    pub per_good_answer: Option<f64>,
}

impl Spent {
    /// Adds what one stretch took.
    pub fn add(&mut self, delta: &Delta) {
        delta.entries.iter().for_each(|entry| self.add_entry(entry));
    }

    fn add_entry(&mut self, entry: &Entry) {
        self.good += entry.goodput.good;
        if let Some(counts) = &entry.answers {
            self.answers += entry.requests - entry.failures;
            self.input += counts.prompt_tokens.unwrap_or(0);
            self.cached += counts.cached_tokens.unwrap_or(0);
            self.output += counts.output_tokens;
        }
    }

    fn tokens(&self) -> u64 {
        self.input + self.output
    }

    /// What it costs at these prices.
    #[must_use]
    pub fn cost(&self, price: &Price) -> Cost {
        let cached = self.cached.min(self.input);
        let total = as_f64(self.input - cached) * price.input
            + as_f64(cached) * price.cached_input.unwrap_or(price.input)
            + as_f64(self.output) * price.output;
        let each = |count: u64| (count > 0).then(|| total / as_f64(count));
        Cost {
            total,
            per_1000_answers: each(self.answers).map(|each| each * 1000.0),
            per_good_answer: each(self.good),
        }
    }

    /// Which budget of tokens or money is used up, with what was spent; none while there is
    /// something left of each.
    #[must_use]
    pub fn exceeds(&self, budget: &Budget, price: Option<&Price>) -> Option<String> {
        let cost = price.map(|price| self.cost(price).total);
        let tokens = self.tokens();
        let of_tokens = (budget.tokens)
            .filter(|most| tokens >= *most)
            .map(|most| format!("budget of {most} tokens: {tokens} used"));
        let of_cost = (budget.cost.zip(cost))
            .filter(|(most, cost)| cost >= most)
            .map(|(most, cost)| format!("budget of {}: {} spent", money(most), money(cost)));
        of_tokens.or(of_cost)
    }
}

/// An amount for reading: two decimals, more where it is small.
#[must_use]
pub fn money(amount: f64) -> String {
    if amount == 0.0 || amount >= 1.0 {
        format!("{amount:.2}")
    } else if amount >= 0.01 {
        format!("{amount:.3}")
    } else {
        format!("{amount:.6}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::{AnswerCounts, GoodCounts};

    fn spent() -> Spent {
        let counts = AnswerCounts {
            prompt_tokens: Some(3_000_000),
            cached_tokens: Some(1_000_000),
            output_tokens: 500_000,
            ..AnswerCounts::default()
        };
        let mut spent = Spent::default();
        spent.add(&Delta {
            entries: vec![Entry {
                requests: 1100,
                failures: 100,
                interrupted: 5,
                answers: Some(Box::new(counts)),
                goodput: GoodCounts {
                    good: 500,
                    judged: 1100,
                },
                ..Entry::default()
            }],
            ..Delta::default()
        });
        spent
    }

    const PRICE: Price = Price {
        input: 0.15e-6,
        cached_input: Some(0.075e-6),
        output: 0.60e-6,
    };

    #[test]
    fn tokens_out_of_a_cache_have_a_price_of_their_own() {
        let cost = spent().cost(&PRICE);
        assert!((cost.total - 0.675).abs() < 1e-12, "{}", cost.total);
        assert!((cost.per_1000_answers.unwrap() - 0.675).abs() < 1e-12);
        assert!((cost.per_good_answer.unwrap() - 0.00135).abs() < 1e-12);
        let dearer = Price {
            cached_input: None,
            ..PRICE
        };
        assert!((spent().cost(&dearer).total - 0.75).abs() < 1e-12);
        assert_eq!(Spent::default().cost(&PRICE).per_1000_answers, None);
    }

    #[test]
    fn a_budget_is_used_up_when_as_much_was_spent() {
        let budget = |tokens, cost| Budget {
            requests: Some(1),
            tokens,
            cost,
        };
        let told = |budget| spent().exceeds(&budget, Some(&PRICE));
        assert_eq!(told(Budget::default()), None);
        assert_eq!(told(budget(Some(3_500_001), Some(0.7))), None);
        for (budget, text) in [
            (
                budget(Some(3_500_000), None),
                "budget of 3500000 tokens: 3500000 used",
            ),
            (budget(None, Some(0.6)), "budget of 0.600: 0.675 spent"),
        ] {
            assert_eq!(told(budget).as_deref(), Some(text));
        }
        assert_eq!(
            [0.0, 12.0, 0.5, 0.00012].map(money),
            ["0.00", "12.00", "0.500", "0.000120"]
        );
    }
}
