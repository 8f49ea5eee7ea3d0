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

/// A folder with the records of three runs, each made to be of its own time.
fn three_runs() -> Folder {
    let service = Service::start();
    let folder = Folder::quick("thresholds: [error_rate < 1%]");
    let host = service.host();
    for (index, name) in ["b", "a", "c"].into_iter().enumerate() {
        let record = [
            "run",
            "quick.yaml",
            "-H",
            &host,
            "-t",
            "200ms",
            "--no-csv",
            "--no-html",
        ];
        ran(folder.ragload(&record)).expect(0);
        let text = folder.read("results/quick_run.json");
        folder.write(
            &format!("kept/{name}.json"),
            &text.replace("\"quick\"", &format!("\"{name}\"")),
        );
        folder.touch(&format!("kept/{name}.json"), 1_000 + index as u64);
    }
    folder
}

#[test]
fn the_newest_record_is_taken_among_whatever_else_is_there() {
    let folder = three_runs();
    folder.write("kept/d.json", "{\"no\": \"record\"}");
    folder.write("kept/e.json", "[");
    folder.write("kept/f.csv", "x");
    let report = |arguments: &[&str]| ran(folder.ragload(&[&["report"], arguments].concat()));
    report(&["kept"])
        .expect(0)
        .shows("Run of 20")
        .shows("PASSED  c against http://127.0.0.1:")
        .shows("written  kept/c.html");
    // Of the same age: the last by name, as names hold the time.
    folder.touch("kept/a.json", 1_002);
    folder.touch("kept/b.json", 1_002);
    report(&["kept"]).expect(0).shows("from kept/c.json");
    folder.touch("kept/b.json", 2_000);
    report(&["kept/"]).expect(0).shows("from kept/b.json");
    report(&[]).expect(0).shows("from results/runs/quick-");
}

#[test]
fn report_writes_what_is_asked_for_where_it_is_asked_for() {
    let folder = three_runs();
    let before = folder.files();
    let arguments = [
        "report",
        "kept/a.json",
        "-o",
        "out/x",
        "--junit",
        "j.xml",
        "--markdown",
        "m.md",
        "--json-file",
        "s",
        "--html",
        "page.html",
    ];
    let told = ran(folder.ragload(&arguments)).expect(0);
    let mut expected = vec![
        "j.xml",
        "m.md",
        "out/x_exceptions.csv",
        "out/x_failures.csv",
        "out/x_stats.csv",
        "page.html",
        "s.json",
    ];
    let mut added = folder.files();
    added.retain(|file| !before.contains(file));
    assert_eq!(added, expected);
    let written = told
        .stdout
        .lines()
        .filter_map(|line| line.strip_prefix("written  "));
    let mut written: Vec<&str> = written.collect();
    written.sort_unstable();
    expected.sort_unstable();
    assert_eq!(written, expected);
    let bare = [
        "report",
        "kept/a.json",
        "--no-csv",
        "--no-html",
        "--junit",
        "again.xml",
    ];
    ran(folder.ragload(&bare)).expect(0);
    assert_eq!(folder.read("again.xml"), folder.read("j.xml"));
    assert!(!folder.has("kept/a.html") && !folder.has("kept/a_stats.csv"));
}

#[test]
fn where_there_is_no_record_it_says_what_to_name() {
    let folder = Folder::new();
    let refused = |arguments: &[&str], says: &str| {
        let ran = ran(folder.ragload(&[&["report"], arguments].concat()));
        ran.expect(2).says(says);
    };
    refused(&[], "there is no results/runs here; name a run record");
    folder.write("empty/note.txt", "nothing");
    refused(&["empty"], "there is no run record in empty");
    folder.write("empty/new.json", "{\"schema_version\": 999}");
    refused(&["empty"], "empty/new.json: is a run record of form 999");
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
