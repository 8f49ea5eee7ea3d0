//! What people get wrong, each with the place it is reported at.

use proptest::prelude::*;
use ragload::scenario::{Defaults, Environment, Overrides, load};

use super::{Files, WORKLOAD, environment, files, problems, resolve, resolve_with};

/// Keys before the smallest workload: the line, the YAML path, and a part of the message.
const TOP: &[(&str, usize, &str, &str)] = &[
    (
        "uesrs: 5",
        1,
        "",
        "unknown key `uesrs`; did you mean `users`?",
    ),
    (
        "users: many",
        1,
        "users",
        "must be a whole number of at least 1, found many",
    ),
    ("users: 0", 1, "users", "must be at least 1, found 0"),
    ("users: -1", 1, "users", "must be at least 1, found -1"),
    (
        "users: 1.5",
        1,
        "users",
        "must be a whole number of at least 1, found 1.5",
    ),
    ("users: [1]", 1, "users", "must be a text, found a list"),
    ("spawn_rate: 0", 1, "spawn_rate", "must be above 0, found 0"),
    (
        "spawn_rate: -2",
        1,
        "spawn_rate",
        "must be above 0, found -2",
    ),
    ("run_time: 5 minutes", 1, "run_time", "is not a duration"),
    ("host: 'ftp://x'", 1, "host", "is not a host"),
    ("host: 'http://'", 1, "host", "is not a host"),
    (
        "host: ${STAGING}",
        1,
        "host",
        "the variable STAGING is not set",
    ),
    ("shape: { spike: 5 }", 1, "shape", "not supported yet"),
    (
        "price: { input: 1 }",
        1,
        "price.input",
        "must be a price for so many tokens",
    ),
    ("price: {}", 1, "price", "must be a map such as { input"),
    ("budget: { cost: 5 }", 1, "budget.cost", "needs `price`"),
    (
        "budget: { tokens: 2.5 }",
        1,
        "budget.tokens",
        "a whole number above 0",
    ),
    (
        "samples: { rate: 1% }",
        1,
        "samples",
        "no request declares its answer",
    ),
    (
        "client: fast",
        1,
        "client",
        "must be auto, direct or general",
    ),
    (
        "preflight: health",
        1,
        "preflight",
        "must be a path that begins with `/`, or off",
    ),
    (
        "approved_hosts: ['*.x']",
        1,
        "approved_hosts[0]",
        "is not a host",
    ),
    (
        "description: a\ndescription: b",
        2,
        "",
        "given twice (first on line 1)",
    ),
    (
        "spawn-rate: 1\nspawn_rate: 2",
        2,
        "",
        "given twice, once with a hyphen",
    ),
    (
        "include: none.yaml",
        1,
        "include",
        "none.yaml: no such file",
    ),
    (
        "include: s.yaml",
        1,
        "include",
        "goes round in a circle: s.yaml -> s.yaml",
    ),
    (
        "data: { q: { file: q.csv } }",
        1,
        "data.q.file",
        "q.csv: no such file",
    ),
    (
        "data: { q: { file: empty.csv } }",
        1,
        "data.q.file",
        "empty.csv has no rows",
    ),
    (
        "data: { q: { file: bad.jsonl } }",
        1,
        "data.q.file",
        "bad.jsonl:2: is not JSON",
    ),
    ("data: { q: [] }", 1, "data.q", "has no rows"),
    (
        "data: { q: { inline: [a], order: radnom } }",
        1,
        "data.q.order",
        "did you mean `random`?",
    ),
    (
        "data: { q-1: [a] }",
        1,
        "data",
        "cannot be used in a template",
    ),
    ("data: { user: [a] }", 1, "data", "taken by a built-in"),
    (
        "thresholds: [p95 is 2]",
        1,
        "thresholds[0]",
        "has no comparison",
    ),
    (
        "thresholds: [{ check: p95 < 2s, on: GET /y }]",
        1,
        "thresholds[0].on",
        "no request is called `GET /y`; did you mean",
    ),
    (
        "thresholds: [{ check: p95 < 2s, level: wran }]",
        1,
        "thresholds[0].level",
        "did you mean `warn`?",
    ),
    (
        "stop_if: [error_rate > 5% over soon]",
        1,
        "stop_if[0]",
        "is not a duration",
    ),
    (
        "stop_if: [{ check: error_rate > 5%, level: warn }]",
        1,
        "stop_if[0].level",
        "has no meaning in `stop_if`",
    ),
    (
        "stop_if: [{ check: error_rate > 5%, abort: false }]",
        1,
        "stop_if[0].abort",
        "has no meaning in `stop_if`",
    ),
    (
        "thresholds: [{ check: p95 < 2s, level: warn, abort: true }]",
        1,
        "thresholds[0].abort",
        "cannot be true beside `level: warn`",
    ),
    (
        "thresholds: [error < 1%]",
        1,
        "thresholds[0]",
        "did you mean error_rate?",
    ),
    ("stages: [{ users: 5 }]", 1, "stages[0]", "has no `for`"),
    (
        "stages: [{ rate: 5/s, for: 1m }]",
        1,
        "stages[0].rate",
        "not supported yet",
    ),
];

