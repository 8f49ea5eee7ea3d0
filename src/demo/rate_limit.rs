//! Telling callers what the rate limit leaves them.
//!
//! Owns the families of headers that services use for it. Must not know how requests are counted.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use super::moment::rfc_3339;

/// Whose headers tell of the rate limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HeaderFamily {
    /// `x-ratelimit-remaining-requests` and its like; durations as Go writes them.
    #[default]
    Openai,
    /// What is left, and waits in milliseconds.
    Azure,
    /// `anthropic-ratelimit-requests-remaining` and its like; moments as RFC 3339 writes them.
    Anthropic,
    /// `RateLimit` and `RateLimit-Policy` of the IETF's draft.
    Ietf,
    /// Nothing but `Retry-After`.
    None,
}

/// Tokens that a request counts as, in the headers on tokens: the limit itself is on requests.
const TOKENS_PER_REQUEST: u64 = 1000;

/// How the rate limit stands for one request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Standing {
    /// Requests allowed a second.
    pub(super) per_second: f64,
    /// Requests that could follow at once.
    pub(super) remaining: u64,
    /// How long until all of a second's requests could.
    pub(super) full_in: Duration,
    /// How long until the next one is let through, for one that was refused.
    pub(super) refused_for: Option<Duration>,
}

impl HeaderFamily {
    const ALL: [HeaderFamily; 5] = [
        HeaderFamily::Openai,
        HeaderFamily::Azure,
        HeaderFamily::Anthropic,
        HeaderFamily::Ietf,
        HeaderFamily::None,
    ];

    /// The name it is chosen by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            HeaderFamily::Openai => "openai",
            HeaderFamily::Azure => "azure",
            HeaderFamily::Anthropic => "anthropic",
            HeaderFamily::Ietf => "ietf",
            HeaderFamily::None => "none",
        }
    }

    /// The headers for a request that stands so at `now`, time since 1970.
    pub(super) fn headers(self, standing: &Standing, now: Duration) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in self.limits(standing, now) {
            put(&mut headers, name, &value);
        }
        if let Some(wait) = standing.refused_for {
            put(&mut headers, "retry-after", &whole_seconds(wait).max(1));
            if self == HeaderFamily::Azure {
                put(&mut headers, "retry-after-ms", &wait.as_millis());
                put(&mut headers, "x-ms-retry-after-ms", &wait.as_millis());
            }
        }
        headers
    }

    fn limits(self, standing: &Standing, now: Duration) -> Vec<(&'static str, String)> {
        let remaining = standing.remaining.to_string();
        let limit = standing.per_second.max(1.0).floor().to_string();
        let seconds = whole_seconds(standing.full_in);
        let tokens = (standing.remaining * TOKENS_PER_REQUEST).to_string();
        let most_tokens = format!("{limit}000");
        let reset = format!("{}ms", standing.full_in.as_millis());
        match self {
            HeaderFamily::Openai => vec![
                ("x-ratelimit-limit-requests", limit),
                ("x-ratelimit-remaining-requests", remaining),
                ("x-ratelimit-reset-requests", reset.clone()),
                ("x-ratelimit-limit-tokens", most_tokens),
                ("x-ratelimit-remaining-tokens", tokens),
                ("x-ratelimit-reset-tokens", reset),
            ],
            HeaderFamily::Azure => vec![
                ("x-ratelimit-remaining-requests", remaining),
                ("x-ratelimit-remaining-tokens", tokens),
            ],
            HeaderFamily::Anthropic => vec![
                ("anthropic-ratelimit-requests-limit", limit),
                ("anthropic-ratelimit-requests-remaining", remaining),
                (
                    "anthropic-ratelimit-requests-reset",
                    rfc_3339(now + standing.full_in),
                ),
                ("anthropic-ratelimit-tokens-limit", most_tokens),
                ("anthropic-ratelimit-tokens-remaining", tokens),
                (
                    "anthropic-ratelimit-tokens-reset",
                    rfc_3339(now + standing.full_in),
                ),
            ],
            HeaderFamily::Ietf => vec![
                ("ratelimit-policy", format!("\"demo\";q={limit};w=1")),
                ("ratelimit", format!("\"demo\";r={remaining};t={seconds}")),
            ],
            HeaderFamily::None => Vec::new(),
        }
    }
}

impl fmt::Display for HeaderFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for HeaderFamily {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = HeaderFamily::ALL.into_iter().find(|f| f.name() == text);
        found.ok_or_else(|| {
            let names = HeaderFamily::ALL.map(HeaderFamily::name).join(", ");
            format!("must be one of {names}")
        })
    }
}

fn put(headers: &mut HeaderMap, name: &'static str, value: &impl ToString) {
    if let Ok(value) = HeaderValue::from_str(&value.to_string()) {
        headers.insert(HeaderName::from_static(name), value);
    }
}

/// Rounded up: who comes back earlier is refused again.
fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(family: HeaderFamily) -> Vec<String> {
        let standing = Standing {
            per_second: 5.0,
            remaining: 3,
            full_in: Duration::from_millis(1400),
            refused_for: Some(Duration::from_millis(250)),
        };
        let headers = family.headers(&standing, Duration::from_secs(1_800_000_000));
        let shown = |(name, value): (&HeaderName, &HeaderValue)| {
            format!("{name}: {}", value.to_str().unwrap())
        };
        headers.iter().map(shown).collect()
    }

    #[test]
    fn each_family_tells_the_same_in_its_own_words() {
        let openai = [
            "x-ratelimit-limit-requests: 5",
            "x-ratelimit-remaining-requests: 3",
            "x-ratelimit-reset-requests: 1400ms",
            "x-ratelimit-limit-tokens: 5000",
            "x-ratelimit-remaining-tokens: 3000",
            "x-ratelimit-reset-tokens: 1400ms",
            "retry-after: 1",
        ];
        assert_eq!(told(HeaderFamily::Openai), openai);
        let azure = [
            "x-ratelimit-remaining-requests: 3",
            "x-ratelimit-remaining-tokens: 3000",
            "retry-after: 1",
            "retry-after-ms: 250",
            "x-ms-retry-after-ms: 250",
        ];
        assert_eq!(told(HeaderFamily::Azure), azure);
        let anthropic = [
            "anthropic-ratelimit-requests-limit: 5",
            "anthropic-ratelimit-requests-remaining: 3",
            "anthropic-ratelimit-requests-reset: 2027-01-15T08:00:01.400000Z",
            "anthropic-ratelimit-tokens-limit: 5000",
            "anthropic-ratelimit-tokens-remaining: 3000",
            "anthropic-ratelimit-tokens-reset: 2027-01-15T08:00:01.400000Z",
            "retry-after: 1",
        ];
        assert_eq!(told(HeaderFamily::Anthropic), anthropic);
        let ietf = [
            "ratelimit-policy: \"demo\";q=5;w=1",
            "ratelimit: \"demo\";r=3;t=2",
            "retry-after: 1",
        ];
        assert_eq!(told(HeaderFamily::Ietf), ietf);
        assert_eq!(told(HeaderFamily::None), ["retry-after: 1"]);
    }

    #[test]
    fn a_family_is_read_by_its_name_alone() {
        for family in HeaderFamily::ALL {
            assert_eq!(family.name().parse(), Ok(family));
        }
        let refused = "github".parse::<HeaderFamily>().unwrap_err();
        assert_eq!(
            refused,
            "must be one of openai, azure, anthropic, ietf, none"
        );
    }
}
