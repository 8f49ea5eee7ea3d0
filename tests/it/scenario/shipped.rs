//! The scenarios inside the binary and the `.env.example` beside them.

use std::path::Path;
use std::time::Duration;

use ragload::files::dotenv::parse;
use ragload::files::shipped::{DOTENV_EXAMPLE, SHIPPED};
use ragload::load::WaitTime;
use ragload::scenario::plan::{Load, Preflight};
use ragload::scenario::{
    Defaults, Environment, HostClass, ListedContent, Overrides, Plan, list, load,
};

use super::{Files, environment, files};

/// The profiles as they are promised: name, users, spawn rate, run time in seconds, purpose.
const PROFILES: [(&str, u32, f64, u64, &str); 5] = [
    ("smoke", 10, 2.0, 120, "Health check before deployment"),
    ("load", 100, 10.0, 600, "Weekly baseline"),
    ("stress", 1000, 50.0, 900, "Find the breaking point"),
    ("spike", 500, 500.0, 300, "Sudden surge"),
    ("soak", 50, 5.0, 14_400, "Leak detection"),
];

fn shipped(name: &str, environment: &Environment) -> Plan {
    let overrides = Overrides::default();
    let defaults = Defaults::of_run(1);
    load(name, &Files::new(), environment, &overrides, defaults)
        .unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn every_profile_resolves_with_exactly_the_promised_numbers() {
    for (name, users, spawn_rate, seconds, purpose) in PROFILES {
        let plan = shipped(name, &Environment::default());
        let run_time = Some(Duration::from_secs(seconds));
        assert_eq!(
            plan.load,
            Load::Users {
                users,
                spawn_rate,
                run_time
            },
            "{name}"
        );
        assert_eq!(plan.description, purpose);
        assert_eq!(plan.scenario, name);
        assert_eq!(plan.source, None);
        assert_eq!(plan.target.shown, "http://localhost:8000");
        assert_eq!(plan.target.class, HostClass::Loopback);
        assert!(plan.warnings.is_empty(), "{:?}", plan.warnings);
        let floor = plan.thresholds.iter().any(|t| t.expression.contains("rps"));
        assert_eq!(floor, name == "load", "{name}");
        assert_eq!(plan.stop_if.is_empty(), name == "smoke", "{name}");
        assert!(
            plan.stop_if
                .iter()
                .all(|stop| stop.min_requests == 50 && stop.abort)
        );
    }
}

#[test]
fn the_shared_workload_is_what_one_rag_user_does() {
    let plan = shipped("smoke", &Environment::default());
    let class = &plan.classes[0];
    assert_eq!((plan.classes.len(), class.name.as_str()), (1, "RagUser"));
    let seconds = Duration::from_secs;
    assert_eq!(class.wait_time, WaitTime::Between(seconds(1), seconds(3)));
    let tasks: Vec<_> = class
        .tasks
        .iter()
        .map(|t| (t.name.as_str(), t.weight))
        .collect();
    assert_eq!(tasks, [("query", 10), ("retrieval", 3), ("health", 1)]);
    let endpoints: Vec<String> = plan.endpoints.iter().map(ToString::to_string).collect();
    assert_eq!(endpoints, ["POST /query", "GET /retrieval", "GET /health"]);
    let questions = &plan.data[0];
    assert_eq!(questions.name, "question");
    assert!(questions.rows.len() >= 30);
    let mut distinct: Vec<_> = questions.rows.iter().map(ToString::to_string).collect();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), questions.rows.len());
    let wait_for = Duration::ZERO;
    let path = "/health".to_owned();
    assert_eq!(plan.preflight, Preflight::Get { path, wait_for });
    let limits: Vec<_> = plan
        .thresholds
        .iter()
        .map(|t| t.expression.as_str())
        .collect();
    assert_eq!(
        limits,
        ["p50 < 500ms", "p95 < 2s", "p99 < 5s", "error_rate < 1%"]
    );
}

