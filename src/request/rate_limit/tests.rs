//! Behaviour of the module above.

use http::{HeaderName, HeaderValue};
use proptest::prelude::*;

use super::*;

/// 2026-11-06 08:00:00 UTC.
const NOW: Duration = Duration::from_secs(1_793_952_000);

fn read(headers: &[(&str, &str)]) -> RateLimit {
    let pair = |(name, value): &(&str, &str)| {
        let name = HeaderName::try_from(*name).unwrap();
        (name, HeaderValue::from_bytes(value.as_bytes()).unwrap())
    };
    RateLimit::of(&headers.iter().map(pair).collect(), NOW)
}

fn budget(of: Counted, limit: Option<u64>, remaining: u64, millis: Option<u64>) -> Budget {
    Budget {
        of,
        limit,
        remaining,
        resets_in: millis.map(Duration::from_millis),
    }
}

#[test]
fn every_family_of_headers_is_read() {
    use Counted::{InputTokens, OutputTokens, Requests, Tokens};
    let openai = read(&[
        ("x-ratelimit-limit-requests", "60"),
        ("x-ratelimit-remaining-requests", "59"),
        ("x-ratelimit-reset-requests", "1s"),
        ("x-ratelimit-limit-tokens", "150000"),
        ("x-ratelimit-remaining-tokens", "149984"),
        ("x-ratelimit-reset-tokens", "6m0s"),
    ]);
    let expected = [
        budget(Requests, Some(60), 59, Some(1000)),
        budget(Tokens, Some(150_000), 149_984, Some(360_000)),
    ];
    assert_eq!(openai.budgets, expected);
    let azure = read(&[
        ("x-ratelimit-remaining-requests", "-1"),
        ("x-ratelimit-remaining-tokens", "0"),
        ("retry-after", "7"),
        ("retry-after-ms", "6543"),
    ]);
    assert_eq!(azure.budgets, [budget(Tokens, None, 0, None)]);
    assert_eq!(azure.retry_after, Some(Duration::from_millis(6543)));
    let anthropic = read(&[
        ("anthropic-ratelimit-requests-limit", "50"),
        ("anthropic-ratelimit-requests-remaining", "49"),
        ("anthropic-ratelimit-requests-reset", "2026-11-06T08:00:30Z"),
        ("anthropic-ratelimit-input-tokens-remaining", "20000"),
        ("anthropic-ratelimit-output-tokens-remaining", "8000"),
        (
            "anthropic-ratelimit-output-tokens-reset",
            "2026-11-06T07:00:00Z",
        ),
    ]);
    let expected = [
        budget(Requests, Some(50), 49, Some(30_000)),
        budget(InputTokens, None, 20_000, None),
        budget(OutputTokens, None, 8000, Some(0)),
    ];
    assert_eq!(anthropic.budgets, expected);
}

#[test]
fn the_draft_is_read_in_its_old_and_new_forms() {
    let requests = |limit, remaining, millis| budget(Counted::Requests, limit, remaining, millis);
    for (headers, expected) in [
        (
            &[
                ("ratelimit", "\"burst\";r=9;t=1, \"day\";r=500"),
                (
                    "ratelimit-policy",
                    "\"burst\";q=10;w=1, \"day\";q=1000;w=86400",
                ),
            ][..],
            vec![
                requests(Some(10), 9, Some(1000)),
                requests(Some(1000), 500, None),
            ],
        ),
        (
            &[("ratelimit", "limit=100, remaining=50, reset=5")],
            vec![requests(Some(100), 50, Some(5000))],
        ),
        (
            &[
                ("ratelimit-limit", "100, 100;w=60"),
                ("ratelimit-remaining", "3"),
                ("ratelimit-reset", "12"),
            ],
            vec![requests(Some(100), 3, Some(12_000))],
        ),
        (
            &[
                ("x-ratelimit-limit", "5000"),
                ("x-ratelimit-remaining", "4999"),
                ("x-ratelimit-reset", "1793952060"),
            ],
            vec![requests(Some(5000), 4999, Some(60_000))],
        ),
        (
            &[("ratelimit", "nonsense"), ("ratelimit-limit", "5")],
            vec![],
        ),
    ] {
        assert_eq!(read(headers).budgets, expected, "{headers:?}");
    }
}

#[test]
fn waits_are_seconds_durations_and_dates() {
    for (text, millis) in [
        ("120", Some(120_000)),
        ("1.5", Some(1500)),
        ("12ms", Some(12)),
        ("2m59.56s", Some(179_560)),
        ("850µs", Some(0)),
        ("Fri, 06 Nov 2026 08:02:00 GMT", Some(120_000)),
        ("Friday, 06-Nov-26 08:02:00 GMT", Some(120_000)),
        ("Fri Nov  6 08:02:00 2026", Some(120_000)),
        ("Fri, 06 Nov 2020 08:02:00 GMT", Some(0)),
        ("soon", None),
        ("-5", None),
        ("NaN", None),
        ("1e300", None),
        ("", None),
    ] {
        let found = read(&[("retry-after", text)]).retry_after;
        assert_eq!(found.map(|wait| wait.as_millis()), millis, "{text}");
    }
    let zeros = read(&[("x-ms-retry-after-ms", "250")]);
    assert_eq!(zeros.retry_after, Some(Duration::from_millis(250)));
}

#[test]
fn the_lowest_budget_is_the_one_with_least_left() {
    let limit = read(&[("ratelimit", "\"a\";r=9;t=1, \"b\";r=2;t=5, \"c\";r=2;t=50")]);
    let lowest = limit.lowest(Counted::Requests).unwrap();
    assert_eq!(
        (lowest.remaining, lowest.resets_in),
        (2, Some(Duration::from_secs(50)))
    );
    assert_eq!(limit.lowest(Counted::Tokens), None);
}

proptest! {
    #[test]
    fn no_header_panics(value in "[ -~]{0,40}", name in prop::sample::select(vec![
        "retry-after", "ratelimit", "x-ratelimit-reset-tokens", "ratelimit-policy",
    ])) {
        let _ = read(&[(name, &value), ("x-ratelimit-remaining-tokens", &value)]);
    }
}
