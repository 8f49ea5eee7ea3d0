//! `/metrics`, as Prometheus reads it.

use std::collections::{BTreeMap, BTreeSet};

use ragload::demo::Faults;
use serde_json::json;

use super::super::program::Folder;
use super::super::service::Service;
use super::site::Site;

/// The samples of a text by name and labels.
fn samples(text: &str) -> BTreeMap<&str, &str> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| line.rsplit_once(' ').expect("a name and a value"))
        .collect()
}

#[test]
fn counts_are_those_of_the_run_by_endpoint_and_class_of_status() {
    let service = Service::with(Faults {
        error_rate: Some(0.5),
        ..Faults::default()
    });
    let folder = Folder::quick("thresholds: [error_rate < 1%]");
    let site = Site::quick(&folder, &service.host(), &["-t", "2s"]);
    let before = site.get("/metrics").expect(200);
    assert!(before.headers["content-type"].starts_with("application/openmetrics-text"));
    assert_eq!(samples(&before.body)["ragload_running"], "0");
    site.post("/api/v1/start", "").expect(200);
    site.until("it is over", |state| state["state"] == "stopped");
    let text = site.get("/metrics").expect(200).body;
    assert!(text.ends_with("# EOF\n"));
    let samples = samples(&text);
    // A class that was never answered has no sample.
    let count = |name: &str| {
        samples
            .get(name)
            .map_or(0, |n| n.parse::<u64>().expect("a count"))
    };
    let all = samples
        .keys()
        .filter(|name| name.starts_with("ragload_requests_total{"));
    let requests = folder.record("quick")["aggregated"]["requests"].as_u64();
    assert_eq!(Some(all.map(|name| count(name)).sum()), requests);
    let query = r#"scenario="quick",method="POST",name="/query""#;
    let of_class = |class: &str| {
        count(&format!(
            "ragload_requests_total{{{query},status_class=\"{class}\"}}"
        ))
    };
    let times = count(&format!("ragload_response_time_seconds_count{{{query}}}"));
    assert!(times > 0);
    assert_eq!(of_class("2xx") + of_class("5xx"), times);
    assert_eq!(
        count(&format!("ragload_failures_total{{{query}}}")),
        of_class("5xx")
    );
    let last = format!("ragload_response_time_seconds_bucket{{le=\"+Inf\",{query}}}");
    assert_eq!(count(&last), times);
    let broken = r#"ragload_threshold_broken{scenario="quick",threshold="error_rate < 1%"}"#;
    assert_eq!(samples[broken], "1");
    assert!(!text.contains("127.0.0.1"), "an address became a label");
}

/// The names a metric's samples may have, by its type.
fn suffixes(kind: &str) -> &'static [&'static str] {
    match kind {
        "counter" => &["_total"],
        "histogram" => &["_bucket", "_sum", "_count"],
        "info" => &["_info"],
        "gauge" => &[""],
        other => panic!("no type of ours: {other}"),
    }
}

/// The labels of `name{a="x",b="y"}`, unescaped; the text must hold nothing else.
fn labels(text: &str) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (name, after) = rest.split_once("=\"").expect("a label");
        let mut value = String::new();
        let mut chars = after.char_indices();
        let end = loop {
            match chars.next().expect("a closing quote") {
                (at, '"') => break at,
                (_, '\\') => value.push(match chars.next().expect("what is escaped").1 {
                    'n' => '\n',
                    plain @ ('\\' | '"') => plain,
                    other => panic!("\\{other} is no escape"),
                }),
                (_, plain) => value.push(plain),
            }
        };
        assert!(
            labels.insert(name.to_owned(), value).is_none(),
            "{name} twice"
        );
        rest = after[end + 1..].trim_start_matches(',');
    }
    labels
}

/// Asserts that a text is of the `OpenMetrics` form, and gives its samples.
fn parsed(text: &str) -> Vec<(String, BTreeMap<String, String>, f64)> {
    let body = text.strip_suffix("# EOF\n").expect("the end is marked");
    let (mut family, mut allowed) = ("", &[][..]);
    let (mut families, mut seen) = (BTreeSet::new(), BTreeSet::new());
    let mut samples = Vec::new();
    for line in body.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').expect("a name and a type");
            assert!(families.insert(name), "{name} comes twice");
            (family, allowed) = (name, suffixes(kind));
        }
        if line.starts_with("# ") {
            continue;
        }
        assert!(
            seen.insert(line.rsplit_once(' ').map(|(series, _)| series)),
            "twice: {line}"
        );
        let (series, value) = line.rsplit_once(' ').expect("a name and a value");
        let (name, of) = series.split_once('{').unwrap_or((series, "}"));
        let suffix = name
            .strip_prefix(family)
            .expect("samples follow their family");
        assert!(allowed.contains(&suffix), "{line}");
        let of = labels(of.strip_suffix('}').expect("labels end"));
        samples.push((name.to_owned(), of, value.parse().expect("a number")));
    }
    samples
}

#[test]
fn hostile_names_are_escaped_and_what_failed_is_no_label() {
    let service = Service::with(Faults {
        error_rate: Some(0.5),
        ..Faults::default()
    });
    let folder = Folder::new();
    let name = "a \"b\" \\ {c=\"d\"} # e";
    let tasks = json!([
        { "name": "ask", "post": "/query", "request_name": name, "json": { "query": "hi" } },
        { "name": "look", "get": "/q-{{ user.id }}?x={{ user.id }}" },
    ]);
    let wait = json!({ "constant": "5ms" });
    let classes = json!([{ "name": "A \"quoted\"", "wait_time": wait, "tasks": tasks }]);
    let scenario = json!({ "users": 4, "spawn_rate": 100, "user_classes": classes });
    folder.write("quick.yaml", &scenario.to_string());
    let site = Site::quick(&folder, &service.host(), &["-t", "60s"]);
    site.post("/api/v1/start", "").expect(200);
    site.until_requests(50);
    let text = site.get("/metrics").expect(200).body;
    let samples = parsed(&text);
    let counted = |wanted: &str| -> Vec<_> {
        let of = samples.iter().filter(|(name, ..)| name == wanted);
        of.map(|(_, labels, _)| labels["name"].as_str()).collect()
    };
    // A row for each request as it is written, however many users and answers there are.
    let rows = ["/q-{{ user.id }}", name];
    assert_eq!(counted("ragload_failures_total"), rows);
    let known = [
        "scenario",
        "method",
        "name",
        "status_class",
        "user_class",
        "threshold",
        "le",
        "version",
    ];
    for (sample, labels, _) in &samples {
        assert!(
            labels.keys().all(|label| known.contains(&label.as_str())),
            "{sample} {labels:?}"
        );
    }
    let is_bucket = |(name, of, _): &&(String, BTreeMap<String, String>, f64)| {
        name == "ragload_response_time_seconds_bucket" && of["name"] == rows[1]
    };
    let buckets: Vec<(f64, f64)> = (samples.iter().filter(is_bucket))
        .map(|(_, of, count)| (of["le"].parse().expect("a bound in seconds"), *count))
        .collect();
    assert_eq!(
        (buckets[0].0, buckets.last().map(|last| last.0)),
        (0.005, Some(f64::INFINITY))
    );
    assert!(buckets.is_sorted(), "{buckets:?}");
}
