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

const KEYS: &str = "\
host: https://staging.example.com
preflight: /health?api_key=preflight-key
data:
  account: [{ user: visible-user, password: row-password }]
  token: { inline: [row-token], order: random }
user_classes:
  - name: U
    tasks:
      - post: /login?access-token=query-token&q=visible-q
        json: { auth: { nested: [auth-value] }, Client_Secret: json-secret, tokens: visible-tokens }
        extract: { token: $.token }
        expect: { json: { $.token: visible-expected } }
      - post: /form
        form: { 'user[password]': 'form%secret', refreshToken: 'Bearer form-token' }
        params: { signature: sign-ature, session: visible-session, token: '{{ token }}' }
      - post: /multipart
        multipart: { apikey: part-key, idToken: { text: part-token } }
      - post: /raw
        body: 'user=visible-raw&pwd=raw-pwd&privateKey={{ account.password }}'
      - post: /raw-json
        body: '{\"password\": \"raw json, pass\", \"x\": \"visible-json\", \"auth\": {\"a\": 1}}'
      - post: /templated
        json: { password: 'hunter-{{ user.id }}', pass: true, passwd: 'ab', pwd: 77 }
";

#[test]
fn values_under_telling_keys_are_masked_wherever_they_stand() {
    let plan = super::plan(KEYS);
    let resolved = &plan.resolved;
    for secret in [
        "preflight-key",
        "row-password",
        "row-token",
        "query-token",
        "auth-value",
        "json-secret",
        "form%secret",
        "form-token",
        "sign-ature",
        "part-key",
        "part-token",
        "raw-pwd",
        "raw json, pass",
        "hunter-",
    ] {
        assert!(!resolved.contains(secret), "{secret}\n{resolved}");
        let said = plan.masker.mask(&format!("x {secret} y"));
        assert!(!said.contains(secret), "{said}");
    }
    // As a form carries it.
    assert_eq!(plan.masker.mask("a=form%25secret"), "a=***");
    for shown in [
        "visible-user",
        "visible-q",
        "visible-tokens",
        "visible-expected",
        "visible-session",
        "visible-raw&pwd=***&privateKey={{ account.password }}",
        "visible-json",
        "token: '{{ token }}'",
        "token: $.token",
        "***{{ user.id }}",
        "order: random",
        "pass: true",
        "passwd: '***'",
        "pwd: '***'",
        "access-token=***&q=",
    ] {
        assert!(resolved.contains(shown), "{shown}\n{resolved}");
    }
}

#[test]
fn a_key_within_a_path_names_no_row() {
    let environment = environment(&[("API_KEY", "sk-very-secret"), ("DB_PW", "x1")]);
    let text = "host: http://localhost\nthresholds:\n  \
        - { check: p95 < 2s, on: 'GET /v1/${API_KEY}/query' }\nuser_classes:\n  - name: U\n    \
        tasks:\n      - get: /v1/${API_KEY}/query\n      - get: /v2/${DB_PW}/q\n      \
        - get: /v3/sk-very-secret\n";
    let sources = files([("s.yaml", text)]);
    let plan = resolve_with(&sources, &environment, &Overrides::default()).unwrap();
    let names: Vec<&str> = plan.endpoints.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["/v1/***/query", "/v2/***/q", "/v3/***"]);
    assert_eq!(
        plan.thresholds[0].on_text.as_deref(),
        Some("GET /v1/***/query")
    );
    assert!(plan.resolved.contains("/v2/***/q"), "{}", plan.resolved);
}

#[test]
fn approved_hosts_are_not_echoed_with_their_password() {
    let text = format!(
        "host: http://h?token=in-the-query\napproved_hosts: ['https://u:pass-of-file@a']\n{}",
        super::WORKLOAD
    );
    let overrides = Overrides {
        approve_host: vec!["https://u:pass-of-flag@b".to_owned()],
        ..Overrides::default()
    };
    let environment = environment(&[("LOADTEST_APPROVED_HOSTS", "u:pass-of-variable@c")]);
    let found = resolve_with(&files([("s.yaml", &text)]), &environment, &overrides)
        .unwrap_err()
        .to_string();
    assert_eq!(found.lines().count(), 4, "{found}");
    for secret in ["pass-of", "in-the-query"] {
        assert!(!found.contains(secret), "{found}");
    }
}
