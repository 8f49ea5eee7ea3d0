//! What an answer's headers tell of limits on requests and tokens.
//!
//! Owns every family of such headers: OpenAI and those that copy it, Azure, Anthropic, the IETF
//! draft in its old and new forms, and `Retry-After`. Must not know what is done about a limit.

use std::time::Duration;

use http::{HeaderMap, HeaderName};
use jiff::Timestamp;

use crate::model::Counted;
use crate::model::units::parse_duration;

/// Waits longer than this are cut: no run lasts so long.
const LONGEST: Duration = Duration::from_hours(24 * 366);
/// A `reset` above this many seconds is a date, counted from 1970.
const EARLIEST_DATE: f64 = 1e9;

/// What the headers of one answer tell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RateLimit {
    /// What is left, of each thing that is counted; several windows may count the same thing.
    pub budgets: Vec<Budget>,
    /// How long to wait before another request.
    pub retry_after: Option<Duration>,
}

/// What is left of one thing that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// What is counted.
    pub of: Counted,
    /// How many are allowed in a window, where it is told.
    pub limit: Option<u64>,
    /// How many are left.
    pub remaining: u64,
    /// How long until the window starts anew, where it is told.
    pub resets_in: Option<Duration>,
}

impl RateLimit {
    /// Reads the headers of an answer that arrived at `now`, time since 1970.
    #[must_use]
    pub fn of(headers: &HeaderMap, now: Duration) -> RateLimit {
        // Nearly every answer has none of them, and is asked for them all the same: names are
        // looked at where they stand, and nothing is allocated.
        if !headers.keys().any(tells) {
            return RateLimit::default();
        }
        let headers = Headers { headers, now };
        let mut budgets = Vec::new();
        for of in Counted::ALL {
            let name = of.name();
            budgets.extend(headers.family(of, |part| format!("x-ratelimit-{part}-{name}")));
            budgets.extend(headers.family(of, |part| format!("anthropic-ratelimit-{name}-{part}")));
        }
        for prefix in ["x-ratelimit", "ratelimit", "x-rate-limit"] {
            let family = headers.family(Counted::Requests, |part| format!("{prefix}-{part}"));
            budgets.extend(family);
        }
        for value in headers.headers.get_all("ratelimit") {
            let value = value.to_str().unwrap_or_default();
            budgets.extend(drafted(value, headers.text("ratelimit-policy")));
        }
        RateLimit {
            budgets,
            retry_after: headers.retry_after(),
        }
    }

    /// The lowest budget of one thing: the least left, and of the same the one that lasts longest.
    #[must_use]
    pub fn lowest(&self, of: Counted) -> Option<Budget> {
        let own = self.budgets.iter().filter(|budget| budget.of == of);
        own.min_by_key(|budget| (budget.remaining, std::cmp::Reverse(budget.resets_in)))
            .copied()
    }
}

/// Whether a header of this name tells of a limit.
fn tells(name: &HeaderName) -> bool {
    let name = name.as_str().as_bytes();
    let begins = |with: &[&[u8]]| with.iter().any(|with| name.starts_with(with));
    match name.first() {
        Some(b'x') => begins(&[b"x-ratelimit", b"x-rate-limit", b"x-ms-retry-after"]),
        Some(b'r') => begins(&[b"ratelimit", b"retry-after"]),
        Some(b'a') => begins(&[b"anthropic-ratelimit"]),
        _ => false,
    }
}

/// The headers of one answer.
struct Headers<'h> {
    headers: &'h HeaderMap,
    now: Duration,
}

impl Headers<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        // Go writes `µs`, which is no ASCII.
        let bytes = self.headers.get(name)?.as_bytes();
        std::str::from_utf8(bytes).ok().map(str::trim)
    }

    /// A family of three headers: `limit`, `remaining`, `reset`.
    fn family(&self, of: Counted, name: impl Fn(&str) -> String) -> Option<Budget> {
        let number = |part: &str| self.text(&name(part)).and_then(whole_number);
        Some(Budget {
            of,
            limit: number("limit"),
            remaining: number("remaining")?,
            resets_in: self
                .text(&name("reset"))
                .and_then(|text| wait(text, self.now)),
        })
    }

    /// The first of the headers that say when to come again; milliseconds are the most exact.
    fn retry_after(&self) -> Option<Duration> {
        let in_millis = ["retry-after-ms", "x-ms-retry-after-ms"]
            .into_iter()
            .find_map(|name| self.text(name)?.parse::<f64>().ok())
            .and_then(|millis| seconds(millis / 1e3));
        in_millis.or_else(|| wait(self.text("retry-after")?, self.now))
    }
}

