//! Flag > process environment > `.env` > scenario file > default; within a level the first name
//! of the row wins.

use std::collections::BTreeMap;

use ragload::scenario::{Defaults, Environment, Given, Overrides, Plan, load};

use self::Source::{Dotenv, File, Flag, Process, Set};
use super::{WORKLOAD, files};

/// One source of a setting: what it is given, and the value.
#[derive(Clone, Copy, Debug)]
enum Source {
    Flag(&'static str),
    Set(&'static str),
    Process(&'static str, &'static str),
    Dotenv(&'static str, &'static str),
    File(&'static str),
}

fn flag(overrides: &mut Overrides, setting: &str, value: &str) {
    let given = Some(Given::new(
        value.to_owned(),
        format!("--{}", setting.replace('_', "-")),
    ));
    match setting {
        "host" => overrides.host = given,
        "users" => overrides.users = given,
        "spawn_rate" => overrides.spawn_rate = given,
        "run_time" => overrides.run_time = given,
        "stop_timeout" => overrides.stop_timeout = given,
        other => panic!("{other}"),
    }
}

fn resolve(setting: &str, sources: &[Source]) -> Plan {
    let mut overrides = Overrides::default();
    let (mut process, mut dotenv) = (BTreeMap::new(), BTreeMap::new());
    let mut text = String::new();
    for source in sources {
        match *source {
            Source::Flag(value) => flag(&mut overrides, setting, value),
            Source::Set(value) => overrides.set.push([setting, "=", value].concat()),
            Source::Process(name, value) => {
                process.insert(name.to_owned(), value.to_owned());
            }
            Source::Dotenv(name, value) => {
                dotenv.insert(name.to_owned(), value.to_owned());
            }
            Source::File(value) => text = [setting, ": ", value, "\n"].concat(),
        }
    }
    let text = [text.as_str(), WORKLOAD].concat();
    let files = files([("scenarios/my-scenario.yaml", text.as_str())]);
    let environment = Environment::new(process, Some(("/w/.env".into(), dotenv)));
    load(
        "my-scenario",
        &files,
        &environment,
        &overrides,
        Defaults::of_run(1),
    )
    .unwrap_or_else(|problems| panic!("{sources:?}\n{problems}"))
}

/// A source, the value it must show, and the origin.
type Strength = (Source, &'static str, &'static str);

/// Every source of a setting, the strongest first, with the value and origin each must show.
const ROWS: &[(&str, &[Strength])] = &[
    (
        "host",
        &[
            (Flag("http://a"), "http://a", "--host"),
            (Set("http://b"), "http://b", "--set host"),
            (
                Process("LOADTEST_HOST", "http://c"),
                "http://c",
                "LOADTEST_HOST (environment)",
            ),
            (
                Process("TARGET_URL", "http://d"),
                "http://d",
                "TARGET_URL (environment)",
            ),
            (
                Process("LOCUST_HOST", "http://e"),
                "http://e",
                "LOCUST_HOST (environment)",
            ),
            (
                Dotenv("LOADTEST_HOST", "http://f"),
                "http://f",
                "LOADTEST_HOST (/w/.env)",
            ),
            (
                Dotenv("TARGET_URL", "http://g"),
                "http://g",
                "TARGET_URL (/w/.env)",
            ),
            (
                Dotenv("LOCUST_HOST", "http://h"),
                "http://h",
                "LOCUST_HOST (/w/.env)",
            ),
            (File("http://i"), "http://i", "scenarios/my-scenario.yaml:1"),
        ],
    ),
    (
        "users",
        &[
            (Flag("1"), "1", "--users"),
            (Set("2"), "2", "--set users"),
            (
                Process("MY_SCENARIO_USERS", "3"),
                "3",
                "MY_SCENARIO_USERS (environment)",
            ),
            (
                Process("LOCUST_USERS", "4"),
                "4",
                "LOCUST_USERS (environment)",
            ),
            (
                Dotenv("MY_SCENARIO_USERS", "5"),
                "5",
                "MY_SCENARIO_USERS (/w/.env)",
            ),
            (Dotenv("LOCUST_USERS", "6"), "6", "LOCUST_USERS (/w/.env)"),
            (File("7"), "7", "scenarios/my-scenario.yaml:1"),
        ],
    ),
    (
        "spawn_rate",
        &[
            (Flag("1"), "1/s", "--spawn-rate"),
            (
                Process("MY_SCENARIO_SPAWN_RATE", "2"),
                "2/s",
                "MY_SCENARIO_SPAWN_RATE (environment)",
            ),
            (
                Process("LOCUST_SPAWN_RATE", "3"),
                "3/s",
                "LOCUST_SPAWN_RATE (environment)",
            ),
            (
                Dotenv("MY_SCENARIO_SPAWN_RATE", "30/m"),
                "0.5/s",
                "MY_SCENARIO_SPAWN_RATE (/w/.env)",
            ),
            (File("5"), "5/s", "scenarios/my-scenario.yaml:1"),
        ],
    ),
    (
        "run_time",
        &[
            (Flag("1m"), "1m", "--run-time"),
            (
                Process("MY_SCENARIO_RUNTIME", "2m"),
                "2m",
                "MY_SCENARIO_RUNTIME (environment)",
            ),
            (
                Process("LOCUST_RUN_TIME", "3m"),
                "3m",
                "LOCUST_RUN_TIME (environment)",
            ),
            (
                Dotenv("MY_SCENARIO_RUNTIME", "4m"),
                "4m",
                "MY_SCENARIO_RUNTIME (/w/.env)",
            ),
            (
                Dotenv("LOCUST_RUN_TIME", "5m"),
                "5m",
                "LOCUST_RUN_TIME (/w/.env)",
            ),
            (File("90"), "1m30s", "scenarios/my-scenario.yaml:1"),
        ],
    ),
    (
        "stop_timeout",
        &[
            (Flag("1s"), "1s", "--stop-timeout"),
            (
                Process("LOCUST_STOP_TIMEOUT", "2"),
                "2s",
                "LOCUST_STOP_TIMEOUT (environment)",
            ),
            (
                Dotenv("LOCUST_STOP_TIMEOUT", "3"),
                "3s",
                "LOCUST_STOP_TIMEOUT (/w/.env)",
            ),
            (File("4s"), "4s", "scenarios/my-scenario.yaml:1"),
        ],
    ),
];

#[test]
fn each_source_wins_over_all_below_it_and_is_named() {
    for &(setting, sources) in ROWS {
        for weakest_left_out in 0..sources.len() {
            let given: Vec<Source> = sources[weakest_left_out..].iter().map(|s| s.0).collect();
            let (_, value, origin) = sources[weakest_left_out];
            let plan = resolve(setting, &given);
            let shown = plan.settings.iter().find(|s| s.name == setting).unwrap();
            assert_eq!(
                (shown.value.as_str(), shown.origin.as_str()),
                (value, origin),
                "{setting} of {given:?}"
            );
        }
    }
}

#[test]
fn nothing_said_gives_the_defaults() {
    let plan = resolve("users", &[]);
    let shown: Vec<_> = plan
        .settings
        .iter()
        .map(|s| [s.name.as_str(), s.value.as_str(), s.origin.as_str()])
        .collect();
    assert_eq!(
        shown,
        [
            ["host", "http://localhost:8000", "default"],
            ["users", "1", "default"],
            ["spawn_rate", "1/s", "default"],
            ["run_time", "until stopped", "default"],
            ["stop_timeout", "30s", "default"],
            ["seed", "1", "drawn for this run"],
            ["client", "auto", "default"],
        ]
    );
}

#[test]
fn an_empty_variable_is_not_set_and_a_variable_given_as_a_flag_ranks_as_a_variable() {
    let plan = resolve("users", &[Process("MY_SCENARIO_USERS", ""), File("7")]);
    assert_eq!(plan.settings[1].value, "7");

    let overrides = Overrides {
        users: Some(Given::new("9".to_owned(), "LOCUST_USERS")),
        ..Overrides::default()
    };
    let process = BTreeMap::from([("S_USERS".to_owned(), "3".to_owned())]);
    let files = files([("s.yaml", WORKLOAD)]);
    let environment = Environment::new(process, None);
    let plan = load(
        "s.yaml",
        &files,
        &environment,
        &overrides,
        Defaults::of_run(1),
    )
    .unwrap();
    assert_eq!(plan.settings[1].value, "3");
}

#[test]
fn the_line_of_a_variable_in_the_environment_file_is_shown() {
    let bytes = b"# profiles\n\nS_USERS=12\n";
    let dotenv = ragload::files::dotenv::parse("/w/.env".as_ref(), bytes).unwrap();
    let environment = Environment {
        dotenv: Some(dotenv),
        ..Environment::default()
    };
    let files = files([("s.yaml", WORKLOAD)]);
    let plan = super::resolve_with(&files, &environment, &Overrides::default()).unwrap();
    assert_eq!(plan.settings[1].origin, "S_USERS (/w/.env:3)");
}

#[test]
fn a_bad_value_is_blamed_on_what_gave_it() {
    let files = files([("s.yaml", ["users: 0\n", WORKLOAD].concat().as_str())]);
    let overrides = Overrides {
        users: Some(Given::new("-3".to_owned(), "--users")),
        run_time: Some(Given::new("1x".to_owned(), "--run-time")),
        ..Overrides::default()
    };
    let environment = super::environment(&[("S_SPAWN_RATE", "0")]);
    let problems = super::resolve_with(&files, &environment, &overrides).unwrap_err();
    assert_eq!(
        problems.to_string(),
        "--run-time: \"1x\" is not a duration (write 500ms, 2s, 1m30s, 4h, or plain seconds)\n\
         --users: must be at least 1, found -3\n\
         S_SPAWN_RATE (environment): must be above 0, found 0\n\
         s.yaml:1: users: must be at least 1, found 0"
    );
}
