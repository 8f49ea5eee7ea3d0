//! Declared answers, presets and the scenario of five lines, from text to plan.

#![expect(clippy::unwrap_used, reason = "what does not resolve fails the test")]

use std::time::Duration;

use ragload::files::shipped::SCHEMA;
use ragload::request::Scope;
use ragload::request::data::{BustAt, DataOrder};
use ragload::request::response::Format;
use ragload::request::response::checks::{FallbackLevel, RetrievalMust};
use ragload::scenario::Overrides;
use ragload::scenario::plan::{Load, Plan, RequestStep, Step};
use ragload::scenario::presets::{PRESETS, preset};
use serde_json::{Value, json};

use super::{environment, files, plan, problems, resolve, resolve_with};

fn request(plan: &Plan) -> &RequestStep {
    let Step::Request(request) = &plan.classes[0].tasks[0].steps[0] else {
        panic!("a request")
    };
    request
}

/// A scenario of one task, whose keys follow; a data set `question` is there.
fn task(keys: &str) -> String {
    format!(
        "data: {{ question: [{{ text: Why?, docs: a }}] }}\n\
         user_classes:\n  - name: U\n    tasks:\n      - {{ {keys} }}\n"
    )
}

/// The method, the address and the body of a request for a question.
fn sent(plan: &Plan, question: Value) -> (String, String, Value) {
    let mut scope = Scope::empty();
    scope.variables.insert("question".to_owned(), question);
    let prepared = request(plan).spec.prepare(&mut scope).unwrap();
    let body = serde_json::from_slice(&prepared.body).unwrap_or_default();
    (prepared.method.to_string(), prepared.url.to_string(), body)
}

#[test]
fn five_lines_are_one_class_with_one_task() {
    let sources = files([
        (
            "s.yaml",
            "host: http://localhost:8000\npreset: rag-sse\nquestions: questions.csv\nusers: 50\nrun_time: 5m\n",
        ),
        ("questions.csv", "question,docs\nWhat is HNSW?,doc-1\n"),
    ]);
    let plan = resolve(&sources).unwrap();
    assert_eq!((plan.classes.len(), plan.classes[0].tasks.len()), (1, 1));
    assert_eq!(plan.classes[0].name, "RagUser");
    assert!(matches!(plan.load, Load::Users { users: 50, .. }));
    assert_eq!(plan.endpoints[0].to_string(), "POST /query");
    assert_eq!(plan.warnings, [""; 0]);
    let body = json!({"query": "What is HNSW?", "top_k": 5, "stream": true});
    let address = "http://localhost:8000/query".to_owned();
    let expected = ("POST".to_owned(), address, body);
    assert_eq!(sent(&plan, plan.data[0].rows[0].clone()), expected);
    assert_eq!(sent(&plan, json!("What is HNSW?")), expected);
    assert_eq!(
        request(&plan).response.as_ref().unwrap().spec.format(),
        Format::Sse
    );
    assert!(plan.resolved.contains("format: sse"), "{}", plan.resolved);
}

#[test]
fn the_only_request_may_say_more_than_its_preset() {
    let plan = plan(
        "questions: { inline: [Why?], order: zipf, zipf_s: 1.2, cache_bust: suffix }\n\
         preset: openai-chat\n\
         post: /chat\n\
         json: { model: mine, temperature: 0 }\n\
         headers: { Authorization: Bearer me }\n\
         wait_time: 1s\n\
         slo: { ttft: 1s, attainment: 95% }\n\
         timeouts: { idle: 5s, total: 90s }\n\
         expect: { min_sources: 2 }\n",
    );
    let (method, url, body) = sent(&plan, json!("Why?"));
    assert_eq!(
        (method.as_str(), url.as_str()),
        ("POST", "http://localhost:8000/chat")
    );
    assert_eq!(body["model"], "mine");
    assert_eq!(
        (&body["stream"], &body["temperature"]),
        (&json!(true), &json!(0))
    );
    let request = request(&plan);
    let prepared = request.spec.prepare(&mut scope_with("Why?")).unwrap();
    assert_eq!(prepared.headers["authorization"], "Bearer me");
    assert_eq!(prepared.timeout, Duration::from_secs(90));
    assert_eq!(request.timeouts.idle, Some(Duration::from_secs(5)));
    assert_eq!(request.timeouts.first_event, Some(Duration::from_secs(60)));
    let slo = request.slo.unwrap();
    assert_eq!(
        (slo.ttft, slo.attainment),
        (Some(Duration::from_secs(1)), Some(0.95))
    );
    assert_eq!(
        request.response.as_ref().unwrap().checks.min_sources,
        Some(2)
    );
    assert_eq!(plan.data[0].order, DataOrder::Zipf(1.2));
    assert_eq!(plan.data[0].cache_bust.as_ref().unwrap().at, BustAt::Suffix);
}