#[test]
fn the_token_is_sent_only_when_there_is_one_and_never_shown() {
    let without = shipped("smoke", &environment(&[]));
    let with = shipped("smoke", &environment(&[("RAG_TOKEN", "tok-123456")]));
    let spec = |plan: &Plan| format!("{:?}", plan.classes[0].tasks[0]);
    assert!(!spec(&without).to_lowercase().contains("authorization"));
    assert!(spec(&with).to_lowercase().contains("authorization"));
    assert!(with.resolved.contains("Bearer ***"), "{}", with.resolved);
    assert!(!with.resolved.contains("tok-123456"));
    assert_eq!(with.masker.mask("sent tok-123456"), "sent ***");
}

#[test]
fn a_local_file_wins_over_the_shipped_one_of_its_name() {
    let text = "include: rag.yaml\nusers: 3\nspawn_rate: 1\nrun_time: 5s\n";
    let rag = SHIPPED.iter().find(|file| file.name == "rag.yaml").unwrap();
    let local = files([
        ("scenarios/smoke.yaml", text),
        ("scenarios/rag.yaml", rag.text),
    ]);
    let plan = load(
        "smoke",
        &local,
        &Environment::default(),
        &Overrides::default(),
        Defaults::of_run(1),
    )
    .unwrap();
    assert!(matches!(plan.load, Load::Users { users: 3, .. }));
    assert_eq!(
        plan.source.as_deref(),
        Some(Path::new("scenarios/smoke.yaml"))
    );
    let users = plan.settings.iter().find(|s| s.name == "users").unwrap();
    assert_eq!(users.origin, "scenarios/smoke.yaml:2");
}

#[test]
fn the_list_shows_profiles_shared_files_and_broken_ones() {
    let local = files([
        (
            "scenarios/mine.yaml",
            "description: Mine\nusers: 4\nrun_time: 1m\nuser_classes: [{ name: U, tasks: [{ get: /x }] }]\n",
        ),
        ("scenarios/broken.yaml", "users: [\n"),
    ]);
    let listed = list(&local, &Environment::default());
    let names: Vec<_> = listed.iter().map(|entry| entry.name.as_str()).collect();
    let expected = [
        "smoke",
        "load",
        "stress",
        "spike",
        "soak",
        "rag",
        "rag-stream",
        "chat",
        "broken",
        "mine",
    ];
    assert_eq!(names, expected);
    assert_eq!(listed[0].origin, "built-in");
    assert!(matches!(listed[0].content, ListedContent::Runnable { .. }));
    assert!(matches!(listed[5].content, ListedContent::Shared { .. }));
    for entry in &listed[6..8] {
        assert!(
            matches!(entry.content, ListedContent::Runnable { .. }),
            "{entry:?}"
        );
    }
    assert!(matches!(listed[8].content, ListedContent::Broken(_)));
    assert_eq!(listed[9].origin, "scenarios/mine.yaml");
    let ListedContent::Runnable { description, load } = &listed[9].content else {
        panic!("{:?}", listed[9])
    };
    assert_eq!(description, "Mine");
    assert!(matches!(load, Load::Users { users: 4, .. }));
}

#[test]
fn the_environment_example_sets_the_host_and_shows_every_default() {
    let active = parse(Path::new(".env"), DOTENV_EXAMPLE.as_bytes()).unwrap();
    let names: Vec<_> = active.variables.keys().map(String::as_str).collect();
    assert_eq!(names, ["LOADTEST_HOST"]);
    for (name, users, spawn_rate, seconds, _) in PROFILES {
        let upper = [name.to_uppercase().as_str(), "_"].concat();
        let uncommented: String = DOTENV_EXAMPLE
            .lines()
            .filter_map(|line| line.strip_prefix("# "))
            .filter(|line| line.starts_with(&upper))
            .map(|line| [line, "\n"].concat())
            .collect();
        let dotenv = parse(Path::new(".env"), uncommented.as_bytes()).unwrap();
        assert_eq!(dotenv.variables.len(), 3, "{uncommented}");
        let environment = Environment {
            dotenv: Some(dotenv),
            ..Environment::default()
        };
        let run_time = Some(Duration::from_secs(seconds));
        assert_eq!(
            shipped(name, &environment).load,
            Load::Users {
                users,
                spawn_rate,
                run_time
            }
        );
    }
}
