//! README keeps its promises: its scenario resolves, its tables say what the program does.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot find its text has failed"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use ragload::scenario::{self, Defaults, Environment, ListedContent, Overrides};

use crate::scenario::schema;
use crate::tools::project;

fn readme() -> String {
    std::fs::read_to_string(project("README.md")).unwrap()
}

/// The text of the first fenced block that begins with this line.
fn block(first_line: &str) -> String {
    let readme = readme();
    let blocks = readme.split("```").skip(1).step_by(2);
    let texts = blocks
        .filter_map(|block| block.split_once('\n'))
        .map(|(_, text)| text.to_owned());
    texts
        .into_iter()
        .find(|text| text.starts_with(first_line))
        .unwrap()
}

#[test]
fn its_scenario_is_one() {
    let files = BTreeMap::from([
        (
            PathBuf::from("scenarios/ask.yaml"),
            block("# scenarios/ask.yaml").into_bytes(),
        ),
        (
            PathBuf::from("scenarios/questions.csv"),
            b"q\nWhat?\nWho?\n".to_vec(),
        ),
    ]);
    let (environment, overrides) = (Environment::default(), Overrides::default());
    let plan = scenario::load("ask", &files, &environment, &overrides, Defaults::of_run(1));
    let plan = plan.unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!((plan.classes[0].tasks.len(), plan.thresholds.len()), (2, 4));
    assert!(plan.warnings.is_empty(), "{:?}", plan.warnings);
    assert_eq!(schema::problems(&block("# scenarios/ask.yaml")), "");
    let readme = readme();
    let (_, stages) = readme.split_once("`stages: ").unwrap();
    let stages = format!("stages: {}", stages.split('`').next().unwrap());
    assert_eq!(schema::problems(&stages), "", "{stages}");
}

#[test]
fn its_profiles_are_those_that_ship() {
    let files: BTreeMap<PathBuf, Vec<u8>> = BTreeMap::new();
    let readme = readme();
    for listed in scenario::list(&files, &Environment::default()) {
        let ListedContent::Runnable {
            load:
                scenario::plan::Load::Users {
                    users,
                    spawn_rate,
                    run_time,
                },
            ..
        } = listed.content
        else {
            continue;
        };
        let run_time = ragload::model::units::format_duration(run_time.unwrap());
        let row = format!(
            "| `{}` | {users} | {spawn_rate} | {run_time} |",
            listed.name
        );
        assert!(readme.contains(&row), "{row}");
    }
}

#[test]
fn its_exit_codes_are_those_of_the_help() {
    let help = ragload::cli::command_line()
        .find_subcommand_mut("run")
        .unwrap()
        .render_long_help();
    let help = help.to_string();
    let rows = readme();
    let rows = rows
        .split("## Exit codes")
        .nth(1)
        .unwrap()
        .split("## ")
        .next()
        .unwrap()
        .to_owned();
    let rows = rows
        .lines()
        .filter(|line| line.starts_with("| ") && !line.contains("code"));
    for row in rows {
        let code = row
            .trim_start_matches("| ")
            .split([' ', ','])
            .next()
            .unwrap();
        assert!(
            help.contains(&format!("  {code} ")),
            "{code} is not in the help"
        );
    }
}

#[test]
fn its_commands_and_options_exist() {
    let mut cli = ragload::cli::command_line();
    let run = cli.find_subcommand_mut("run").unwrap().clone();
    let readme = readme();
    let commands = readme
        .split("ragload ")
        .skip(1)
        .filter_map(|rest| rest.split_whitespace().next());
    let words = commands.map(|word| word.trim_end_matches(['`', '.', ',', ':', ';']));
    let names: Vec<&str> = words
        .filter(|word| word.chars().all(|c| c.is_ascii_lowercase()))
        .collect();
    for name in ["run", "init", "check", "list", "report", "demo"] {
        assert!(
            names.contains(&name),
            "README does not show `ragload {name}`"
        );
        assert!(
            cli.find_subcommand(name).is_some(),
            "there is no `ragload {name}`"
        );
    }
    for option in [
        "approve-host",
        "exit-code-on-error",
        "wait-for",
        "demo",
        "csv",
        "html",
        "headless",
    ] {
        assert!(
            readme.contains(&format!("--{option}")),
            "README does not mention --{option}"
        );
        assert!(
            run.get_arguments()
                .any(|arg| arg.get_long() == Some(option)),
            "--{option}"
        );
    }
}
