//! Pipes: who gets plain lines, and readers that go away.

#![cfg(unix)]

use super::program::{Folder, PROGRAM};
use super::running::ran;
use super::service::Service;

fn shell(folder: &Folder, script: &str, host: &str) -> super::program::Ran {
    let mut command = folder.program("sh");
    command
        .args(["-c", script])
        .env("RAGLOAD", PROGRAM)
        .env("AT", host);
    ran(command)
}

#[test]
fn a_reader_that_goes_away_is_a_normal_end() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let script =
        "{ \"$RAGLOAD\" run quick.yaml -H \"$AT\" -t 1s; echo $? >code; } | true; cat code";
    shell(&folder, script, &service.host())
        .expect(0)
        .shows("0\n");
    let script =
        "{ \"$RAGLOAD\" run quick.yaml -H \"$AT\" -t 1s; echo $? >code; } 2>&1 | head -1; cat code";
    let both = shell(&folder, script, &service.host()).expect(0);
    assert!(
        both.stdout.starts_with("Target  http") && both.stdout.ends_with("\n0\n"),
        "{}",
        both.stdout
    );
    assert!(folder.read("results/quick.html").contains("</html>"));
    for command in [
        "list",
        "check smoke",
        "once smoke --demo",
        "completions bash",
        "--help",
    ] {
        let script = format!("{{ \"$RAGLOAD\" {command}; echo $? >code; }} | true; cat code");
        shell(&folder, &script, "").expect(0).shows("0\n");
    }
}

#[test]
fn piped_output_is_plain() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let host = service.host();
    let ran = ran(folder.ragload(&["run", "quick.yaml", "-H", &host, "-t", "1500ms"])).expect(0);
    for text in [&ran.stdout, &ran.stderr] {
        assert!(!text.contains(['\u{1b}', '\r']), "{text:?}");
    }
    assert!(
        ran.stderr.lines().any(|line| line.contains("req/s")),
        "{}",
        ran.stderr
    );
    let summary =
        super::running::ran(folder.ragload(&["run", "quick.yaml", "-H", &host, "--only-summary"]));
    assert!(!summary.stderr.contains("req/s"), "{}", summary.stderr);
}
