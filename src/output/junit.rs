//! The verdict as JUnit XML, for the test reports of CI systems.
//!
//! One suite per run; a case for the verdict, one per threshold and one per endpoint. Must not
//! know files.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::event::{RecordedRow, RunOutcome, RunRecord};
use crate::threshold::{Judgement, Level, Standing};

/// The whole document.
#[must_use]
pub fn render(record: &RunRecord) -> String {
    let name = sayable(&format!("ragload {}", record.scenario));
    let mut suite = TestSuite::new(name.as_str());
    suite.set_time(record.duration);
    suite.add_test_case(verdict(record));
    suite.add_test_cases(record.judgements.iter().map(|each| threshold(record, each)));
    suite.add_test_cases(record.rows.iter().map(|each| endpoint(record, each)));
    let mut report = Report::new(name);
    report.set_time(record.duration);
    report.add_test_suite(suite);
    report.to_string().expect("writing to memory cannot fail")
}

fn verdict(record: &RunRecord) -> TestCase {
    let status = match record.verdict.outcome {
        RunOutcome::Passed => TestCaseStatus::success(),
        _ => failed(&record.verdict.reason),
    };
    case(record, "verdict", status)
}

fn threshold(record: &RunRecord, judgement: &Judgement) -> TestCase {
    let status = match (judgement.standing, judgement.level) {
        (Standing::Passed, _) | (Standing::Failed | Standing::NoData, Level::Warn) => {
            TestCaseStatus::success()
        }
        (Standing::Failed | Standing::NoData, Level::Fail) => failed(&judgement.to_string()),
        (Standing::Pending, _) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message("not judged: the run was over before its `after`");
            status
        }
    };
    let mut case = case(record, &judgement.condition(), status);
    case.set_system_out(sayable(&judgement.to_string()));
    case
}

/// An endpoint fails by its failures only where no threshold is there to judge them.
fn endpoint(record: &RunRecord, recorded: &RecordedRow) -> TestCase {
    let row = &recorded.row;
    let judged = record
        .judgements
        .iter()
        .any(|judgement| judgement.level == Level::Fail);
    let text = format!("{} of {} requests failed", row.failures, row.requests);
    let status = if row.failures > 0 && !judged {
        failed(&text)
    } else {
        TestCaseStatus::success()
    };
    let mut case = case(record, &row.endpoint.to_string(), status);
    case.set_system_out(text);
    if let Some(average) = row.average {
        case.set_time(average);
    }
    case
}

fn case(record: &RunRecord, name: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(sayable(name), status);
    case.set_classname(sayable(&format!("ragload.{}", record.scenario)));
    case
}

fn failed(text: &str) -> TestCaseStatus {
    let text = sayable(text);
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status
        .set_message(text.as_str())
        .set_type("threshold")
        .set_description(text);
    status
}

/// The text with what a parser could not read made visible: one character that XML 1.0 cannot hold
/// (its section 2.2), and none reads any of the file. Other control characters would be dropped.
fn sayable(text: &str) -> String {
    let sayable = |c: char| match c {
        '\n' => '\n',
        '\t' | '\r' => ' ',
        c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    text.replace("\r\n", "\n").chars().map(sayable).collect()
}
