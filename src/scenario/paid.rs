//! Whether somebody pays for answers, and about how much, before any is asked for.
//!
//! Pure: decided from the plan alone. Must not know who is told or asked.

use http::HeaderName;
use http::header::AUTHORIZATION;
use url::Host;

use super::estimate;
use super::host::HostClass;
use super::plan::{Plan, RequestStep, Step, UserClass};
use crate::stats::Budget;

/// Hosts of services whose every answer is paid for; a leading dot stands for every host below.
const PAID_HOSTS: [&str; 17] = [
    "api.openai.com",
    "api.anthropic.com",
    ".openai.azure.com",
    ".services.ai.azure.com",
    ".amazonaws.com",
    "generativelanguage.googleapis.com",
    ".aiplatform.googleapis.com",
    "api.mistral.ai",
    "api.cohere.com",
    "api.groq.com",
    "api.together.xyz",
    "api.fireworks.ai",
    "api.deepseek.com",
    "api.perplexity.ai",
    "api.x.ai",
    "openrouter.ai",
    "router.huggingface.co",
];
/// Headers of keys, beside `Authorization`.
const KEY_HEADERS: [HeaderName; 3] = [
    HeaderName::from_static("x-api-key"),
    HeaderName::from_static("api-key"),
    HeaderName::from_static("x-goog-api-key"),
];

/// Why answers of this plan's target are likely paid for; none where nothing says so, and never on
/// this machine.
#[must_use]
pub fn reason(plan: &Plan) -> Option<&'static str> {
    if plan.target.class == HostClass::Loopback {
        return None;
    }
    if plan.price.is_some() {
        return Some("its answers have a price");
    }
    if is_paid_host(plan) {
        return Some("it is an API that is paid for by use");
    }
    let public = matches!(plan.target.class, HostClass::Public | HostClass::Production);
    (public && sends_key(plan)).then_some("it is public and requests carry a key")
}

/// Whether somebody may have to pay, and nothing limits how much.
#[must_use]
pub fn is_unlimited(plan: &Plan) -> bool {
    plan.budget == Budget::default() && reason(plan).is_some()
}

fn is_paid_host(plan: &Plan) -> bool {
    let Some(Host::Domain(name)) = plan.target.base.host() else {
        return false;
    };
    let name = name.trim_end_matches('.');
    PAID_HOSTS
        .iter()
        .any(|known| match known.strip_prefix('.') {
            Some(_) => name.ends_with(known),
            None => name == *known,
        })
}

fn sends_key(plan: &Plan) -> bool {
    let steps = plan.classes.iter().flat_map(UserClass::steps);
    let mut requests = steps.filter_map(as_request);
    requests.any(|request| {
        let sends = |name: &HeaderName| request.spec.sends(name);
        sends(&AUTHORIZATION) || KEY_HEADERS.iter().any(sends)
    })
}

fn as_request(step: &Step) -> Option<&RequestStep> {
    match step {
        Step::Request(request) => Some(request),
        Step::Wait(_) => None,
    }
}

/// About what a run costs before it is sent, by what the scenario expects of an answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CostEstimate {
    /// What one answer costs, none of its prompt out of a cache.
    pub each: f64,
    /// About how many declared answers there will be if each comes at once; none where that
    /// depends on the target alone.
    pub answers: Option<u64>,
    /// About how many of them the budget is for at most; none where there is none.
    pub reach: Option<u64>,
}

impl CostEstimate {
    /// Of this plan; none where there is no price, or nobody says what an answer takes.
    #[must_use]
    pub fn of(plan: &Plan) -> Option<CostEstimate> {
        let (price, expected) = (plan.price?, plan.expected_tokens?);
        let (input, output) = (f64::from(expected.input), f64::from(expected.output));
        let each = input * price.input + output * price.output;
        let of_cost = plan.budget.cost.map(|cost| cost / each);
        let tokens = plan.budget.tokens.map(estimate::as_f64);
        let of_tokens = tokens.map(|tokens| tokens / (input + output));
        // No answer without a request.
        let of_requests = plan.budget.requests.map(estimate::as_f64);
        let reach = [of_cost, of_tokens, of_requests].into_iter().flatten();
        let reach = reach.filter(|count| count.is_finite()).reduce(f64::min);
        Some(CostEstimate {
            each,
            answers: estimate::answers(plan),
            reach: reach.and_then(estimate::whole),
        })
    }

    /// What all of them cost.
    #[must_use]
    pub fn total(&self) -> Option<f64> {
        Some(estimate::as_f64(self.answers?) * self.each)
    }
}
