//! Files: opened before the run, never left half written.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use ragload::event::Event;
use ragload::output::destination::{Destination, FileDestination, probe, write_whole};
use ragload::output::{OutputPlan, record};
use tempfile::TempDir;

use super::fixture;

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = (fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_run_leaves_the_files_of_its_plan_and_nothing_else() {
    let folder = TempDir::new().unwrap();
    let results = folder.path().join("new/results");
    let plan = OutputPlan {
        json_file: Some(results.join("locust")),
        ..OutputPlan::of_run(&results, "smoke", fixture::STARTED)
    };
    let mut sinks = plan.open().unwrap();
    let run = fixture::run();
    for event in run.events() {
        sinks.iter_mut().for_each(|sink| sink.on(&event).unwrap());
    }
    drop(sinks);
    let expected = [
        "locust.json",
        "runs",
        "smoke.html",
        "smoke_exceptions.csv",
        "smoke_failures.csv",
        "smoke_run.json",
        "smoke_stats.csv",
        "smoke_stats_history.csv",
    ];
    assert_eq!(names(&results), expected);
    assert_eq!(
        names(&results.join("runs")),
        ["smoke-20261123T064543Z.json"]
    );
    assert!(plan.files().iter().all(|file| file.exists()));
    let kept = fs::read_to_string(plan.files().pop().unwrap()).unwrap();
    assert_eq!(record::from_json(&kept).unwrap(), run.record);
}

#[test]
fn two_runs_of_one_second_keep_both_records() {
    let folder = TempDir::new().unwrap();
    let finished = Event::Finished(Arc::new(fixture::run().record));
    // Both were opened before either was written.
    let plans = [(); 3].map(|()| OutputPlan::of_run(folder.path(), "smoke", fixture::STARTED));
    let sinks = plans.each_ref().map(|plan| plan.open().unwrap());
    for mut sink in sinks.into_iter().flatten() {
        sink.on(&finished).unwrap();
    }
    let expected = [
        "smoke-20261123T064543Z-2.json",
        "smoke-20261123T064543Z-3.json",
        "smoke-20261123T064543Z.json",
    ];
    assert_eq!(names(&folder.path().join("runs")), expected);
    let last = plans[2].files().pop().unwrap();
    assert!(last.ends_with(expected[1]), "{}", last.display());
}

#[test]
fn a_record_shows_everything_again_but_the_history() {
    let folder = TempDir::new().unwrap();
    let plan = OutputPlan::of_run(folder.path(), "smoke", fixture::STARTED);
    fs::write(folder.path().join("smoke_stats_history.csv"), "of old").unwrap();
    plan.render(fixture::run().record).unwrap();
    let history = fs::read_to_string(folder.path().join("smoke_stats_history.csv")).unwrap();
    assert_eq!(history, "of old");
    let stats = fs::read_to_string(folder.path().join("smoke_stats.csv")).unwrap();
    assert!(stats.contains("Aggregated"));
}

#[test]
fn all_that_cannot_be_written_is_told_at_once_and_nothing_was_changed() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "mine").unwrap();
    let stats = folder.path().join("smoke_stats.csv");
    fs::write(&stats, "of old").unwrap();
    let plan = OutputPlan {
        html: Some(file.join("report.html")),
        records: vec![folder.path().to_owned()],
        csv: Some(folder.path().join("smoke")),
        ..OutputPlan::default()
    };
    let error = plan.open().err().unwrap().to_string();
    assert!(error.starts_with("write 2 output files:\n"), "{error}");
    assert!(error.contains("report.html: "), "{error}");
    assert_eq!(fs::read_to_string(&stats).unwrap(), "of old");
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
}

#[test]
fn the_history_can_be_read_while_the_run_goes_on() {
    let folder = TempDir::new().unwrap();
    let plan = OutputPlan {
        csv: Some(folder.path().join("run")),
        ..OutputPlan::default()
    };
    let mut sinks = plan.open().unwrap();
    let history = folder.path().join("run_stats_history.csv");
    for (index, tick) in fixture::run().ticks.iter().take(3).enumerate() {
        let event = Event::Tick(Arc::clone(tick));
        sinks.iter_mut().for_each(|sink| sink.on(&event).unwrap());
        let text = fs::read_to_string(&history).unwrap();
        // As after a kill: the sinks are still open.
        assert_eq!(text.lines().count(), index + 2);
        assert!(text.ends_with("\r\n"));
    }
}

#[test]
fn a_shorter_content_leaves_nothing_of_a_longer_one() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("file");
    let mut file = FileDestination::live(&path).unwrap();
    for content in ["a long content", "short"] {
        file.replace(content.as_bytes()).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
    }
    file.finish(b"last").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "last");
    assert_eq!(names(folder.path()), ["file"]);
}

#[test]
fn probing_leaves_no_trace() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a/b/file");
    probe(&path).unwrap();
    assert!(!path.exists());
    fs::write(&path, "kept").unwrap();
    probe(&path).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "kept");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_a_device_stays_a_device() {
    use std::os::unix::fs::FileTypeExt;
    let full = Path::new("/dev/full");
    assert!(write_whole(full, b"content").is_err());
    assert!(fs::metadata(full).unwrap().file_type().is_char_device());
    let mut device = FileDestination::live(full).unwrap();
    assert!(device.append(b"row").is_err());
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_stays_one() {
    let folder = TempDir::new().unwrap();
    let (target, link) = (folder.path().join("target"), folder.path().join("link"));
    fs::write(&target, "old").unwrap();
    std::os::unix::fs::symlink(&target, &link).unwrap();
    write_whole(&link, b"new").unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&target).unwrap(), "new");
}
