//! The architecture, held by a test: `ARCHITECTURE.md` says what the floors are for.
//!
//! [`source`] reads what every file of `src/` imports, [`rules`] judges it, [`proofs`] shows that
//! each rule fires.

mod proofs;
mod rules;
mod source;

use self::rules::Violation;
use self::source::Source;
use crate::tools::project;

/// Fails with every violation of a rule in the project's own sources.
fn hold(rule: fn(&[Source]) -> Vec<Violation>) {
    let sources = source::read_tree(&project("src"));
    assert!(
        sources.len() > 10,
        "found only {} files in src/",
        sources.len()
    );
    let report: String = rule(&sources)
        .iter()
        .map(|violation| format!("\n  {violation}"))
        .collect();
    assert!(report.is_empty(), "the architecture is broken:{report}\n");
}

#[test]
fn a_module_imports_only_from_lower_floors() {
    hold(rules::arrows);
}

#[test]
fn no_modules_import_each_other_in_a_circle() {
    hold(rules::cycles);
}

#[test]
fn pure_modules_touch_no_runtime_socket_file_clock_or_chance() {
    hold(rules::purity);
}

#[test]
fn a_third_party_crate_with_one_job_is_known_in_one_place() {
    hold(rules::crates);
}

#[test]
fn files_are_short_well_named_and_say_what_they_are() {
    hold(rules::files);
}

#[test]
fn functions_are_short() {
    hold(rules::functions);
}

#[test]
fn only_the_terminal_s_modules_print() {
    hold(rules::prints);
}
