//! A run record shows a run again, byte for byte.

use ragload::demo::Faults;

use super::program::Folder;
use super::running::ran;
use super::service::Service;

#[test]
fn report_writes_what_the_run_wrote() {
    let service = Service::with(Faults {
        error_rate: Some(0.2),
        reset_rate: Some(0.1),
        ..Faults::default()
    });
    let folder = Folder::quick("thresholds: [error_rate < 1%]");
    let host = service.host();
    ran(folder.ragload(&["run", "quick.yaml", "-H", &host])).expect(99);
    let again = [
        "report",
        "results/quick_run.json",
        "--output",
        "again/quick",
    ];
    let told = ran(folder.ragload(&again))
        .expect(0)
        .shows("written  again/quick.html");
    for end in ["_stats.csv", "_failures.csv", "_exceptions.csv", ".html"] {
        let (first, second) = (format!("results/quick{end}"), format!("again/quick{end}"));
        assert_eq!(folder.read(&first), folder.read(&second), "{end}");
        assert!(told.stdout.contains(&second), "{}", told.stdout);
    }
    assert!(folder.read("again/quick_failures.csv").lines().count() > 2);
    let files = folder.files();
    let kept = files
        .iter()
        .find(|file| file.starts_with("results/runs/quick-"))
        .unwrap();
    assert_eq!(folder.read(kept), folder.read("results/quick_run.json"));
    ran(folder.ragload(&["report", kept])).expect(0);
    assert_eq!(
        folder.read(&kept.replace(".json", ".html")),
        folder.read("results/quick.html")
    );
}

#[test]
fn what_is_no_run_record_is_refused() {
    let folder = Folder::new();
    folder.write("x.json", "{}");
    folder.write(
        "y.json",
        "{\"schema_version\": 999, \"ragload_version\": \"9.9\"}",
    );
    folder.write("z.json", "no JSON");
    let refused = |file: &str| ran(folder.ragload(&["report", file])).expect(2);
    refused("x.json").says("is not a run record");
    refused("y.json").says("use the ragload that wrote it (9.9)");
    refused("z.json").says("is not a run record");
    refused("none.json").says("cannot read none.json");
    assert_eq!(folder.files(), ["x.json", "y.json", "z.json"]);
}
