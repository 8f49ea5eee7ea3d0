//! Behaviour of the module above.

use http::HeaderMap;
use indexmap::IndexMap;
use proptest::prelude::*;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::json;

use super::*;

fn scope(variables: &[(&str, Value)]) -> Scope {
    Scope {
        user_id: 1,
        user_class: "RagUser".to_owned(),
        iteration: 0,
        variables: variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect::<IndexMap<_, _>>(),
        random: Xoshiro256PlusPlus::seed_from_u64(3),
    }
}

fn parts(base: &str, path: &str) -> RequestParts {
    RequestParts {
        method: Method::POST,
        base: Url::parse(base).unwrap(),
        path: path.to_owned(),
        params: Vec::new(),
        headers: Vec::new(),
        body: BodyParts::None,
        timeout: Duration::from_secs(60),
        connect_timeout: None,
        follow_redirects: true,
    }
}

fn prepare(parts: RequestParts, variables: &[(&str, Value)]) -> Result<Prepared, TemplateError> {
    RequestSpec::compile(parts)
        .unwrap()
        .prepare(&mut scope(variables))
        .map(Cow::into_owned)
}

fn url(base: &str, path: &str) -> String {
    let prepared = prepare(parts(base, path), &[("session", json!("a/b c"))]);
    prepared.unwrap().url.to_string()
}

fn with_headers(
    headers: &[(&str, &str)],
    variables: &[(&str, Value)],
) -> Result<HeaderMap, TemplateError> {
    let mut parts = parts("http://h", "/");
    parts.headers = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    prepare(parts, variables).map(|prepared| prepared.headers)
}

fn body(body: BodyParts, variables: &[(&str, Value)]) -> (String, String) {
    let mut parts = parts("http://h", "/");
    parts.body = body;
    let prepared = prepare(parts, variables).unwrap();
    let content_type = prepared.headers.get(CONTENT_TYPE);
    (
        content_type
            .map_or("", |value| value.to_str().unwrap())
            .to_owned(),
        String::from_utf8(prepared.body.to_vec()).unwrap(),
    )
}

#[test]
fn addresses_are_put_together_from_base_and_path() {
    let cases = [
        ("http://h:8000", "/query", "http://h:8000/query"),
        ("http://h/", "/query", "http://h/query"),
        ("http://h/api", "/query", "http://h/api/query"),
        ("http://h/api/", "query", "http://h/api/query"),
        ("http://h/api", "?a=1", "http://h/api?a=1"),
        ("http://h", "/fast?a=1&b=2#frag", "http://h/fast?a=1&b=2"),
        ("http://h", "HTTPS://other/x?z=1", "https://other/x?z=1"),
        ("http://h", "//evil/x", "http://h//evil/x"),
        ("http://h", "/items/a b", "http://h/items/a%20b"),
        ("http://h", "/s/{{ session }}/m", "http://h/s/a%2Fb%20c/m"),
        ("http://h", "/s?id={{ session }}", "http://h/s?id=a%2Fb%20c"),
    ];
    for (base, path, expected) in cases {
        assert_eq!(url(base, path), expected, "{base} {path}");
    }
}

#[test]
fn parameters_become_a_query() {
    let mut parts = parts("http://h", "/search?v=1");
    parts.params = vec![
        ("q".to_owned(), json!("{{ text }}")),
        ("tag".to_owned(), json!(["x", "{{ tags }}", 3])),
        ("left_out".to_owned(), json!(null)),
        ("also".to_owned(), json!("{{ nothing }}")),
        ("repeated".to_owned(), json!("{{ list }}")),
        ("flag".to_owned(), json!(true)),
    ];
    let variables = [
        ("text", json!("a b&c=d/é")),
        ("tags", json!("y")),
        ("nothing", Value::Null),
        ("list", json!([1, 2])),
    ];
    let url = prepare(parts, &variables).unwrap().url;
    let query = "v=1&q=a+b%26c%3Dd%2F%C3%A9&tag=x&tag=y&tag=3&repeated=1&repeated=2&flag=true";
    assert_eq!(url.query(), Some(query));
}

#[test]
fn data_does_not_lead_to_another_host() {
    let away = |path: &str| {
        let elsewhere = [("next", json!("http://evil/x"))];
        prepare(parts("http://h", path), &elsewhere).unwrap_err().0
    };
    assert!(away("{{ next | safe }}").starts_with("path: the template gave an address"));
    let same = [("next", json!("http://h/page/2"))];
    let followed = prepare(parts("http://h", "{{ next | safe }}"), &same).unwrap();
    assert_eq!(followed.url.as_str(), "http://h/page/2");
}

