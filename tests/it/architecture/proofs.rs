//! Each rule fires on what it forbids, and is silent on what it allows.

use super::rules::{self, Violation};
use super::source::{Source, without_tests};

type Rule = fn(&[Source]) -> Vec<Violation>;

/// What a rule says about some files, given as path and text.
fn verdict(rule: Rule, files: &[(&str, &str)]) -> Vec<String> {
    let sources = files
        .iter()
        .map(|(file, text)| Source::parse(file, text))
        .collect();
    rule(&without_tests(sources))
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[track_caller]
fn fires(rule: Rule, file: &str, text: &str) {
    assert_eq!(
        verdict(rule, &[(file, text)]).len(),
        1,
        "once on {file}: {text}"
    );
}

#[track_caller]
fn is_silent(rule: Rule, file: &str, text: &str) {
    assert_eq!(
        verdict(rule, &[(file, text)]),
        Vec::<String>::new(),
        "on {file}: {text}"
    );
}

#[test]
fn an_arrow_up_or_sideways_is_named_with_file_line_import_and_reason() {
    let found = verdict(
        rules::arrows,
        &[("src/load/wait.rs", "//! x\n\nuse crate::stats::Row;")],
    );
    let why = "load (floor 2) imports only from floors below its own, and stats is on floor 2";
    assert_eq!(
        found,
        [format!("src/load/wait.rs:3: crate::stats::Row: {why}")]
    );
}

#[test]
fn an_arrow_is_found_however_it_is_written() {
    let up = [
        "use crate::engine::run;",
        "use crate::{engine, model};",
        "use super::super::engine::run;",
        "use crate::engine::*;",
        "use crate::engine::run as go;",
        "fn f() { crate::engine::run() }",
        "fn f(x: crate::engine::Run) {}",
        "fn f() { super::super::engine::run() }",
        "fn f() { assert!(crate::engine::run()) }",
        "mod inner { use super::super::super::engine::run; }",
        "#[derive(crate::engine::Run)] struct A;",
    ];
    for text in up {
        fires(rules::arrows, "src/load/wait.rs", text);
    }
}

#[test]
fn an_arrow_down_and_the_arrows_of_tests_and_of_main_are_fine() {
    is_silent(
        rules::arrows,
        "src/scenario/plan.rs",
        "use crate::transport::ClientSettings;",
    );
    is_silent(
        rules::arrows,
        "src/load/wait.rs",
        "use crate::model::Offset; use super::shape::A;",
    );
    is_silent(
        rules::arrows,
        "src/load/wait.rs",
        "#[cfg(test)] mod tests { use crate::cli::A; }",
    );
    is_silent(rules::arrows, "src/load/tests.rs", "use crate::cli::A;");
    is_silent(
        rules::arrows,
        "src/main.rs",
        "use ragload::cli; fn main() { cli::run() }",
    );
    is_silent(
        rules::arrows,
        "src/demo/mod.rs",
        "use crate::{clock, files, model};",
    );
    let outside = ("src/load/cases.rs", "use crate::cli::A;");
    let declared = ("src/load/mod.rs", "#[cfg(test)] mod cases;");
    assert!(verdict(rules::arrows, &[outside, declared]).is_empty());
}

#[test]
fn a_module_without_a_floor_and_demo_reaching_further_are_refused() {
    fires(rules::arrows, "src/extra.rs", "//! x");
    fires(rules::arrows, "src/load/wait.rs", "use crate::extra::A;");
    fires(
        rules::arrows,
        "src/demo/mod.rs",
        "use crate::scenario::Plan;",
    );
}

#[test]
fn a_circle_of_modules_is_found_from_each_of_its_ends() {
    let circle = [
        ("src/stats/mod.rs", "use crate::load::A;"),
        ("src/load/mod.rs", "use crate::request::A;"),
        ("src/request/mod.rs", "use crate::stats::A;"),
    ];
    assert_eq!(verdict(rules::cycles, &circle).len(), 3);
    assert!(verdict(rules::cycles, &circle[..2]).is_empty());
}

#[test]
fn a_pure_module_must_not_touch_the_world_by_any_spelling() {
    let impure = [
        "use tokio::sync::Notify;",
        "use std::fs;",
        "use std::net::TcpStream;",
        "use std::time::{Duration, Instant};",
        "use std::time::*;",
        "use std::time as t; fn f() { t::SystemTime::now() }",
        "fn f() { std::env::temp_dir() }",
        "fn f() { rand::rng() }",
        "use rand::thread_rng;",
        "use uuid::Uuid; fn f() { Uuid::new_v4() }",
        "#[tokio::main] async fn f() {}",
        "use reqwest::Client;",
        "use axum::Router;",
    ];
    for text in impure {
        fires(rules::purity, "src/request/template.rs", text);
    }
    fires(rules::purity, "src/output/csv.rs", "use std::fs::File;");
}

#[test]
fn plain_values_destinations_and_hands_may_be_what_they_are() {
    is_silent(
        rules::purity,
        "src/scenario/host.rs",
        "use std::net::{IpAddr, Ipv4Addr};",
    );
    is_silent(
        rules::purity,
        "src/load/wait.rs",
        "use std::time::Duration; use rand::RngExt;",
    );
    is_silent(
        rules::purity,
        "src/output/destinations.rs",
        "use std::fs::File;",
    );
    is_silent(rules::purity, "src/engine/mod.rs", "use tokio::sync::mpsc;");
    is_silent(rules::purity, "src/files.rs", "use std::fs;");
    is_silent(
        rules::purity,
        "src/load/wait.rs",
        "#[cfg(test)] mod tests { use std::fs; }",
    );
}

#[test]
fn a_crate_with_one_job_is_refused_elsewhere() {
    for name in [
        "reqwest",
        "axum",
        "askama",
        "hdrhistogram",
        "minijinja",
        "sysinfo",
        "anyhow",
    ] {
        fires(
            rules::crates,
            "src/event.rs",
            &format!("use {name}::Thing;"),
        );
    }
    fires(
        rules::crates,
        "src/engine/mod.rs",
        "#[derive(clap::Args)] struct A;",
    );
    fires(
        rules::crates,
        "src/files.rs",
        "fn f(s: &str) { saphyr_parser::Parser::new(s) }",
    );
    is_silent(
        rules::crates,
        "src/transport/general.rs",
        "use reqwest::Client;",
    );
    is_silent(
        rules::crates,
        "src/web/mod.rs",
        "use axum::Router; use askama::Template;",
    );
    is_silent(
        rules::crates,
        "src/cli/run.rs",
        "#[derive(clap::Args)] struct A;",
    );
}

#[test]
fn a_long_nameless_or_silent_file_is_refused() {
    let lines = |count: usize| format!("//! x\n{}", "// y\n".repeat(count - 1));
    fires(rules::files, "src/load/wait.rs", &lines(401));
    is_silent(rules::files, "src/load/wait.rs", &lines(400));
    let tested = format!(
        "{}#[cfg(test)]\nmod tests {{\n{}}}\n",
        lines(390),
        "// y\n".repeat(90)
    );
    is_silent(rules::files, "src/load/wait.rs", &tested);
    fires(
        rules::files,
        "src/load/wait.rs",
        "use crate::model::Offset;",
    );
    fires(rules::files, "src/load/util.rs", "//! x");
    fires(rules::files, "src/helpers/mod.rs", "//! x");
}

#[test]
fn a_long_function_is_refused_wherever_it_stands() {
    let body = |count: usize| format!("fn f() {{\n{}}}", "g();\n".repeat(count - 2));
    fires(rules::functions, "src/a.rs", &body(81));
    fires(
        rules::functions,
        "src/a.rs",
        &format!("impl A {{ {} }}", body(81)),
    );
    fires(
        rules::functions,
        "src/a.rs",
        &format!("trait A {{ {} }}", body(81)),
    );
    is_silent(rules::functions, "src/a.rs", &body(80));
}

#[test]
fn printing_is_refused_outside_the_terminal_s_modules() {
    for text in [
        "fn f() { println!(); }",
        "fn f() { eprint!(); }",
        "fn f() { dbg!(1); }",
    ] {
        fires(rules::prints, "src/engine/mod.rs", text);
        is_silent(rules::prints, "src/cli/mod.rs", text);
        is_silent(rules::prints, "src/output/console.rs", text);
    }
    fires(
        rules::prints,
        "src/load/mod.rs",
        "fn f() { tokio::select! { _ = g() => println!() } }",
    );
    is_silent(
        rules::prints,
        "src/engine/mod.rs",
        "fn f() { write!(out, \"println\"); }",
    );
}
