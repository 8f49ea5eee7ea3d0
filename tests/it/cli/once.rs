//! `once`: what it shows, what it hides, and its exit codes.

use regex::Regex;

use super::program::Folder;
use super::running::{ran, start};
use super::scripted::{Scripted, answer};
use super::service::{Service, Tripwire};
use crate::output::golden;

const KEY: &str = "k3y-of-the-environment";
const PASSWORD: &str = "hunter-22";
const URL_PASSWORD: &str = "p4ss-in-the-url";
const TOKEN: &str = "tok-that-login-gave";
/// Only the variable it is kept in says that it is one.
const NAMELESS: &str = "value-of-no-telling-name";
const SESSION: &str = "s3ss10n-in-a-cookie";

/// A scenario in which everything happens that can.
const ALL: &str = r#"
data:
  account: { inline: [{ name: ada, password: hunter-22 }] }
  question: { inline: ["What is RAG?"] }
  note: { inline: ["two\nlines"] }
user_classes:
  - name: Employee
    wait_time: { between: [1h, 2h] }
    headers: { X-Api-Key: "${API_KEY}" }
    on_start:
      - post: /login
        form: { user: "{{ account.name }}", password: "{{ account.password }}" }
        extract: { token: $.access_token, id_token: $.value, shard: { header: X-Shard } }
    on_stop: [{ delete: /login }]
    tasks:
      - name: ask
        tags: [rag]
        weight: 0x10
        post: /query
        params: { api_key: "${API_KEY}", v: 2 }
        headers: { Authorization: "Bearer {{ token }}" }
        json: { query: "{{ question }}", key: "${API_KEY}", top_k: 5 }
        expect:
          status: [200, 2xx]
          header: { X-Cache: HIT }
          contains: grounded
          matches: "an.wer"
          json: { $.answer: non_empty, $.sources: { min_items: 3 }, $.token: exists }
          max_time: 30s
      - name: conversation
        steps:
          - { post: /sessions, extract: { session: $.id } }
          - { wait: { between: [2s, 5s] } }
          - { post: "/sessions/{{ session }}/messages", request_name: "/sessions/[id]/messages", body: hi }
          - { get: /missing, extract: { next: $.next } }
          - { get: /never }
      - { name: moved, get: /old }
      - { name: hostile, get: /hostile }
      - { name: binary, get: /png, expect: { json: { $.a: exists } } }
      - { name: long, get: /long }
      - { name: cut, get: /cut, timeout: 300ms }
      - { name: broken, get: /close, headers: { Cookie: "id=1; theme=dark" } }
      - { name: unmakeable, get: /x, headers: { X-Note: "{{ note }}" } }
  - name: Visitor
    on_start: [{ get: /empty, extract: { token: { regex: "t=(.*)" } } }]
    tasks: [{ get: /never }]
"#;

