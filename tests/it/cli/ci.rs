//! What a CI system is told: JUnit, Markdown, annotations.

use super::program::Folder;
use super::running::ran;
use super::service::Service;

#[test]
fn a_broken_threshold_is_told_in_every_way_a_job_listens_to() {
    let service = Service::start();
    let folder = Folder::quick("thresholds: [requests > 100000, error_rate < 1%]");
    folder.write("step.md", "before\n");
    let host = service.host();
    let arguments = [
        "run",
        "quick.yaml",
        "-H",
        &host,
        "--junit",
        "j.xml",
        "--markdown",
        "s.md",
    ];
    let mut command = folder.ragload(&arguments);
    command
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", folder.path("step.md"));
    let ran = ran(command).expect(99);
    let error = "::error title=ragload quick::requests > 100000: observed ";
    assert!(ran.stdout.starts_with(error), "{}", ran.stdout);
    let junit = folder.read("j.xml");
    assert!(junit.contains("failures=\"2\""), "{junit}");
    assert!(junit.contains("requests &gt; 100000: observed"), "{junit}");
    let markdown = folder.read("s.md");
    assert!(
        markdown.starts_with("## ❌ FAILED: quick against"),
        "{markdown}"
    );
    assert_eq!(folder.read("step.md"), format!("before\n{markdown}"));
}

#[test]
fn a_passed_run_annotates_nothing_and_leaves_no_summary_unasked() {
    let service = Service::start();
    let folder = Folder::quick("thresholds: [error_rate < 1%]");
    let ran = ran(folder.ragload(&["run", "quick.yaml", "-H", &service.host()])).expect(0);
    assert!(!ran.stdout.contains("::"), "{}", ran.stdout);
}