#[test]
fn credentials_of_the_base_become_basic_authorization() {
    let prepared = prepare(parts("http://us%40er:p%20w@h/api", "/x"), &[]).unwrap();
    assert_eq!(prepared.url.as_str(), "http://h/api/x");
    let expected = format!("Basic {}", STANDARD.encode("us@er:p w"));
    assert_eq!(prepared.headers[AUTHORIZATION], expected.as_str());
    let elsewhere = prepare(parts("http://u:p@h", "http://other/"), &[]).unwrap();
    assert!(!elsewhere.headers.contains_key(AUTHORIZATION));
    let mut own = parts("http://u:p@h", "/");
    own.headers = vec![("authorization".to_owned(), "Bearer t".to_owned())];
    assert_eq!(
        prepare(own, &[]).unwrap().headers[AUTHORIZATION],
        "Bearer t"
    );
}

#[test]
fn a_header_is_left_out_while_its_value_is_empty() {
    let headers = [
        ("Authorization", "Bearer "),
        ("X-Tenant", "{{ tenant }}"),
        ("X-Kept", " é "),
    ];
    let sent = with_headers(&headers, &[("tenant", json!(""))]).unwrap();
    assert_eq!(
        sent.keys().map(|name| name.as_str()).collect::<Vec<_>>(),
        ["x-kept"]
    );
    assert_eq!(sent["x-kept"].as_bytes(), "é".as_bytes());
    let sent = with_headers(
        &[("Authorization", "Bearer {{ token }}")],
        &[("token", json!("t"))],
    );
    assert_eq!(sent.unwrap()["authorization"], "Bearer t");
}

#[test]
fn a_header_value_with_a_line_break_is_refused() {
    let error = with_headers(&[("X-Id", "{{ id }}")], &[("id", json!("a\r\nHost: evil"))]);
    assert_eq!(
        error.unwrap_err().0,
        "headers.x-id: a header value cannot hold a line break"
    );
}

#[test]
fn all_that_is_wrong_is_told_at_once_with_its_place() {
    let mut parts = parts("http://h", "/{{ x");
    parts.headers = vec![("bad name".to_owned(), "v".to_owned())];
    parts.params = vec![("q".to_owned(), json!(["ok", "{{ 1 + }}"]))];
    parts.body = BodyParts::Json(json!({"a": [{"b": "{% if %}"}]}));
    let problems = RequestSpec::compile(parts).unwrap_err();
    let places: Vec<&str> = problems.iter().map(|(place, _)| place.as_str()).collect();
    assert_eq!(
        places,
        ["params.q[1]", "path", "headers.bad name", "json.a[0].b"]
    );
    let mut parts = self::parts("http://h", "/");
    parts.headers = vec![("x-id".to_owned(), "a\nb".to_owned())];
    let (place, error) = RequestSpec::compile(parts).unwrap_err().remove(0);
    assert_eq!(
        (place.as_str(), error.0.as_str()),
        ("headers.x-id", "a header value cannot hold a line break")
    );
}

#[test]
fn names_come_with_their_place() {
    let mut parts = parts("http://h", "/s/{{ session }}");
    parts.headers = vec![("X-Id".to_owned(), "{{ uuid() }}".to_owned())];
    parts.body = BodyParts::Json(json!({"query": "{{ question.text }}", "k": 5}));
    let names = RequestSpec::compile(parts).unwrap().names();
    let expected = [("json.query", "question"), ("path", "session")];
    assert_eq!(
        names,
        expected.map(|(a, b)| (a.to_owned(), b.to_owned())).into()
    );
}

#[test]
fn json_bodies_keep_types_and_order() {
    let written =
        json!({"z": "{{ q }}", "n": "{{ n }}", "deep": [{"x": "a{{ n }}"}], "{{ q }}": 1});
    let (content_type, sent) = body(
        BodyParts::Json(written),
        &[("q", json!("say \"hi\"\n")), ("n", json!(5))],
    );
    assert_eq!(content_type, "application/json");
    assert_eq!(
        sent,
        r#"{"z":"say \"hi\"\n","n":5,"deep":[{"x":"a5"}],"{{ q }}":1}"#
    );
}

#[test]
fn forms_and_raw_bodies_are_sent_as_locust_sends_them() {
    let fields = vec![
        ("a".to_owned(), json!("{{ v }}")),
        ("b".to_owned(), json!(null)),
    ];
    let form = body(BodyParts::Form(fields), &[("v", json!("x y&"))]);
    assert_eq!(
        form,
        (
            "application/x-www-form-urlencoded".to_owned(),
            "a=x+y%26".to_owned()
        )
    );
    let raw = body(
        BodyParts::Raw("<q>{{ v }}</q>\n".to_owned()),
        &[("v", json!("1"))],
    );
    assert_eq!(raw, (String::new(), "<q>1</q>\n".to_owned()));
}

