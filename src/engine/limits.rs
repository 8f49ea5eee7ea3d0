//! How near a run comes to the limits that the service tells of.
//!
//! Owns which of what is told is worth keeping. Must not know how a service tells it, nor what is
//! made of it.

use crate::model::EndpointId;
use crate::request::rate_limit::{Budget, RateLimit};
use crate::stats::{LowestBudget, Recorder};

use super::exchange::Exchange;

/// Keeps what the headers of one answer told, if they told anything.
pub(super) fn note(
    endpoint: EndpointId,
    exchange: &Exchange,
    told: &RateLimit,
    recorder: &mut Recorder,
) {
    if *told == RateLimit::default() {
        return;
    }
    let refused = exchange.status() == Some(429);
    let at = exchange.answer.headers_at.unwrap_or(exchange.done);
    let budgets = told
        .budgets
        .iter()
        .filter(|budget| is_known(budget, refused));
    let mut budgets = budgets.peekable();
    if budgets.peek().is_none() && told.retry_after.is_none() {
        return;
    }
    let limits = recorder.rate_limits(endpoint);
    limits.asked_to_wait(told.retry_after);
    for budget in budgets {
        limits.see(LowestBudget {
            of: budget.of,
            remaining: budget.remaining,
            at,
            limit: budget.limit,
        });
    }
}

/// Whether it says how much is left. Azure sends 0 (or −1, which is no count) for what it does not
/// know (openai-dotnet #838): nothing left, of no limit, for a request that was let through.
fn is_known(budget: &Budget, refused: bool) -> bool {
    let limit = budget.limit.unwrap_or(0);
    budget.remaining > 0 || limit > 0 || refused
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Counted;

    #[test]
    fn nothing_left_of_no_limit_is_not_known_unless_the_request_was_refused() {
        let known = |limit, remaining, refused| {
            let budget = Budget {
                of: Counted::Tokens,
                limit,
                remaining,
                resets_in: None,
            };
            is_known(&budget, refused)
        };
        assert!(!known(None, 0, false));
        assert!(!known(Some(0), 0, false));
        assert!(known(None, 0, true));
        assert!(known(Some(60), 0, false));
        assert!(known(None, 3, false));
    }
}
