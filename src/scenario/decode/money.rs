//! `price` and `budget`: what tokens cost, and what a run may spend.
//!
//! Must not know what is spent.

use crate::stats::cost::{Budget, Price};

use super::super::plan::ExpectedTokens;
use super::super::problems::Report;
use super::value::{At, Keys};

pub(super) const PRICE_KEYS: Keys = Keys {
    known: &[
        "input",
        "cached_input",
        "output",
        "expected_input",
        "expected_output",
    ],
    later: &[],
};
pub(super) const BUDGET_KEYS: Keys = Keys {
    known: &["requests", "tokens", "cost"],
    later: &[],
};

/// Prices of tokens.
pub(in super::super) fn price(at: &At<'_>, report: &mut Report) -> Option<Price> {
    let wanted = "a map such as { input: 0.15/M, output: 0.60/M }";
    let fields = at.fields(&PRICE_KEYS, report, wanted)?;
    let mut of = |key: &str| fields.get(key).and_then(|at| per_token(&at, report));
    let price = Price {
        input: of("input").unwrap_or(0.0),
        cached_input: of("cached_input"),
        output: of("output").unwrap_or(0.0),
    };
    if fields.present(&PRICE_KEYS.known[..3]).is_empty() && !fields.refused {
        at.wrong(report, wanted);
    }
    Some(price)
}

/// What `price` says that an answer takes: both, or nothing could be told from it. What is wrong
/// with the map as a whole, [`price`] says.
pub(in super::super) fn expected(at: &At<'_>, report: &mut Report) -> Option<ExpectedTokens> {
    at.as_entries()?;
    let mut quiet = Report::default();
    let fields = at.fields(&PRICE_KEYS, &mut quiet, "")?;
    let mut tokens = |key: &str| fields.get(key).map(|at| at.count(report, 0));
    match (tokens("expected_input"), tokens("expected_output")) {
        (None, None) => None,
        (Some(input), Some(output)) => Some(ExpectedTokens {
            input: input?,
            output: output?,
        }),
        (Some(_), None) | (None, Some(_)) => {
            let message = "needs `expected_input` and `expected_output`, or neither";
            at.problem(report, message);
            None
        }
    }
}

/// What a run may spend; a budget of money needs prices.
pub(in super::super) fn budget(at: &At<'_>, priced: bool, report: &mut Report) -> Budget {
    let wanted = "a map such as { requests: 100000, tokens: 2M, cost: 5.00 }";
    let Some(fields) = at.fields(&BUDGET_KEYS, report, wanted) else {
        return Budget::default();
    };
    let mut whole = |key: &str| fields.get(key).and_then(|at| amount(&at, report));
    let budget = Budget {
        requests: whole("requests"),
        tokens: whole("tokens"),
        cost: fields.get("cost").and_then(|at| cost(&at, priced, report)),
    };
    if fields.present(BUDGET_KEYS.known).is_empty() && !fields.refused {
        at.wrong(report, wanted);
    }
    budget
}

/// `0.15/M`: an amount for so many tokens.
fn per_token(at: &At<'_>, report: &mut Report) -> Option<f64> {
    let text = at.text(report)?;
    let price = text.split_once('/').and_then(|(amount, of)| {
        let scale = scale(of.trim())?;
        Some(number(amount)? / scale)
    });
    if price.is_none() {
        at.wrong(
            report,
            "a price for so many tokens, such as 0.15/M or 0.002/K",
        );
    }
    price
}

/// `100000`, `2M`, `500K`: a whole number above 0.
fn amount(at: &At<'_>, report: &mut Report) -> Option<u64> {
    let text = at.text(report)?;
    let trimmed = text.trim();
    let (digits, scale) = match trimmed.char_indices().last() {
        Some((end, unit)) if unit.is_ascii_alphabetic() => {
            (&trimmed[..end], scale(&trimmed[end..]))
        }
        _ => (trimmed, Some(1.0)),
    };
    let whole = number(digits)
        .zip(scale)
        .map(|(number, scale)| number * scale);
    let whole = whole.filter(|whole| *whole >= 1.0 && whole.fract() == 0.0 && *whole < 1e15);
    if whole.is_none() {
        at.wrong(report, "a whole number above 0, such as 100000, 500K or 2M");
    }
    whole.and_then(|whole| format!("{whole:.0}").parse().ok())
}

fn cost(at: &At<'_>, priced: bool, report: &mut Report) -> Option<f64> {
    if !priced {
        at.problem(report, "needs `price`: nobody knows what a token costs");
        return None;
    }
    let text = at.text(report)?;
    let cost = number(&text).filter(|cost| *cost > 0.0);
    if cost.is_none() {
        at.wrong(report, "an amount above 0, such as 5.00");
    }
    cost
}

/// How many a letter stands for.
fn scale(unit: &str) -> Option<f64> {
    match unit {
        "K" | "k" => Some(1e3),
        "M" => Some(1e6),
        "B" | "G" => Some(1e9),
        _ => None,
    }
}

fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_digit() || b == b'.' || b == b'_');
    let number: f64 = plain.then(|| text.replace('_', "").parse().ok())??;
    number.is_finite().then_some(number)
}
