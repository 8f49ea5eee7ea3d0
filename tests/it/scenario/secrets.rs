//! What must never be shown is not in the resolved plan, the settings, the warnings or problems.

use ragload::scenario::{Given, Overrides};

use super::{environment, files, resolve_with};

const TEXT: &str = "\
host: https://me:pass-word1@staging.example.com
headers:
  X-Api-Key: literal-key
  Cookie: session=abcdef123456; theme=dark
  X-Trace: ${TRACE_ID}
user_classes:
  - name: U
    headers: { Authorization: 'Bearer ${RAG_TOKEN}' }
    tasks:
      - { post: /x, json: { note: '${DB_PASSWORD}', short: '${PIN_SECRET}' } }
      - { get: 'https://u:other-pass@staging.example.com/y' }
";

#[test]
fn secrets_are_masked_everywhere() {
    let environment = environment(&[
        ("RAG_TOKEN", "tok-abcdef"),
        ("DB_PASSWORD", "line1\nline2"),
        ("PIN_SECRET", "123"),
        ("TRACE_ID", "visible-trace"),
    ]);
    let sources = files([("s.yaml", TEXT)]);
    let plan = resolve_with(&sources, &environment, &Overrides::default()).unwrap();
    let secrets = [
        "pass-word1",
        "literal-key",
        "abcdef123456",
        "tok-abcdef",
        "line2",
        "other-pass",
        "123",
    ];
    let settings = format!("{:?} {:?}", plan.settings, plan.warnings);
    for secret in secrets {
        assert!(
            !plan.resolved.contains(secret),
            "{secret}\n{}",
            plan.resolved
        );
        assert!(!settings.contains(secret), "{secret}\n{settings}");
    }
    for secret in &secrets[..6] {
        let text = format!("x {secret} y");
        let masked = plan.masker.mask(&text);
        // `line2` is part of a longer secret and is masked with it.
        assert!(!masked.contains(secret) || *secret == "line2", "{masked}");
    }
    for shown in ["visible-trace", "Bearer ***", "staging.example.com"] {
        assert!(plan.resolved.contains(shown), "{shown}\n{}", plan.resolved);
    }
    assert_eq!(plan.target.shown, "https://staging.example.com");
    assert_eq!(plan.target.base.password(), Some("pass-word1"));
    // What Basic authorization will carry.
    assert_eq!(plan.masker.mask("Basic bWU6cGFzcy13b3JkMQ=="), "Basic ***");
}

#[test]
fn secrets_are_masked_in_problems() {
    let environment = environment(&[("API_KEY", "sk-very-secret")]);
    let text =
        "users: ${API_KEY}\nuser_classes:\n  - name: U\n    tasks: [{ get: '${API_KEY}' }]\n";
    let overrides = Overrides {
        host: Some(Given::new("http://u:hunter2-x@ho st".to_owned(), "--host")),
        ..Overrides::default()
    };
    let sources = files([("s.yaml", text)]);
    let found = resolve_with(&sources, &environment, &overrides)
        .unwrap_err()
        .to_string();
    assert_eq!(found.lines().count(), 3, "{found}");
    assert!(
        !found.contains("sk-very-secret") && !found.contains("hunter2-x"),
        "{found}"
    );
}
