//! The commands beside `run`: what they print and write.

use super::program::Folder;
use super::running::ran;
use super::service::{Nobody, Service, Tripwire};
use crate::tools::project;

const COMMANDS: [&str; 11] = [
    "run",
    "list",
    "check",
    "once",
    "web",
    "init",
    "demo",
    "report",
    "preset",
    "schema",
    "completions",
];

#[test]
fn every_help_fits_into_100_columns_and_is_shown_with_0() {
    let folder = Folder::new();
    let mut all: Vec<Vec<&str>> = COMMANDS.iter().map(|name| vec![*name, "--help"]).collect();
    all.extend([
        vec!["--help"],
        vec!["-h"],
        vec!["help", "run"],
        vec!["-f", "smoke", "--help"],
    ]);
    for arguments in all {
        let ran = ran(folder.ragload(&arguments))
            .expect(0)
            .shows("Usage: ragload");
        assert_eq!(ran.stderr, "");
        for line in ran.stdout.lines() {
            assert!(line.chars().count() <= 100, "{arguments:?}: {line}");
            assert!(
                !line.ends_with(' ') || line.trim().is_empty(),
                "{arguments:?}: {line:?}"
            );
        }
    }
    let top = ran(folder.ragload(&["--help"]));
    for command in COMMANDS {
        assert!(top.stdout.contains(&format!("  {command} ")), "{command}");
    }
}

#[test]
fn the_version_is_one_line() {
    let folder = Folder::new();
    for flag in ["-V", "--version"] {
        let ran = ran(folder.ragload(&[flag])).expect(0);
        assert_eq!(
            ran.stdout,
            concat!("ragload ", env!("CARGO_PKG_VERSION"), "\n")
        );
    }
}

#[test]
fn without_arguments_the_help_says_where_to_start() {
    let none: [&str; 0] = [];
    let ran = ran(Folder::new().ragload(&none)).expect(2);
    ran.says("Start here:").says("ragload run smoke --demo");
}

#[test]
fn presets_are_listed_and_shown() {
    let folder = Folder::new();
    let listed = ran(folder.ragload(&["preset", "list"])).expect(0);
    let names: Vec<&str> = listed
        .stdout
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let expected = "rag-json rag-sse openai-chat ollama lightrag nvidia-rag ragflow dify anthropic \
                    cohere";
    assert_eq!(names.join(" "), expected);
    ran(folder.ragload(&["preset", "show", "openai-chat"]))
        .expect(0)
        .shows("post: /v1/chat/completions")
        .shows("done: [{ data: \"[DONE]\" }");
    for preset in ["rag-json", "rag-sse", "openai-chat"] {
        ran(folder.ragload(&["preset", "show", preset]))
            .expect(0)
            .shows("cached: $.usage.prompt_tokens_details.cached_tokens");
    }
    ran(folder.ragload(&["preset", "show", "openai"]))
        .expect(2)
        .says("unknown preset `openai`");
}

#[test]
fn list_shows_what_is_built_in_and_what_is_here() {
    let folder = Folder::new();
    folder.write(
        "scenarios/mine.yaml",
        "description: My own\nusers: 3\nuser_classes: [{ name: A, tasks: [{ get: / }] }]\n",
    );
    folder.write("scenarios/broken.yaml", "users: [\n");
    let ran = ran(folder.ragload(&["list"])).expect(0);
    let line = |name: &str| {
        let found = ran.stdout.lines().find(|line| line.starts_with(name));
        found.unwrap_or_else(|| panic!("no {name} in {}", ran.stdout))
    };
    assert!(line("smoke").contains("10 users, 2 spawned per second, for 2m"));
    assert!(line("soak").contains("50 users, 5 spawned per second, for 4h"));
    assert!(line("mine").contains("3 users") && line("mine").contains("My own"));
    assert!(line("broken").contains("broken"));
}

#[test]
fn check_and_dry_run_show_the_same_plan_and_send_nothing() {
    let (folder, target) = (Folder::new(), Tripwire::new());
    let host = target.host();
    let with = ["smoke", "-H", &host, "--seed", "7", "-u", "3"];
    let checked = ran(folder.ragload(&[&["check"][..], &with].concat())).expect(0);
    let dry = ran(folder.ragload(&[&["run"][..], &with, &["--dry-run"]].concat())).expect(0);
    assert_eq!(checked.stdout, dry.stdout);
    for text in [
        "71.4 %  query",
        "--users",
        "3",
        "p95 < 2s",
        "GET /health",
        "built-in smoke.yaml:",
    ] {
        assert!(checked.stdout.contains(text), "{text}: {}", checked.stdout);
    }
    assert_eq!(target.touched(), 0);
    assert!(folder.files().is_empty());
}

