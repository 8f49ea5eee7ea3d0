//! JUnit as others read it: what comes out of a parser is what was put in.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up has failed"
)]

use std::process::Command;

use ragload::event::{RunOutcome, RunRecord};
use ragload::output::junit;
use ragload::threshold::{Level, Standing};
use serde_json::Value;

use super::fixture;
use crate::tools::{project, tool};

/// Texts that end elements, begin others, or cannot stand in XML at all.
const HOSTILE: [&str; 9] = [
    "]]></failure><testcase name=\"forged\"/>",
    "<!-- --> <![CDATA[ & &amp; &#0; &lt; %s",
    "quotes ' \" and ` \\",
    "nul \0 bell \u{7} escape \u{1b}[2J c1 \u{9b} del \u{7f}",
    "not characters \u{fffe} \u{ffff}",
    "two\nlines\r\nand\ta tab",
    "  spaces at both ends  ",
    "☃ größe 🦀 \u{202e}turned\u{2066}",
    "",
];

/// What `tests/junit/cases.py` reads in a record's XML.
fn read_by_junitparser(record: &RunRecord) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("junit.xml");
    std::fs::write(&file, junit::render(record)).unwrap();
    // Beside the tool that belongs to the library.
    let tool = std::fs::canonicalize(tool("junitparser")).unwrap();
    let read = Command::new(tool.with_file_name("python"))
        .arg(project("tests/junit/cases.py"))
        .arg(&file)
        .output()
        .unwrap();
    let problems = String::from_utf8_lossy(&read.stderr);
    assert!(read.status.success(), "{problems}");
    serde_json::from_slice(&read.stdout).unwrap()
}

/// A text as it is shown: on lines, and without what XML cannot hold.
fn sayable(text: &str) -> String {
    let unsayable = |c: char| c.is_control() && c != '\n' || matches!(c, '\u{fffe}' | '\u{ffff}');
    let text = text.replace("\r\n", "\n").replace('\t', " ");
    text.replace(unsayable, "\u{fffd}")
}

/// The same in an attribute, where parsers make spaces of what ends lines.
fn in_attribute(text: &str) -> String {
    sayable(text).replace('\n', " ")
}

fn cases(read: &Value) -> &Vec<Value> {
    read["cases"].as_array().unwrap()
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn hostile_texts_come_out_of_a_parser_as_they_went_in() {
    let mut record = fixture::run().record;
    record.scenario = HOSTILE[0].to_owned();
    record.verdict.reason = HOSTILE[1].to_owned();
    let (row, judgement) = (record.rows[0].clone(), record.judgements[0].clone());
    record.rows = HOSTILE.map(|_| row.clone()).into();
    for (recorded, name) in record.rows.iter_mut().zip(HOSTILE) {
        recorded.row.endpoint.name = name.to_owned();
    }
    record.judgements = HOSTILE.map(|_| judgement.clone()).into();
    for (judgement, text) in record.judgements.iter_mut().zip(HOSTILE) {
        judgement.expression = text.to_owned();
    }
    let read = read_by_junitparser(&record);
    assert_eq!(read["told"], read["counted"]);
    assert_eq!(
        read["names"],
        serde_json::json!([format!("ragload {}", HOSTILE[0])])
    );
    let told = |judgement: &ragload::threshold::Judgement| in_attribute(&judgement.condition());
    let mut names = vec!["verdict".to_owned()];
    names.extend(record.judgements.iter().map(told));
    names.extend(HOSTILE.map(|name| in_attribute(&format!("{} {name}", row.row.endpoint.method))));
    let found: Vec<&str> = cases(&read)
        .iter()
        .map(|case| case["name"].as_str().unwrap())
        .collect();
    assert_eq!(found, names);
    let failed = &cases(&read)[0]["results"][0];
    assert_eq!(failed[0], "Failure");
    assert_eq!(failed[3], sayable(HOSTILE[1]));
    for (case, judgement) in cases(&read)[1..].iter().zip(&record.judgements) {
        let text = sayable(&judgement.to_string());
        assert_eq!(case["out"], text);
        assert_eq!(case["results"][0][3], text);
        assert_eq!(case["results"][0][2], in_attribute(&judgement.to_string()));
    }
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn each_standing_is_read_as_what_it_is() {
    let mut record = fixture::run().record;
    record.judgements.truncate(4);
    let standings = [
        (Standing::Passed, Level::Fail, None),
        (Standing::Failed, Level::Fail, Some("Failure")),
        (Standing::Failed, Level::Warn, None),
        (Standing::Pending, Level::Fail, Some("Skipped")),
    ];
    for (judgement, (standing, level, _)) in record.judgements.iter_mut().zip(standings) {
        (judgement.standing, judgement.level) = (standing, level);
    }
    let read = read_by_junitparser(&record);
    assert_eq!(read["told"], read["counted"]);
    for (case, (.., result)) in cases(&read)[1..].iter().zip(standings) {
        assert_eq!(case["results"][0][0].as_str(), result, "{case}");
    }
    record.verdict.outcome = RunOutcome::Passed;
    record.judgements.clear();
    record.rows.clear();
    let read = read_by_junitparser(&record);
    assert_eq!(read["told"], serde_json::json!([1, 0, 0, 0]));
    let nothing = read_by_junitparser(&fixture::empty());
    assert_eq!(nothing["told"], serde_json::json!([1, 1, 0, 0]));
}
