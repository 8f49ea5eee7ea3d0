//! Behaviour of the module above.

use proptest::prelude::*;
use serde_json::json;

use super::*;

/// What each path finds, as (path number, value), in no particular order.
fn select(paths: &[&str], json: &[u8]) -> Result<Vec<String>, String> {
    let paths: Vec<Path> = paths
        .iter()
        .map(|text| Path::parse(text).unwrap())
        .collect();
    let mut found = Vec::new();
    Selector::new(&paths)
        .select(json, &mut |slot, what| found.push(shown(slot, &what)))
        .map_err(|error| error.to_string())?;
    found.sort();
    Ok(found)
}

fn shown(slot: usize, found: &Found<'_>) -> String {
    let value = match found {
        Found::Null => Value::Null,
        Found::Bool(flag) => json!(flag),
        Found::Number(number) => Value::Number(number.clone()),
        Found::Text(text) => json!(text),
        Found::Tree(value) => (*value).clone(),
    };
    format!("{slot}: {value}")
}

const CHUNK: &str = r#"{"id":"x","choices":[{"index":0,"delta":{"role":"assistant","content":"He\u0301llo"},
    "finish_reason":null}],"usage":{"prompt_tokens":12,"rate":0.5},"docs":[{"id":1},{"id":"b"}],"ok":true}"#;

#[test]
fn all_paths_are_followed_in_one_pass() {
    let paths = [
        "$.choices[0].delta.content",
        "$.choices[0].finish_reason",
        "$.usage.prompt_tokens",
        "$.usage",
        "$.docs[*].id",
        "$.docs[1].id",
        "$.ok",
        "$.missing",
        "$.id.below",
        "$.usage.rate",
    ];
    let found = select(&paths, CHUNK.as_bytes()).unwrap();
    let expected = [
        "0: \"He\u{301}llo\"",
        "1: null",
        "2: 12",
        "3: {\"prompt_tokens\":12,\"rate\":0.5}",
        "4: \"b\"",
        "4: 1",
        "5: \"b\"",
        "6: true",
        "9: 0.5",
    ];
    assert_eq!(found, expected);
}

#[test]
fn what_is_not_one_json_value_is_refused() {
    let nested = "[".repeat(100_000);
    for text in ["", "{", "{\"a\":1}x", "nul", "\u{feff}1", &nested] {
        assert!(select(&["$.a"], text.as_bytes()).is_err(), "{text:.10}");
        assert!(select(&["$..a"], text.as_bytes()).is_err(), "{text:.10}");
    }
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e9..1e9f64).prop_map(Value::from),
        ".{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 30, 4, |below| {
        prop_oneof![
            prop::collection::vec(below.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-c]", below, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn path_text() -> impl Strategy<Value = String> {
    let step = prop_oneof![
        "\\.[a-c]",
        "\\[[0-2]\\]",
        Just("[*]".to_owned()),
        "\\['[a-c]'\\]"
    ];
    prop::collection::vec(step, 0..4).prop_map(|steps| format!("${}", steps.concat()))
}

proptest! {
    #[test]
    fn following_paths_while_parsing_finds_what_a_query_of_the_whole_value_finds(
        value in json_value(),
        paths in prop::collection::vec(path_text(), 1..6),
    ) {
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let mut expected = Vec::new();
        for (slot, path) in paths.iter().enumerate() {
            for node in JsonPath::parse(path).unwrap().query(&value) {
                expected.push(shown(slot, &node.into()));
            }
        }
        expected.sort();
        let text = value.to_string();
        prop_assert_eq!(&select(&paths, text.as_bytes()).unwrap(), &expected);
        // A path that is not simple takes the other way through the text.
        let mut with_query = paths.clone();
        with_query.push("$..nowhere");
        prop_assert_eq!(&select(&with_query, text.as_bytes()).unwrap(), &expected);
    }

    #[test]
    fn no_text_panics(text in prop::collection::vec(any::<u8>(), 0..60)) {
        let _ = select(&["$.a[*].b", "$.error"], &text);
    }
}