fn scope_with(question: &str) -> Scope {
    let mut scope = Scope::empty();
    scope
        .variables
        .insert("question".to_owned(), json!(question));
    scope
}

#[test]
fn a_presets_method_body_and_headers_give_way_to_others() {
    let question = json!({"text": "Why?"});
    let get = plan(&task(
        "preset: rag-json, get: '/search?q={{ question.text }}'",
    ));
    let (method, url, body) = sent(&get, question.clone());
    assert_eq!((method.as_str(), body), ("GET", Value::Null));
    assert_eq!(url, "http://localhost:8000/search?q=Why%3F");
    let form = plan(&task(
        "preset: rag-json, form: { q: '{{ question.text }}' }",
    ));
    let prepared = request(&form).spec.prepare(&mut scope_with("")).err();
    assert!(prepared.is_some(), "the question is a text here");
    let keyed = |variables: &[(&str, &str)], text: &str| {
        let sources = files([("s.yaml", text)]);
        let plan = resolve_with(&sources, &environment(variables), &Overrides::default()).unwrap();
        let prepared = request(&plan).spec.prepare(&mut scope_with("x")).unwrap();
        let value = prepared.headers.get("authorization").cloned();
        value.map(|value| value.to_str().unwrap().to_owned())
    };
    let own = "headers: { authorization: Bearer top }\n";
    let chat = "preset: openai-chat\nquestions: [x]\n";
    let key = [("OPENAI_API_KEY", "sk-123456")];
    assert_eq!(keyed(&[], chat), None);
    assert_eq!(keyed(&key, chat).as_deref(), Some("Bearer sk-123456"));
    for variables in [&[][..], &key] {
        let found = keyed(variables, &format!("{own}{chat}"));
        assert_eq!(found.as_deref(), Some("Bearer top"));
    }
    assert!(!plan_with(&key, chat).resolved.contains("sk-123456"));
}

fn plan_with(variables: &[(&str, &str)], text: &str) -> Plan {
    let sources = files([("s.yaml", text)]);
    resolve_with(&sources, &environment(variables), &Overrides::default()).unwrap()
}

#[test]
fn presets_stand_wherever_requests_do() {
    let plan = plan(
        "data: { question: [Why?] }\n\
         user_classes:\n\
         \x20 - name: U\n\
         \x20   on_start: [{ preset: rag-json }]\n\
         \x20   tasks:\n\
         \x20     - { name: t, steps: [{ preset: ollama }, { get: /plain }] }\n",
    );
    let names: Vec<String> = plan.endpoints.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["POST /query", "POST /api/chat", "GET /plain"]);
    let Step::Request(plain) = &plan.classes[0].tasks[0].steps[1] else {
        panic!("a request")
    };
    assert!(plain.response.is_none());
}

