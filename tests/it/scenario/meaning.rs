//! What the keys of a scenario mean in its plan.

use std::time::Duration;

use ragload::load::WaitTime;
use ragload::model::EndpointId;
use ragload::request::data::{DataOrder, DataPer};
use ragload::scenario::plan::{Load, Plan, Preflight, Stage, Step};
use ragload::scenario::{Environment, Given, HostClass, Overrides};
use ragload::threshold::{Comparison, Level, Metric};
use ragload::transport::ClientKind;
use serde_json::json;

use super::{WORKLOAD, environment, files, plan, problems, resolve, resolve_with};

const TAGGED: &str = "\
user_classes:
  - name: B
    tasks:
      - { name: plain, get: /plain }
      - { name: x, get: /x, tags: [x] }
      - { name: y, get: /y, tags: y }
      - { name: xy, get: /xy, tags: [x, y] }
  - name: A
    tasks: [{ name: other, get: /other, tags: [z] }]
thresholds: [{ check: p95 < 2s, on: GET /other }]
";

fn chosen(tags: &[&str], exclude: &[&str]) -> Plan {
    let list = |tags: &[&str], flag: &str| {
        let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
        Some(Given::new(tags, flag))
    };
    let overrides = Overrides {
        tags: list(tags, "--tags"),
        exclude_tags: list(exclude, "--exclude-tags"),
        ..Overrides::default()
    };
    resolve_with(
        &files([("s.yaml", TAGGED)]),
        &Environment::default(),
        &overrides,
    )
    .unwrap_or_else(|problems| panic!("{problems}"))
}

fn task_names(plan: &Plan) -> Vec<&str> {
    let tasks = plan.classes.iter().flat_map(|class| &class.tasks);
    tasks.map(|task| task.name.as_str()).collect()
}

#[test]
fn tags_choose_tasks_as_locust_does() {
    for (tags, exclude, expected) in [
        (&[][..], &[][..], &["other", "plain", "x", "y", "xy"][..]),
        (&["x"], &[], &["x", "xy"]),
        (&[], &["x"], &["other", "plain", "y"]),
        (&["x"], &["y"], &["x"]),
        (&["x", "y"], &[], &["x", "y", "xy"]),
        (&[], &["z"], &["plain", "x", "y", "xy"]),
    ] {
        assert_eq!(
            task_names(&chosen(tags, exclude)),
            expected,
            "{tags:?} {exclude:?}"
        );
    }
}

#[test]
fn what_tags_leave_out_takes_its_endpoints_and_thresholds_with_it() {
    let plan = chosen(&["x"], &[]);
    let endpoints: Vec<String> = plan.endpoints.iter().map(ToString::to_string).collect();
    assert_eq!(endpoints, ["GET /x", "GET /xy"]);
    assert!(plan.thresholds.is_empty());
    let warnings = plan.warnings.join("\n");
    assert!(warnings.contains("no task of A has the tags"), "{warnings}");
    assert!(
        warnings.contains("p95 < 2s on GET /other is not judged"),
        "{warnings}"
    );
    let Step::Request(request) = &plan.classes[0].tasks[1].steps[0] else {
        panic!("a request")
    };
    assert_eq!(request.endpoint, EndpointId(1));
}

#[test]
fn tags_that_leave_nothing_are_a_problem() {
    let overrides = Overrides {
        tags: Some(Given::new(vec!["nope".to_owned()], "--tags")),
        ..Overrides::default()
    };
    let sources = files([("s.yaml", TAGGED)]);
    let found = resolve_with(&sources, &Environment::default(), &overrides).unwrap_err();
    assert!(
        found.to_string().contains("no task is left with nope"),
        "{found}"
    );
}

#[test]
fn classes_are_sorted_chosen_and_weighed() {
    let text = "\
user_classes:
  - { name: C, weight: 0, tasks: [{ get: /c }] }
  - { name: B, weight: 2.5, wait_time: 500ms, tasks: [{ get: /b, weight: 7 }] }
  - { name: A, weight: 0, fixed_count: 3, wait_time: { throughput: 0.5/s }, tasks: [{ get: /a }] }
";
    let all = plan(text);
    let shown: Vec<_> = all
        .classes
        .iter()
        .map(|class| {
            (
                class.name.as_str(),
                class.weight,
                class.fixed_count,
                class.wait_time,
            )
        })
        .collect();
    let seconds = Duration::from_secs_f64;
    assert_eq!(
        shown,
        [
            ("A", 0.0, 3, WaitTime::Pacing(seconds(2.0))),
            ("B", 2.5, 0, WaitTime::Constant(seconds(0.5))),
        ]
    );
    assert!(all.warnings.iter().any(|w| w.contains("C has weight 0")));

    let overrides = Overrides {
        user_classes: Some(Given::new(vec!["B".to_owned()], "user classes")),
        equal_weights: Some(Given::new(true, "--equal-weights")),
        ..Overrides::default()
    };
    let sources = files([("s.yaml", text)]);
    let one = resolve_with(&sources, &Environment::default(), &overrides).unwrap();
    assert_eq!((one.classes.len(), one.classes[0].weight), (1, 1.0));
    assert_eq!(one.classes[0].tasks[0].weight, 1);

    let nobody = "user_classes: [{ name: A, weight: 0, tasks: [{ get: /a }] }]";
    assert!(problems(nobody).contains("every user class has weight 0"));
    let twice =
        "user_classes: [{ name: A, tasks: [{ get: /a }] }, { name: A, tasks: [{ get: /a }] }]";
    assert!(problems(twice).contains("the name `A` is taken"));
}

