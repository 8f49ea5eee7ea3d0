//! The rate limit as callers see it, and faults that a request asks for itself.

use ragload::demo::{Faults, HeaderFamily};
use serde_json::json;

use super::{QUESTION, header, read, start, start_faulty};

#[tokio::test]
async fn answers_count_down_what_the_rate_limit_leaves_in_the_words_of_each_family() {
    for (family, name) in [
        (HeaderFamily::Openai, "x-ratelimit-remaining-requests"),
        (HeaderFamily::Azure, "x-ratelimit-remaining-requests"),
        (
            HeaderFamily::Anthropic,
            "anthropic-ratelimit-requests-remaining",
        ),
        (HeaderFamily::Ietf, "ratelimit"),
    ] {
        let service = start_faulty(Faults {
            rate_limit: Some(0.001),
            rate_limit_headers: Some(family),
            ..Faults::default()
        })
        .await;
        let first = service.ask().await;
        assert_eq!(first.status(), 200);
        assert!(header(&first, name).contains('0'), "{first:?}");
        assert!(!first.headers().contains_key("retry-after"));
        let second = service.ask().await;
        assert_eq!(second.status(), 429);
        let wait: u64 = header(&second, "retry-after").parse().unwrap();
        assert!((990..=1000).contains(&wait), "{wait}");
        assert!(second.headers().contains_key(name));
        let azure = second.headers().contains_key("retry-after-ms");
        assert_eq!(azure, family == HeaderFamily::Azure);
    }
}

#[tokio::test]
async fn without_a_rate_limit_nobody_is_told_of_one() {
    let service = start().await;
    let answer = service.ask().await;
    let limits = |name: &&str| name.contains("ratelimit");
    let told: Vec<_> = answer.headers().keys().map(|name| name.as_str()).collect();
    assert!(!told.iter().any(limits), "{told:?}");
}

#[tokio::test]
async fn a_request_may_ask_for_faults_that_befall_it_alone() {
    let service = start().await;
    let body = json!({"query": QUESTION});
    let own = ("x-demo-faults", r#"{"degraded_rate": 1}"#);
    let answer = read(service.post_with("/query", own, &body).await).await;
    assert!(
        answer["answer"]
            .as_str()
            .unwrap()
            .starts_with("I don't know")
    );
    let answer = read(service.ask().await).await;
    assert!(!answer["answer"].as_str().unwrap().starts_with("I don't"));
    assert_eq!(service.handle.faults(), Faults::default());
    for (wrong, reason) in [
        ("{", "header x-demo-faults: "),
        (r#"{"degraded_rate": 2}"#, "between 0 and 1"),
        (r#"{"degraded": 1}"#, "unknown field"),
    ] {
        let refused = service
            .post_with("/query", ("x-demo-faults", wrong), &body)
            .await;
        assert_eq!(refused.status(), 400, "{wrong}");
        let message = read(refused).await["error"]["message"].clone();
        assert!(message.as_str().unwrap().contains(reason), "{message}");
    }
}