#[test]
fn a_declared_answer_is_read_and_judged_as_written() {
    let plan = plan(&task(
        "post: /q, response: { format: ndjson, mode: delta, answer: [{ event: token }, $.text], \
         done: { path: $.done, equals: true }, stages: { a: $.a, b: { path: $.b, unit: s } }, \
         cache: { path: $.hit }, usage: { output: $.n } }, \
         expect: { answer: any, complete: false, contains: blue, matches: '\\d', status: 200, \
         not_fallback: { level: failed, matches: 'no idea' }, \
         recall_at: { k: 5, min: 80%, expected: '{{ question.docs }}' }, \
         hit_at: { k: 3, expected: [a, b] } }",
    ));
    let request = request(&plan);
    assert!(request.expect.contains.is_empty() && request.expect.status.len() == 1);
    let checks = &request.response.as_ref().unwrap().checks;
    assert!(!checks.non_empty && !checks.complete);
    assert_eq!((checks.contains.len(), checks.matches.len()), (1, 1));
    assert_eq!(checks.fallback.level, FallbackLevel::Failed);
    let must: Vec<_> = checks
        .retrieval
        .iter()
        .map(|check| (check.k, check.must))
        .collect();
    assert_eq!(
        must,
        [
            (5, RetrievalMust::Recall(Some(0.8))),
            (3, RetrievalMust::Hit)
        ]
    );
}

#[test]
fn an_off_without_quotes_means_off() {
    for word in ["off", "'off'", "false"] {
        let plan = plan(&task(&format!(
            "preset: ollama, expect: {{ not_fallback: {word} }}"
        )));
        let checks = &request(&plan).response.as_ref().unwrap().checks;
        assert_eq!(checks.fallback.level, FallbackLevel::Off);
    }
}

/// Keys of a task with `response`: the path of the problem below the task, and a part of it.
const WRONG: &[(&str, &str, &str)] = &[
    (
        "response: { format: sse2 }",
        ".response.format",
        "did you mean `sse`?",
    ),
    (
        "response: { answr: $.a }",
        ".response",
        "did you mean `answer`?",
    ),
    (
        "response: { answer: a }",
        ".response.answer",
        "is not a JSONPath",
    ),
    (
        "response: { answer: {} }",
        ".response.answer",
        "must be a JSONPath such as $.answer",
    ),
    (
        "response: { sources: { event: x } }",
        ".response.sources",
        "has no `path`",
    ),
    (
        "response: { mode: deltas }",
        ".response.mode",
        "did you mean `delta`?",
    ),
    (
        "response: { done: {} }",
        ".response.done",
        "must be one of { data:",
    ),
    (
        "response: { done: { event: a, equals: 1 } }",
        ".response.done.equals",
        "needs a `path`",
    ),
    (
        "response: { done: { path: $.a, equals: 1, not_equals: 2 } }",
        ".response.done.not_equals",
        "cannot stand beside `equals`",
    ),
    (
        "response: { stages: { a: { path: $.a, unit: min } } }",
        ".response.stages.a.unit",
        "unknown unit `min`; ",
    ),
    (
        "response: { stages: [1] }",
        ".response.stages",
        "must be a map such as",
    ),
    (
        "response: { server_timing: maybe }",
        ".response.server_timing",
        "must be true or false",
    ),
    (
        "response: { cache: { header: x, path: $.a } }",
        ".response.cache",
        "found both",
    ),
    (
        "response: { cache: { path: $.a, hit: x } }",
        ".response.cache.hit",
        "is the pattern of a header",
    ),
    (
        "response: { cache: { header: x, hit: '(' } }",
        ".response.cache.hit",
        "is not a regular expression",
    ),
    (
        "response: { usage: { prompts: $.a } }",
        ".response.usage",
        "did you mean `prompt`?",
    ),
    ("response: [1]", ".response", "must be a map such as"),
    (
        "response: {}, timeouts: { idel: 1s }",
        ".timeouts",
        "did you mean `idle`?",
    ),
    (
        "response: {}, timeouts: { idle: 0 }",
        ".timeouts.idle",
        "must be above 0",
    ),
    (
        "timeouts: { first_event: 1s }",
        ".timeouts.first_event",
        "the request needs `response` or `preset`",
    ),
    ("slo: { attainment: 95% }", ".slo", "has no objective"),
    (
        "slo: { ttft: 1s, attainment: 95 }",
        ".slo.attainment",
        "must be a share such as 0.8 or 80%",
    ),
    (
        "expect: { min_sources: 1 }",
        ".expect.min_sources",
        "the request needs `response` or `preset`",
    ),
    (
        "response: {}, expect: { answer: nonempty }",
        ".expect.answer",
        "did you mean `non_empty`?",
    ),
    (
        "response: {}, expect: { not_fallback: fail }",
        ".expect.not_fallback",
        "unknown level `fail`",
    ),
    (
        "response: {}, expect: { recall_at: { k: 5 } }",
        ".expect.recall_at",
        "must be a map such as",
    ),
    (
        "response: {}, expect: { recall_at: { k: 0, expected: a } }",
        ".expect.recall_at.k",
        "at least 1",
    ),
    (
        "response: {}, expect: { recall_at: { k: 1, expected: '{{ questoin }}' } }",
        ".expect.recall_at.expected",
        "did you mean `question`?",
    ),
    (
        "response: {}, expect: { hit_at: { k: 1, expected: '{{ question.doc }}' } }",
        ".expect.hit_at.expected",
        "did you mean `question.docs`?",
    ),
    (
        "response: {}, expect: { hit_at: { k: 1, min: 1, expected: a } }",
        ".expect.hit_at",
        "unknown key `min`",
    ),
];