/// The one task of a class, which stands on line 4: the YAML path below it, and a part of the
/// message.
const TASK: &[(&str, &str, &str)] = &[
    ("{ get: /x, wieght: 2 }", "", "did you mean `weight`?"),
    (
        "{ get: /x, banana: 2 }",
        "",
        "unknown key `banana`; known: name, weight",
    ),
    (
        "{ gett: /x }",
        "",
        "unknown key `gett`; did you mean `get`?",
    ),
    ("{ name: x }", "", "must have one of get, post"),
    ("{ get: /x, post: /y }", "", "found get and post"),
    ("{ get: x }", ".get", "must be a path that begins with `/`"),
    (
        "{ get: /x, weight: -1 }",
        ".weight",
        "must be at least 1, found -1",
    ),
    (
        "{ get: /x, weight: 0 }",
        ".weight",
        "must be at least 1, found 0",
    ),
    (
        "{ get: /x, weight: 1.5 }",
        ".weight",
        "must be a whole number of at least 1",
    ),
    ("{ get: /x, timeout: 0 }", ".timeout", "must be above 0"),
    (
        "{ get: /x, insecure: true }",
        ".insecure",
        "belongs to the user class",
    ),
    (
        "{ get: /x, expect: { json: { $.a: { min_item: 2 } } } }",
        ".expect.json[\"$.a\"]",
        "unknown key `min_item`; did you mean `min_items`?",
    ),
    (
        "{ get: /x, expect: { json: { $.a: { equal: 2 } } } }",
        ".expect.json[\"$.a\"]",
        "did you mean `equals`?",
    ),
    (
        "{ get: /x, expect: { json: { $.a: nonempty } } }",
        ".expect.json[\"$.a\"]",
        "unknown word `nonempty`; did you mean `non_empty`?",
    ),
    (
        "{ get: /x, expect: { json: { $.a: exist } } }",
        ".expect.json[\"$.a\"]",
        "did you mean `exists`?",
    ),
    ("{ get: /x, json: {}, form: {} }", "", "must have one body"),
    (
        "{ get: /x, headers: { 'a b': c } }",
        ".headers",
        "no name of a header",
    ),
    (
        "{ get: /x, expect: { status: 99 } }",
        ".expect.status",
        "must be a status",
    ),
    (
        "{ get: /x, expect: { matches: '(' } }",
        ".expect.matches",
        "is not a regular expression",
    ),
    (
        "{ get: /x, expect: { json: { '$.[': 1 } } }",
        ".expect.json[\"$.[\"]",
        "is not a JSONPath",
    ),
    (
        "{ get: /x, extract: { id: id } }",
        ".extract.id",
        "is not a JSONPath",
    ),
    (
        "{ get: /x, extract: { id: { regex: '(' } } }",
        ".extract.id.regex",
        "is not a regular expression",
    ),
    (
        "{ get: 'https://example.com/x' }",
        ".get",
        "not approved; add its host to `approved_hosts`",
    ),
    ("{ steps: [] }", ".steps", "has no steps"),
    (
        "{ get: /x, steps: [{ get: /y }] }",
        "",
        "not both: found get",
    ),
    (
        "{ steps: [{ wait: { pacing: 2s } }] }",
        ".steps[0].wait",
        "must be constant or between",
    ),
];

