//! The PowerShell scripts, judged by their syntax tree: right under Windows PowerShell 5.1 and 7.

use std::fs;
use std::path::Path;

use tree_sitter::{Node, Parser, Tree};

use crate::tools::project;

/// Variables that belong to PowerShell, in lower case: most cannot be written, none should be.
const AUTOMATIC: &[&str] = &[
    "args",
    "consolefilename",
    "error",
    "event",
    "eventargs",
    "eventsubscriber",
    "executioncontext",
    "false",
    "foreach",
    "home",
    "host",
    "input",
    "iscoreclr",
    "islinux",
    "ismacos",
    "iswindows",
    "lastexitcode",
    "matches",
    "myinvocation",
    "nestedpromptlevel",
    "null",
    "pid",
    "profile",
    "psboundparameters",
    "pscmdlet",
    "pscommandpath",
    "psculture",
    "psdebugcontext",
    "psedition",
    "pshome",
    "psitem",
    "psscriptroot",
    "pssenderinfo",
    "psuiculture",
    "psversiontable",
    "pwd",
    "sender",
    "shellid",
    "stacktrace",
    "switch",
    "this",
    "true",
];

/// Variables that Windows PowerShell 5.1 lacks, in lower case.
const ONLY_IN_7: &[&str] = &["$iswindows", "$islinux", "$ismacos", "$iscoreclr"];

/// Short options of ragload, which PowerShell must not take for the beginning of a parameter name.
const RAGLOAD_SHORT_OPTIONS: &[&str] = &["u", "r", "t", "s", "l", "f", "p", "c"];

fn parse(source: &str) -> Tree {
    let mut parser = Parser::new();
    parser
        .set_language(&tree_sitter_powershell::LANGUAGE.into())
        .expect("the grammar's version fits the parser's");
    parser
        .parse(source, None)
        .expect("a language is set and nothing cancels")
}

fn walk<'tree>(node: Node<'tree>, visit: &mut impl FnMut(Node<'tree>)) {
    visit(node);
    let mut cursor = node.walk();
    for child in node.children(&mut cursor) {
        walk(child, visit);
    }
}

/// What is wrong with a script, one line each.
fn problems(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut exits_with_code = false;
    walk(parse(source).root_node(), &mut |node| {
        let text = node.utf8_text(source.as_bytes()).unwrap_or_default();
        let complaint = complaint(node, text, source);
        if let Some(complaint) = complaint {
            found.push(format!(
                "line {}: {complaint}: {text}",
                node.start_position().row + 1
            ));
        }
        let exits = node.kind() == "flow_control_statement";
        exits_with_code |= exits && text.eq_ignore_ascii_case("exit $LASTEXITCODE");
    });
    if !exits_with_code {
        found.push("no `exit $LASTEXITCODE`: the exit code would be lost".to_owned());
    }
    let strange = source
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.is_ascii());
    found.extend(strange.map(|(index, line)| {
        format!(
            "line {}: not ASCII, which 5.1 reads as ANSI: {line}",
            index + 1
        )
    }));
    found
}

fn complaint(node: Node<'_>, text: &str, source: &str) -> Option<&'static str> {
    if node.is_error() {
        return Some("syntax error, or an operator that only version 7 has");
    }
    if node.is_missing() {
        return Some("something is missing here");
    }
    match node.kind() {
        "pipeline_chain_tail" => Some("only version 7 has this operator"),
        "script_parameter"
        | "left_assignment_expression"
        | "pre_increment_expression"
        | "post_increment_expression" => {
            writes_automatic(node, source).then_some("this variable is PowerShell's own")
        }
        "file_redirection_operator" | "merging_redirection_operator" if text.starts_with('2') => {
            Some("5.1 turns redirected stderr lines into errors")
        }
        "foreach_statement" if loops_over_automatic(node, source) => {
            Some("this loop variable is PowerShell's own")
        }
        "variable" if ONLY_IN_7.contains(&text.to_lowercase().as_str()) => {
            Some("5.1 does not have it")
        }
        _ => None,
    }
}

/// Whether a parameter or the left side of an assignment is an automatic variable.
fn writes_automatic(node: Node<'_>, source: &str) -> bool {
    let name = written_variable(node, source);
    name.is_some_and(|name| AUTOMATIC.contains(&name.as_str()))
}

/// Whether the variable of a `foreach` is an automatic one.
fn loops_over_automatic(node: Node<'_>, source: &str) -> bool {
    let mut cursor = node.walk();
    let variable = node
        .children(&mut cursor)
        .find(|child| child.kind() == "variable");
    let name = variable.and_then(|variable| variable.utf8_text(source.as_bytes()).ok());
    name.is_some_and(|name| AUTOMATIC.contains(&name.trim_matches('$').to_lowercase().as_str()))
}

/// The name, in lower case and without its scope, of the variable that a node declares or writes.
///
/// A member or element of a variable (`$host.UI`) is not the variable.
fn written_variable(node: Node<'_>, source: &str) -> Option<String> {
    let mut name = None;
    let mut inside = false;
    let mut cursor = node.walk();
    let mut stack: Vec<Node<'_>> = node.children(&mut cursor).collect();
    while let Some(next) = stack.pop() {
        match next.kind() {
            "variable" => name = next.utf8_text(source.as_bytes()).ok(),
            "member_access" | "element_access" => inside = true,
            "attribute_list" | "script_parameter_default" => {}
            _ => {
                let mut cursor = next.walk();
                stack.extend(next.children(&mut cursor));
            }
        }
    }
    let bare = name?.trim_matches(['$', '{', '}']).to_lowercase();
    let bare = bare.rsplit(':').next().unwrap_or_default().to_owned();
    (!inside).then_some(bare)
}

/// Every parameter that a script declares, in lower case.
fn parameters(source: &str) -> Vec<String> {
    let mut names = Vec::new();
    walk(parse(source).root_node(), &mut |node| {
        if node.kind() == "script_parameter" {
            names.extend(written_variable(node, source));
        }
    });
    names
}

fn scripts() -> Vec<(String, String)> {
    let folders = [project("scripts"), project("scripts/lib")];
    let files = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).expect("a folder of scripts"));
    let paths = files.map(|entry| entry.expect("a readable folder").path());
    let mut scripts: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "ps1"))
        .map(|path| {
            (
                name_of(&path),
                fs::read_to_string(&path).expect("a script of text"),
            )
        })
        .collect();
    scripts.sort();
    scripts
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .expect("a file")
        .to_string_lossy()
        .into_owned()
}