#[test]
fn what_is_wrong_with_a_declared_answer_is_told_where_it_stands() {
    for (keys, path, message) in WRONG {
        let found = problems(&task(&format!("post: /q, {keys}")));
        let place = format!("s.yaml:5: user_classes[0].tasks[0]{path}: ");
        assert!(found.starts_with(&place), "{keys}\n{found}");
        assert!(found.contains(message), "{keys}\n{found}");
        assert_eq!(found.lines().count(), 1, "{keys}\n{found}");
    }
}

#[test]
fn a_threshold_that_nothing_could_meet_is_told_before_the_run() {
    let with = |threshold: &str, keys: &str| {
        format!(
            "thresholds: ['{threshold}']\n{}",
            task(&format!("post: /q, {keys}"))
        )
    };
    for (threshold, keys, expected) in [
        (
            "goodput > 95%",
            "response: {}",
            "goodput > 95% has nothing to judge: no request has objectives",
        ),
        (
            "ttft_p95 < 1s",
            "timeout: 5s",
            "no request declares its answer",
        ),
        (
            "stage:rerank_avg < 1s",
            "timeout: 5s",
            "no request declares its answer",
        ),
        (
            "degraded < 3",
            "timeout: 5s",
            "no request declares its answer",
        ),
    ] {
        let found = problems(&with(threshold, keys));
        assert!(found.contains(expected), "{found}");
        assert_eq!(found.lines().count(), 1, "{found}");
    }
    for (threshold, keys) in [
        ("goodput > 95%", "slo: { response_time: 3s }"),
        ("waiting_p95 < 1s", "timeout: 5s"),
        ("stage:Rerank_p50 < 1s", "response: {}"),
    ] {
        plan(&with(threshold, keys));
    }
}

#[test]
fn which_answers_are_kept_is_read_and_shown() {
    let task = task("post: /q, response: {}");
    for (keys, rate, file) in [
        ("rate: 1%, file: kept.jsonl", 0.01, "kept.jsonl"),
        ("rate: 0.25", 0.25, "answers.jsonl"),
        ("rate: 1", 1.0, "answers.jsonl"),
    ] {
        let plan = plan(&format!("samples: {{ {keys} }}\n{task}"));
        let samples = plan.samples.as_ref().unwrap();
        assert_eq!(samples.rate.to_bits(), f64::to_bits(rate));
        assert_eq!(samples.file.to_str(), Some(file));
        let setting = plan.settings.iter().find(|row| row.name == "samples");
        assert!(setting.unwrap().value.ends_with(file), "{setting:?}");
    }
    assert_eq!(plan(&task).samples, None);
    for (keys, message) in [
        (
            "rate: 0",
            "samples.rate: must be above 0; leave `samples` out",
        ),
        (
            "rate: 101%",
            "samples.rate: must be a share such as 0.8 or 80%",
        ),
        ("file: a.jsonl", "samples: has no `rate`; write a map"),
        (
            "rate: 1, file: ../a.jsonl",
            "samples.file: must be a file name that ends in .jsonl",
        ),
        ("rate: 1, file: run.json", "samples.file: must be a file"),
        ("rate: 1, every: 2", "unknown key `every`"),
    ] {
        let found = problems(&format!("samples: {{ {keys} }}\n{task}"));
        assert!(found.contains(message), "{keys}: {found}");
    }
}