#[test]
fn the_scenarios_content_type_wins() {
    let mut parts = parts("http://h", "/");
    parts.body = BodyParts::Json(json!({}));
    parts.headers = vec![(
        "content-type".to_owned(),
        "application/vnd.api+json".to_owned(),
    )];
    let prepared = prepare(parts, &[]).unwrap();
    assert_eq!(prepared.headers[CONTENT_TYPE], "application/vnd.api+json");
}

fn multipart(text: &str) -> BodyParts {
    BodyParts::Multipart(vec![
        MultipartPart {
            name: "note".to_owned(),
            content: PartContent::Text(text.to_owned()),
            file_name: None,
            content_type: None,
        },
        MultipartPart {
            name: "file".to_owned(),
            content: PartContent::File("%PDF".into()),
            file_name: Some("my \"best\".pdf".to_owned()),
            content_type: None,
        },
    ])
}

#[test]
fn multipart_bodies_are_the_same_for_the_same_seed() {
    let variables = [("v", json!("hello"))];
    let (content_type, sent) = body(multipart("{{ v }}"), &variables);
    let boundary = content_type
        .strip_prefix("multipart/form-data; boundary=")
        .unwrap();
    let expected = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"file\"; \
         filename=\"my %22best%22.pdf\"\r\nContent-Type: application/pdf\r\n\r\n%PDF\r\n\
         --{boundary}--\r\n"
    );
    assert_eq!(sent, expected);
    assert_eq!(body(multipart("{{ v }}"), &variables).1, sent);
}

#[test]
fn a_request_of_constant_parts_is_built_once() {
    let mut parts = parts("http://h", "/upload");
    parts.body = multipart("constant");
    let spec = RequestSpec::compile(parts).unwrap();
    assert!(spec.is_constant());
    let first = spec.prepare(&mut scope(&[])).unwrap();
    let second = spec.prepare(&mut scope(&[])).unwrap();
    assert_eq!(
        first.body.as_ptr(),
        second.body.as_ptr(),
        "the body is shared"
    );
}

#[test]
fn a_template_that_fails_names_its_place() {
    let mut parts = parts("http://h", "/");
    parts.body = BodyParts::Json(json!({"query": "{{ question.txt }}"}));
    let error = prepare(parts, &[("question", json!({"text": "t"}))]).unwrap_err();
    let expected = "json.query: question.txt: the row has no column `txt` (it has: text)";
    assert_eq!(error.0, expected);
}

proptest! {
    #[test]
    fn json_bodies_stay_json_for_any_data(text in ".*", key in ".*") {
        let mut parts = parts("http://h", "/");
        let mut fields = serde_json::Map::new();
        fields.insert(key.clone(), json!("{{ v }}"));
        fields.insert(format!("{key}2"), json!(["x {{ v }} y"]));
        parts.body = BodyParts::Json(Value::Object(fields));
        let prepared = prepare(parts, &[("v", json!(text))]).unwrap();
        let read: Value = serde_json::from_slice(&prepared.body).unwrap();
        prop_assert_eq!(&read[&key], &json!(text));
        prop_assert_eq!(&read[format!("{key}2")][0], &json!(format!("x {text} y")));
    }

    #[test]
    fn what_is_put_into_a_path_comes_out_again(text in "\\PC*") {
        let prepared = prepare(parts("http://h", "/s/v{{ v }}/end?q={{ v }}"), &[("v", json!(text))]).unwrap();
        let segments: Vec<&str> = prepared.url.path_segments().unwrap().collect();
        prop_assert_eq!(segments.len(), 3);
        let decoded = percent_encoding::percent_decode_str(segments[1]).decode_utf8().unwrap();
        prop_assert_eq!(decoded, format!("v{text}"));
        let (_, value) = prepared.url.query_pairs().next().unwrap();
        prop_assert_eq!(value, text);
    }

    #[test]
    fn parameters_come_out_again(name in ".+", text in ".*") {
        let mut parts = parts("http://h", "/s");
        parts.params = vec![(name.clone(), json!("{{ v }}"))];
        let prepared = prepare(parts, &[("v", json!(text))]).unwrap();
        let pairs: Vec<(String, String)> = prepared.url.query_pairs().into_owned().collect();
        prop_assert_eq!(pairs, [(name, text)]);
    }

    #[test]
    fn no_path_or_header_text_panics(path in ".*", header in ".*") {
        let mut parts = parts("http://h", &path);
        parts.headers = vec![("x-any".to_owned(), header)];
        if let Ok(spec) = RequestSpec::compile(parts) {
            let _ = spec.prepare(&mut scope(&[]));
        }
    }
}