#[test]
fn every_script_is_right_under_both_powershells() {
    let mut report = Vec::new();
    for (name, source) in scripts() {
        let found = problems(&source).into_iter();
        report.extend(found.map(|problem| format!("{name}: {problem}")));
    }
    assert!(report.is_empty(), "{}", report.join("\n"));
}

#[test]
fn each_of_the_five_profiles_has_its_script() {
    let names: Vec<String> = scripts().into_iter().map(|(name, _)| name).collect();
    for profile in ["smoke", "load", "stress", "spike", "soak"] {
        let (name, scenario) = (format!("run_{profile}_test.ps1"), format!("'{profile}'"));
        assert!(names.contains(&name), "{name} is missing among {names:?}");
        let source = fs::read_to_string(project("scripts").join(&name)).expect("a script of text");
        assert!(
            source.contains(&format!("-Scenario {scenario}")),
            "{name} runs something else"
        );
        assert!(
            source.contains("[Alias('Host', 'H')]"),
            "{name} does not take -HOST and -H"
        );
    }
}

#[test]
fn no_parameter_swallows_a_short_option_of_ragload() {
    for (name, source) in scripts()
        .iter()
        .filter(|(name, _)| name.starts_with("run_"))
    {
        let names = parameters(source);
        assert_eq!(names, ["baseurl", "arguments"], "{name}");
        for parameter in names {
            let first = &parameter[..1];
            assert!(
                !RAGLOAD_SHORT_OPTIONS.contains(&first),
                "{name}: -{first} is {parameter}"
            );
        }
    }
}

#[test]
fn the_same_script_is_fine_with_either_line_end() {
    for (name, source) in scripts() {
        let windows = source.replace('\n', "\r\n");
        assert_eq!(
            problems(&windows),
            Vec::<String>::new(),
            "{name} with CR LF"
        );
    }
}

/// A script with these lines before a right ending.
fn problems_of(lines: &str) -> Vec<String> {
    problems(&format!("{lines}\nexit $LASTEXITCODE\n"))
}

#[test]
fn each_way_to_go_wrong_is_noticed() {
    let wrong = [
        ("if ($a) {", "a block left open"),
        ("param([string] $Host)", "a parameter of an automatic name"),
        (
            "param([Alias('x')] [string] $hOME = 'x')",
            "the same in other letters",
        ),
        ("$PID = 3", "an assignment to an automatic variable"),
        ("$global:LASTEXITCODE += 1", "the same with a scope"),
        (
            "foreach ($input in 1, 2) { a }",
            "a loop over an automatic variable",
        ),
        ("& a && b", "and-then"),
        ("& a || b", "or-else"),
        ("$c = $a ? 1 : 2", "the ternary operator"),
        ("$c = $a ?? 2", "null coalescing"),
        ("& a 2>&1", "stderr redirected"),
        ("if ($IsWindows) { a }", "a variable that 5.1 lacks"),
        ("'caf\u{e9}'", "a letter beyond ASCII"),
    ];
    for (source, what) in wrong {
        assert!(
            !problems_of(source).is_empty(),
            "not noticed: {what}: {source}"
        );
    }
    assert!(
        !problems("& ragload run smoke\n").is_empty(),
        "not noticed: no exit code"
    );
}

#[test]
fn what_is_right_passes() {
    let right = [
        "param([Alias('Host')] [string] $BaseUrl)",
        "$target = $Host.Name",
        "$PSNativeCommandUseErrorActionPreference = $false",
        "try { & $a @b } catch { exit 2 } finally { Pop-Location }",
    ];
    for source in right {
        assert_eq!(problems_of(source), Vec::<String>::new(), "{source}");
    }
}