fn script(path: &str) -> Vec<u8> {
    let json = "content-type: application/json\r\n";
    match path {
        "/login" => answer(
            "200 OK",
            &format!("{json}set-cookie: sid={SESSION}; Path=/; HttpOnly\r\nx-shard: 7\r\n"),
            format!(r#"{{"value":"{NAMELESS}","access_token":"{TOKEN}","expires_in":60}}"#),
        ),
        "/query" => answer(
            "200 Fine",
            &format!("{json}x-cache: MISS\r\n"),
            format!(
                r#"{{"answer":"See {TOKEN}, \u001b]0;owned\u0007 {KEY}","sources":["d1","d2"],"token":"{TOKEN}"}}"#
            ),
        ),
        "/sessions" => answer("201 Created", json, r#"{"id":"s/1"}"#),
        "/old" => answer(
            "302 Found",
            &format!("location: /new?code=1&token={TOKEN}\r\n"),
            "",
        ),
        "/new" => answer("200 OK", "content-type: text/html\r\n", "<p>\tHello</p>\n"),
        "/hostile" => answer(
            "500 Oops \u{9b}31m",
            "content-type: text/plain\r\nx-evil: \u{9b}31mred\r\n",
            "\u{1b}[2J\u{9b}31m\r\n\n3 requests, none failed\n> GET /faked\u{202e}\rgone\n",
        ),
        "/cut" => {
            let mut whole = answer("200 OK", "", "0123456789");
            whole.truncate(whole.len() - 4);
            whole
        }
        "/png" => answer(
            "200 OK",
            "content-type: image/png\r\n",
            b"\x89PNG\r\n\x1a\n\0\0\0",
        ),
        "/long" => answer("200 OK", "", "line\n".repeat(60)),
        "/close" => Vec::new(),
        "/empty" => answer("204 No Content", "", ""),
        "/missing" => answer("404 Not Found", json, r#"{"detail":"nothing here"}"#),
        _ => answer("200 OK", "", "ok"),
    }
}

/// What was said, without what differs from time to time.
fn settled(text: &str, server: &Scripted) -> String {
    let text = text.replace(&server.port().to_string(), "PORT");
    let time = r"(headers|first byte|total|after|connect|time is at most 30s:) [\d.]+(µs|ms|s)";
    let time = Regex::new(time).expect("a pattern");
    time.replace_all(&text, "$1 TIME").into_owned()
}

#[test]
fn every_request_is_shown_with_its_checks_and_without_its_secrets() {
    let server = Scripted::start(script);
    let folder = Folder::new();
    folder.write("all.yaml", ALL);
    let host = format!("http://me:{URL_PASSWORD}@{}", server.authority());
    let mut command = folder.ragload(&["once", "all.yaml", "-H", &host, "--seed", "1"]);
    command.env("API_KEY", KEY);
    let ran = ran(command).expect(1);
    assert_eq!(ran.stderr, "");
    let shown = &ran.stdout;
    for secret in [
        KEY,
        PASSWORD,
        URL_PASSWORD,
        TOKEN,
        NAMELESS,
        SESSION,
        "bWU6",
    ] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    let steers = |c: char| c != '\n' && c.is_control() || c == '\u{202e}';
    assert!(!shown.contains(steers), "{shown:?}");
    golden::check("once.txt", &settled(shown, &server));
    assert_eq!(folder.files(), ["all.yaml"]);
}

#[test]
fn plain_ascii_is_all_that_is_shown_where_nothing_else_is_sure_to_show() {
    let server = Scripted::start(script);
    let folder = Folder::new();
    folder.write("all.yaml", ALL);
    let host = server.host();
    let mut command = folder.ragload(&["once", "all.yaml", "-H", &host]);
    command.env("API_KEY", KEY).env("LC_ALL", "C");
    let ran = ran(command)
        .expect(1)
        .shows("  x header x-cache is \"HIT\": MISS");
    assert!(ran.stdout.is_ascii(), "{}", ran.stdout);
}

#[test]
fn tags_choose_the_tasks_and_a_shared_workload_is_as_good_as_any() {
    let (folder, service) = (Folder::new(), Service::start());
    let host = service.host();
    let once = |more: &[&str]| {
        let arguments = [&["once", "rag", "-H", &host][..], more].concat();
        let ran = ran(folder.ragload(&arguments)).expect(0);
        assert_eq!(ran.stderr, "");
        ran.stdout
    };
    let titles = |text: &str| -> Vec<String> {
        let titles = text.lines().filter(|line| line.starts_with("---"));
        titles.map(str::to_owned).collect()
    };
    let (query, retrieval) = (
        "--- query: POST /query ---",
        "--- retrieval: GET /retrieval ---",
    );
    let health = "--- health: GET /health ---";
    assert_eq!(titles(&once(&[])), [query, retrieval, health]);
    assert_eq!(titles(&once(&["-T", "rag"])), [query, retrieval]);
    assert_eq!(titles(&once(&["-E", "rag"])), [health]);
    assert_eq!(service.requests(), 6);
    let stages = ["--set", "stages=[{users: 5, for: 1s}]"];
    assert!(once(&stages).ends_with("\n3 requests, none failed\n"));
    let sees = |seed: &str| {
        let text = once(&["-T", "rag", "--seed", seed]);
        let used = text.lines().filter(|line| line.starts_with("  with "));
        used.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(sees("7"), sees("7"));
    assert!(!sees("7").is_empty() && sees("7") != sees("8"));
}

#[test]
fn the_demo_service_is_started_when_asked_for() {
    let folder = Folder::new();
    let ran = ran(folder.ragload(&["once", "smoke", "--demo"])).expect(0);
    ran.shows("Target  http://127.0.0.1:")
        .shows("3 requests, none failed");
    assert!(folder.files().is_empty());
}

#[test]
fn bodies_are_shown_whole_when_asked_for() {
    let server = Scripted::start(script);
    let folder = Folder::new();
    folder.write(
        "long.yaml",
        "user_classes: [{ name: A, tasks: [{ get: /long }] }]",
    );
    let host = server.host();
    let lines = |more: &[&str]| {
        let arguments = [&["once", "long.yaml", "-H", &host][..], more].concat();
        let text = ran(folder.ragload(&arguments)).expect(0).stdout;
        text.lines().filter(|line| *line == "< line").count()
    };
    assert_eq!((lines(&[]), lines(&["--whole"])), (40, 60));
}

#[test]
fn what_cannot_begin_sends_nothing_and_says_why() {
    let (folder, target) = (Folder::new(), Tripwire::new());
    folder.write(
        "bad.yaml",
        "user_classes: [{ name: A, tasks: [{ got: / }] }]",
    );
    let refused = |arguments: &[&str], code: i32, says: &str| {
        let arguments = [&["once"], arguments].concat();
        ran(folder.ragload(&arguments)).expect(code).says(says);
    };
    let host = target.host();
    refused(&["bad.yaml", "-H", &host], 2, "did you mean `get`?");
    refused(
        &["smoke", "-H", &host, "-T", "none"],
        2,
        "no task is left with none",
    );
    refused(&["smoke", "-u", "5"], 2, "unexpected argument");
    refused(&["nope"], 2, "unknown scenario");
    let public = ["smoke", "-H", "https://rag.example.com"];
    refused(&public, 3, "--approve-host rag.example.com");
    assert_eq!(target.touched(), 0);
}

#[test]
fn nobody_there_is_a_failed_request_like_any_other() {
    let (folder, nobody) = (Folder::new(), super::service::Nobody::new());
    let host = nobody.host();
    let ran = ran(folder.ragload(&["once", "smoke", "-T", "retrieval", "-H", &host])).expect(1);
    ran.shows("  no answer after ")
        .shows("  FAILED ConnectionRefusedError")
        .shows("\n  (nothing answered: is the target running? ")
        .shows("\n1 request, 1 failed\n");
}

#[test]
#[cfg(unix)]
fn an_interrupt_ends_it_with_what_was_shown() {
    let server = Scripted::start(|path| match path {
        "/hang" => {
            std::thread::park();
            Vec::new()
        }
        path => script(path),
    });
    let folder = Folder::new();
    let tasks = "tasks: [{ get: /ok }, { get: /hang }, { get: /never }]";
    folder.write("s.yaml", &format!("user_classes: [{{ name: A, {tasks} }}]"));
    let mut running = start(folder.ragload(&["once", "s.yaml", "-H", &server.host()]));
    running.until_shows("> GET /hang");
    running.signal("INT");
    let ran = running.end().expect(130);
    ran.shows("\n2 requests, none failed, interrupted\n");
}

/// One whose paths find what they mean, and one whose paths do not.
const DECLARED: &str = r#"
data: { question: { inline: [{ text: What is RAG?, docs: [d1, d9] }] } }
user_classes:
  - name: Reader
    headers: { X-Api-Key: k3y-of-the-environment }
    tasks:
      - name: found
        post: /declared
        json: { query: "{{ question.text }}" }
        response:
          format: json
          answer: $.answer
          sources: $.sources
          stages: { retrieval: $.took_ms }
          usage: { output: $.usage.output }
          finish_reason: $.why
          cache: { path: $.cached }
        expect: { recall_at: { k: 2, expected: "{{ question.docs }}" } }
      - name: lost
        post: /declared
        json: { query: "{{ question.text }}" }
        response:
          answer: { event: token, path: $.text }
          sources: [$.docs, $.documents]
          reasoning: $.thoughts
      - { name: refused, post: /missing, response: { answer: $.answer } }
"#;

#[test]
fn what_was_read_in_a_declared_answer_is_shown_and_so_is_what_was_not_found() {
    let server = Scripted::start(|path| match path {
        "/declared" => answer(
            "200 OK",
            "content-type: application/json\r\n",
            r#"{"answer":"I don't know, \u001b[2J k3y-of-the-environment","sources":["d1","d2"],
            "took_ms":12,"usage":{"output":7},"why":"stop","cached":true}"#,
        ),
        other => script(other),
    });
    let folder = Folder::new();
    folder.write("declared.yaml", DECLARED);
    let host = server.host();
    let ran = ran(folder.ragload(&["once", "declared.yaml", "-H", &host])).expect(1);
    assert!(!ran.stdout.contains(KEY) && !ran.stdout.contains('\u{1b}'));
    let shown = ran
        .shows("  answer   41 characters: I don't know, \\u{1b}[2J ***\n")
        .shows("  sources  2: d1, d2; expected d1, d9; recall 50%\n")
        .shows("  stages   retrieval 12ms\n")
        .shows("  tokens   output 7 (usage)\n")
        .shows("  ended    complete, finish reason stop, cache hit, read as json, 1 event\n")
        .shows("  ! degraded: fallback answer:")
        .shows(
            "  (`response.answer` $.text of `token` found nothing: nothing that came has a name)\n",
        )
        .shows(
            "  (`response.sources` $.docs or $.documents found nothing in 1 event; top-level keys \
             seen: answer, sources, took_ms, usage, why, cached)\n",
        )
        .shows("  FAILED answer is empty\n");
    // The page of an error is no answer: nothing is read in it.
    assert_eq!(shown.stdout.matches("  ended ").count(), 2);
}