/// A number of at least 0. Azure sends −1 for what it does not know.
fn whole_number(text: &str) -> Option<u64> {
    // `100, 100;w=60` in an early draft: the first number is the one in force.
    let first = text.split([',', ';']).next().unwrap_or_default().trim();
    first.parse().ok()
}

/// The time from `now` on that a header names: seconds, `6m0s`, or a date in any form of HTTP
/// or RFC 3339; zero for a date that has passed.
fn wait(text: &str, now: Duration) -> Option<Duration> {
    if let Ok(number) = text.parse::<f64>() {
        return if number >= EARLIEST_DATE {
            Some(seconds(number)?.saturating_sub(now).min(LONGEST))
        } else {
            seconds(number)
        };
    }
    if let Some(wait) = go_duration(text) {
        return Some(wait.min(LONGEST));
    }
    let date = date(text)?;
    let date = Duration::try_from(date.duration_since(Timestamp::UNIX_EPOCH)).ok()?;
    Some(date.saturating_sub(now).min(LONGEST))
}

fn seconds(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|wait| *wait <= Duration::from_secs(1 << 40))
}

/// Go's way to write a duration: ours, and parts of a millisecond.
fn go_duration(text: &str) -> Option<Duration> {
    let small = [("µs", 1e-6), ("μs", 1e-6), ("us", 1e-6), ("ns", 1e-9)];
    let small = small.into_iter().find_map(|(unit, scale)| {
        let count: f64 = text.strip_suffix(unit)?.parse().ok()?;
        seconds(count * scale)
    });
    small.or_else(|| parse_duration(text).ok())
}

/// A date: RFC 3339, or one of the three forms of HTTP (RFC 9110, 5.6.7).
fn date(text: &str) -> Option<Timestamp> {
    let in_utc = |format: &str| {
        let parsed = jiff::fmt::strtime::parse(format, text).ok()?;
        let date = parsed.to_datetime().ok()?;
        jiff::tz::TimeZone::UTC.to_timestamp(date).ok()
    };
    let rfc_3339 = text.parse::<Timestamp>().ok();
    rfc_3339.or_else(|| {
        let forms = [
            "%a, %d %b %Y %H:%M:%S GMT",
            "%A, %d-%b-%y %H:%M:%S GMT",
            "%a %b %e %H:%M:%S %Y",
        ];
        forms.into_iter().find_map(in_utc)
    })
}

/// The one header of the IETF draft: `"default";r=50;t=30` with the limit in the policy's `q`,
/// several separated by commas; or its earlier form `limit=100, remaining=50, reset=5`.
fn drafted(value: &str, policy: Option<&str>) -> Vec<Budget> {
    let parameter = |item: &str, name: &str| {
        let mut parts = item.split([';', ',']).map(str::trim);
        let text = parts.find_map(|part| part.strip_prefix(name)?.strip_prefix('='))?;
        whole_number(text)
    };
    let resets_in = |seconds: Option<u64>| seconds.map(|s| Duration::from_secs(s).min(LONGEST));
    if let Some(remaining) = parameter(value, "remaining") {
        return vec![Budget {
            of: Counted::Requests,
            limit: parameter(value, "limit"),
            remaining,
            resets_in: resets_in(parameter(value, "reset")),
        }];
    }
    let budget = |item: &str| {
        let name = item.split(';').next().unwrap_or_default().trim();
        let policies = policy.unwrap_or_default().split(',').map(str::trim);
        let own = policies
            .into_iter()
            .find(|policy| policy.split(';').next().unwrap_or_default().trim() == name);
        Some(Budget {
            of: Counted::Requests,
            limit: own.and_then(|policy| parameter(policy, "q")),
            remaining: parameter(item, "r")?,
            resets_in: resets_in(parameter(item, "t")),
        })
    };
    value.split(',').filter_map(budget).collect()
}

#[cfg(test)]
mod tests;