#[test]
fn an_attainment_is_a_threshold_of_its_request() {
    let slo = "response: {}, slo: { ttft: 1s, attainment: 99.5% }";
    let plan = plan(&task(&format!("post: /q, {slo}")));
    let [threshold] = &plan.thresholds[..] else {
        panic!("one threshold")
    };
    assert_eq!(threshold.expression, "goodput >= 99.5%");
    assert_eq!(threshold.on_text.as_deref(), Some("POST /q"));
}

#[test]
fn what_is_wrong_with_a_preset_is_told_where_it_was_asked_for() {
    let unknown = problems(&task("preset: openai_chats"));
    assert!(
        unknown.contains(
            "s.yaml:5: preset: unknown preset `openai_chats`; did you mean `openai-chat`?"
        ),
        "{unknown}"
    );
    let no_question = problems("preset: rag-sse\nusers: 1\n");
    assert!(
        no_question.starts_with(
            "s.yaml:1: user_classes[0].tasks[0].json.query: unknown variable `question`"
        ),
        "{no_question}"
    );
    let no_variable = problems("preset: ragflow\nquestions: [x]\n");
    assert!(
        no_variable.contains(
            "s.yaml:1: user_classes[0].tasks[0].post: the variable RAGFLOW_CHAT_ID is not set"
        ),
        "{no_variable}"
    );
    let beside = problems(&format!("preset: rag-sse\n{}", super::WORKLOAD));
    assert!(
        beside.contains("s.yaml:1: preset: stands for the only request of a scenario without"),
        "{beside}"
    );
    let twice = problems("preset: rag-sse\nquestions: [x]\ndata: { question: [y] }\n");
    assert!(
        twice.contains("s.yaml:2: questions: is the data set `question`"),
        "{twice}"
    );
}

#[test]
fn a_row_without_a_question_is_warned_of() {
    let sources = files([
        ("s.yaml", "preset: rag-json\nquestions: q.csv\n"),
        ("q.csv", "frage,docs\nWarum?,a\n"),
    ]);
    let warnings = resolve(&sources).unwrap().warnings.join("\n");
    assert!(
        warnings.contains("write one of its columns: {{ question.frage }}"),
        "{warnings}"
    );
}

#[test]
fn orders_of_data_are_read() {
    let data = |keys: &str| {
        let text = format!("data: {{ q: {{ {keys} }} }}\n{}", super::WORKLOAD);
        resolve(&files([("s.yaml", &text)]))
    };
    let first = |keys: &str| data(keys).unwrap().data.remove(0);
    assert_eq!(first("inline: [a], order: unique").order, DataOrder::Unique);
    assert_eq!(
        first("inline: [a], order: zipf").order,
        DataOrder::Zipf(1.0)
    );
    let busted = first("inline: [{ id: '1', query: a }], cache_bust: prefix");
    assert_eq!(busted.cache_bust.unwrap().column.as_deref(), Some("query"));
    assert_eq!(first("inline: [a], cache_bust: none").cache_bust, None);
    for (keys, part) in [
        (
            "inline: [a], zipf_s: 2",
            "data.q.zipf_s: belongs to `order: zipf`",
        ),
        (
            "inline: [a], order: zipf, zipf_s: -1",
            "must be a number of at least 0",
        ),
        ("inline: [a], cache_bust: sufix", "did you mean `suffix`?"),
        (
            "inline: [{ a: x }], cache_bust: suffix",
            "does not know which column is asked",
        ),
    ] {
        let found = data(keys).unwrap_err().to_string();
        assert!(found.contains(part), "{keys}\n{found}");
    }
}