#[test]
fn requests_of_one_method_and_name_share_an_endpoint() {
    let plan = plan(
        "\
user_classes:
  - name: U
    on_start: [{ post: /login }]
    tasks:
      - get: /search?q=1
      - steps:
          - { get: /search, params: { q: 2 } }
          - { wait: { between: [2s, 5s] } }
          - { post: /search }
          - { get: '/items/7', request_name: '/items/[id]' }
          - { get: 'http://localhost:8000/items?x' }
",
    );
    let endpoints: Vec<String> = plan.endpoints.iter().map(ToString::to_string).collect();
    assert_eq!(
        endpoints,
        [
            "POST /login",
            "GET /search",
            "POST /search",
            "GET /items/[id]",
            "GET /items"
        ]
    );
    let tasks = &plan.classes[0].tasks;
    assert_eq!(
        (tasks[0].name.as_str(), tasks[1].name.as_str()),
        ("/search", "/search")
    );
    let wait = WaitTime::Between(Duration::from_secs(2), Duration::from_secs(5));
    assert!(matches!(tasks[1].steps[1], Step::Wait(found) if found == wait));
}

#[test]
fn thresholds_are_read_in_both_forms() {
    let keys = "\
thresholds:
  - p95 < 2s
  - { check: p99.9 <= 800ms, on: GET /x, after: 30s, over: 10s, level: warn, min_requests: 5 }
  - { check: rps > 20, on: /x }
stop_if: [error_rate > 50% over 20s]
";
    let plan = plan(&[keys, WORKLOAD].concat());
    let [first, second, third] = &plan.thresholds[..] else {
        panic!("three")
    };
    assert_eq!(first.expression, "p95 < 2s");
    assert_eq!(
        (first.metric.clone(), first.comparison),
        (Metric::Percentile(0.95), Comparison::Less)
    );
    assert_eq!(
        (first.limit, first.min_requests, first.abort),
        (2.0, 1, false)
    );
    assert!(first.on.is_empty() && first.on_text.is_none());
    assert_eq!(second.on, [EndpointId(0)]);
    assert_eq!(second.on_text.as_deref(), Some("GET /x"));
    assert_eq!(
        (second.after, second.over),
        (Duration::from_secs(30), Some(Duration::from_secs(10)))
    );
    assert_eq!(
        (second.level, second.min_requests, second.abort),
        (Level::Warn, 5, false)
    );
    assert_eq!(third.on, [EndpointId(0)]);
    let stop = &plan.stop_if[0];
    assert_eq!(stop.expression, "error_rate > 50%");
    assert_eq!(
        (stop.limit, stop.over),
        (0.5, Some(Duration::from_secs(20)))
    );
    assert_eq!((stop.min_requests, stop.abort), (50, true));
}

#[test]
fn data_comes_inline_and_from_files() {
    let text = [
        "\
data:
  a: [one, 2]
  b: { inline: [{ text: x, k: 1 }], order: shuffle, per: user }
  c: { file: data/q.csv, order: sequential }
  d: { file: data/one.csv }
",
        WORKLOAD,
    ]
    .concat();
    let plan = resolve(&files([
        ("s.yaml", text.as_str()),
        ("data/q.csv", "text,lang\nhello,en\n"),
        ("data/one.csv", "question\nwhat?\n"),
    ]))
    .unwrap();
    let rows: Vec<_> = plan.data.iter().map(|set| set.rows.to_vec()).collect();
    assert_eq!(
        rows,
        [
            vec![json!("one"), json!("2")],
            vec![json!({ "text": "x", "k": 1 })],
            vec![json!({ "text": "hello", "lang": "en" })],
            vec![json!("what?")],
        ]
    );
    assert_eq!(
        (plan.data[1].order, plan.data[1].per),
        (DataOrder::Shuffle, DataPer::User)
    );
    assert_eq!(plan.data[2].order, DataOrder::Sequential);
}