/// Whole files, as [`TOP`].
const WHOLE: &[(&str, usize, &str, &str)] = &[
    ("users: 5", 0, "", "has no `user_classes`"),
    ("user_classes: []", 1, "user_classes", "has no user class"),
    (
        "user_classes:\n  - name: U\n    tasks: []",
        3,
        "user_classes[0].tasks",
        "has no tasks",
    ),
    (
        "user_classes:\n  - name: U",
        2,
        "user_classes[0]",
        "has no `tasks`",
    ),
    (
        "user_classes:\n  - tasks: [{ get: /x }]",
        2,
        "user_classes[0]",
        "has no `name`",
    ),
    ("users: [1\n", 2, "", "not valid YAML"),
    ("", 1, "", "is empty"),
    ("- a", 1, "", "must be a map of keys"),
];

/// Fails unless exactly this problem is found.
fn refused(text: &str, line: usize, path: &str, part: &str) {
    let files = files([("s.yaml", text), ("empty.csv", ""), ("bad.jsonl", "{}\n{")]);
    let Err(found) = resolve(&files) else {
        panic!("resolves, but should not:\n{text}")
    };
    let [problem] = &found.0[..] else {
        panic!("{text}\n{found}")
    };
    assert!(
        problem.line == line && problem.path == path && problem.message.contains(part),
        "{text}\nexpected s.yaml:{line}: {path}: {part}\nfound {found}"
    );
}

#[test]
fn each_mistake_is_reported_with_its_line_path_and_remedy() {
    for (keys, line, path, part) in TOP {
        refused(&[keys, "\n", WORKLOAD].concat(), *line, path, part);
    }
    for (text, path, part) in TASK {
        let text = [
            "user_classes:\n  - name: U\n    tasks:\n      - ",
            text,
            "\n",
        ]
        .concat();
        let path = ["user_classes[0].tasks[0]", path].concat();
        refused(&text, 4, &path, part);
    }
    for (text, line, path, part) in WHOLE {
        refused(text, *line, path, part);
    }
}

#[test]
fn everything_wrong_in_a_file_is_reported_at_once_in_order() {
    let text = "\
users: 0
spawn_rate: fast
user_classes:
  - name: U
    wait_time: { between: [3s, 1s] }
    wieght: 2
    tasks:
      - post: /query
        weight: -4
        expect: { status: abc }
      - get: /y
        timeout: soon
thresholds:
  - p95 < 2s
  - nonsense
";
    let found = problems(text);
    let lines: Vec<&str> = found.lines().collect();
    let starts = [
        "s.yaml:1: users: must be at least 1, found 0",
        "s.yaml:2: spawn_rate: \"fast\" is not a rate",
        "s.yaml:5: user_classes[0].wait_time.between: must have the shorter duration first",
        "s.yaml:6: user_classes[0]: unknown key `wieght`; did you mean `weight`?",
        "s.yaml:9: user_classes[0].tasks[0].weight: must be at least 1, found -4",
        "s.yaml:10: user_classes[0].tasks[0].expect.status: must be a status",
        "s.yaml:12: user_classes[0].tasks[1].timeout: \"soon\" is not a duration",
        "s.yaml:15: thresholds[1]: \"nonsense\"",
    ];
    assert_eq!(lines.len(), starts.len(), "{found}");
    for (line, start) in lines.iter().zip(starts) {
        assert!(line.starts_with(start), "{line}\nexpected {start}");
    }
}

