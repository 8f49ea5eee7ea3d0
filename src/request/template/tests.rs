//! Behaviour of the module above.

use indexmap::IndexMap;
use proptest::prelude::*;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::json;

use super::*;

fn scope() -> Scope {
    let variables = IndexMap::from([
        (
            "question".to_owned(),
            json!({"text": "What is \"RAG\"?", "expected_docs": ["d1", "d2"], "n": 3}),
        ),
        ("session".to_owned(), json!("a/b c")),
        ("plain".to_owned(), json!("just text")),
        ("nothing".to_owned(), Value::Null),
    ]);
    Scope {
        user_id: 4,
        user_class: "RagUser".to_owned(),
        iteration: 9,
        variables,
        random: Xoshiro256PlusPlus::seed_from_u64(7),
    }
}

fn render(source: &str) -> String {
    Template::compile(source)
        .unwrap()
        .render(&mut scope())
        .unwrap()
}

fn value(source: &str) -> Value {
    Template::compile(source)
        .unwrap()
        .value(&mut scope())
        .unwrap()
}

fn refusal(source: &str) -> String {
    match Template::compile(source) {
        Ok(template) => template.render(&mut scope()).unwrap_err().0,
        Err(error) => error.0,
    }
}

#[test]
fn texts_without_tags_are_taken_as_they_are() {
    let template = Template::compile("50 % { of } it\n").unwrap();
    assert!(template.is_constant());
    assert_eq!(template.render(&mut scope()).unwrap(), "50 % { of } it\n");
}

#[test]
fn variables_attributes_and_built_ins_are_put_in() {
    assert_eq!(
        render("{{ question.text }} #{{ user.id }} {{ user.class }} {{ iteration }}\n"),
        "What is \"RAG\"? #4 RagUser 9\n"
    );
    assert_eq!(render("{{ session | urlencode }}"), "a%2Fb%20c");
    assert_eq!(
        render("{{ question.expected_docs | tojson }}"),
        "[\"d1\", \"d2\"]"
    );
    assert_eq!(
        render("{{ question.expected_docs }}{{ nothing }}"),
        "[\"d1\",\"d2\"]"
    );
    assert_eq!(
        render("{% for d in question.expected_docs %}{{ d }};{% endfor %}"),
        "d1;d2;"
    );
}

#[test]
fn a_value_that_is_one_template_keeps_its_type() {
    assert_eq!(value("{{ question.n }}"), json!(3));
    assert_eq!(value("{{ question.expected_docs }}"), json!(["d1", "d2"]));
    assert_eq!(value("{{ question }}")["n"], json!(3));
    assert_eq!(value("{{ question.n / 2 }}"), json!(1.5));
    assert_eq!(value("{{ nothing }}"), Value::Null);
    assert_eq!(value("{{ question.n > 2 }}"), json!(true));
    assert_eq!(value("{{- question.n -}}"), json!(3));
    assert_eq!(value("n={{ question.n }}"), json!("n=3"));
    assert_eq!(value("{{ question.n }}{{ question.n }}"), json!("33"));
    assert_eq!(value("{{ random_int(5, 5) }}"), json!(5));
}

#[test]
fn paths_get_their_values_encoded_and_keep_what_is_written() {
    let path = |source: &str| {
        let template = Template::compile_path(source).unwrap();
        template.render(&mut scope())
    };
    assert_eq!(path("/s/{{ session }}/a b").unwrap(), "/s/a%2Fb%20c/a b");
    assert_eq!(path("/s/{{ session | safe }}").unwrap(), "/s/a/b c");
    let null = path("/s/{{ nothing }}").unwrap_err();
    assert_eq!(null.0, "a null value cannot stand in a path");
}

#[test]
fn names_are_those_the_scope_must_give() {
    let template = Template::compile(
        "{{ question.text }}{{ uuid() }}{{ user.id }}{% set x = 1 %}{{ x }}{{ session }}",
    );
    let names: Vec<String> = template.unwrap().names().into_iter().collect();
    assert_eq!(names, ["question", "session"]);
    let typo = Template::compile("{{ uuidd() }}").unwrap();
    assert_eq!(typo.names().into_iter().collect::<Vec<_>>(), ["uuidd"]);
}