#[test]
fn columns_that_no_row_has_are_found_before_the_run() {
    let text = |template: &str| {
        [
            "data: { q: [{ text: a, lang: en }], p: [plain] }\n\
          user_classes: [{ name: U, tasks: [{ post: /x, json: { a: \"",
            template,
            "\" } }] }]\n",
        ]
        .concat()
    };
    for (template, part) in [
        (
            "{{ q.txt }}",
            "`q` has no column `txt`; did you mean `q.text`?",
        ),
        ("{{ p.text }}", "its rows are plain texts; write {{ p }}"),
    ] {
        let found = problems(&text(template));
        assert!(
            found.contains("user_classes[0].tasks[0].json.a: "),
            "{found}"
        );
        assert!(found.contains(part), "{found}");
    }
    for fine in [
        "{{ q.text }}",
        "{{ q.more | default('') }}",
        "{{ q.items() }}",
        "{{ p }}",
        "q.txt",
    ] {
        plan(&text(fine));
    }
}

#[test]
fn includes_merge_deep_and_lists_replace() {
    let base = [
        "\
users: 5
run_time: 1m
headers: { A: one, B: two }
data: { q: { inline: [a], order: shuffle } }
thresholds: [p50 < 1s]
",
        WORKLOAD,
    ]
    .concat();
    let plan = resolve(&files([
        ("s.yaml", "include: base.yaml\nusers: 6\nheaders: { B: three }\nthresholds: [p95 < 2s, p99 < 3s]\ndata: { q: { file: q.txt } }\n"),
        ("base.yaml", base.as_str()),
        ("q.txt", "one\ntwo\n"),
    ]))
    .unwrap();
    let run_time = Some(Duration::from_secs(60));
    assert_eq!(
        plan.load,
        Load::Users {
            users: 6,
            spawn_rate: 1.0,
            run_time
        }
    );
    assert_eq!(plan.thresholds.len(), 2);
    assert_eq!(
        (plan.data[0].rows.len(), plan.data[0].order),
        (2, DataOrder::Shuffle)
    );
    let headers = format!("{:?}", plan.classes[0].tasks[0]).to_lowercase();
    assert!(headers.contains("three") && headers.contains("one") && !headers.contains("\"two\""));
}

#[test]
fn set_changes_one_value_and_replaces_its_alternatives() {
    let text = "user_classes:\n  - name: U\n    wait_time: { between: [1s, 3s] }\n    tasks: [{ get: /x }]\n";
    let overrides = Overrides {
        set: [
            "user_classes[0].wait_time.constant=0s",
            "users=5",
            "user-classes[0].tasks[0].weight=3",
        ]
        .map(str::to_owned)
        .into(),
        ..Overrides::default()
    };
    let sources = files([("s.yaml", text)]);
    let plan = resolve_with(&sources, &Environment::default(), &overrides).unwrap();
    assert_eq!(
        plan.classes[0].wait_time,
        WaitTime::Constant(Duration::ZERO)
    );
    assert_eq!(plan.classes[0].tasks[0].weight, 3);
    assert!(matches!(plan.load, Load::Users { users: 5, .. }));
}

#[test]
fn stages_stand_in_for_users_and_run_time() {
    let keys = "users: 5\nspawn_rate: 4\nstages:\n  - { users: 50, for: 2m, spawn_rate: 10 }\n  - { users: 20, for: 1m }\n  - { ramp_to: 0, for: 30s }\n";
    let plan = plan(&[keys, WORKLOAD].concat());
    let lasts = Duration::from_secs;
    assert_eq!(
        plan.load,
        Load::Stages(vec![
            Stage::Hold {
                users: 50,
                spawn_rate: 10.0,
                lasts: lasts(120)
            },
            Stage::Hold {
                users: 20,
                spawn_rate: 4.0,
                lasts: lasts(60)
            },
            Stage::Ramp {
                to: 0,
                lasts: lasts(30)
            },
        ])
    );
    assert!(
        plan.warnings[0].contains("ignored `users` (s.yaml:1)"),
        "{:?}",
        plan.warnings
    );
}

#[test]
fn hyphens_anchors_and_notes_are_read() {
    let plan = plan(
        "\
x-limits: &limits { timeout: 5s, expect: { status: [200, 429, 2xx] } }
spawn-rate: 3
user-classes:
  - name: U
    wait-time: { pacing: 2s }
    on-start: [{ get: /login, request-name: login }]
    tasks:
      - { <<: *limits, get: /x }
",
    );
    assert!(matches!(
        plan.load,
        Load::Users {
            spawn_rate: 3.0,
            ..
        }
    ));
    assert_eq!(plan.endpoints[0].name, "login");
    let Step::Request(request) = &plan.classes[0].tasks[0].steps[0] else {
        panic!("a request")
    };
    let statuses: Vec<_> = request
        .expect
        .status
        .iter()
        .map(|s| (s.from, s.to))
        .collect();
    assert_eq!(statuses, [(200, 200), (429, 429), (200, 299)]);
}