#[test]
fn problems_of_included_files_name_the_included_file() {
    let found = resolve(&files([
        ("scenarios/s.yaml", ""),
        ("s.yaml", "include: [shared/a.yaml]\nusers: 5\n"),
        (
            "shared/a.yaml",
            "include: b.yaml\ndata:\n  q: { file: q.txt }\n",
        ),
        (
            "shared/b.yaml",
            "user_classes:\n  - name: U\n    tasks:\n      - { get: /x, weight: 0 }\n",
        ),
    ]))
    .unwrap_err()
    .to_string();
    assert_eq!(
        found,
        "shared/a.yaml:3: data.q.file: shared/q.txt: no such file\n\
         shared/b.yaml:4: user_classes[0].tasks[0].weight: must be at least 1, found 0"
    );
}

#[test]
fn a_loop_of_includes_is_shown_whole() {
    let found = resolve(&files([
        ("s.yaml", "include: a.yaml\n"),
        ("a.yaml", "include: ./b.yaml\n"),
        ("b.yaml", "x: 1\ninclude: a.yaml\n"),
    ]))
    .unwrap_err()
    .to_string();
    assert!(
        found.contains("b.yaml:2: include: goes round in a circle: a.yaml -> b.yaml -> a.yaml"),
        "{found}"
    );
}

#[test]
fn a_variable_is_asked_for_only_where_its_value_is_used() {
    let text = "include: base.yaml\nhost: http://localhost:1\nx-notes: ${NEVER}\n";
    let base = ["host: ${STAGING_HOST}\n", WORKLOAD].concat();
    let sources = files([("s.yaml", text), ("base.yaml", base.as_str())]);
    assert!(resolve(&sources).is_ok());

    let sources = files([("s.yaml", base.as_str())]);
    let environment = environment(&[("TARGET_URL", "http://localhost:2")]);
    assert!(resolve_with(&sources, &environment, &Overrides::default()).is_ok());
}

#[test]
fn an_unknown_scenario_names_the_known_or_the_nearest() {
    let load = |name: &str| {
        let environment = Environment::default();
        let overrides = Overrides::default();
        load(
            name,
            &Files::new(),
            &environment,
            &overrides,
            Defaults::of_run(1),
        )
        .unwrap_err()
        .to_string()
    };
    assert!(load("smok").contains("unknown scenario; did you mean `smoke`?"));
    assert!(load("smok").ends_with("`smoke`? (or give the path of a YAML file)"));
    assert!(load("nothing").contains("smoke, load, stress, spike, soak"));
    assert_eq!(load("x/y.yaml"), "x/y.yaml: no such file");
}

#[test]
fn bad_flags_are_named() {
    let files = files([("s.yaml", WORKLOAD)]);
    let overrides = Overrides {
        set: ["users", "a..b=1", "user_classes[4].weight=2", "seed=x"]
            .map(str::to_owned)
            .into(),
        approve_host: vec!["*.com".to_owned()],
        user_classes: Some(ragload::scenario::Given::new(
            vec!["V".to_owned()],
            "user classes",
        )),
        ..Overrides::default()
    };
    let found = resolve_with(&files, &Environment::default(), &overrides)
        .unwrap_err()
        .to_string();
    for part in [
        "--set users: must be PATH=VALUE",
        "--set a..b: the path",
        "--set user_classes[4].weight: there is no item [4]",
        "--set seed: seed: must be a whole number",
        "--approve-host: \"*.com\" is not a host",
        "user classes: unknown user class `V`; did you mean `U`?",
    ] {
        assert!(found.contains(part), "{part}\n{found}");
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in ".{0,200}") {
        let _ = resolve(&files([("s.yaml", &text)]));
    }

    #[test]
    fn no_damaged_scenario_panics(cut in 0usize..2_000, length in 0usize..40, put in "[-{}\\[\\]:$ \n\"'&*a0]{0,4}") {
        let shipped = ragload::files::shipped("rag.yaml").unwrap_or_default();
        let mut characters: Vec<char> = shipped.chars().collect();
        let start = cut.min(characters.len());
        let end = (start + length).min(characters.len());
        characters.splice(start..end, put.chars());
        let text: String = characters.into_iter().collect();
        let _ = resolve(&files([("s.yaml", &text)]));
    }
}