#[test]
fn what_init_writes_passes_check_and_is_never_overwritten() {
    let folder = Folder::new();
    ran(folder.ragload(&["init"])).expect(0).shows("written  ");
    for file in [
        ".env.example",
        "scenarios/smoke.yaml",
        "scripts/run_smoke_test.ps1",
    ] {
        assert!(folder.has(file), "{file}");
    }
    for scenario in ["smoke", "load", "stress", "spike", "soak"] {
        let ran = ran(folder.ragload(&["check", scenario])).expect(0);
        ran.shows(&format!("scenarios/{scenario}.yaml"));
    }
    folder.write("scenarios/smoke.yaml", "# mine\n");
    let again = ran(folder.ragload(&["init"])).expect(0).shows("kept     ");
    assert!(!again.stdout.contains("written"), "{}", again.stdout);
    assert_eq!(folder.read("scenarios/smoke.yaml"), "# mine\n");
    ran(folder.ragload(&["init", "deep/down"])).expect(0);
    assert!(folder.has("deep/down/scenarios/soak.yaml"));
}

#[test]
fn the_schema_is_printed_and_lies_where_the_scenarios_of_init_look_for_it() {
    let folder = Folder::new();
    ran(folder.ragload(&["init"])).expect(0);
    let printed = ran(folder.ragload(&["schema"])).expect(0).stdout;
    let in_repository = std::fs::read_to_string(project("scenarios/ragload.schema.json"));
    assert_eq!(printed, in_repository.unwrap());
    let files = folder.files();
    let scenarios = files.iter().filter(|file| file.ends_with(".yaml"));
    let mut count = 0;
    for file in scenarios {
        let text = folder.read(file);
        let first = text.lines().next().unwrap();
        let reference = first
            .strip_prefix("# yaml-language-server: $schema=")
            .unwrap();
        let schema = file.replace(file.rsplit('/').next().unwrap(), reference);
        assert_eq!(folder.read(&schema), printed, "{file}");
        count += 1;
    }
    assert_eq!(count, 8);
}

#[test]
fn the_example_environment_changes_nothing_but_the_host() {
    let folder = Folder::new();
    let check = || {
        ran(folder.ragload(&["check", "smoke", "--seed", "1"]))
            .expect(0)
            .stdout
    };
    let before = check();
    ran(folder.ragload(&["init"])).expect(0);
    folder.write(".env", &folder.read(".env.example"));
    let after = check().replace("scenarios/", "built-in ");
    let values = |text: &str| -> Vec<String> {
        let settings = text.lines().filter(|line| line.starts_with("  "));
        settings
            .map(|line| line.split_whitespace().take(2).collect())
            .collect()
    };
    assert_eq!(values(&before), values(&after));
}

#[test]
fn completions_are_there_for_every_shell() {
    let folder = Folder::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = ran(folder.ragload(&["completions", shell])).expect(0);
        assert!(
            ran.stdout.contains("ragload") && ran.stdout.contains("dry-run"),
            "{shell}"
        );
        assert_eq!(ran.stderr, "");
    }
}

#[test]
fn run_demo_needs_nothing_at_all() {
    let folder = Folder::new();
    let arguments = ["run", "smoke", "--demo", "-u", "4", "-r", "4", "-t", "2s"];
    let ran = ran(folder.ragload(&arguments)).expect(0);
    ran.shows("PASSED  smoke against http://127.0.0.1:")
        .shows("4 of 4 thresholds met");
    assert_eq!(
        folder
            .read("results/smoke_stats_history.csv")
            .lines()
            .count()
            .min(4),
        4
    );
}

#[test]
fn no_csv_no_html_and_results_dir_are_honoured() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let host = service.host();
    let run = [
        "run",
        "quick.yaml",
        "-H",
        &host,
        "-t",
        "300ms",
        "--no-csv",
        "--no-html",
    ];
    ran(folder.ragload(&[&run[..], &["--results-dir", "out"]].concat())).expect(0);
    let files = folder.files();
    assert!(
        files.contains(&"out/quick_run.json".to_owned()),
        "{files:?}"
    );
    assert!(
        !files
            .iter()
            .any(|file| file.ends_with(".csv") || file.ends_with(".html")),
        "{files:?}"
    );
}

#[test]
fn wait_for_waits_until_the_target_is_up() {
    let (folder, nobody) = (Folder::quick(""), Nobody::new());
    let host = nobody.host();
    let run = ["run", "quick.yaml", "-H", &host, "--wait-for", "30s"];
    let mut running = super::running::start(folder.ragload(&run));
    running.until_says("Waiting up to 30s");
    let port = nobody.port;
    drop(nobody);
    let service = Service::on_port(port);
    running.end().expect(0).shows("PASSED");
    assert!(service.requests() > 1);
}

#[test]
fn wait_for_gives_up_in_the_end() {
    let (folder, nobody) = (Folder::quick(""), Nobody::new());
    let host = nobody.host();
    let run = ["run", "quick.yaml", "-H", &host, "--wait-for", "600ms"];
    ran(folder.ragload(&run)).expect(3).says("was not answered");
}