#[test]
fn every_preset_is_found_and_says_what_it_is_for() {
    for known in PRESETS {
        assert_eq!(preset(&known.name.replace('-', "_")), Ok(known));
        assert!(known.summary().len() > 20, "{}", known.name);
    }
    let schema: Value = serde_json::from_str(SCHEMA.text).unwrap();
    let names: Vec<&str> = PRESETS.iter().map(|preset| preset.name).collect();
    assert_eq!(schema["$defs"]["preset"]["anyOf"][0]["enum"], json!(names));
    assert!(
        preset("bananas")
            .unwrap_err()
            .contains("known: rag-json, rag-sse")
    );
}

#[test]
fn times_and_objectives_of_the_levels_above_are_defaults_key_by_key() {
    let plan = plan(
        "timeouts: { first_event: 9s, idle: 8s, connect: 7s }\n\
         slo: { ttft: 1s, response_time: 5s, attainment: 95% }\n\
         data: { question: [Why?] }\n\
         user_classes:\n\
         \x20 - name: U\n\
         \x20   timeouts: { idle: 6s, total: 50s }\n\
         \x20   slo: { ttft: 2s }\n\
         \x20   tasks:\n\
         \x20     - { post: /a, response: {}, timeouts: { first_event: 3s }, timeout: 40s }\n\
         \x20     - { preset: openai-chat, slo: { response_time: 4s } }\n\
         \x20     - { get: /plain }\n",
    );
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    let of = |task: usize| {
        let Step::Request(step) = &plan.classes[0].tasks[task].steps[0] else {
            panic!("a request")
        };
        let prepared = step.spec.prepare(&mut scope_with("Why?")).unwrap();
        let slo = step.slo.unwrap();
        assert_eq!(prepared.connect_timeout, seconds(7));
        assert_eq!(slo.attainment, Some(0.95));
        let times = (step.timeouts.first_event, step.timeouts.idle);
        (times, prepared.timeout, (slo.ttft, slo.response_time))
    };
    let (total, own) = (Duration::from_secs(50), Duration::from_secs(40));
    let objectives = (seconds(2), seconds(5));
    assert_eq!(of(0), ((seconds(3), seconds(6)), own, objectives));
    // A preset is the least of all.
    let objectives = (seconds(2), seconds(4));
    assert_eq!(of(1), ((seconds(9), seconds(6)), total, objectives));
    // What an answer that is not declared cannot tell of is not asked of it.
    assert_eq!(of(2), ((seconds(9), seconds(6)), total, (None, seconds(5))));
}

#[test]
fn objectives_of_a_level_above_are_wrong_where_they_stand() {
    let told = problems(&format!("slo: {{ attainment: 95% }}\n{}", super::WORKLOAD));
    assert!(told.contains("s.yaml:1: slo: has no objective"), "{told}");
    let told = problems(&format!("timeouts: {{ idle: 0 }}\n{}", super::WORKLOAD));
    assert!(
        told.contains("s.yaml:1: timeouts.idle: must be above 0"),
        "{told}"
    );
    assert_eq!(told.lines().count(), 1, "{told}");
}

#[test]
fn what_only_a_preset_looks_for_is_not_missed() {
    let unfound = |text: &str| -> Vec<String> {
        let plan = plan(&format!("questions: [Why?]\npreset: rag-sse\n{text}"));
        let spec = &request(&plan).response.as_ref().unwrap().spec;
        let body = b"event: other\ndata: {\"x\": 1}\n\n";
        let unfound = spec.unfound(&http::HeaderMap::new(), body);
        unfound.into_iter().map(|unfound| unfound.key).collect()
    };
    assert_eq!(unfound(""), ["answer"]);
    let own = "response: { sources: $.docs, usage: { prompt: $.in }, stages: { mine: $.took } }\n";
    let mut keys = unfound(own);
    keys.sort();
    assert_eq!(keys, ["answer", "sources", "stages.mine", "usage.prompt"]);
}
