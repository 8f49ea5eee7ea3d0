//! Where values come from, as `check` tells it: flag, environment, `.env`, file.

use super::program::{Folder, QUICK};
use super::running::ran;

/// What `check` says of a setting: its value and where it came from.
#[track_caller]
fn setting(stdout: &str, name: &str) -> (String, String) {
    let line = (stdout.lines()).find(|line| line.starts_with(&format!("  {name} ")));
    let line = line.unwrap_or_else(|| panic!("no {name} in:\n{stdout}"));
    let mut words = line.split_whitespace().skip(1);
    let value = words.next().unwrap_or_default().to_owned();
    (value, words.collect::<Vec<_>>().join(" "))
}

#[test]
fn flag_beats_environment_beats_dotenv_beats_file() {
    let folder = Folder::quick("");
    let users = |arguments: &[&str], environment: &[(&str, &str)]| {
        let mut command = folder.ragload(&[&["check", "quick.yaml"], arguments].concat());
        command.envs(environment.iter().copied());
        setting(&ran(command).expect(0).stdout, "users")
    };
    let (value, from) = users(&[], &[]);
    assert_eq!((value.as_str(), from.as_str()), ("2", "quick.yaml:2"));
    folder.write(
        ".env",
        "# mine\nQUICK_USERS=5\nLOADTEST_HOST=http://127.0.0.1:1\n",
    );
    let (value, from) = users(&[], &[]);
    assert_eq!(value, "5");
    assert!(
        from.contains(".env") && from.contains("QUICK_USERS"),
        "{from}"
    );
    let (value, from) = users(&[], &[("QUICK_USERS", "6")]);
    assert_eq!(value, "6");
    assert!(
        from.contains("QUICK_USERS") && !from.contains(".env"),
        "{from}"
    );
    let (value, from) = users(&["-u", "7"], &[("QUICK_USERS", "6")]);
    assert_eq!((value.as_str(), from.as_str()), ("7", "--users"));
}

#[test]
fn the_nearest_dotenv_upwards_counts_and_is_named() {
    let folder = Folder::new();
    folder.write(".env", "TARGET_URL=http://127.0.0.1:4321\n");
    folder.write("deep/quick.yaml", QUICK);
    let mut command = folder.ragload(&["check", "quick.yaml"]);
    command.current_dir(folder.path("deep"));
    let (host, from) = setting(&ran(command).expect(0).stdout, "host");
    assert_eq!(host, "http://127.0.0.1:4321");
    assert!(
        from.contains(".env") && from.contains("TARGET_URL"),
        "{from}"
    );
}

#[test]
fn a_broken_dotenv_is_refused_with_its_line() {
    let folder = Folder::quick("");
    folder.write(".env", "QUICK_USERS=5\nthis is no assignment\n");
    let ran = ran(folder.ragload(&["check", "quick.yaml"])).expect(2);
    ran.says(".env:2");
}

#[test]
fn a_bad_value_is_told_with_the_variable_it_came_from() {
    let folder = Folder::quick("");
    let mut command = folder.ragload(&["check", "quick.yaml"]);
    command.env("QUICK_USERS", "lots");
    ran(command).expect(2).says("QUICK_USERS").says("lots");
}

#[test]
fn hosts_are_approved_by_variable() {
    let folder = Folder::quick("");
    let mut command = folder.ragload(&["check", "quick.yaml", "-H", "http://example.com"]);
    command.env("LOADTEST_APPROVED_HOSTS", "example.org, example.com");
    ran(command).expect(0).shows("(approved for load)");
}