#[test]
fn approval_comes_from_flag_variable_or_scenario() {
    let text = |keys: &str| ["host: https://rag.example.com\n", keys, WORKLOAD].concat();
    let resolved = |keys: &str, variables: &[(&str, &str)], flags: &[&str]| {
        let overrides = Overrides {
            approve_host: flags.iter().map(|flag| (*flag).to_owned()).collect(),
            ..Overrides::default()
        };
        let sources = files([("s.yaml", text(keys).as_str())]);
        resolve_with(&sources, &environment(variables), &overrides).unwrap()
    };
    let nobody = resolved("", &[], &[]);
    assert_eq!(
        (nobody.target.class, nobody.target.approved),
        (HostClass::Public, false)
    );
    assert!(
        resolved("approved_hosts: [rag.example.com]\n", &[], &[])
            .target
            .approved
    );
    assert!(resolved("", &[], &["rag.example.com:443"]).target.approved);
    assert!(!resolved("", &[], &["rag.example.com:8443"]).target.approved);
    let variable = [("LOADTEST_APPROVED_HOSTS", "a.example.com, rag.example.com")];
    let approved = resolved("", &variable, &[]);
    assert!(approved.target.approved);
    assert_eq!(
        approved.classes[0].client.redirect_hosts,
        ["a.example.com", "rag.example.com"]
    );
}

#[test]
fn the_client_is_chosen_by_the_scenario() {
    assert_eq!(plan(WORKLOAD).client, ClientKind::Auto);
    let general = plan(&["client: general\n", WORKLOAD].concat());
    assert_eq!(general.client, ClientKind::General);
}

#[test]
fn preflight_and_seed_are_settled() {
    let off = plan(&["preflight: off\nseed: 42\n", WORKLOAD].concat());
    assert_eq!((off.preflight, off.seed), (Preflight::Off, 42));
    let overrides = Overrides {
        preflight: Some(Given::new("/ready".to_owned(), "--preflight")),
        wait_for: Some(Given::new("60s".to_owned(), "--wait-for")),
        ..Overrides::default()
    };
    let sources = files([("s.yaml", WORKLOAD)]);
    let plan = resolve_with(&sources, &Environment::default(), &overrides).unwrap();
    let path = "/ready".to_owned();
    let wait_for = Duration::from_secs(60);
    assert_eq!(plan.preflight, Preflight::Get { path, wait_for });
    assert_eq!(plan.seed, 7);
    assert!(plan.warnings[0].contains("there is no run time"));
}

/// A class whose task has these steps, over a data set `question` and an extraction in `on_start`.
fn with_steps(steps: &str) -> String {
    [
        "data: { question: [a] }\n\
         user_classes:\n  \
           - name: U\n    \
             headers: { X-Token: '{{ token }}' }\n    \
             on_start: [{ post: /login, headers: { X-Token: ~ }, extract: { token: $.token } }]\n    \
             tasks:\n      \
               - steps:\n          ",
        steps,
        "\n",
    ]
    .concat()
}

#[test]
fn names_are_known_from_data_and_earlier_steps_only() {
    plan(&with_steps(
        "[{ post: /s, json: { q: '{{ question }}' }, extract: { id: $.id } }, { get: '/s/{{ id }}/{{ token }}', params: { i: '{{ iteration }}' } }]",
    ));
    for (steps, place, part) in [
        (
            "[{ get: '/s/{{ qestion }}' }]",
            "steps[0].get",
            "unknown variable `qestion`; did you mean `question`?",
        ),
        (
            "[{ post: /s, json: { a: [{ b: '{{ id }}' }] }, extract: { id: $.id } }]",
            "steps[0].json.a[0].b",
            "unknown variable `id`; known here: question, token",
        ),
        (
            "[{ get: /s, headers: { X-A: '{{ nope_at_all }}' } }]",
            "steps[0].headers.X-A",
            "unknown variable",
        ),
        ("[{ get: '/s/{{ question' }]", "steps[0].get", ""),
    ] {
        let found = problems(&with_steps(steps));
        assert_eq!(found.lines().count(), 1, "{found}");
        let start = ["s.yaml:8: user_classes[0].tasks[0].", place, ": "].concat();
        assert!(found.starts_with(&start), "{found}\nexpected {start}");
        assert!(found.contains(part), "{found}");
    }
}

#[test]
fn a_name_missing_in_an_inherited_header_is_told_at_the_request() {
    let text = "headers: { X-Token: '{{ token }}' }\nuser_classes:\n  - name: U\n    tasks:\n      - get: /x\n";
    let found = problems(text);
    assert!(
        found.starts_with(
            "s.yaml:5: user_classes[0].tasks[0].headers.x-token: unknown variable `token`"
        ),
        "{found}"
    );
}
