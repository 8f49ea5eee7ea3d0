//! Tests of the reader of YAML texts.

use proptest::prelude::*;

use super::*;

fn faults(text: &str) -> Vec<(usize, String)> {
    parse(text, 0)
        .1
        .into_iter()
        .map(|fault| (fault.mark.line, fault.message))
        .collect()
}

fn text_at<'n>(node: &'n Node, keys: &[&str]) -> &'n str {
    let found = keys.iter().fold(node, |node, key| node.get(key).unwrap());
    match &found.kind {
        Kind::Scalar(scalar) => &scalar.text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_node_knows_its_line() {
    let (root, faults) = parse("a: 1\nb:\n  - x\n  - c: y\n", 7);
    assert!(faults.is_empty());
    let root = root.unwrap();
    let Kind::List(items) = &root.get("b").unwrap().kind else {
        panic!("a list")
    };
    let lines: Vec<_> = items.iter().map(|item| item.mark.line).collect();
    assert_eq!(lines, [3, 4]);
    assert_eq!(items[0].mark.location, 7);
}

#[test]
fn anchors_and_merge_keys_are_followed_and_own_keys_win() {
    let text =
        "base: &base { a: 1, b: 2 }\nuse:\n  b: 3\n  <<: *base\nall:\n  <<: [*base, { c: 4 }]\n";
    let (root, faults) = parse(text, 0);
    assert!(faults.is_empty(), "{faults:?}");
    let root = root.unwrap();
    assert_eq!(text_at(&root, &["use", "a"]), "1");
    assert_eq!(text_at(&root, &["use", "b"]), "3");
    assert_eq!(text_at(&root, &["all", "c"]), "4");
}

#[test]
fn what_cannot_be_a_scenario_is_refused_with_its_line() {
    for (text, line, part) in [
        ("a: 1\nb: 2\na: 3\n", 3, "given twice (first on line 1)"),
        ("a: 1\n\tb: 2\n", 2, "tab"),
        ("a: [1, 2\n", 2, "not valid YAML"),
        ("a: *nope\n", 1, "not valid YAML"),
        ("a: &x [*x]\n", 1, "within its own anchor"),
        ("a: 1\n---\nb: 2\n", 2, "one YAML document"),
        ("? [a]\n: 1\n", 1, "a key must be a plain text"),
        ("a: !python/object x\n", 1, "means nothing here"),
        ("a:\n  <<: 5\n", 2, "must be given a map"),
    ] {
        let found = faults(text);
        assert_eq!(found.len(), 1, "{text:?}: {found:?}");
        assert!(found[0].1.contains(part), "{text:?}: {found:?}");
        assert_eq!(found[0].0, line, "{text:?}: {found:?}");
    }
}

#[test]
fn deep_nesting_and_exploding_aliases_are_refused() {
    let deep = "[".repeat(5_000);
    assert!(!faults(&deep).is_empty());
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let items = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&["a", &level.to_string(), ": &a", &level.to_string(), " ["].concat());
        bomb.push_str(&items);
        bomb.push_str("]\n");
    }
    assert!(faults(&bomb)[0].1.contains("aliases copy"));
}

proptest! {
    #[test]
    fn no_text_panics(text in "[-a-c:{}\\[\\]&*<\"'|>#!?%@,. \n\t0-9]{0,60}") {
        let _ = parse(&text, 0);
    }

    #[test]
    fn no_unicode_panics(text in ".{0,60}") {
        let _ = parse(&text, 0);
    }
}
