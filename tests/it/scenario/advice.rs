//! What resolves, or nearly so, and is said all the same: warnings with a remedy.

use ragload::scenario::{Defaults, Environment, Given, Overrides, load};

use super::{Files, WORKLOAD, environment, files, plan, resolve, resolve_with};

fn warnings(text: &str, more: &[(&str, &str)]) -> String {
    let mut sources = files([("s.yaml", text)]);
    sources.extend(
        more.iter()
            .map(|(path, text)| ((*path).into(), (*text).into())),
    );
    let plan = resolve(&sources).unwrap_or_else(|problems| panic!("{problems}"));
    plan.warnings.join("\n")
}

#[test]
fn a_row_of_columns_put_in_whole_is_warned_of_with_the_columns() {
    let with = |template: &str| {
        let text = format!(
            "run_time: 5s\ndata: {{ question: {{ file: q.csv }} }}\nuser_classes:\n  - name: U\n    \
             tasks:\n      - {{ post: /x, json: {{ a: '{template}' }} }}\n"
        );
        warnings(&text, &[("q.csv", "text,expected docs\nhello,en\n")])
    };
    let whole = with("{{ question }}");
    assert!(
        whole.starts_with("s.yaml:6: user_classes[0].tasks[0].json.a: "),
        "{whole}"
    );
    assert!(
        whole.contains("{{ question.text }}, {{ question[\"expected docs\"] }}"),
        "{whole}"
    );
    assert_eq!(with("{{ question.text }}"), "");
    assert_eq!(with("{{ question | tojson }}"), "");
}

#[test]
fn more_fixed_users_than_there_are_is_warned_of() {
    let text = "users: 3\nrun_time: 5s\nuser_classes:\n  \
                - { name: A, fixed_count: 2, tasks: [{ get: /a }] }\n  \
                - { name: B, fixed_count: 2, tasks: [{ get: /b }] }\n";
    let found = warnings(text, &[]);
    assert!(
        found.contains("adds up to 4, but there are at most 3 users"),
        "{found}"
    );
    assert_eq!(warnings(&text.replace("users: 3", "users: 4"), &[]), "");
}

#[test]
fn a_variable_of_the_scenario_that_sets_nothing_is_named_with_the_nearest() {
    let text = [WORKLOAD, "run_time: 9s\n"].concat();
    let dotenv = [("S_USER", "3"), ("S_RUN_TIME", "7s"), ("SMOKE_USER", "1")];
    let dotenv = dotenv.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let process = [("S_HOME".to_owned(), "/x".to_owned())];
    let environment = Environment::new(process.into(), Some((".env".into(), dotenv.into())));
    let plan = resolve_with(
        &files([("s.yaml", &text)]),
        &environment,
        &Overrides::default(),
    );
    let plan = plan.unwrap();
    assert_eq!(
        plan.warnings,
        [".env: S_USER sets nothing; did you mean S_USERS?"]
    );
    let time = plan
        .settings
        .iter()
        .find(|setting| setting.name == "run_time");
    assert_eq!(time.map(|time| time.value.as_str()), Some("7s"));
}

fn run(name: &str, sources: &Files, variables: &[(&str, &str)], overrides: &Overrides) -> String {
    let defaults = Defaults::of_run(1);
    match load(name, sources, &environment(variables), overrides, defaults) {
        Ok(_) => String::new(),
        Err(problems) => problems.to_string(),
    }
}

#[test]
fn a_shared_workload_is_not_run_by_itself_unless_somebody_says_how() {
    let none = Overrides::default();
    let shipped = run("rag", &Files::new(), &[], &none);
    assert_eq!(
        shipped,
        "built-in rag.yaml: says nothing of users: run a profile that includes it (smoke, load, \
         stress, spike, soak), or give -u, -r and -t"
    );
    let own = files([
        ("scenarios/base.yaml", WORKLOAD),
        (
            "scenarios/mine.yaml",
            "include: base.yaml\nusers: 1\nrun_time: 1s\n",
        ),
    ]);
    let found = run("scenarios/base.yaml", &own, &[], &none);
    assert!(found.contains("(mine)"), "{found}");
    assert_eq!(run("mine", &own, &[], &none), "");
    assert_eq!(run("base", &own, &[("BASE_USERS", "3")], &none), "");
    let users = Overrides {
        users: Some(Given::new("3".to_owned(), "--users")),
        ..Overrides::default()
    };
    assert_eq!(run("rag", &Files::new(), &[], &users), "");
    // What nobody includes runs as it always did.
    assert_eq!(
        run("s.yaml", &files([("s.yaml", WORKLOAD)]), &[], &none),
        ""
    );
    assert!(plan(WORKLOAD).warnings[0].contains("no run time"));
}