#[test]
fn what_is_missing_is_said_in_words_for_people() {
    let cases = [
        (
            "{{ question.txt }}",
            "question.txt: the row has no column `txt` (it has: text, expected_docs, n)",
        ),
        (
            "{{ plain.text }}",
            "plain.text: the row is a text and has no columns",
        ),
        ("{{ question.n.x }}", "question.n.x: question.n has no `x`"),
        ("{{ unset }}", "unset is not set"),
        ("{{ user.name }}", "user.name: a user has only id and class"),
        ("{{ choice([]) }}", "choice needs at least one item"),
        (
            "{{ random_int(3, 1) }}",
            "random_int(a, b) needs a at most b",
        ),
        ("{{ plain | shuot }}", "unknown filter `shuot`"),
        (
            "{% if plain is not strnig %}x{% endif %}",
            "unknown test `strnig`",
        ),
    ];
    for (source, words) in cases {
        assert_eq!(refusal(source), words, "{source}");
    }
    let typed = Template::compile("{{ question.txt }}").unwrap();
    assert_eq!(typed.value(&mut scope()).unwrap_err().0, cases[0].1);
    assert!(refusal("{{ question").ends_with("template: `{{` without its `}}`: `}}` is missing"));
    assert!(refusal("{{ a and {{ b }}").contains("`}}` is missing"));
    assert!(refusal("{{ a b }}").starts_with("not a valid template: "));
    assert!(!refusal("{{ a b }}").contains("is missing"));
}

#[test]
fn filters_within_quotes_are_no_filters() {
    assert_eq!(
        render("{{ 'a | nosuch' }}{{ plain | default('is x') }}"),
        "a | nosuchjust text"
    );
}

#[test]
fn random_functions_follow_the_users_seed() {
    let source =
        "{{ uuid() }} {{ random_int(1, 9) }} {{ random_float(0, 1) }} {{ choice([1,2,3]) }}";
    let template = Template::compile(source).unwrap();
    let mut first = scope();
    let mut again = scope();
    let once = template.render(&mut first).unwrap();
    assert_eq!(once, template.render(&mut again).unwrap());
    assert_ne!(
        once,
        template.render(&mut first).unwrap(),
        "the generator moves on"
    );
    let uuid = once.split(' ').next().unwrap();
    assert_eq!((uuid.len(), &uuid[14..15]), (36, "4"));
}

#[test]
fn random_integers_include_both_ends() {
    let template = Template::compile("{{ random_int(1, 3) }}").unwrap();
    let mut scope = scope();
    let drawn: BTreeSet<String> = (0..200)
        .map(|_| template.render(&mut scope).unwrap())
        .collect();
    assert_eq!(drawn.into_iter().collect::<Vec<_>>(), ["1", "2", "3"]);
}

proptest! {
    #[test]
    fn no_template_text_panics(
        text in r#"(\{\{|\}\}|\{%|%\}|\{#|'|"|\||is |not |if |for |in |set |end|raw|question|uuid\(\)|random_int\(1,|choice\(|[.\[\](){}:,+*/~ -]|[0-9a-z]|\PC){0,24}"#
    ) {
        let compiled = [Template::compile(&text), Template::compile_path(&text)];
        for template in compiled.into_iter().flatten() {
            let _ = template.render(&mut scope());
            let _ = template.value(&mut scope());
            let _ = template.names();
        }
    }

    #[test]
    fn a_value_comes_through_a_template_as_it_is(number in any::<i64>(), text in ".*") {
        let mut scope = scope();
        let held = json!({"number": number, "text": text, "list": [1.5, null, true, {"k": text}]});
        scope.variables.insert("held".to_owned(), held.clone());
        let template = Template::compile("{{ held }}").unwrap();
        prop_assert_eq!(template.value(&mut scope).unwrap(), held);
    }
}
